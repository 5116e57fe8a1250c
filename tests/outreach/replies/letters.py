"""Letters as they are after reading."""

from datetime import UTC, datetime

from outreach.replies.letter import Letter, Nature

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def letter(said="", *, nature=Nature.PERSONAL, subject="Re: Clean beaches", date=TUESDAY, text=None, to=(), reports=()):
    return Letter(
        nature=nature, message_id="<r1@mail.example>", in_reply_to=("<m1@ours.example>",), references=(),
        from_address="mia@creator.example", from_name="Mia", reply_to="", to=("desk@ours.example", *to), subject=subject,
        date=date, text=said if text is None else text, said=said, html="", reports=tuple(reports),
    )  # fmt: skip

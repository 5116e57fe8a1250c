"""What headers decide, and phrases that mean one thing only."""

from datetime import date

import pytest

from outreach.replies.classes import ReplyClass
from outreach.replies.letter import Nature, Report
from outreach.replies.rules import by_headers, by_words, is_contradicted
from tests.outreach.replies.letters import letter


def bounce(*reports):
    return by_headers(
        letter(nature=Nature.BOUNCE, reports=[Report(action=a, status=s) for a, s in reports])
    ).reply_class


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10", "5.0.0", "5.2.1", "5.4.1", "5.4.4", "5.5.0", "5.7.13"])
def test_an_address_that_is_dead_bounces_hard(status):
    assert bounce(("failed", status)) == bounce(("", status)) == ReplyClass.BOUNCE_HARD


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("failed", "5.2.2"), ("failed", "5.7.1"), ("failed", "5.7.26"), ("failed", "5.1.8"), ("failed", "5.3.4"),
        ("failed", "5.2.3"), ("failed", "5.6.0"), ("failed", "5.4.6"), ("failed", "4.4.7"), ("delayed", "4.4.1"),
        ("delayed", "5.1.1"), ("failed", ""), ("", ""), ("failed", "5"), ("failed", "nonsense"),
    ],
)  # fmt: skip
def test_what_may_pass_or_is_unknown_bounces_soft(action, status):
    assert bounce((action, status)) == ReplyClass.BOUNCE_SOFT


def test_of_several_reports_all_must_say_that_it_is_dead():
    assert bounce(("failed", "5.1.1"), ("failed", "5.1.1")) == ReplyClass.BOUNCE_HARD
    assert bounce(("failed", "5.1.1"), ("delayed", "4.2.0")) == ReplyClass.BOUNCE_SOFT
    assert bounce(("failed", "5.1.1"), ("delivered", "2.0.0")) == ReplyClass.BOUNCE_SOFT
    assert bounce() == ReplyClass.BOUNCE_SOFT


def test_a_notice_of_success_is_no_bounce():
    assert bounce(("delivered", "2.0.0")) == bounce(("relayed", "2.0.0")) == ReplyClass.AUTOMATIC


@pytest.mark.parametrize(
    ("nature", "said", "expected"),
    [
        (Nature.COMPLAINT, "Yes, I'd love to!", ReplyClass.COMPLAINT),
        (Nature.RECEIPT, "Your message was displayed.", ReplyClass.AUTOMATIC),
        (Nature.AUTOMATIC, "We have received your request, ticket 4711.", ReplyClass.AUTOMATIC),
        (Nature.AUTOMATIC, "This is an automated message: your request is in our queue.", ReplyClass.AUTOMATIC),
        (Nature.AUTOMATIC, "Not interested", ReplyClass.AUTOMATIC),
        (Nature.AUTOMATIC, "I am out of the office.", ReplyClass.OUT_OF_OFFICE),
        (Nature.AUTOMATIC, "Je suis en congés, sans accès à mes mails.", ReplyClass.OUT_OF_OFFICE),
    ],
)
def test_headers_decide_for_sure(nature, said, expected):
    reading = by_headers(letter(said, nature=nature))
    assert (reading.reply_class, reading.confidence, reading.by, reading.until) == (expected, 1.0, "headers", None)


def test_who_is_away_is_so_until_the_day_they_tell():
    away = letter("I am on leave until 12 December.", nature=Nature.AUTOMATIC)
    assert by_headers(away).until == date(2026, 12, 12)
    told_above = letter("Je suis absent.", nature=Nature.AUTOMATIC, subject="Absent jusqu’au 12 décembre")
    assert by_headers(told_above).until == date(2026, 12, 12)
    ours = letter(
        "I am away from my desk.", nature=Nature.AUTOMATIC, subject="Automatic reply: Beaches until 12 December"
    )
    assert by_headers(ours).until is None
    assert by_headers(letter("I am on leave until Friday.", nature=Nature.AUTOMATIC, date=None)).until is None


def test_a_program_that_asks_for_no_more_mail_is_heard():
    pressed = letter("This message was automatically generated.", nature=Nature.AUTOMATIC, subject="unsubscribe")
    assert by_headers(pressed).reply_class == ReplyClass.UNSUBSCRIBE
    assert by_headers(letter("Please remove us from your list", nature=Nature.AUTOMATIC)).by == "words"


def test_headers_say_nothing_of_what_a_person_wrote():
    assert by_headers(letter("STOP")) is None


def read(said, **of):
    reading = by_words(letter(said, **of))
    return reading and str(reading.reply_class)


@pytest.mark.parametrize(
    "said",
    [
        "STOP", "stop !", "Stop svp", "Unsubscribe", "unsubscribe me please", "Remove me from your mailing list.",
        "Please take our address off this list", "Stop emailing me!!", "don't write to me again", "Never contact us.",
        "I no longer wish to receive emails", "Désinscrivez-moi.", "désinscris moi stp", "Désinscription",
        "Merci de me retirer de votre liste", "Retirez-nous de vos fichiers.", "Ne m’écrivez plus.",
        "Arrêtez de nous contacter", "Je ne souhaite plus recevoir vos messages.", "Merci de ne plus m’écrire",
        "Veuillez supprimer mon adresse de votre base", "Not interested, remove me from your list",
    ],
)  # fmt: skip
def test_whoever_wants_out_is_out(said):
    assert read(said) == "unsubscribe"


def test_a_subject_of_their_own_that_wants_out_is_enough():
    assert read("", subject="Unsubscribe") == read("", subject="désinscription") == "unsubscribe"
    assert read("", subject="Re: Stop plastic") is read("", subject="Re: Unsubscribe") is None


@pytest.mark.parametrize(
    "said",
    [
        "Please don't remove me from your list!", "Ne me retirez pas de votre liste", "Stop plastic, I'm in",
        "You should write to my agent instead, and stop writing to me", "I can't stop watching your videos",
        "Stop emailing me at this address but write to my manager", "Why did you unsubscribe me?",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_left_to_others(said):
    assert read(said) != "unsubscribe"


@pytest.mark.parametrize(
    "said",
    [
        "No thank you.", "Thanks but no thanks", "I'm not interested, but good luck!", "I'll pass.", "We must decline.",
        "Non merci", "Merci, sans façon.", "Pas intéressée, mais bon courage", "Nous devons refuser.", "Je décline.",
    ],
)  # fmt: skip
def test_a_plain_no_is_one(said):
    assert read(said) == "declines"


@pytest.mark.parametrize(
    "said",
    [
        "Not now, but write in March", "No thank you, not this year", "Not interested at the moment", "No thanks, maybe later",
        "I'll pass on this one, ask me again in spring", "Not interested unless it's paid", "I'll pass if it's unpaid",
        "Non merci, pas pour l’instant", "Pas intéressé actuellement, revenez à la rentrée", "Je décline, sauf si c’est rémunéré",
        "Nous devons refuser cette année", "Non merci, voyez plutôt avec ma collègue", "Not interested? Me? Of course I am",
        "I'm not going to say no thank you to that!", "Je ne vais pas refuser", "Yes! Not interested in money though",
        "I must decline, but my colleague at ana@tide.example would love to",
    ],
)  # fmt: skip
def test_a_hedged_no_is_none(said):
    assert read(said) is None
    assert is_contradicted(ReplyClass.DECLINES, letter(said))


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("I'm away until Friday and will answer then.", "Automatic reply: Clean beaches"),
        ("Thank you for your message. I am on annual leave until 4 December.", "Re: Clean beaches"),
        ("Je suis absente du bureau. En cas d’urgence, contactez l’accueil.", "Re: Plages"),
        ("Je suis en congés, je vous répondrai à mon retour.", "Réponse automatique : Plages"),
    ],
)
def test_a_notice_of_absence_without_headers_is_known_by_its_words(said, subject):
    assert read(said, subject=subject) == "out_of_office"


@pytest.mark.parametrize(
    "said",
    [
        "I'm on holiday until Friday, let's talk after that!", "I'm out of office, but yes, I'm interested in your campaign",
        "Je suis en vacances jusqu’au 12, reparlons-en après", "En déplacement, mais votre projet m’intéresse",
        "Thank you for your message! I'm away until Monday, call me then",
    ],
)  # fmt: skip
def test_a_person_who_talks_to_us_from_afar_is_no_notice_of_absence(said):
    assert read(said) is None
    assert is_contradicted(ReplyClass.OUT_OF_OFFICE, letter(said))


@pytest.mark.parametrize(
    ("said", "contact"),
    [
        ("Please see with my manager: Lena@Agency.example", "lena@agency.example"),
        ("Voyez avec mon agent, tom@talents.example, merci", "tom@talents.example"),
        ("Mia is represented by Harbour (hello@harbour.example).", "hello@harbour.example"),
    ],
)
def test_an_address_beside_a_manager_is_the_contact(said, contact):
    reading = by_words(letter(said))
    assert (str(reading.reply_class), reading.contact) == ("manager", contact)


def test_neither_their_own_address_nor_one_of_ours_is_a_manager_s():
    assert read("My manager and I say hello. mia@creator.example") is None
    assert read("My agent says you wrote from desk@ours.example?") is None


def test_quoted_text_decides_nothing():
    quoted = "Sounds fine.\n\n> To be removed from our list: unsubscribe me\n> STOP\n> No thank you"
    assert by_words(letter("Sounds fine.", text=quoted)) is None
    assert by_words(letter("", text="> STOP")) is None

"""Letters with a page of their own and things enclosed, as bytes."""

from email.message import EmailMessage
from email.policy import SMTP

from outreach.models import Message

HOSTILE = '<script>window.ran = 1</script><img src=x onerror="window.ran = 1">'


def letter(
    answers: Message, *, html: str = "", subject: str = "Re: Clean beaches", name: str = "Amina", **files: bytes
):
    """`files`: their content by name, with _ for the dot."""
    made = EmailMessage(policy=SMTP)
    made["From"] = f'"{name}" <amina@studio.example>'
    made["To"] = "partnerships@causeway.example"
    made["Subject"] = subject
    made["Message-ID"] = "<enclosing@studio.example>"
    made["In-Reply-To"] = answers.message_id
    made.set_content("Which beach is it?\n")
    if html:
        made.add_alternative(html, subtype="html")
    for called, content in files.items():
        made.add_attachment(content, maintype="application", subtype="pdf", filename=called.replace("_", "."))
    return made.as_bytes()

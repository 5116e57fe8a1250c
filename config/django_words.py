"""What Django says in French otherwise than we do: its "nom d'utilisateur" is the « identifiant » of our forms."""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("username"),
    _("Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."),
    _(
        "Please enter the correct %(username)s and password for a staff account. "
        "Note that both fields may be case-sensitive."
    ),
)

"""What an e-mail address, a name and a role may be; pure."""

from email_validator import EmailNotValidError, validate_email

from app.errors import BadParameter
from app.permissions import GIVEN, Role

LONGEST_NAME = 80


def address_of(words: str, name: str = "email") -> str:
    """An e-mail address in small letters; raises BadParameter where it is none. Nothing is asked of the
    network."""
    try:
        # A name such as city.local is an address inside a town hall.
        read = validate_email(words.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise BadParameter(name, "“%(word)s” is not an e-mail address.", word=words[:80]) from None
    return read.normalized.lower()


def role_of(words: str, name: str = "role") -> Role:
    """A role that can be given."""
    if words not in GIVEN:
        raise BadParameter(
            name, "“%(word)s” is not one of %(allowed)s.", word=words[:40], allowed=", ".join(GIVEN)
        )
    return Role(words)

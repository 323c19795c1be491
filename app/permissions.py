"""Who may do what: one enum of permissions, a sentence each, and one table.

A role is what somebody is to one city. Everybody who signs in is a resident everywhere; the other roles are
given (`cortile appoint`, or an administrator). A personal token does what its scopes say, and never more than
its person.
"""

from collections.abc import Iterable
from enum import Enum, StrEnum

from app.errors import Sentence


class Role(StrEnum):
    """What somebody is to a city."""

    VISITOR = "visitor"
    RESIDENT = "resident"
    MEMBER = "member"
    OPERATOR = "operator"
    MODERATOR = "moderator"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


GIVEN = (Role.MEMBER, Role.OPERATOR, Role.MODERATOR, Role.OFFICER, Role.ADMINISTRATOR)
"""The roles that somebody gives; the others follow from signing in or not."""


class Permission(Enum):
    """What can be allowed; the value says it in words."""

    READ_PUBLIC = Sentence("Read everything that is public: the map, its lists, the data.")
    SIGN_IN = Sentence("Make an account, sign in, ask for a new password.")
    PIN_WITHOUT_ACCOUNT = Sentence("Pin a place without an account, where the city lets people do so.")
    REPORT = Sentence("Report something that should not be on the map.")
    APPEAL = Sentence("Object to a decision, by the link that came with it.")
    CONFIRM_BY_LINK = Sentence("Say that a place is still as described, by the link of a reminder.")
    LEAVE_BY_LINK = Sentence("Follow a place no longer, or get no more mails, by the link of a mail.")
    USE_ACCOUNT = Sentence("Use an account of one's own: profile, sessions, tokens.")
    ADD_PLACE = Sentence("Pin a place.")
    EDIT_PLACE = Sentence("Change what is written about a place.")
    CONFIRM_PLACE = Sentence("Say that a place is still as described.")
    FOLLOW_PLACE = Sentence("Follow a place and be told when it changes.")
    ADD_PHOTO = Sentence("Add a photo to a place.")
    CLAIM_PLACE = Sentence("Claim a place: “this is ours”.")
    RELATE_PLACES = Sentence("Say how two places belong together, and answer for places of one's own.")
    PIN_FOR_OTHERS = Sentence("Pin a place on behalf of somebody who has no account.")
    REVIEW = Sentence("See the queue; approve, refuse, hide, and undo it.")
    MERGE = Sentence("Merge places that are the same one.")
    SETTLE_RELATIONS = Sentence("Confirm, refuse or end how any two places belong together.")
    RESTORE = Sentence("Bring an earlier version of a place back.")
    BLUR_PHOTO = Sentence("Blur parts of a photo.")
    SEE_EXACT = Sentence("See where a place exactly is, where the public sees it blurred.")
    SETTLE_CITY = Sentence("Settle the rules of the city: review, adding without an account.")
    MAKE_INDEX = Sentence("Compute an index of fragility, and publish it.")
    APPOINT = Sentence("Give people a role in the city, and take it away.")


_VISITOR = {
    Permission.READ_PUBLIC,
    Permission.SIGN_IN,
    Permission.PIN_WITHOUT_ACCOUNT,
    Permission.REPORT,
    Permission.APPEAL,
    Permission.CONFIRM_BY_LINK,
    Permission.LEAVE_BY_LINK,
}
_RESIDENT = _VISITOR | {
    Permission.USE_ACCOUNT,
    Permission.ADD_PLACE,
    Permission.EDIT_PLACE,
    Permission.CONFIRM_PLACE,
    Permission.FOLLOW_PLACE,
    Permission.ADD_PHOTO,
    Permission.CLAIM_PLACE,
    Permission.RELATE_PLACES,
}
_OPERATOR = _RESIDENT | {Permission.PIN_FOR_OTHERS}
_MODERATOR = _OPERATOR | {
    Permission.REVIEW,
    Permission.MERGE,
    Permission.SETTLE_RELATIONS,
    Permission.RESTORE,
    Permission.BLUR_PHOTO,
    Permission.SEE_EXACT,
}
_OFFICER = _MODERATOR | {Permission.SETTLE_CITY, Permission.MAKE_INDEX}

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VISITOR: frozenset(_VISITOR),
    Role.RESIDENT: frozenset(_RESIDENT),
    Role.MEMBER: frozenset(_RESIDENT),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.MODERATOR: frozenset(_MODERATOR),
    Role.OFFICER: frozenset(_OFFICER),
    Role.ADMINISTRATOR: frozenset(_OFFICER | {Permission.APPOINT}),
}

SCOPES: dict[str, frozenset[Permission]] = {
    "read": frozenset({Permission.READ_PUBLIC}),
    "write": frozenset(_OPERATOR - {Permission.SIGN_IN, Permission.USE_ACCOUNT}),
    "moderate": frozenset(_MODERATOR - _OPERATOR | {Permission.READ_PUBLIC}),
}
"""What each scope of a token is good for, as far as its person may; no token opens an account or gives
roles."""


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody of these roles has the permission."""
    return any(permission in ALLOWED[role] for role in roles)


def within(scopes: Iterable[str], permission: Permission) -> bool:
    """Whether a token of these scopes is good for the permission."""
    return any(permission in SCOPES[scope] for scope in scopes)

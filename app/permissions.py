"""Who may do what: one enum of permissions, a sentence each, and one table."""

from enum import Enum, StrEnum

from app.errors import Sentence


class Role(StrEnum):
    """What somebody is to a city."""

    VISITOR = "visitor"


class Permission(Enum):
    """What can be allowed; the value says it in words."""

    READ_PUBLIC = Sentence("Read everything that is public: the map, its lists, the data.")


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VISITOR: frozenset({Permission.READ_PUBLIC}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether somebody of this role has the permission."""
    return permission in ALLOWED[role]

"""What the menu of somebody signed in offers, and the words for roles and rules."""

from typing import Any

from flask_babel import lazy_gettext

from app.cities import City
from app.identity import known_caller
from app.permissions import Permission

ROLES_TOLD = {
    "member": lazy_gettext("does what residents do, in the name of an organisation"),
    "operator": lazy_gettext("also pins places for people who have no account"),
    "moderator": lazy_gettext("also decides what is public, and sees exact positions"),
    "officer": lazy_gettext("also settles the rules of the city"),
    "administrator": lazy_gettext("also gives roles and takes them away"),
}
RULE_NAMES = {
    "review": lazy_gettext("What waits for a moderator"),
    "visitors_pin": lazy_gettext("Who may pin a place"),
    "names": lazy_gettext("What the city is called"),
}
RULES_SAID: dict[tuple[str, Any], Any] = {
    ("review", "none"): lazy_gettext("Nothing"),
    ("review", "first"): lazy_gettext("The first of a person"),
    ("review", "all"): lazy_gettext("Everything"),
    ("visitors_pin", False): lazy_gettext("Only people with an account"),
    ("visitors_pin", True): lazy_gettext("Visitors without an account, too"),
}


def offers(city: City, permission: str) -> bool:
    """Whether the reader has a permission in the city; not to be called inside `reading()`."""
    return known_caller().person is not None and known_caller().may(Permission[permission], city)


def role_told(role: str) -> Any:
    """What somebody of a role does, besides what those above in the list do."""
    return ROLES_TOLD[role]


def rule_name(rule: str) -> Any:
    """What a rule is about."""
    return RULE_NAMES[rule]


def rule_said(rule: str, value: Any) -> Any:
    """What a rule says, in a few words."""
    if isinstance(value, dict):
        return ", ".join(value.values())
    return RULES_SAID[rule, value]

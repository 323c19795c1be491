"""Words for what moderators decide, what about and why."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from app.errors import BadParameter, CortileError

REASON_NAMES = {
    "wrong_position": lazy_gettext("The position is wrong"),
    "gone": lazy_gettext("It does not exist any more"),
    "duplicate": lazy_gettext("It is on the map already"),
    "offensive": lazy_gettext("It insults or discriminates"),
    "private": lazy_gettext("It tells something private"),
    "spam": lazy_gettext("It is advertising"),
    "not_for_this_map": lazy_gettext("It is not what this map is for"),
    "unclear": lazy_gettext("It cannot be understood"),
    "not_proven": lazy_gettext("It could not be verified"),
    "other": lazy_gettext("Something else"),
}
SORT_NAMES = {
    "place": lazy_gettext("New place"),
    "change": lazy_gettext("Change"),
    "photo": lazy_gettext("Photo"),
    "report": lazy_gettext("Report"),
    "claim": lazy_gettext("Claim"),
    "appeal": lazy_gettext("Appeal"),
}
DECIDED = {
    ("place", "approve"): lazy_gettext("Place published"),
    ("place", "refuse"): lazy_gettext("Place not published"),
    ("place", "hide"): lazy_gettext("Place hidden"),
    ("place", "merge"): lazy_gettext("Place merged with another one"),
    ("place", "restore"): lazy_gettext("Earlier version brought back"),
    ("change", "approve"): lazy_gettext("Change taken over"),
    ("change", "refuse"): lazy_gettext("Change refused"),
    ("photo", "approve"): lazy_gettext("Photo published"),
    ("photo", "refuse"): lazy_gettext("Photo not published"),
    ("photo", "hide"): lazy_gettext("Photo hidden"),
    ("photo", "remove"): lazy_gettext("Photo removed for good"),
    ("report", "approve"): lazy_gettext("Report followed"),
    ("report", "refuse"): lazy_gettext("Report answered, nothing changed"),
    ("claim", "approve"): lazy_gettext("Claim granted"),
    ("claim", "refuse"): lazy_gettext("Claim refused"),
    ("appeal", "approve"): lazy_gettext("Appeal granted"),
    ("appeal", "refuse"): lazy_gettext("Appeal refused"),
}
CHOICES = {
    ("place", "approve"): lazy_gettext("Publish"),
    ("place", "refuse"): lazy_gettext("Do not publish"),
    ("photo", "approve"): lazy_gettext("Publish"),
    ("photo", "refuse"): lazy_gettext("Do not publish"),
    ("photo", "hide"): lazy_gettext("Hide the photo"),
    ("photo", "remove"): lazy_gettext("Remove it for good"),
    ("change", "approve"): lazy_gettext("Take it over"),
    ("report", "approve"): lazy_gettext("It is right and dealt with"),
    ("report", "refuse"): lazy_gettext("Leave everything as it is"),
    ("claim", "approve"): lazy_gettext("Grant it"),
    ("appeal", "approve"): lazy_gettext("Grant it: undo the decision"),
    "refuse": lazy_gettext("Refuse"),
    "hide": lazy_gettext("Hide the place"),
    "ask": lazy_gettext("Ask the author"),
}
"""What a button of a decision says: of an action, or of an action on a sort of thing."""
UNDONE, ASKED = lazy_gettext("Decision taken back"), lazy_gettext("Question to the author")
STATE_NAMES = {
    "published": lazy_gettext("public"),
    "held": lazy_gettext("held"),
    "hidden": lazy_gettext("hidden"),
    "waiting": lazy_gettext("waiting"),
    "approved": lazy_gettext("approved"),
    "granted": lazy_gettext("granted"),
    "refused": lazy_gettext("refused"),
    "withdrawn": lazy_gettext("withdrawn"),
    "outdated": lazy_gettext("outdated"),
    "merged": lazy_gettext("merged"),
    "removed": lazy_gettext("removed for good"),
}
FIELD_NAMES = {
    "kind": lazy_gettext("Kind"),
    "status": lazy_gettext("Status"),
    "language": lazy_gettext("Language"),
    "title": lazy_gettext("Title"),
    "summary": lazy_gettext("Description"),
    "address": lazy_gettext("Address"),
    "website": lazy_gettext("Website"),
    "translations": lazy_gettext("Translations"),
    "accuracy_m": lazy_gettext("Accuracy (metres)"),
    "blur_m": lazy_gettext("Position shown within (metres)"),
    "since": lazy_gettext("From"),
    "until": lazy_gettext("Until"),
    "on_behalf_of": lazy_gettext("On behalf of"),
}


def reason_name(reason: str) -> Any:
    """Why something was refused, hidden or reported."""
    return REASON_NAMES[reason]


def refusal(problem: CortileError) -> str:
    """Why something was refused, in the reader's language."""
    return problem.said(gettext)


def rule(problem: BadParameter) -> str:
    """The rule that a field breaks, in the reader's language, without the field's name."""
    return problem.rule(gettext)


def choice(sort: str, action: str) -> Any:
    """What the button says that does this to such a thing."""
    return CHOICES.get((sort, action)) or CHOICES[action]


def decided(sort: str, action: str) -> Any:
    """What was decided, in a few words."""
    return {"undo": UNDONE, "ask": ASKED}.get(action) or DECIDED[sort, action]

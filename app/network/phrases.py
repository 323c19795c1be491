"""The graph in words: relations as sentences, and why somebody could help."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext

from app.context import language
from app.network.edges import Edge
from app.network.ground import Standing
from app.network.helping import MOST_COMPANY, Reasons, Step
from app.network.words import PHRASES
from app.pages import words
from app.places.texts import title_of


def name_of(place: Standing) -> str:
    """The name of a place in the reader's language, or the word for its kind."""
    return title_of(place, language())[0] or str(words.kind_name(place.kind))


def title(feature: Mapping[str, Any]) -> str:
    """The name of a place that is a feature, in the reader's language, or the word for its kind."""
    about = feature["properties"]
    translated = (about["translations"] or {}).get(language(), {}).get("title")
    return str(translated or about["title"] or words.kind_name(about["kind"]))


def phrase(kind: str, outward: bool, name: str) -> str:
    """What a place is to the place of this name."""
    return str(gettext(PHRASES[kind, outward], place=name))


def leg(edge: Edge, start: UUID, names: Mapping[str, str]) -> str:
    """What the place at which a step begins is to the place at which it ends."""
    end = edge.head if edge.tail == start else edge.tail
    if edge.kind is None:
        return str(gettext("is near %(place)s", place=names[str(end)]))
    return phrase(edge.kind, edge.tail == start, names[str(end)])


def reasons(why: Reasons, place: Standing, named: Mapping[UUID, Standing]) -> list[str]:
    """Why somebody could help with a place, the strongest reason first."""
    told = [_related(why.steps, place, named)] if why.steps else []
    if why.metres < 1:
        told.append(gettext("right here"))
    else:
        told.append(gettext("%(distance)s away", distance=words.distance(round(why.metres))))
    if why.company >= MOST_COMPANY:
        told.append(gettext("at least %(number)s projects nearby", number=MOST_COMPANY))
    elif why.company:
        told.append(ngettext("%(num)s project nearby", "%(num)s projects nearby", why.company))
    return [str(each) for each in told]


def _related(steps: Sequence[Step], place: Standing, named: Mapping[UUID, Standing]) -> str:
    """Such as: hosts the garden which regenerates this site."""
    told = ""
    for step in steps:
        here = step.to == place.id
        name = _this(place) if here else name_of(named[step.to])
        said = phrase(step.kind, step.outward, name)
        told = str(gettext("%(reason)s which %(next)s", reason=told, next=said)) if told else said
    return told


def _this(place: Standing) -> Any:
    return gettext("this site") if place.kind == "site" else gettext("this place")

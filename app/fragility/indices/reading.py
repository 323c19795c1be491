"""From what somebody wrote, in a form or a definition file, to a draft of an index. Pure."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from app.errors import BadParameter, ImportRefused, Invalid
from app.fragility.indices import ready
from app.fragility.indices.inputs import Figure
from app.fragility.indices.rules import Definition, Part
from app.fragility.indices.service import Draft

LICENCE = "CC BY 4.0"
LONGEST_NAME, LONGEST_TEXT = 80, 1000
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,57}")
_POLARITIES = {"1": 1, "-1": -1}
_CHOICES = ("method", "reference", "goalposts", "few_residents")
_NUMBERS = ("few_below", "runs", "seed")
KNOWN = (
    *("slug", "layer", "names", "descriptions", "licence", "after", "items", "incomplete", "indicators"),
    *_CHOICES,
    *_NUMBERS,
)
"""What a definition file may say."""
OF_AN_INDICATOR = ("series", "polarity", "weight")


def from_toml(text: str, file: str, there: Collection[Figure]) -> Draft:
    """The draft of a definition file; raises ImportRefused, and Invalid, which names every field."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The definition file {file} is not TOML: {error}.") from None
    return draft(said, there)


def draft(said: Mapping[str, Any], there: Collection[Figure]) -> Draft:
    """The draft that these fields tell; `there`: the figures of the city, for what they do not tell.

    Raises Invalid, which names every field that breaks a rule.
    """
    problems: list[BadParameter] = []
    for name in said:
        if name not in KNOWN:
            problems.append(
                BadParameter(name[:40], "is not known here; known are %(known)s.", known=", ".join(KNOWN))
            )
    said = {**said, **_shaped(said, problems)}
    slug = str(said.get("slug", ""))
    if not _SLUG.fullmatch(slug):
        problems.append(
            BadParameter(
                "slug",
                "“%(word)s” must begin with a small letter and go on with small letters, digits, - and _, 58"
                " at the most.",
                word=slug[:60],
            )
        )
    names = _texts(said, "names", LONGEST_NAME, problems)
    if not names and not any(problem.name.startswith("names") for problem in problems):
        problems.append(BadParameter("names", "is needed: say what the index is called."))
    descriptions = _texts(said, "descriptions", LONGEST_TEXT, problems)
    licence = " ".join(str(said.get("licence") or LICENCE).split())[:LONGEST_NAME]
    definition = _definition(said, there, problems)
    if problems:
        raise Invalid(problems)
    return Draft(slug, str(said.get("layer", "")), names, descriptions, licence, definition)


def _shaped(said: Mapping[str, Any], problems: list[BadParameter]) -> dict[str, Any]:
    """The fields that hold other fields, as far as they do; a definition file can say anything."""
    items, given = said.get("items") or {}, said.get("indicators") or []
    if not isinstance(items, Mapping):
        problems.append(BadParameter("items", "must say of each item which series stands for it."))
        items = {}
    if not (isinstance(given, list) and all(isinstance(each, Mapping) for each in given)):
        problems.append(BadParameter("indicators", "must each be a table: [[indicators]], then its series."))
        given = []
    for each in given:
        problems += [
            BadParameter(
                str(name)[:40], "is not known here; known are %(known)s.", known=", ".join(OF_AN_INDICATOR)
            )
            for name in each
            if name not in OF_AN_INDICATOR
        ]
    return {"items": items, "indicators": given}


def _texts(said: Mapping[str, Any], name: str, most: int, problems: list[BadParameter]) -> dict[str, str]:
    """Texts by language, each in one line; a text alone is one for every language."""
    given = said.get(name) or {}
    if not isinstance(given, Mapping):
        given = {"it": given, "en": given}
    found = {code: " ".join(str(text).replace("\0", " ").split()) for code, text in given.items()}
    for code, text in found.items():
        if len(text) > most:
            problems.append(
                BadParameter(
                    f"{name}_{code}",
                    "has %(count)s characters; at most %(most)s are taken.",
                    count=len(text),
                    most=most,
                )
            )
    return {code: text for code, text in found.items() if text}


def _definition(
    said: Mapping[str, Any], there: Collection[Figure], problems: list[BadParameter]
) -> Definition:
    plain: dict[str, Any] = {name: str(said[name]) for name in _CHOICES if said.get(name)}
    for name in _NUMBERS:
        if said.get(name) not in (None, ""):
            plain |= _whole(name, said[name], problems)
    if said.get("after"):
        return _after(said, plain, problems)
    return Definition(_weighed(_parts(said, there, problems), problems), **plain)


def _after(said: Mapping[str, Any], plain: dict[str, Any], problems: list[BadParameter]) -> Definition:
    """The definition of an index that goes by a published list; what it does without must be agreed to."""
    try:
        chosen = ready.list_named(str(said["after"]))
        mapped = {str(key): str(series) for key, series in said["items"].items() if series}
        parts = ready.parts_of(chosen, mapped)
    except BadParameter as wrong:
        problems.append(wrong)
        return Definition(())
    missing = ready.without(chosen, mapped)
    if missing and said.get("incomplete") not in (True, "yes"):
        problems.append(
            BadParameter(
                "incomplete",
                "%(has)s of the %(all)s indicators of the list are there. Without: %(missing)s. Say that the"
                " index is to be computed all the same.",
                has=len(mapped),
                all=len(chosen.items),
                missing=", ".join(missing),
            )
        )
    how = {"method": chosen.method, "reference": chosen.reference} | plain
    return Definition(parts, after=chosen.slug, without=missing, **how)


def _parts(said: Mapping[str, Any], there: Collection[Figure], problems: list[BadParameter]) -> list[Part]:
    """The indicators as they were written; a weight that was left empty is NaN for now."""
    layer = said.get("layer")
    polarities = {figure.series: figure.polarity for figure in there if figure.layer == layer}
    found = []
    for each in said["indicators"]:
        series = str(each.get("series", ""))
        written = each.get("polarity")
        polarity = _POLARITIES.get(str(written), 0)
        if written in (None, ""):
            polarity = polarities.get(series, 0)
        found.append(Part(series, polarity, _weight(series, each.get("weight"), problems)))
    return found


def _weight(series: str, written: Any, problems: list[BadParameter]) -> float:
    if written in (None, ""):
        return float("nan")
    try:
        return float(str(written).strip().replace(",", "."))
    except ValueError:
        problems.append(
            BadParameter(f"weight_{series}", "“%(word)s” is not a number.", word=str(written)[:40])
        )
        return 0.0


def _weighed(parts: list[Part], problems: list[BadParameter]) -> tuple[Part, ...]:
    """The indicators, all of one weight where no weight was written."""
    empty = [part for part in parts if part.weight != part.weight]
    if len(empty) == len(parts):
        return tuple(replace(part, weight=1 / len(parts)) for part in parts)
    if empty:
        problems.append(
            BadParameter(
                f"weight_{empty[0].series}",
                "is needed, because other indicators have one; leave all of them empty to weigh every"
                " indicator alike.",
            )
        )
    return tuple(replace(part, weight=0.0) if part in empty else part for part in parts)


def _whole(name: str, written: Any, problems: list[BadParameter]) -> dict[str, int]:
    try:
        return {name: int(str(written))}
    except ValueError:
        problems.append(BadParameter(name, "“%(word)s” is not a whole number.", word=str(written)[:40]))
        return {}

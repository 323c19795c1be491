"""What a person can do with indices: make one, compute a version of it, publish a version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version as version_of
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import BadParameter, Conflict, NotFound
from app.fragility import queries as area_queries
from app.fragility import rules as area_rules
from app.fragility.indices import queries, writing
from app.fragility.indices.computing import computed
from app.fragility.indices.inputs import Figure, figures_of, inputs
from app.fragility.indices.queries import Index, Published, Version
from app.fragility.indices.rules import Definition, checked, hash_of
from app.fragility.indices.words import UNITS, method_in_words

Hand = tuple[UUID | None, datetime]
"""Who does it, None on the command line, and when."""
DECIMALS = {"svi": 3, "ranks": 3, "z": 2}


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants computed: what the index is called, and how it is made."""

    slug: str
    layer: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    licence: str
    definition: Definition


def compute(db: Connection, city_id: int, draft: Draft, year: int | None, by: Hand) -> tuple[Version, bool]:
    """Compute the index of this year, or of the newest that all its series have.

    Gives the version, and whether it is new: the same definition and data are the version there is. The index
    is made where it is missing. Raises Invalid, BadParameter, NotFound, Conflict.
    """
    definition = checked(draft.definition)
    area_rules.layer_named(area_queries.layers(db, city_id), draft.layer)
    _check_slug(db, city_id, draft)
    about = {name: getattr(draft, name) for name in ("slug", "layer", "names", "descriptions", "licence")}
    writing.put_index(db, city_id, about, by)
    writing.take_turns(db, city_id, draft.slug)
    given = inputs(db, city_id, draft.layer, definition, year)
    result = computed(definition, given)
    canonical = definition.canonical()
    key = (given.year, hash_of(canonical), given.hash)
    there = queries.versions(db, city_id, draft.slug)
    for each in there:
        if (each.year, each.definition_hash, each.data_hash) == key:
            return each, False
    number = max((each.version for each in there), default=0) + 1
    told = {
        "index": draft.slug,
        "version": number,
        "year": given.year,
        "definition": canonical,
        "definition_hash": key[1],
        "data_hash": given.hash,
        "method": method_in_words(definition),
        "sources": [_source(figure) for figure in given.figures],
        "facts": result.facts,
        "computed_by": by[0],
        "computed_at": by[1],
        "code": f"cortile {version_of('cortile')}",
    }
    writing.add_version(db, city_id, told, result.scores)
    return version_named(db, city_id, draft.slug, number), True


def publish(db: Connection, city_id: int, of: tuple[str, int], key: UUID, by: Hand) -> list[Published]:
    """Show a version of an index as the indicator of its year; gives all that is shown of the index.

    Publishing what is shown already changes nothing. Raises NotFound and Conflict.
    """
    index = index_named(db, city_id, of[0])
    writing.take_turns(db, city_id, index.slug)
    version = version_named(db, city_id, *of)
    if not version.current:
        writing.note_publication(db, city_id, key, of, by)
    shown = [each for each in queries.published(db, city_id, index.layer) if each.index == index.slug]
    for each in shown:  # the newest year first: it takes the plain name from the one before
        told = version_named(db, city_id, each.index, each.version)
        writing.put_indicator(db, city_id, _indicator(index, told, each.indicator))
        writing.put_values(db, city_id, each, by[1])
    return shown


def index_named(db: Connection, city_id: int, slug: str) -> Index:
    """The index of an address; raises NotFound, naming those there are."""
    there = queries.indices(db, city_id)
    for each in there:
        if each.slug == slug:
            return each
    raise NotFound(
        "There is no index “%(index)s” here; the indices are: %(there)s.",
        index=slug[:60],
        there=", ".join(each.slug for each in there) or "–",
    )


def version_named(db: Connection, city_id: int, slug: str, number: int) -> Version:
    """A version of an index; raises NotFound, naming those there are."""
    there = queries.versions(db, city_id, slug)
    for each in there:
        if each.version == number:
            return each
    raise NotFound(
        "“%(index)s” has no version %(version)s; the versions are: %(there)s.",
        index=slug[:60],
        version=number,
        there=", ".join(str(each.version) for each in reversed(there)) or "–",
    )


def _check_slug(db: Connection, city_id: int, draft: Draft) -> None:
    """No index is called like a figure, and none moves to another layer."""
    there = {index.slug: index for index in queries.indices(db, city_id)}
    if draft.slug in there:
        if there[draft.slug].layer != draft.layer:
            raise Conflict(
                "The index “%(index)s” scores the layer %(layer)s; give the new one another name.",
                index=draft.slug,
                layer=there[draft.slug].layer,
            )
        return
    # Of every layer: the name of a figure is one in the whole city.
    if any(draft.slug in (figure.slug, figure.series) for figure in figures_of(db, city_id)):
        raise BadParameter("slug", "“%(slug)s” is the name of a figure already.", slug=draft.slug)


def _source(figure: Figure) -> dict[str, Any]:
    """What is kept of an indicator: it may be said anew later."""
    told = asdict(figure)
    return {"indicator": told.pop("slug"), **told}


def _indicator(index: Index, version: Version, slug: str) -> dict[str, Any]:
    """What the consumers of indicators are told of a published version."""
    method = version.definition["method"]
    described = {
        language: " ".join(filter(None, (index.descriptions.get(language), words)))
        for language, words in version.method.items()
    }
    name = index.names.get("en") or next(iter(index.names.values()))
    return {
        "slug": slug,
        "series": index.slug,
        "layer": index.layer,
        "names": dict(index.names),
        "descriptions": described,
        "units": dict(UNITS),
        "year": version.year,
        "polarity": 1,
        "decimals": DECIMALS.get(method, 1),
        "source": f"Cortile, {name}, version {version.version}, {version.hash[:12]}",
        "licence": index.licence,
    }

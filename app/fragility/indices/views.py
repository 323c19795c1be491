"""Indices of fragility, under /<city>/fragility/indices: what there is, one of them, a version for ever."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import query, reading
from app.fragility import queries as area_queries
from app.fragility.indices import files, queries, ready, service, words
from app.fragility.indices.form import series_of
from app.fragility.indices.inputs import Figure, figures_of
from app.fragility.indices.queries import Index, Score, Version
from app.fragility.rules import layer_named
from app.identity import allow
from app.permissions import Permission
from app.problems import wants_page
from app.responses import GEOJSON, as_json, finished, public_url

blueprint = Blueprint("indices", __name__, url_prefix="/<city:city>/fragility/indices")
HTML, CSV, JSON = "text/html; charset=utf-8", "text/csv; charset=utf-8", "application/json"
TOML, TEXT = "application/toml; charset=utf-8", "text/plain; charset=utf-8"
OF_A_LIST, OF_A_VERSION = ("json", "csv"), ("json", "csv", "geojson", "toml", "bibtex")
SORTS = ("rank", "code", "name")


@blueprint.get("")
@allow(Permission.READ_PUBLIC)
def everything(city: City) -> Response:
    """The city's indices and their versions, and the published lists with what of them the city has."""
    asked = query()
    params.known(asked, ("f", "lang"))
    form = _form(asked, OF_A_LIST)
    with reading() as db:
        indices, versions = queries.indices(db, city.id), queries.versions(db, city.id)
        layers, there = area_queries.layers(db, city.id), figures_of(db, city.id)
    if form == "csv":
        return finished(files.as_list(indices, versions), CSV)
    lists = coverage(there, versions)
    if form == "json" or not wants_page():
        named = {index.slug: index for index in indices}
        told = [files.told(city, named[each.index], each, public_url("")) for each in versions]
        return finished(as_json({"versions": told, "lists": [_told(*each) for each in lists]}), JSON)
    of = {index.slug: [each for each in versions if each.index == index.slug] for index in indices}
    page = render_template(
        "indices/list.html",
        city=city,
        indices=indices,
        versions=of,
        layers={layer.slug: layer for layer in layers},
        lists=lists,
        methods=words.METHOD_NAMES,
    )
    return finished(page, HTML)


@blueprint.get("/<slug>")
@allow(Permission.READ_PUBLIC)
def one(city: City, slug: str) -> Response:
    """An index by the version of its newest year that is published, or else by the last that was computed."""
    with reading() as db:
        index = service.index_named(db, city.id, slug)
        there = queries.versions(db, city.id, slug)
        shown = sorted((each for each in there if each.current), key=lambda each: each.year)
        return _version(db, city, index, (shown[-1] if shown else there[0], there), permanent=False)


@blueprint.get("/<slug>/versions/<int:version>")
@allow(Permission.READ_PUBLIC)
def version(city: City, slug: str, version: int) -> Response:
    """A version of an index, to be cited: it never changes."""
    with reading() as db:
        index = service.index_named(db, city.id, slug)
        found = service.version_named(db, city.id, slug, version)
        there = queries.versions(db, city.id, slug)
        return _version(db, city, index, (found, there), permanent=True)


def _version(
    db: Connection, city: City, index: Index, which: tuple[Version, Sequence[Version]], *, permanent: bool
) -> Response:
    version, there = which
    asked = query()
    params.known(asked, ("f", "sort", "lang"))
    form = _form(asked, OF_A_VERSION)
    sort = params.one(asked, "sort", SORTS)
    if form == "geojson":
        return finished(queries.features(db, city.id, index.slug, version.version), GEOJSON)
    if form == "toml":
        return finished(files.as_toml(index, version), TOML)
    if form == "bibtex":
        return finished(files.bibtex(city, index, version, public_url("")), TEXT)
    scores = queries.scores(db, city.id, index.slug, version.version)
    if form == "csv":
        return finished(files.as_csv(version, scores), CSV)
    about = files.told(city, index, version, public_url(""))
    if form == "json" or not wants_page():
        return finished(as_json(files.with_scores(about, scores)), JSON)
    layer = layer_named(area_queries.layers(db, city.id), index.layer)
    return _page(city, index, version, {"scores": _sorted(scores, sort), "layer": layer, "there": there,
        "sort": sort, "about": about, "permanent": permanent})  # fmt: skip


def _page(city: City, index: Index, version: Version, said: Mapping[str, Any]) -> Response:
    after = version.definition["after"]
    listed = ready.list_named(after) if after else None
    page = render_template(
        "indices/version.html",
        city=city,
        index=index,
        version=version,
        listed=listed,
        lacking=listed.named(version.definition["without"]) if listed else [],
        method_name=words.METHOD_NAMES[version.definition["method"]],
        method_source=words.method_source(version.definition["method"]),
        bibtex=files.bibtex(city, index, version, public_url("")),
        sources={source["series"]: source for source in version.sources},
        few_below=version.definition["few_below"],
        **said,
    )
    return finished(page, HTML)


def _sorted(scores: Sequence[Score], sort: str) -> list[Score]:
    if sort == "rank":
        return list(scores)
    return sorted(scores, key=lambda each: (each.code if sort == "code" else each.name or "", each.code))


def _form(asked: Mapping[str, str], allowed: tuple[str, ...]) -> str:
    """What `f` asks for; without it, a page or JSON as the caller accepts."""
    return params.one(asked, "f", ("html", *allowed)) if asked.get("f") else ""


Coverage = tuple[ready.Ready, list[ready.Item], list[ready.Item]]


def coverage(there: Sequence[Figure], versions: Sequence[Version]) -> list[Coverage]:
    """Each published list with its items that the city has, and those it has not.

    It has those for which a series of a layer has the name, or stood in an index that went by the list.
    """
    layers = list(dict.fromkeys(figure.layer for figure in there))
    found = []
    for each in ready.lists():
        known = [set(ready.guessed(each, series_of(layer, there))) for layer in layers]
        made = [version.definition for version in versions if version.definition["after"] == each.slug]
        known += [{part["item"] for part in definition["indicators"]} for definition in made]
        best = max(known, key=len, default=set())
        found.append((each, each.named(best), each.named(ready.without(each, best))))
    return found


def _told(one: ready.Ready, has: Sequence[ready.Item], lacks: Sequence[ready.Item]) -> dict[str, Any]:
    return {
        "list": one.slug,
        "names": one.names,
        "publisher": one.publisher,
        "title": one.title,
        "link": one.link,
        "years": one.years,
        "complete": one.complete,
        "checked": one.checked,
        "has": [item.key for item in has],
        "lacks": [item.key for item in lacks],
    }

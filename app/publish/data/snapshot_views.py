"""Snapshots as they are given out: their files, the difference between two, and the catalogue."""

import base64
import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import query, reading, services
from app.errors import BadParameter, NotFound
from app.identity import allow
from app.outgoing import Body
from app.permissions import Permission
from app.publish.data import datasets, dcat, difference, queries
from app.publish.data.shelf import File, Snapshot, folder_of, snapshots
from app.publish.data.shelf import snapshot as on_the_shelf
from app.responses import Opened, finished, of_file, public_url

blueprint = Blueprint("snapshots", __name__)
FOR_EVER = "public, max-age=31536000, immutable"
ASKED = ("from", "to", "dataset", "lang")


@blueprint.get("/<city:city>/data/snapshots/<day>/<file>")
@allow(Permission.READ_PUBLIC)
def kept(city: City, day: str, file: str) -> Response:
    """A file of a snapshot: it never changes, and a broken download goes on where it broke off."""
    held = _snapshot(city, day)
    found = held.file(file)
    if found is None:
        raise NotFound("There is no file “%(file)s” in this snapshot.", file=file[:60])
    ticket = services().gate.download()
    opened = (held.folder / found.name).open("rb")
    body = Body(iter(()), ticket, opened.close)
    response = Response(content_type=found.media_type)
    of_file(response, Opened(opened, found.size, found.sha256, body.close))
    return _digested(response, found)


def _digested(response: Response, found: File) -> Response:
    """The headers of a file that never changes, with the digest of RFC 9530."""
    digest = f"sha-256=:{base64.b64encode(bytes.fromhex(found.sha256)).decode()}:"
    response.headers["Repr-Digest"] = digest
    if response.status_code == 200:
        response.headers["Content-Digest"] = digest
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/<city:city>/data/difference")
@allow(Permission.READ_PUBLIC)
def compared(city: City) -> Response:
    """What changed between two snapshots, as a page: how much of each, and the first of it."""
    before, after, dataset = _compared(city)
    ticket = services().gate.download()
    try:
        with services().gate.aside():
            found = difference.summary(difference.changes(before, after, dataset))
    finally:
        ticket.give_back()
    there = {"city": city, "before": before, "after": after, "dataset": dataset, "found": found}
    page = render_template("difference.html", **there)
    return finished(page, "text/html; charset=utf-8")


@blueprint.get("/<city:city>/data/difference.csv")
@allow(Permission.READ_PUBLIC)
def compared_as_csv(city: City) -> Response:
    """Every change between two snapshots, a line each."""
    before, after, dataset = _compared(city)
    return _stream(_lines(difference.changes(before, after, dataset)), "text/csv; charset=utf-8")


@blueprint.get("/<city:city>/data/difference.json")
@allow(Permission.READ_PUBLIC)
def compared_as_json(city: City) -> Response:
    """Every change between two snapshots, as JSON."""
    before, after, dataset = _compared(city)
    about = {"from": before.day, "to": after.day, "dataset": dataset}
    return _stream(_objects(about, difference.changes(before, after, dataset)), "application/json")


def _stream(blocks: Iterator[bytes], content_type: str) -> Response:
    body = Body(blocks, services().gate.download(), blocks.close)  # type: ignore[attr-defined]
    response = Response(body, content_type=content_type)
    response.call_on_close(body.close)
    return response


def _lines(found: Iterator[difference.Change]) -> Iterator[bytes]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(("change", "key", "kind", "title"))
    for change in found:
        writer.writerow((change.change, change.key, change.kind, change.title))
        if line.tell() > 1 << 16:
            yield line.getvalue().encode()
            line.seek(0)
            line.truncate()
    yield line.getvalue().encode()


def _objects(about: dict[str, str], found: Iterator[difference.Change]) -> Iterator[bytes]:
    yield json.dumps(about).encode()[:-1] + b', "changes": ['
    for number, change in enumerate(found):
        said = {"change": change.change, "key": change.key, "kind": change.kind, "title": change.title}
        yield (b",\n" if number else b"\n") + json.dumps(said, ensure_ascii=False).encode()
    yield b"]}\n"


def _compared(city: City) -> tuple[Snapshot, Snapshot, str]:
    """The two snapshots and the data set that the query string names."""
    asked = query()
    params.known(asked, ASKED)
    for name in ("from", "to"):
        if name not in asked:
            raise BadParameter(name, "is needed: the day of a snapshot, such as 2026-11-22.")
    before, after = (_snapshot(city, asked[name]) for name in ("from", "to"))
    dataset = asked.get("dataset", "places")
    if not (difference.has(before, dataset) or difference.has(after, dataset)):
        there = ", ".join(dict.fromkeys([*before.records, *after.records]))
        params.one_of({"dataset": dataset}, "dataset", there.split(", "))
    return before, after, dataset


def _snapshot(city: City, day: str) -> Snapshot:
    folder = folder_of(services().settings.var, city.slug)
    found = on_the_shelf(folder, day)
    if found is None:
        there = ", ".join(held.day for held in snapshots(folder)) or "–"
        raise NotFound(
            "There is no snapshot of “%(day)s”; the snapshots are of: %(there)s.", day=day[:40], there=there
        )
    return found


def _record(city: City) -> dict[str, Any]:
    params.known(query(), ("lang",))
    with reading() as db:
        found = datasets.of_city(db, city.id)
        licences = queries.licences(db, city.id)
    held = snapshots(folder_of(services().settings.var, city.slug))
    return dcat.catalog(city, found, licences, held, public_url(""))


@blueprint.get("/<city:city>/data/catalog.jsonld")
@allow(Permission.READ_PUBLIC)
def catalog(city: City) -> Response:
    """The catalogue of the city's data after DCAT-AP_IT, as JSON-LD."""
    return finished(dcat.as_json(_record(city)), "application/ld+json")


@blueprint.get("/<city:city>/data/catalog.ttl")
@allow(Permission.READ_PUBLIC)
def catalog_as_turtle(city: City) -> Response:
    """The catalogue of the city's data after DCAT-AP_IT, as Turtle."""
    return finished(dcat.as_turtle(_record(city)), "text/turtle; charset=utf-8")

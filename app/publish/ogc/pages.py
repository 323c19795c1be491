"""The API's features as pages to read, which work without JavaScript."""

import json
from typing import Any

from flask import Response, render_template, request

from app.context import language, query
from app.cql.properties import Property, Type
from app.publish.ogc import asked
from app.publish.ogc.asked import HTML, root
from app.publish.ogc.collections import Collection
from app.publish.ogc.service import Answer
from app.responses import finished, public_url

COLUMNS = {False: ("title", "kind", "status", "address"), True: ("code", "name", "layer")}
FIGURES = 6
OWN = ("source", "licence", "recorded_at", "confirmed_at", "language")


def page(template: str, **context: Any) -> Response:
    """A page of the API; it knows the city, the API's root, and this page's address as JSON."""
    context |= {
        "city": asked.city_or_none(),
        "root": root(),
        "as_json": asked.this_page(f="json"),
        "public_url": public_url,
    }
    return finished(render_template(f"ogc/{template}.html", **context), HTML)


def items_page(wanted: Collection, answer: Answer) -> Response:
    """A page of features as a table."""
    features = json.loads(b"[" + answer.features + b"]")
    following = {name: value for name, value in request.args.items() if name != "offset"}
    return page(
        "items",
        wanted=wanted,
        title=wanted.titles[language()],
        features=features,
        columns=_columns(wanted, features),
        answer=answer,
        asked=query(),
        next=asked.with_query(request.path, {**following, "after": answer.after}) if answer.after else None,
    )


def _columns(wanted: Collection, features: list[dict[str, Any]]) -> list[Property]:
    """What a table shows of features: what was asked for, else what tells them apart and their figures."""
    if "properties" in query():
        there = {name for feature in features for name in feature["properties"]}
        return [each for each in wanted.properties if each.name in there]
    figures = [each for each in wanted.properties if each.type == Type.NUMBER and wanted.indicators]
    named = [each for each in wanted.properties if each.name in COLUMNS[wanted.of_areas]]
    if wanted.layer is not None:
        named = [each for each in named if each.name != "layer"]
    if wanted.kinds:
        named = [each for each in named if each.name != "kind"]
    return sorted(named, key=lambda each: COLUMNS[wanted.of_areas].index(each.name)) + figures[:FIGURES]


def item_page(wanted: Collection, feature: bytes) -> Response:
    """One feature with everything that is said of it."""
    said = json.loads(feature)
    properties = [each for each in wanted.properties if each.name in said["properties"]]
    return page(
        "item",
        wanted=wanted,
        feature=said,
        facts=[each for each in properties if each.name not in OWN],
        record=[each for each in properties if each.name in OWN],
        title=said["properties"].get("title") or said["properties"].get("name") or said["id"],
    )

"""Questions of the whole network of a city: where it falls apart, and all of it to take away."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, json, request

from app import params
from app.cities import City
from app.context import query, reading, services
from app.identity import allow
from app.network import answers, asked, cohesion, files, openapi, phrases
from app.network.ground import standing
from app.outgoing import Body
from app.permissions import Permission
from app.problems import wants_page
from app.responses import BRIEFLY, finished
from app.streams import CSV_WITH_NAMES, Rows, Source

blueprint = Blueprint("network", __name__, url_prefix="/<city:city>/graph")
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SHOWN = ("f", "lang")
MOST, A_PAGE, A_FILE = 10_000, 50, 1_000
"""How many places or bridges are told at the most, on a page, and in an answer for programs."""


@blueprint.get("/islands")
@allow(Permission.READ_PUBLIC)
def islands(city: City) -> Response:
    """The islands of the network: places that hang together, the largest first."""
    given = query()
    params.known(given, ("limit", *asked.WHEN, *SHOWN))
    wish = asked.asked(given, city.id, datetime.now(UTC), asked.RELATIONS)
    limit = params.whole(given, "limit", A_PAGE if wants_page() else A_FILE, 1, MOST)
    with reading() as db:
        found = cohesion.islands(db, wish, limit)
        state = answers.state(db, wish)
    if wants_page():
        features = answers.listed(found.places.features)
        return answers.page("islands", city, given, found=found, features=features, state=state)
    told = [{"island": each.island, "places": each.places, "edges": each.edges} for each in found.islands]
    said = {"islands": told[:A_FILE], "numberOfIslands": len(told), "alone": found.alone}
    return answers.collection(found.places.features, (), {**said, "truncated": found.truncated, **state})


@blueprint.get("/bridges")
@allow(Permission.READ_PUBLIC)
def bridges(city: City) -> Response:
    """The edges and the places without which an island of the network falls apart."""
    given = query()
    params.known(given, ("limit", *asked.WHEN, *SHOWN))
    wish = asked.asked(given, city.id, datetime.now(UTC), asked.RELATIONS)
    limit = params.whole(given, "limit", A_PAGE if wants_page() else A_FILE, 1, MOST)
    with reading() as db:
        found = cohesion.bridges(db, wish, limit)
        state = answers.state(db, wish)
        ends = [end for each in found.bridges for end in each.edge.pair]
        named = standing(db, city.id, ends) if wants_page() else {}
    if wants_page():
        features = answers.listed(found.places.features)
        names = {str(key): phrases.name_of(each) for key, each in named.items()}
        legs = [phrases.leg(each.edge, each.edge.tail, names) for each in found.bridges]
        said = {"found": found, "legs": legs, "names": names, "state": state}
        holding = [each for each in features if each["properties"]["articulation"]]
        return answers.page("bridges", city, given, features=holding, **said)
    edges = [answers.feature(each.edge, cut_off=each.cut_off) for each in found.bridges]
    said = {**found.counted, "truncated": found.truncated, **state}
    return answers.collection(found.places.features, edges, said)


@blueprint.get("/network.<any(graphml, gexf, json, csv):ending>")
@allow(Permission.READ_PUBLIC)
def take_away(city: City, ending: str) -> Response:
    """The network as GraphML, GEXF or node-link JSON; its edges as CSV, however many there are."""
    given = query()
    wish = asked.asked(given, city.id, datetime.now(UTC))
    if ending == "csv":
        params.known(given, (*asked.WHEN, "lang"))
        return _named(_streamed(wish), city, ending)
    params.known(given, ("bbox", *asked.WHEN, "lang"))
    with reading() as db:
        graph = files.network(db, wish, params.bbox(given))
    body = files.written(graph, ending)
    return _named(finished(body, files.MEDIA_TYPES[ending], BRIEFLY), city, ending)


def _streamed(wish: asked.Asked) -> Response:
    """Every edge as a row of CSV, made while it goes out."""
    settings, gate = services().settings, services().gate
    assert settings.database_url
    response = Response(content_type="text/csv; charset=utf-8; header=present")
    if request.method == "HEAD":  # nothing is made for nobody
        return response
    source, ticket = Source(settings.database_url, settings.download_timeout_ms), gate.download()
    try:
        rows = Rows(source, *files.edge_list(wish), CSV_WITH_NAMES)
    except BaseException:
        ticket.give_back()
        raise
    response.response = body = Body(rows, ticket, rows.close)
    response.call_on_close(body.close)
    return response


def _named(response: Response, city: City, ending: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{city.slug}-network.{ending}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/api")
@allow(Permission.READ_PUBLIC)
def api(city: City) -> Response:
    """The description of the graph's addresses in OpenAPI 3.0."""
    params.known(query(), SHOWN)
    described: dict[str, Any] = openapi.description(city.slug)
    return finished(json.dumps(described), OPENAPI, BRIEFLY)

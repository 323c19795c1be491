"""The features of a collection under /ogc/, a page of them or one, as GeoJSON or as a page to read."""

from flask import Response, request

from app.context import query, reading
from app.crs import CRS84, Crs, system
from app.identity import allow
from app.params import known
from app.permissions import Permission
from app.publish.ogc import asked, parameters, service
from app.publish.ogc.asked import blueprint, root
from app.publish.ogc.collections import Collection, collection
from app.publish.ogc.contributing import tag
from app.publish.ogc.pages import item_page, items_page
from app.publish.ogc.service import Answer
from app.responses import BRIEFLY, GEOJSON, as_json, finished, here_path


@blueprint.get("/collections/<name>/items", provide_automatic_options=False)
@allow(Permission.READ_PUBLIC)
def items(name: str) -> Response:
    """A page of features, in an order that is spatial and stable unless another is asked for."""
    words, html, city = query(), asked.wants_html(), asked.city()
    with reading() as db:
        wanted = collection(db, city, name)
        known(words, parameters.of_items(wanted))
        page = service.items(db, city, wanted, words, counted=html)
    if html:
        return items_page(wanted, page)
    return _in(page.crs, finished(_body(wanted, page), GEOJSON, BRIEFLY))


@blueprint.get("/collections/<name>/items/<path:key>", provide_automatic_options=False)
@allow(Permission.READ_PUBLIC)
def item(name: str, key: str) -> Response:
    """One feature."""
    words, html, city = query(), asked.wants_html(), asked.city()
    known(words, parameters.OF_ITEM)
    crs = system(words, "crs", city.metric_srid)
    with reading() as db:
        wanted = collection(db, city, name)
        feature, place = service.item(db, city, wanted, key, crs)
    if html:
        return item_page(wanted, feature)
    path = f"{root()}/collections/{wanted.id}"
    told = [("self", GEOJSON, here_path()), ("collection", asked.JSON, path)]
    told.append(("alternate", "text/html", asked.this_page(f="html")))
    if place is not None:  # its photos change without it, so they have an address of their own
        told.append(("related", asked.JSON, f"/{city.slug}/places/{key}/photos.json"))
    said = asked.links(*told)
    tail = as_json({"links": said})
    strong = tag(place.revision, confirmed_at=place.confirmed_at) if place else None
    return _in(crs, finished(b"".join((feature[:-1], b",", tail[1:])), GEOJSON, BRIEFLY, strong))


def _body(wanted: Collection, page: Answer) -> bytes:
    """The collection around features that the database made: nothing of them is read again."""
    said = [("self", GEOJSON, here_path())]
    if page.after:
        following = {name: value for name, value in request.args.items() if name != "offset"}
        path = asked.with_query(request.path, {**following, "after": page.after})
        said.append(("next", GEOJSON, path))
    said.append(("alternate", "text/html", asked.this_page(f="html")))
    said.append(("collection", asked.JSON, f"{root()}/collections/{wanted.id}"))
    counts = {"numberReturned": page.count}
    if page.matched is not None:
        counts["numberMatched"] = page.matched
    tail = as_json({**counts, "links": asked.links(*said)})
    return b"".join((b'{"type":"FeatureCollection","features":[', page.features, b"],", tail[1:]))


def _in(crs: Crs, response: Response) -> Response:
    """The response, which says the system of its coordinates (OGC 18-058r1, 6.4)."""
    response.headers["Content-Crs"] = f"<{(crs or CRS84).uri}>"
    return response

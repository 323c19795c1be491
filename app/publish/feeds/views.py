"""The feed of a city, of some kinds, of an area."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from app import params
from app.cities import City
from app.context import language, query, reading
from app.errors import BadParameter, NotFound
from app.identity import allow
from app.pages.words import kind_name, kinds_name, said, status_name
from app.permissions import Permission
from app.photos.links import photo_address
from app.photos.queries import Photo, first_photos
from app.places.texts import summary_of, title_of
from app.publish.feeds import atom, queries
from app.publish.feeds.queries import News
from app.responses import BRIEFLY, finished, public_url, with_query
from app.tables.places import KINDS

blueprint = Blueprint("feeds", __name__)
PARAMETERS = ("kind", "area", "lang")


@blueprint.get("/<city:city>/feed.atom")
@allow(Permission.READ_PUBLIC)
def feed(city: City) -> Response:
    """The places that changed last: of the city, or of some kinds (`kind`) or an area (`area=layer/code`)."""
    asked = query()
    params.known(asked, PARAMETERS)
    kinds = params.one_of(asked, "kind", KINDS)
    area = _area(asked)
    with reading() as db:
        if area and not queries.is_area(db, city.id, area):
            raise NotFound("There is no area “%(area)s” in this city.", area=asked["area"][:80])
        news = queries.latest(db, city.id, kinds, area)
        photos = first_photos(db, city.id, [place.id for place in news])
    names = [said(city.names), *(str(kinds_name(kind)) for kind in kinds), *([asked["area"]] if area else [])]
    kept = {name: asked[name] for name in PARAMETERS if name in asked}
    told = atom.Feed(
        with_query(public_url(f"/{city.slug}/feed.atom"), kept),
        public_url(f"/{city.slug}/"),
        gettext("Cortile, latest changes: %(what)s", what=", ".join(names)),
        f"Cortile {said(city.names)}",
        language(),
        [_entry(city, place, photos.get(place.id)) for place in news],
    )
    return finished(atom.written(told), "application/atom+xml; charset=utf-8", BRIEFLY)


def _area(asked: dict[str, str]) -> tuple[str, str] | None:
    """The layer and the code of an area."""
    if "area" not in asked:
        return None
    layer, bar, code = asked["area"].partition("/")
    if not bar or "\0" in asked["area"]:  # a zero byte cannot be asked for
        raise BadParameter("area", "must be a layer and a code, such as zones/01.")
    return layer, code


def _entry(city: City, place: News, photo: Photo | None) -> atom.Entry:
    title, spoken = title_of(place, language())
    summary, _ = summary_of(place, language())
    return atom.Entry(
        f"urn:uuid:{place.id}",
        title or str(kind_name(place.kind)),
        summary or "",
        spoken,
        place.recorded_at,
        public_url(url_for("map.place", city=city, place_id=place.id)),
        place.source,
        place.licence,
        [
            (place.kind, str(kind_name(place.kind))),
            (place.status, str(status_name(place.status, place.kind))),
        ],
        (place.lon, place.lat),
        public_url(photo_address(city, photo, "large")) if photo else None,
    )

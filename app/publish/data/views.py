"""Downloads under /<city>/data/: places and areas, in any format, under the filters of the map."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from app import params
from app.cities import City
from app.context import language, query, reading, services
from app.identity import allow
from app.permissions import Permission
from app.places.filters import FILTERS, FURTHER
from app.publish.data import service, texts
from app.publish.data.service import Wanted
from app.responses import Opened, here, of_file, public_url
from app.streams import Source

blueprint = Blueprint("data", __name__)
AREA_PARAMETERS = ("bbox", "geometry", "compress", "lang")
PLACE_PARAMETERS = (*AREA_PARAMETERS, *FILTERS, *FURTHER)


@blueprint.get("/<city:city>/data/<name>.<ending>")
@allow(Permission.READ_PUBLIC)
def download(city: City, name: str, ending: str) -> Response:
    """Places, or the areas of a layer with their figures, as a file of the format that the ending names."""
    asked = query()
    params.known(asked, PLACE_PARAMETERS if name == "places" else AREA_PARAMETERS)
    with reading() as db:
        wish = service.wanted(db, city, name, ending, asked)
    response = Response(content_type="application/gzip" if wish.packed else wish.format.media_type)
    if request.method == "HEAD":  # nothing is made for nobody
        return _described(response, city, wish)
    if wish.format.prepared:
        response = _prepared(response, city, wish)
    else:
        _fill(response, city, wish)
    return _described(response, city, wish)


def _fill(response: Response, city: City, wish: Wanted) -> None:
    """A body that is made while it goes out."""
    gate = services().gate
    if not wish.format.text:
        body = service.streamed_download(_source(), gate, wish, _metadata(city, wish))
        response.response = body
    else:
        nothing = gettext("Nothing answers to these filters.")
        body = service.text_download(_source(), gate, wish, _about(city, wish), nothing)
        response.response = body
        if wish.packed or _wants_gzip():
            response.response = texts.compressed(body)
            if not wish.packed:
                response.headers["Content-Encoding"] = "gzip"
    response.call_on_close(body.close)


def _prepared(response: Response, city: City, wish: Wanted) -> Response:
    """A file that was made first: its length is known, and a part of it can be asked for."""
    made = service.prepared_download(_source(), services().gate, wish, _metadata(city, wish))
    return of_file(response, Opened(made.file, made.size, made.tag, made.body.close))


def _metadata(city: City, wish: Wanted) -> dict[str, str]:
    licence = gettext("Every record says its source and its licence.")
    return service.metadata(wish.dataset, language(), licence, public_url(f"/{city.slug}/data#licences"))


def _source() -> Source:
    settings = services().settings
    assert settings.database_url
    return Source(settings.database_url, settings.download_timeout_ms)


def _wants_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0 and "gzip" in request.headers.get("Accept-Encoding", "")


def _about(city: City, wish: Wanted) -> dict[str, Any]:
    """What a GeoJSON collection says of itself."""
    reader = language()
    return {
        "name": f"{city.slug}-{wish.dataset.name}",
        "title": wish.dataset.titles.get(reader) or wish.dataset.name,
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "licence": gettext("Every record says its source and its licence."),
        "links": [
            {"rel": "self", "type": wish.format.media_type, "href": here()},
            {"rel": "license", "type": "text/html", "href": public_url(f"/{city.slug}/data#licences")},
            {"rel": "describedby", "type": "text/html", "href": public_url(f"/{city.slug}/data/codebook")},
        ],
    }


def _described(response: Response, city: City, wish: Wanted) -> Response:
    """The headers of a download: its name, its licence, what explains it."""
    links = {"license": f"/{city.slug}/data#licences", "describedby": f"/{city.slug}/data/codebook"}
    response.headers["Link"] = ", ".join(f'<{public_url(path)}>; rel="{rel}"' for rel, path in links.items())
    name = f"{city.slug}-{wish.file_name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers.setdefault("Accept-Ranges", "none")
    return response

"""What a request of the API asks for: which city, in which form; and the addresses of its answers."""

from typing import Any

from flask import Blueprint, g, request

from app import params
from app.cities import City
from app.context import cities, city_named
from app.errors import BadParameter, NotFound
from app.publish.ogc.parameters import PARAMETERS
from app.responses import public_url, with_query

JSON = "application/json"
HTML = "text/html; charset=utf-8"
_FORMS = tuple(PARAMETERS["f"].schema["enum"])

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")
"""Also at /<city>/ogc, for a client that cannot add a parameter to every address."""


@blueprint.url_value_preprocessor
def _take_city(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.city_of_address = values.pop("city", None) if values else None


def city_or_none() -> City | None:
    """The city that the address names, or the only one that the server holds."""
    if g.city_of_address is not None:
        named: City = g.city_of_address
        return named
    slug, there = request.args.get("city"), cities()
    if slug:
        return city_named(slug)
    return there[0] if len(there) == 1 else None


def city() -> City:
    """The city that the address names; where the server holds one only, it need not be named."""
    found = city_or_none()
    if found is not None:
        return found
    there = cities()
    if not there:
        raise NotFound("There is no city here yet.")
    raise BadParameter(
        "city",
        "this server holds several cities; say which of %(there)s.",
        there=", ".join(each.slug for each in there),
    )


def root() -> str:
    """The path that the API's addresses begin with, which keeps the city that was named."""
    if g.city_of_address is not None:
        return f"/{g.city_of_address.slug}/ogc"
    slug = request.args.get("city")
    return f"/{city_named(slug).slug}/ogc" if slug else "/ogc"


def wants_html() -> bool:
    """Whether the caller reads pages: as `f` says, else as the Accept header does."""
    form = request.args.get("f")
    if form:
        if form not in _FORMS:
            raise BadParameter(
                "f", "“%(word)s” is not one of %(allowed)s.", word=form[:40], allowed=", ".join(_FORMS)
            )
        return form == "html"
    if "html" not in request.environ.get("HTTP_ACCEPT", ""):  # looked at first: most readers are programs
        return False
    best = request.accept_mimetypes.best_match(("application/geo+json", JSON, "text/html"), default=JSON)
    return best == "text/html"


def known(allowed: tuple[str, ...]) -> None:
    """Refuse a parameter that the address does not know."""
    params.known(request.args, allowed)


def link(rel: str, media_type: str, path: str, title: str | None = None) -> dict[str, str]:
    """A link to a path of this server."""
    said = {"rel": rel, "type": media_type, "href": public_url(path)}
    return said | ({"title": title} if title else {})


def links(*said: tuple[str, str, str]) -> list[dict[str, str]]:
    """Links to paths of this server: (rel, media type, path) of each."""
    base = public_url("")
    return [{"rel": rel, "type": media_type, "href": base + path} for rel, media_type, path in said]


def this_page(**changes: str) -> str:
    """The path of this page, with some parameters changed."""
    return with_query(request.path, {**request.args, **changes})

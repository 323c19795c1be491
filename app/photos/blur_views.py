"""The page on which moderators blur what must not be seen on a photo."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.cities import City
from app.context import reading, services, transaction
from app.errors import BadParameter
from app.identity import allow
from app.permissions import Permission
from app.photos import queries, service
from app.photos.imaging import Region
from app.photos.uploads import shelf
from app.problems import wants_page

blueprint = Blueprint("blur", __name__)
EDGES = ("left", "top", "width", "height")
EMPTY_ROWS = 3
"""Rows of fields for further regions, for who has no scripts; sending the page offers as many again."""


@blueprint.get("/<city:city>/photos/<uuid:photo_id>/blur")
@allow(Permission.BLUR_PHOTO)
def regions(city: City, photo_id: UUID) -> Response:
    """The photo as the public sees it, and the regions that are blurred in it."""
    return _page(city, photo_id)


@blueprint.post("/<city:city>/photos/<uuid:photo_id>/blur")
@allow(Permission.BLUR_PHOTO)
def blur(city: City, photo_id: UUID) -> AnyResponse:
    """Blur these regions and no others; none at all shows the photo as it was."""
    key = (city.id, photo_id)
    try:
        asked = _asked()
        with services().gate.aside():
            blurring = service.blurred_photo(shelf(), key, asked)
    except BadParameter as problem:
        if not wants_page():
            raise
        return _page(city, photo_id, problem.rule(gettext))
    with transaction() as db:
        service.show_blurred(db, shelf(), key, blurring)
    if request.form.get("back") == "moderation":
        return redirect(url_for("moderation.thing", city=city, sort="photo", thing_id=photo_id), 303)
    return redirect(url_for("blur.regions", city=city, photo_id=photo_id, done=1), 303)


def _asked() -> list[Region]:
    """The regions of the form, in percent there and as fractions here; a row without a number is none."""
    columns = [request.form.getlist(edge) for edge in EDGES]
    rows = [[cell.strip() for cell in row] for row in zip(*columns, strict=False)]
    return [_region(row) for row in rows if any(row)]


def _region(row: list[str]) -> Region:
    try:
        left, top, width, height = (float(cell.replace(",", ".")) / 100 for cell in row)
    except ValueError as error:
        words = " ".join(row)[:40]
        raise BadParameter("regions", "“%(words)s” is not four numbers.", words=words) from error
    return left, top, width, height


def _page(city: City, photo_id: UUID, wrong: str | None = None) -> Response:
    key = (city.id, photo_id)
    with reading() as db:
        photo = queries.photo(db, key)
    if photo is None:
        raise service.lost(key)
    shown = [[f"{round(100 * edge, 2):g}" for edge in region] for region in photo.regions or []]
    if wrong:
        shown = [list(row) for row in zip(*map(request.form.getlist, EDGES), strict=False) if any(row)]
    page = render_template(
        "photos/blur.html",
        city=city,
        photo=photo,
        rows=[*shown, *([[""] * 4] * EMPTY_ROWS)],
        wrong=wrong,
        back=request.values.get("back"),
        done=request.args.get("done"),
    )
    headers = {"Cache-Control": "private, no-store"}
    return Response(page, 422 if wrong else 200, mimetype="text/html", headers=headers)

"""Making an index on a page, and publishing a version: for officers of the city."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from uuid_utils import compat
from werkzeug.wrappers import Response

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.errors import BadParameter, Conflict, Invalid, beside
from app.fragility import queries as area_queries
from app.fragility.indices import form, ready, service, words
from app.fragility.indices import reading as reader
from app.fragility.indices.inputs import Figure, figures_of
from app.fragility.rules import layer_named
from app.identity import allow, caller
from app.pages.words import said
from app.permissions import Permission
from app.problems import wants_page

blueprint = Blueprint("making_indices", __name__, url_prefix="/<city:city>/fragility/indices")


@blueprint.get("/new")
@allow(Permission.MAKE_INDEX)
def ask(city: City) -> str:
    """The form: indicators with polarity and weight, or the items of a published list, and the method."""
    asked = query()
    params.known(asked, ("layer", "after", "lang"))
    return _page(city, asked, ())


@blueprint.post("/new")
@allow(Permission.MAKE_INDEX)
def make(city: City) -> Response | tuple[str, int]:
    """Compute an index as the form says, and publish it where the form says so."""
    sent = request.form
    try:
        with transaction() as db:
            there = figures_of(db, city.id)
            layer = layer_named(area_queries.layers(db, city.id), sent.get("layer", "")).slug
            draft = reader.draft(form.said(sent, layer, there), there)
            by = (caller().person, datetime.now(UTC))
            version, new = service.compute(db, city.id, draft, _year(sent.get("year", "")), by)
            of = (version.index, version.version)
            if sent.get("publish"):
                service.publish(db, city.id, of, compat.uuid7(), by)
    except (BadParameter, Invalid, Conflict) as error:
        problems = _problems(error)
        if not wants_page():
            raise Invalid(problems) from None
        return _page(city, sent, problems), 422
    flash(_("Computed.") if new else _("This version is there already: nothing was different."), "success")
    return redirect(url_for("indices.version", city=city, slug=of[0], version=of[1]), 303)


@blueprint.post("/<slug>/versions/<int:version>/publish")
@allow(Permission.MAKE_INDEX)
def publish(city: City, slug: str, version: int) -> Response:
    """Show a version of an index on the map and in the data."""
    with transaction() as db:
        by = (caller().person, datetime.now(UTC))
        service.publish(db, city.id, (slug, version), compat.uuid7(), by)
    flash(_("Published: the map and the data show it."), "success")
    return redirect(url_for("indices.version", city=city, slug=slug, version=version), 303)


def _year(written: str) -> int | None:
    return params.whole({"year": written}, "year", 0, 1000, 3000) if written else None


def _problems(error: BadParameter | Invalid | Conflict) -> tuple[BadParameter, ...]:
    """What is told beside each field; what is wrong as a whole stands beside the name of the index."""
    if isinstance(error, Invalid):
        return error.problems
    if isinstance(error, BadParameter):
        return (error,)
    return (beside("slug", error),)


def _page(city: City, asked: Mapping[str, str], problems: tuple[BadParameter, ...]) -> str:
    with reading() as db:
        layers, there = area_queries.layers(db, city.id), figures_of(db, city.id)
    layer = layer_named(layers, asked.get("layer") or (layers[0].slug if layers else ""))
    after = ready.list_named(asked["after"]) if asked.get("after") else None
    figures = form.choices(layer.slug, there)
    guessed = ready.guessed(after, [figure.series for figure in figures]) if after else {}
    return render_template(
        "indices/new.html",
        city=city,
        layer=layer,
        layers=layers,
        after=after,
        lists=ready.lists(),
        guessed=guessed,
        figures=figures,
        years=[(year, year) for year in form.years(layer.slug, there)],
        methods=[(name, said(names)) for name, names in words.METHOD_NAMES.items()],
        form=asked,
        sent=bool(problems),
        problems={problem.name: problem for problem in reversed(problems)},
        labels=_labels(figures),
    )


LABELS = {
    "slug": lazy_gettext("Short name, for addresses"),
    "names": lazy_gettext("Name"),
    "name_it": lazy_gettext("Name"),
    "name_en": lazy_gettext("Name"),
    "indicators": lazy_gettext("What is it made of?"),
    "items": lazy_gettext("Which figure stands for what?"),
    "weights": lazy_gettext("Weight"),
    "incomplete": lazy_gettext("What is missing"),
    "year": lazy_gettext("Year of the data"),
    "method": lazy_gettext("Method"),
    "reference": lazy_gettext("What is worth 100 (AMPI)"),
}


def _labels(figures: Sequence[Figure]) -> dict[str, Any]:
    """What the fields that may be refused are called on the page."""
    named = dict(LABELS)
    for figure in figures:
        named |= {f"{field}_{figure.series}": said(figure.names) for field in ("weight", "polarity")}
    return named

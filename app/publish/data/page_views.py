"""The page of a city's data, and its codebook."""

from typing import Any

from flask import Blueprint, Response, json, render_template
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import language, query, reading
from app.fragility import queries as area_queries
from app.identity import allow
from app.pages.links import with_filters
from app.permissions import Permission
from app.places.filters import FILTERS, selection_of
from app.places.selection import Selection
from app.publish.data import codebook, datasets, queries
from app.publish.data.datasets import Dataset
from app.publish.data.formats import FORMATS
from app.responses import BRIEFLY, finished

blueprint = Blueprint("data_pages", __name__)
HTML = "text/html; charset=utf-8"


@blueprint.get("/<city:city>/data")
@allow(Permission.READ_PUBLIC)
def page(city: City) -> Response:
    """What can be taken away: live downloads under the filters of the address, sources, licences."""
    asked = query()
    params.known(asked, ("lang", "layer", "indicator", *FILTERS))
    with reading() as db:
        _, filters = selection_of(db, city, asked, None)
        found = _datasets(db, city)
        origins = queries.origins(db, city.id)
    there: dict[str, Any] = {"city": city, "asked": asked, "filters": filters, "datasets": found}
    return finished(
        render_template(
            "data.html", formats=list(FORMATS.values()), origins=origins, address=_address, **there
        ),
        HTML,
        BRIEFLY,
    )


@blueprint.get("/<city:city>/data/codebook")
@allow(Permission.READ_PUBLIC)
def explained(city: City) -> Response:
    """Every column of every data set, as a page."""
    params.known(query(), ("lang",))
    with reading() as db:
        found = _datasets(db, city)
    page = render_template("codebook.html", city=city, datasets=found, described=codebook.described)
    return finished(page, HTML)


@blueprint.get("/<city:city>/data/codebook.csv")
@allow(Permission.READ_PUBLIC)
def explained_as_csv(city: City) -> Response:
    """Every column of every data set, a line each."""
    params.known(query(), ("lang",))
    with reading() as db:
        return finished(codebook.as_csv(_datasets(db, city)), "text/csv; charset=utf-8")


@blueprint.get("/<city:city>/data/codebook.json")
@allow(Permission.READ_PUBLIC)
def explained_as_json(city: City) -> Response:
    """Every column of every data set, as Table Schema."""
    params.known(query(), ("lang",))
    with reading() as db:
        found = codebook.as_schema(_datasets(db, city), language())
    return finished(json.dumps(found, ensure_ascii=False), "application/json")


def _datasets(db: Connection, city: City) -> list[Dataset]:
    """All places, and every layer of areas."""
    indicators = area_queries.indicators(db, city.id)
    layers = area_queries.layers(db, city.id)
    return [
        datasets.places(Selection(city.id)),
        *(datasets.areas(city.id, layer, indicators, None) for layer in layers),
    ]


def _address(city: City, dataset: Dataset, ending: str, asked: dict[str, str]) -> str:
    """Where a data set is downloaded; places under the filters of the page."""
    path = f"/{city.slug}/data/{dataset.name}.{ending}"
    return with_filters(path, asked, layer="", indicator="") if dataset.name == "places" else path

"""The page of a city's data, and its codebook."""

from typing import Any

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import language, query, reading, services
from app.identity import allow
from app.pages.links import with_filters
from app.permissions import Permission
from app.places.filters import FILTERS, selection_of
from app.publish.data import codebook, datasets
from app.publish.data.datasets import Dataset
from app.publish.data.formats import FORMATS
from app.publish.data.origins import origins
from app.publish.data.shelf import folder_of, snapshots
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
        found = datasets.of_city(db, city.id)
        counted = origins(db, city.id)
    held = snapshots(folder_of(services().settings.var, city.slug))
    there: dict[str, Any] = {
        "city": city,
        "asked": asked,
        "filters": filters,
        "datasets": found,
        "snapshots": held,
    }
    return finished(
        render_template(
            "data.html", formats=list(FORMATS.values()), origins=counted, address=_address, **there
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
        found = datasets.of_city(db, city.id)
    page = render_template("codebook.html", city=city, datasets=found, described=codebook.described)
    return finished(page, HTML)


@blueprint.get("/<city:city>/data/codebook.csv")
@allow(Permission.READ_PUBLIC)
def explained_as_csv(city: City) -> Response:
    """Every column of every data set, a line each."""
    params.known(query(), ("lang",))
    with reading() as db:
        return finished(codebook.as_csv(datasets.of_city(db, city.id)), "text/csv; charset=utf-8")


@blueprint.get("/<city:city>/data/codebook.json")
@allow(Permission.READ_PUBLIC)
def explained_as_json(city: City) -> Response:
    """Every column of every data set, as Table Schema."""
    params.known(query(), ("lang",))
    with reading() as db:
        found = codebook.as_schema(datasets.of_city(db, city.id), language())
    return finished(json.dumps(found, ensure_ascii=False), "application/json")


def _address(city: City, dataset: Dataset, ending: str, asked: dict[str, str]) -> str:
    """Where a data set is downloaded; places under the filters of the page."""
    path = f"/{city.slug}/data/{dataset.name}.{ending}"
    return with_filters(path, asked, layer="", indicator="") if dataset.name == "places" else path

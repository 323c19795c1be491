"""What is far from every house, under /<city>/graph/gaps: by distance, or on foot."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import BadParameter
from app.identity import allow
from app.network import gaps as on_foot
from app.network import queries, rules
from app.network.queries import Gaps
from app.network.rules import KM_AN_HOUR, METRES_A_MINUTE
from app.network.streets import SNAP_M, walked
from app.network.views import FILTERS, collection, listed, page
from app.network.walking import NOT_LOADED, STRAIGHT, STREETS, Basis, told
from app.permissions import Permission
from app.places.filters import selection_of
from app.places.selection import Selection
from app.problems import wants_page
from app.responses import with_query

blueprint = Blueprint("gaps", __name__, url_prefix="/<city:city>/graph")


@blueprint.get("/gaps")
@allow(Permission.READ_PUBLIC)
def gaps(city: City) -> Response:
    """The sites, or the places of other kinds, that have no house within so many `metres` or `minutes`."""
    asked = query()
    params.known(asked, ("metres", "minutes", "limit", "after", *FILTERS))
    if "minutes" in asked and "metres" in asked:
        raise BadParameter("minutes", "and metres cannot both be given: ask for a walk, or for a distance.")
    metres = rules.metres(asked, rules.GAP)
    assert metres is not None, "it has a default"
    limit = params.whole(asked, "limit", 50 if wants_page() else 100, 1, rules.MOST_FOUND)
    with reading() as db:
        selection, filters = selection_of(db, city, {"kind": "site", **asked}, None)
        selection = replace(selection, after=params.cursor(asked))
        if "minutes" not in asked:
            return _answer(city, asked, queries.gaps(db, selection, metres, limit), None)
        if "house" in filters.kinds:
            raise BadParameter("kind", "house cannot be asked for with minutes.")
        far = rules.minutes(asked) * METRES_A_MINUTE
        found, basis = _on_foot(db, city, selection, far, limit)
    return _answer(city, asked, found, basis)


def _on_foot(
    db: Connection, city: City, selection: Selection, metres: float, limit: int
) -> tuple[Gaps, Basis]:
    streets = walked(db, city.id)
    if streets is None:
        return queries.gaps(db, selection, metres, limit), Basis(STRAIGHT, None, NOT_LOADED)
    middle = (city.home[1] + city.home[3]) / 2
    return on_foot.gaps(db, selection, middle, metres, limit), Basis(STREETS, streets)


def _answer(city: City, asked: dict[str, str], found: Gaps, basis: Basis | None) -> Response:
    following = with_query(request.path, {**asked, "after": str(found.after)}) if found.after else None
    if not wants_page():
        about: dict[str, Any] = told(basis) if basis else {}
        return collection(found.features, found.count, following, **about)
    about = {"basis": basis, "km_an_hour": KM_AN_HOUR, "snap_m": SNAP_M, "usual": rules.GAP}
    return page("gaps", city, asked, listed(found.features), following, **about)

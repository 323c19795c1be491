"""How an answer of the overlay goes out: as a page, as GeoJSON or as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, json, render_template, request

from app.cities import City
from app.context import language
from app.fragility import asked, rules
from app.fragility.asked import CSV, JSON, PAGE, Ground
from app.fragility.queries import Indicator
from app.network.rules import MOST_METRES, MOST_MINUTES
from app.network.views import collection
from app.pages.words import source_said
from app.problems import wants_page
from app.responses import BRIEFLY, finished, here, public_url, with_query

CITED = ("figure", "year", "source", "licence")
"""The columns of a table that say by which figure its rows were found."""
HTML, TABLE = "text/html; charset=utf-8", "text/csv; charset=utf-8"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
"""What the code of an area may have, and the name of a file in a head of HTTP may not."""


def wanted(values: Mapping[str, str]) -> str:
    """In which form the caller wants the answer: as `f` says, or as the request does."""
    chosen = asked.form(values)
    if chosen:
        return chosen
    if request.accept_mimetypes.best == "text/csv":
        return CSV
    return PAGE if wants_page() else JSON


def following(values: Mapping[str, str], after: object) -> str | None:
    """The address of the next page; None where this is the last."""
    return with_query(request.path, {**values, "after": str(after)}) if after is not None else None


def page(name: str, city: City, values: Mapping[str, str], there: Ground, **said: Any) -> Response:
    """The page of a question."""
    made = render_template(
        f"fragility/{name}.html",
        city=city,
        asked=values,
        ground=there,
        layer=there.layer,
        indicator=there.indicator,
        few_residents=rules.FEW_RESIDENTS,
        address=here(),
        least_metres=asked.LEAST_METRES,
        most_metres=MOST_METRES,
        most_minutes=MOST_MINUTES,
        **said,
    )
    return finished(made, HTML, BRIEFLY)


def features(features: Iterable[bytes], count: int, link: str | None, **said: Any) -> Response:
    """Features as GeoJSON, and what is said of all of them."""
    return collection(b",".join(features), count, link, **said)


def table(name: str, rows: Sequence[Mapping[str, Any]], header: Sequence[str], link: str | None) -> Response:
    """Rows as CSV (RFC 4180), a header first; the next page is a link of the answer's head."""
    file = io.StringIO()
    writer = csv.DictWriter(file, header, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    answer = finished(file.getvalue(), TABLE, BRIEFLY)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_UNFIT.sub("-", name)}.csv"'
    if link:
        answer.headers["Link"] = f'<{public_url(link)}>; rel="next"; type="text/csv"'
    return answer


def cited(rows: Iterable[Mapping[str, Any]], there: Ground, prefix: str = "") -> list[dict[str, Any]]:
    """Rows of a table that a figure ranked or residents measure, each with that figure and whose it is."""
    figure = there.indicator or there.residents
    if figure is None:
        return [dict(row) for row in rows]
    said = (figure.slug, figure.year, source_said(figure), figure.licence)
    cells = dict(zip((CITED[0], *(prefix + name for name in CITED[1:])), said, strict=True))
    return [{**row, **cells} for row in rows]


def area_feature(shape: str, code: str, said: Mapping[str, Any]) -> bytes:
    """An area as a GeoJSON feature."""
    properties = json.dumps({**said, "code": code}, ensure_ascii=False)
    words = f'{{"type":"Feature","id":{json.dumps(code)},"geometry":{shape},"properties":{properties}}}'
    return words.encode()


def point_feature(row: Mapping[str, Any]) -> bytes:
    """A row with `key`, `lon` and `lat` as a GeoJSON feature."""
    said = {name: value for name, value in row.items() if name not in ("key", "lon", "lat")}
    point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    feature = {"type": "Feature", "id": row["key"], "geometry": point, "properties": said}
    return json.dumps(feature, ensure_ascii=False).encode()


def basis(there: Ground) -> dict[str, Any]:
    """What the figures of an answer rest on: layer, indicator and residents, each with year and source."""
    said: dict[str, Any] = {"layer": there.layer.slug, "area_sources": there.layer.sources}
    if there.indicator:
        said["indicator"] = _described(there.indicator)
    if there.residents:
        said["residents"] = _described(there.residents)
    return {**said, "few_residents_below": rules.FEW_RESIDENTS}


def _described(indicator: Indicator) -> dict[str, Any]:
    return {
        "slug": indicator.slug,
        "name": indicator.names.get(language()) or indicator.slug,
        "unit": indicator.units.get(language(), ""),
        "year": indicator.year,
        "polarity": indicator.polarity,
        "source": source_said(indicator),
        "licence": indicator.licence,
    }

"""An area, and two of them, to be taken away: the figures of the page as JSON and as rows of CSV."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from flask_babel import gettext

from app.fragility import rules
from app.fragility.area.report import Figure, Ground, IndexOf, Report
from app.fragility.overlay import LEVEL, PER
from app.fragility.queries import Indicator
from app.pages.words import source_said

COLUMNS = (
    *("section", "key", "name", "year", "value", "unit", "median", "rank", "of", "share", "low", "high"),
    *("few_residents", "source", "licence"),
)
COMPARED = ("section", "key", "name", "year", "a", "b", "difference", "unit", "source", "licence")
Said = dict[str, Any]


def told(there: Ground, report: Report, reader: str) -> Said:
    """Everything that the page tells, by names; `reader` is the language of names and units."""
    area = report.area
    return {
        "layer": area.layer,
        "code": area.code,
        "name": area.name,
        "approximate": area.approximate,
        "source": area.source,
        "licence": area.licence,
        "lon": report.count.lon,
        "lat": report.count.lat,
        "square_metres": round(report.square_metres),
        "residents": report.count.residents,
        "few_residents": report.few,
        "few_residents_below": rules.FEW_RESIDENTS,
        "gap": asdict(report.gap) | {"indicator": report.lead.indicator.slug}
        if report.gap and report.lead
        else None,
        "indices": [_index(each, reader) for each in report.indices],
        "indicators": [_figure(each, reader) for each in report.figures],
        "trends": [
            {"series": line.newest.series, "years": [asdict(year) for year in line.years]}
            for line in report.trends
        ],
        "neighbours": [
            {
                "code": each.code,
                "name": each.name,
                "few_residents": each.few,
                "indicator": there.lead.slug if there.lead else None,
                "value": each.stands.value if each.stands else None,
                "rank": each.stands.rank if each.stands else None,
            }
            for each in report.neighbours
        ],
        "places": _places(report),
        "house": {"id": str(report.count.house_id), "metres": report.count.house_metres}
        if report.count.house_id
        else None,
        "near": {"houses": _near(report.houses), "projects": _near(report.projects)},
    }


def _named(indicator: Indicator, reader: str) -> Said:
    return {
        "slug": indicator.slug,
        "series": indicator.series,
        "name": indicator.names.get(reader) or indicator.slug,
        "unit": indicator.units.get(reader, ""),
        "year": indicator.year,
        "polarity": indicator.polarity,
        "source": source_said(indicator),
        "licence": indicator.licence,
    }


def _figure(figure: Figure, reader: str) -> Said:
    return _named(figure.indicator, reader) | asdict(figure.stands)


def _index(each: IndexOf, reader: str) -> Said:
    score = each.score
    return _named(each.indicator, reader) | {
        "index": each.index.index,
        "version": each.index.version,
        "score": score.score,
        "rank": score.rank,
        "scored": each.scored,
        "rank_median": score.rank_median,
        "rank_low": score.rank_low,
        "rank_high": score.rank_high,
        "few_residents": score.few_residents,
        "missing": score.missing,
        "parts": [
            {"series": part.series, "part": part.part, "mean": part.mean, "value": value}
            | ({"year": of.year, "source": source_said(of)} if of else {})
            for part, of, value in each.parts
        ],
    }


def _places(report: Report) -> Said:
    count = report.count
    all_of_them = {"places": count.places, "rate": count.rate, "low": count.low, "high": count.high}
    kinds = {each.kind: {k: v for k, v in asdict(each).items() if k != "kind"} for each in report.kinds}
    return {"per": PER, "level": LEVEL, "all": all_of_them, "kinds": kinds}


def _near(features: Iterable[Mapping[str, Any]]) -> list[Said]:
    return [
        {
            "id": each["id"],
            "title": each["properties"]["title"],
            "metres": each["properties"]["metres"],
        }
        for each in features
    ]


def rows(said: Said) -> list[Said]:
    """The same as rows of one table; a row names what it tells of by `section` and `key`."""
    of_series = [each for each in said["indicators"] if each["series"] == rules.RESIDENTS]
    people: Said = max(of_series, key=lambda each: each["year"], default={})
    found = [
        {"section": "area", "key": "residents", "value": said["residents"],
         "few_residents": said["few_residents"], "year": people.get("year"),
         "source": people.get("source"), "licence": people.get("licence")},
        {"section": "area", "key": "square_metres", "value": said["square_metres"], "unit": "m²",
         "source": _measured(said), "licence": said["licence"]},
    ]  # fmt: skip
    for each in said["indices"]:
        found.append(
            _about(each)
            | {"section": "index", "value": each["score"], "rank": each["rank"], "of": each["scored"],
               "low": each["rank_low"], "high": each["rank_high"], "few_residents": each["few_residents"]}
        )  # fmt: skip
        found += [
            {"section": f"part of {each['index']}", "key": part["series"], "year": part.get("year"),
             "value": part["part"], "median": None, "source": part.get("source")}
            for part in each["parts"]
        ]  # fmt: skip
    for each in said["indicators"]:
        found.append(_about(each) | {"section": "indicator", "of": each["counted"]})
    if said["gap"]:
        found.append({"section": "gap", "key": said["gap"]["indicator"], **said["gap"]})
    places, pins = said["places"], _pins()
    for kind, each in (("all", places["all"]), *places["kinds"].items()):
        found.append({"section": "places", "key": kind, "value": each["places"], "source": pins})
        found.append({"section": "places for 1000 residents", "key": kind, "value": each["rate"],
                      "low": each["low"], "high": each["high"], "source": pins})  # fmt: skip
    if said["house"]:
        found.append({"section": "nearest house", "key": said["house"]["id"], "unit": "m",
                      "value": said["house"]["metres"], "source": pins})  # fmt: skip
    for each in said["neighbours"]:
        found.append({"section": "neighbour", "key": each["code"], **each})
    return found


def _measured(said: Said) -> str:
    """Whose figure the size of an area is: nobody publishes it, so it is as good as the shape."""
    if said["approximate"]:
        return str(gettext("Cortile’s measure of the shape, which is drawn approximately"))
    return str(gettext("Cortile’s measure of the shape; shape: %(source)s", source=said["source"]))


def _pins() -> str:
    """Whose figures those are that are counted on the map, in the reader's language."""
    return str(gettext("the public map of Cortile"))


def _about(each: Said) -> Said:
    return {**each, "key": each["slug"]}


def compared(a: Said, b: Said) -> list[Said]:
    """Two areas, row by row, with the difference of a from b where both have a figure."""
    others = {(row["section"], row["key"]): row for row in rows(b)}
    found = []
    for row in rows(a):
        if row["section"] in ("neighbour", "nearest house"):
            continue
        other = others.pop((row["section"], row["key"]), {})
        found.append(_pair(row, row.get("value"), other.get("value")))
        if row["section"] == "index":
            ranks = row | {"section": "rank in index", "unit": ""}
            found.append(_pair(ranks, row.get("rank"), other.get("rank")))
    metres = [(each["house"] or {}).get("metres") for each in (a, b)]
    house = {"section": "nearest house", "key": "metres", "unit": "m", "source": _pins()}
    return [*found, _pair(house, *metres)]


def _pair(about: Said, a: float | None, b: float | None) -> Said:
    difference = a - b if a is not None and b is not None else None
    return {**about, "a": a, "b": b, "difference": difference}

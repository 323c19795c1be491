"""The form by which somebody makes an index: its fields as a draft reads them. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from app.fragility.indices.inputs import Figure, newest_year

PLAIN = (
    "slug",
    "layer",
    "licence",
    "after",
    "incomplete",
    "method",
    "reference",
    "goalposts",
    "few_residents",
)


def said(form: Mapping[str, str], layer: str, there: Collection[Figure]) -> dict[str, Any]:
    """What a form says, as a definition file would."""
    given: dict[str, Any] = {name: form[name].strip() for name in PLAIN if form.get(name, "").strip()}
    given["layer"] = layer
    for name in ("names", "descriptions"):
        field = name.removesuffix("s")
        given[name] = {code: form[f"{field}_{code}"] for code in ("it", "en") if form.get(f"{field}_{code}")}
    if given.get("after"):
        chosen = {
            name.removeprefix("item_"): value for name, value in form.items() if name.startswith("item_")
        }
        return given | {"items": {key: series for key, series in chosen.items() if series}}
    return given | {
        "indicators": [
            {
                "series": series,
                "polarity": form.get(f"polarity_{series}", ""),
                "weight": form.get(f"weight_{series}", ""),
            }
            for series in series_of(layer, there)
            if form.get(f"use_{series}")
        ]
    }


def series_of(layer: str, there: Collection[Figure]) -> list[str]:
    """The series of a layer, in the order of its lists."""
    return list(dict.fromkeys(figure.series for figure in there if figure.layer == layer))


def choices(layer: str, there: Collection[Figure]) -> list[Figure]:
    """The newest figure of each series of a layer, in the order of its lists."""
    found = [figure for figure in there if figure.layer == layer]
    by_key = {(figure.series, figure.year): figure for figure in found}
    return [by_key[series, newest_year(found, (series,)) or 0] for series in series_of(layer, there)]


def years(layer: str, there: Collection[Figure]) -> list[int]:
    """The years of which a layer has any figure, the newest first."""
    return sorted({figure.year for figure in there if figure.layer == layer}, reverse=True)

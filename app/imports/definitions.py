"""What figures mean: read from a TOML file or from options. Pure."""

import tomllib
from collections.abc import Mapping
from typing import Any

from app.errors import ImportRefused
from app.imports.area_queries import MEASURES, Indicator
from app.imports.rules import check_slug

NEEDED = ("layer", "year", "source", "licence", "slug", "names", "units", "polarity")
OPTIONAL = ("series", "descriptions", "decimals", "measure")


def read_definitions(text: str, name: str, layer: str | None = None) -> list[Indicator]:
    """The indicators of a definitions file, in its order; `layer` goes over the one in the file.

    What stands above the `[[indicators]]` holds for all of them. Raises ImportRefused, naming file and entry.
    """
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The definitions file {name} is not TOML: {error}.") from None
    blocks = read.pop("indicators", [])
    if not (isinstance(blocks, list) and blocks and all(isinstance(block, dict) for block in blocks)):
        raise ImportRefused(f"The definitions file {name} has no [[indicators]].")
    over = {"layer": layer} if layer else {}
    found = [_definition({**read, **block, **over}, name, place) for place, block in enumerate(blocks)]
    _check_years(found, name)
    return found


def _check_years(found: list[Indicator], file: str) -> None:
    """Of a series there is one indicator a year."""
    told: dict[tuple[str, str, int], str] = {}
    for each in found:
        first = told.setdefault((each.layer, each.series, each.year), each.slug)
        if first != each.slug:
            raise ImportRefused(
                f"The definitions file {file}, indicator {each.slug}: {first} is of the same series "
                f"({each.series}) and year ({each.year}) already."
            )


def _definition(said: Mapping[str, Any], file: str, position: int) -> Indicator:
    called = f"The definitions file {file}, indicator {said.get('slug', position + 1)}"
    for key in NEEDED:
        if key not in said:
            raise ImportRefused(f"{called}: {key} is missing.")
    for key in said:
        if key not in NEEDED + OPTIONAL:
            raise ImportRefused(f"{called}: there is no {key}; there are {', '.join(NEEDED + OPTIONAL)}.")
    _check(said, called)
    return Indicator(**said, position=position)


def _check(said: Mapping[str, Any], called: str) -> None:
    for key in ("slug", "layer", "series"):
        check_slug(f"{called}: {key}", str(said.get(key, said["slug"])))
    for key in ("names", "units", "descriptions"):
        words = said.get(key, {})
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            raise ImportRefused(
                f'{called}: {key} must be texts by language, such as {{ it = "…", en = "…" }}.'
            )
    if said.get("measure", MEASURES[0]) not in MEASURES:
        raise ImportRefused(f"{called}: measure must be one of {', '.join(MEASURES)}, not {said['measure']}.")
    for key, low, high in (("year", 1000, 3000), ("polarity", -1, 1), ("decimals", 0, 6)):
        value = said.get(key, low)
        if type(value) is not int or not low <= value <= high:
            raise ImportRefused(f"{called}: {key} must be a whole number from {low} to {high}, not {value}.")


def from_options(said: Mapping[str, Any], columns: Mapping[str, str]) -> list[Indicator]:
    """Definitions of the mapped indicators from `--year` and the options beside it, none without it."""
    if said["year"] is None:
        return []
    if not columns or not said["layer"]:
        raise ImportRefused(
            "--year defines indicators: name them with --map indicator=COLUMN, and their --layer."
        )
    told = {
        "layer": said["layer"],
        "year": said["year"],
        "units": {"it": said["unit"] or "", "en": said["unit"] or ""},
        "polarity": int(said["polarity"] or 0),
        "source": said["source"] or said["file"].name,
        "licence": said["licence"] or "unknown",
    }
    return [
        _definition(
            {**told, "slug": slug, "names": {"it": column, "en": column}}, "on the command line", position
        )
        for position, (slug, column) in enumerate(columns.items())
    ]

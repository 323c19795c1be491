"""A whole city from a folder of files; the demonstration city is one. Every row goes through the import."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text
from uuid_utils import uuid7

from app.cities import City, all_cities
from app.errors import ImportRefused, NotFound
from app.fragility.indices.inputs import figures_of
from app.fragility.indices.queries import indices
from app.fragility.indices.reading import from_toml
from app.fragility.indices.service import compute, publish
from app.imports import area_queries
from app.imports.area_queries import Layer
from app.imports.definitions import read_definitions
from app.imports.mapping import FieldMapping
from app.imports.pipeline import Run
from app.imports.places import FIELDS
from app.imports.readers import open_source
from app.imports.relations import load_relations
from app.imports.report import Report
from app.imports.service import (
    AreaOptions,
    PlaceOptions,
    ValueOptions,
    import_areas,
    import_indicators,
    import_places,
)
from app.imports.source import Chunk, FileOptions, Source
from app.progress import Silent, Watcher
from geo.tessellation import approximate_zones

DEMONSTRATION = Path(__file__).parents[2] / "data" / "torino"
"""The folder of the demonstration city."""


def load_demonstration_city(db: Connection) -> None:
    """Load Torino; what is there and equal stays as it is, and so do official shapes of its zones."""
    load_city(db, DEMONSTRATION)


def load_city(db: Connection, folder: Path, watch: Watcher | None = None) -> None:
    """Load the city that `folder` describes: city.toml, and as far as they are there places.csv, zones.csv,
    relations.csv, indicators.toml with indicator_values.csv, and the indices of indices/.

    Can be repeated at any time. Raises ImportRefused, and then stores nothing.
    """
    told = _city_file(folder)
    _put_city(db, told)
    city = next(city for city in all_cities(db) if city.id == told["id"])

    def run() -> Run:
        return new_run(city, watch=watch, strict=True)

    layers = told.get("layers", [])
    for position, layer in enumerate(layers):
        area_queries.add_layer(db, city.id, Layer(layer["slug"], layer["names"], position))
    if layers and (folder / "zones.csv").is_file():
        _load_zones(db, folder / "zones.csv", layers[0], run())
    if (folder / "places.csv").is_file():
        with open_source(folder / "places.csv", FileOptions()) as source:
            fields = {name: (name,) for name in source.columns if _is_place_field(name)}
            import_places(db, source, PlaceOptions(FieldMapping(fields)), run())
    if (folder / "relations.csv").is_file():
        load_relations(db, city, folder / "relations.csv", run().clock())
    if (folder / "indicators.toml").is_file():
        definitions = read_definitions((folder / "indicators.toml").read_text("utf-8"), "indicators.toml")
        with open_source(folder / "indicator_values.csv", FileOptions(geometry=False)) as source:
            options = ValueOptions(definitions[0].layer, source.columns[0], definitions)
            import_indicators(db, source, options, run())
        _load_indices(db, folder / "indices", run())


def _load_indices(db: Connection, folder: Path, run: Run) -> None:
    """Compute and publish the indices that the city does not have; what it makes of them is its own."""
    there = {index.slug for index in indices(db, run.city.id)}
    for path in sorted(folder.glob("*.toml")):
        wanted = from_toml(path.read_text(encoding="utf-8"), path.name, figures_of(db, run.city.id))
        if wanted.slug not in there:
            by = (None, run.clock())
            version, _ = compute(db, run.city.id, wanted, None, by)
            publish(db, run.city.id, (version.index, version.version), UUID(run.new_ids(1)[0]), by)


def the_city(db: Connection, slug: str | None) -> City:
    """The city called `slug`, or the only one there is; raises NotFound, naming those there are."""
    there = all_cities(db)
    if slug is None and len(there) == 1:
        return there[0]
    names = ", ".join(city.slug for city in there)
    if not there:
        raise NotFound(
            "There is no city yet: cortile load-demo brings Torino, cortile import city FOLDER another."
        )
    if slug is None:
        raise NotFound(f"There are several cities: say which with --city; they are {names}.")
    for city in there:
        if city.slug == slug:
            return city
    raise NotFound(f"--city {slug}: there is no such city; there are {names}.")


def new_run(
    city: City,
    *,
    report: Report | None = None,
    watch: Watcher | None = None,
    strict: bool = False,
    dry: bool = False,
) -> Run:
    """A run of now, under an identifier of its own."""
    return Run(
        city,
        batch=UUID(str(uuid7())),
        clock=lambda: datetime.now(UTC),
        new_ids=_new_ids,
        report=report or Report(),
        watch=watch or Silent(),
        strict=strict,
        dry=dry,
    )


def _new_ids(count: int) -> Sequence[str]:
    return [str(uuid7()) for _ in range(count)]


def _is_place_field(name: str) -> bool:
    return name in FIELDS or any(name.startswith(field[:-1]) for field in FIELDS if field.endswith("_*"))


def _city_file(folder: Path) -> dict[str, Any]:
    path = folder / "city.toml"
    if not path.is_file():
        raise ImportRefused(f"{folder} has no city.toml, which says what the city is.")
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefused(f"{path} is not TOML: {error}.") from None
    for key in ("id", "slug", "names", "languages", "time_zone", "metric_srid", "home", "extent"):
        if key not in told:
            raise ImportRefused(f"{path}: {key} is missing.")
    return told


def _put_city(db: Connection, told: dict[str, Any]) -> None:
    box = "ST_MakeEnvelope(:{0}_w, :{0}_s, :{0}_e, :{0}_n, 4326)"
    sql = text(
        f"""INSERT INTO cities AS c
            (id, slug, names, languages, time_zone, metric_srid, home, extent, visitors_pin)
        VALUES (:id, :slug, :names, :languages, :time_zone, :metric_srid,
            {box.format("home")}, {box.format("extent")}, :visitors_pin)
        ON CONFLICT (id) DO UPDATE SET (slug, names, languages, time_zone, metric_srid, home, extent)
            = ROW(excluded.slug, excluded.names, excluded.languages, excluded.time_zone, excluded.metric_srid,
                excluded.home, excluded.extent)"""
    ).bindparams(bindparam("names", type_=JSONB), bindparam("languages", type_=ARRAY(Text)))
    plain = {key: told[key] for key in ("id", "slug", "names", "languages", "time_zone", "metric_srid")}
    sides = {
        f"{name}_{side}": value
        for name in ("home", "extent")
        for side, value in zip("wsen", told[name], strict=True)
    }
    # A rule that the city may have changed since: what the file says counts when the city is new.
    db.execute(sql, {**plain, **sides, "visitors_pin": bool(told.get("visitors_pin", False))})


def _load_zones(db: Connection, path: Path, layer: dict[str, Any], run: Run) -> None:
    """The zones of a file of points and areas, drawn around the points; official shapes are left alone."""
    if area_queries.surveyed_areas(db, run.city.id, layer["slug"]):
        return
    options = AreaOptions(
        Layer(layer["slug"], layer["names"]),
        FieldMapping(
            {"code": ("zone",), "name": ("quartiere",)},
            {"source": layer["source"], "licence": layer["licence"]},
        ),
        approximate=True,
    )
    import_areas(db, _zones(path, run.city.metric_srid), options, run)


def _zones(path: Path, metric_srid: int) -> Source:
    kinds = {"zone": pa.string(), "quartiere": pa.string()}
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=kinds))
    lon, lat, area = (table.column(name).to_numpy() for name in ("lon", "lat", "area_km2"))
    drawn = approximate_zones(lon, lat, area, crs=metric_srid).polygons
    numbers = np.arange(2, len(table) + 2, dtype=np.int64)

    def chunks(_report: Report) -> Iterator[Chunk]:
        yield Chunk(numbers, table, drawn, np.full(len(table), None, dtype=object))

    return Source(path.name, tuple(table.column_names), chunks, "EPSG:4326", len(table))

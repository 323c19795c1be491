"""A small city of its own for each test, and the shortest way to bring a file into it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from sqlalchemy import text

from app.cities import all_cities
from app.db import Database
from app.imports.area_queries import Layer
from app.imports.mapping import FieldMapping
from app.imports.pipeline import Outcome, Run
from app.imports.queries import Batch
from app.imports.readers import open_source
from app.imports.report import Report
from app.imports.service import (
    AreaOptions,
    PlaceOptions,
    ValueOptions,
    import_areas,
    import_indicators,
    import_places,
    undo_batch,
)
from app.imports.shapes import ShapeOptions
from app.imports.source import FileOptions
from app.places import assigning, membership, neighbours
from app.places.counts import rebuild, recounted
from app.places.membership import begin_alone
from tests.neighbours import wrong

CITY = """INSERT INTO cities VALUES (1272, 'torino', '{"it": "Torino", "en": "Turin"}', '{it,en}',
    'Europe/Rome', 32632, ST_MakeEnvelope(7.5, 45, 7.8, 45.2, 4326),
    ST_MakeEnvelope(6.5, 44.6, 8.3, 45.7, 4326))"""
# Another city with the same keys: a statement without its city would touch it.
NOISE = """INSERT INTO cities VALUES (1, 'altrove', '{"it": "Altrove"}', '{it}', 'Europe/Rome', 32632,
        ST_MakeEnvelope(7.5, 45, 7.8, 45.2, 4326), ST_MakeEnvelope(6.5, 44.6, 8.3, 45.7, 4326));
    INSERT INTO places (city_id, id, kind, status, title, language, source, licence, external_id, recorded_at,
        lon, lat, morton, geom)
    SELECT 1, gen_random_uuid(), 'house', 'ended', 'altrove', 'it', 'test', 'x', n::text, '2020-01-01', 7.6,
        45.1, 0, ST_Point(7.6, 45.1, 4326) FROM generate_series(1, 5) n;
    INSERT INTO area_layers VALUES (1, 'zone', '{"it": "Zone"}', 0);
    INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
    SELECT 1, 'zone', n::text, 'altrove', 'x', 'x', '2020-01-01',
        ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)) FROM generate_series(1, 5) n"""


@dataclass
class Town:
    """Torino in a database of its own. Clock and identifiers count up, so that every run is told apart."""

    database: Database
    url: str
    runs: int = 0
    reports: list[Report] = field(default_factory=list)

    def run(self, **how: Any) -> Run:
        self.runs += 1
        number = self.runs
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        ids = (str(uuid5(UUID(int=number), str(n))) for n in range(1_000_000))
        self.reports.append(Report())
        with self.database.reading() as db:
            city = next(city for city in all_cities(db) if city.slug == "torino")
        return Run(
            city, UUID(int=number), lambda: start, lambda n: [next(ids) for _ in range(n)],
            report=self.reports[-1], **how,
        )  # fmt: skip

    def places(self, path: Path, columns: Mapping[str, str] | None = None, **how: Any) -> Outcome:
        """Import places; `columns` maps field to column (or columns, with commas)."""
        made = {name: tuple(said.split(",")) for name, said in (columns or {}).items()}
        constants = {"source": "test", **how.pop("constants", {})}
        mapping = FieldMapping(made, constants, how.pop("values", {}), how.pop("keep", ()))
        shapes = ShapeOptions(
            **{name: how.pop(name) for name in ("crs", "swap", "keep_outside") if name in how}
        )
        with open_source(path, how.pop("file", FileOptions())) as source, self.database.transaction() as db:
            return import_places(db, source, PlaceOptions(mapping, shapes), self.run(**how))

    def areas(self, path: Path, code: str = "code", name: str | None = None, **how: Any) -> Outcome:
        columns = {"code": (code,), **({"name": (name,)} if name else {})}
        layer = Layer(how.pop("layer", "zone"), how.pop("names", {"it": "Zone"}))
        approximate = how.pop("approximate", False)
        options = AreaOptions(layer, FieldMapping(columns, {"source": "test"}), approximate=approximate)
        with open_source(path, FileOptions()) as source, self.database.transaction() as db:
            return import_areas(db, source, options, self.run(**how))

    def figures(self, path: Path, options: ValueOptions, **how: Any) -> Outcome:
        with open_source(path, FileOptions(geometry=False)) as source, self.database.transaction() as db:
            return import_indicators(db, source, options, self.run(**how))

    def undo(self, outcome: Any) -> Batch:
        """Undo an import, or a batch."""
        batch = outcome.batch if isinstance(outcome, Outcome) else outcome
        with self.database.transaction() as db:
            return undo_batch(db, batch.id, self.run())

    def edit(self, assignment: str) -> None:
        """Change every place of Torino by hand."""
        with self.database.transaction() as db, recounted(db, 1272, ("true", "true"), {}):
            db.execute(text(f"UPDATE places SET {assignment} WHERE city_id = 1272"))
            ids = list(db.scalars(text("SELECT id FROM places WHERE city_id = 1272")))
            membership.renew(db, 1272, ids, 0)
            neighbours.renew(db, 1272, ids)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(sql))]

    def one(self, sql: str) -> Any:
        with self.database.reading() as db:
            return db.scalar(text(sql))

    def state(self) -> list[list[tuple[Any, ...]]]:
        """Everything that an import could change, of every city."""
        tables = (
            "places", "place_revisions", "areas", "area_revisions", "area_layers", "indicators",
            "indicator_values", "indicator_value_revisions", "import_batches",
        )  # fmt: skip
        return [sorted(self.rows(f"SELECT t::text FROM {table} t")) for table in tables]


@pytest.fixture
def town(database: Any) -> Iterator[Town]:
    made = Database(database.owner_url, timeout_ms=0)
    with made.transaction() as db:
        db.execute(text(CITY))
        db.execute(text(NOISE))
    yield Town(made, database.owner_url)
    # Whatever a test did, it did not touch the other city.
    with made.reading() as db:
        noise = db.execute(text("SELECT count(*), max(title) FROM places WHERE city_id = 1")).one()
        zones = db.execute(text("SELECT count(*), max(name) FROM areas WHERE city_id = 1")).one()
    # And counts, areas and neighbours are those of the places.
    with made.transaction() as db:
        begin_alone(db)
        miscounted, misplaced, mislisted = rebuild(db, 1272), assigning.rebuild(db, 1272), wrong(db, 1272)
    made.close()
    assert (miscounted, misplaced, mislisted) == (0, 0, {})
    assert (tuple(noise), tuple(zones)) == ((5, "altrove"), (5, "altrove"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a small file: `write("a.csv", "a,b\\n1,2\\n")`."""

    def written(name: str, content: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        return path

    return written

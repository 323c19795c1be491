"""What a person can do with files: bring places, areas and figures in, and take a batch out again.

Every function works inside the caller's transaction, never commits, and leaves nothing when it raises.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import xxhash
from sqlalchemy import Connection

from app.errors import ImportRefused, NotFound
from app.fragility.membership import settle
from app.imports import area_queries, queries, undo_queries
from app.imports.area_queries import Indicator, Layer
from app.imports.coverage import quarrels
from app.imports.fields import Rows, check_constants
from app.imports.mapping import FieldMapping, fitted, guess
from app.imports.pipeline import (
    HASH,
    Outcome,
    Plan,
    Run,
    bring_in,
    counted,
    rebuilt_indexes,
    worth_rebuilding,
)
from app.imports.places import FIELDS, GUESSED, filled_columns, fixed_for_all, place_columns
from app.imports.rules import active, check_layer, undo_target
from app.imports.shapes import (
    Shaped,
    ShapeOptions,
    Shaper,
    as_multipolygons,
    choose_crs,
    ewkb,
    place_geometry_columns,
)
from app.imports.source import Source
from app.imports.staging import Piece
from app.imports.targets import AREAS, PLACES, TARGETS, VALUES, Staged, Stamp
from app.places.membership import begin_alone
from app.places.neighbours import state_of
from app.tables.network import STALE

UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class PlaceOptions:
    """How a file's rows become places."""

    mapping: FieldMapping = field(default_factory=FieldMapping)
    shapes: ShapeOptions = field(default_factory=ShapeOptions)


@dataclass(frozen=True)
class AreaOptions:
    """How a file's rows become areas of `layer`, which is made with its names where it is missing."""

    layer: Layer
    mapping: FieldMapping = field(default_factory=FieldMapping)
    shapes: ShapeOptions = field(default_factory=ShapeOptions)
    approximate: bool = False


@dataclass(frozen=True)
class ValueOptions:
    """How a table's columns become figures. `definitions`: indicators to make or to say anew; `columns`:
    indicator to the column of its figures; `code`: the column of the areas' codes."""

    layer: str
    code: str
    definitions: Sequence[Indicator] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


def import_places(db: Connection, source: Source, options: PlaceOptions, run: Run) -> Outcome:
    """Bring the rows of a file in as places; those with a known source and external id are updated.

    Raises ImportRefused, also where `run` is strict and a row is bad.
    """
    guessed = not (options.mapping.columns or options.mapping.keep)
    wanted = options.mapping.over(guess(source.columns, GUESSED)) if guessed else options.mapping
    mapping = fitted(wanted, source.columns, FIELDS)
    shaper, notes = _shaper(db, source, options.shapes, run)
    if guessed:
        notes = (*notes, f"No column was mapped; taken by their names: {_told(mapping)}.")
    if "licence" not in mapping.fields:
        notes = (*notes, f"No licence was given: stored as “{UNKNOWN_LICENCE}”.")
    staged = _staged_places(mapping, source, run)
    zone = ZoneInfo(run.city.time_zone)

    def pieces() -> Iterator[Piece]:
        for chunk in source.chunks(run.report):
            kept, columns = place_columns(Rows(chunk, mapping, run.report), zone)
            yield _place_piece(shaper.shaped(kept), columns, run)

    outcome = bring_in(db, Plan(PLACES, staged, source.name, source.total, pieces, shaper.hint), run)
    if state_of(db, run.city.id).state == STALE:
        notes = (
            *notes,
            "The neighbours of places are those of before: make them anew by cortile network build.",
        )
    return replace(outcome, notes=(*notes, *outcome.notes), fields=_filled(mapping, staged))


def _staged_places(mapping: FieldMapping, source: Source, run: Run) -> Staged:
    columns = filled_columns(mapping)
    if "external_id" not in columns:
        columns = (*columns, "external_id")
    constants = fixed_for_all(check_constants(mapping.constants))
    defaults = {
        "kind": "place",
        "status": "active",
        "language": run.city.languages[0],
        "source": source.name,
        "licence": UNKNOWN_LICENCE,
    }
    said = {*columns, *constants}
    return Staged(
        ("id", *columns, "lon", "lat", "morton", "geom"),
        {name: value for name, value in constants.items() if name not in columns},
        {name: value for name, value in defaults.items() if name not in said},
    )


def _place_piece(shaped: Shaped, columns: dict[str, pa.ChunkedArray], run: Run) -> Piece:
    count = len(shaped.geometries)
    kept = pa.array(shaped.kept)
    made: dict[str, Any] = {name: column.filter(kept) for name, column in columns.items()}
    made.update(place_geometry_columns(shaped))
    if "external_id" not in made:
        made["external_id"] = _content_ids(made["geom"], made.get("title"))
    table = pa.table(
        {"row_no": shaped.chunk.numbers, "id": pa.array(run.new_ids(count), pa.string()), **made}
    )
    return Piece(count, table)


def _content_ids(shapes: pa.Array, titles: pa.ChunkedArray | None) -> pa.Array:
    """Identifiers made from position and title, for rows that have none: the same row is known again."""
    words = titles.to_pylist() if titles is not None else [None] * len(shapes)
    pairs = zip(shapes.to_pylist(), words, strict=True)
    return pa.array(
        [HASH + xxhash.xxh3_128_hexdigest(f"{shape} {word or ''}") for shape, word in pairs], pa.string()
    )


def import_areas(db: Connection, source: Source, options: AreaOptions, run: Run) -> Outcome:
    """Bring the polygons of a file in as areas of a layer; those with a known code are updated.

    The layer is made where it is missing. Raises ImportRefused.
    """
    layer = options.layer
    mapping = fitted(options.mapping, source.columns, ("code", "name", "source", "licence"))
    if "code" not in mapping.columns:
        raise ImportRefused(
            f"Say with --code which column of {source.name} has the areas' codes; its columns are "
            f"{', '.join(source.columns)}."
        )
    begin_alone(db)
    _make_layer(db, layer, run)
    shaper, notes = _shaper(db, source, options.shapes, run, areas=True)
    constants = {"source": source.name, "licence": UNKNOWN_LICENCE, **check_constants(mapping.constants)}
    constants = {name: value for name, value in constants.items() if name not in mapping.columns}
    if constants.get("licence") == UNKNOWN_LICENCE:
        notes = (*notes, f"No licence was given: stored as “{UNKNOWN_LICENCE}”.")
    staged = Staged(
        (*mapping.columns, "geom"), {"layer": layer.slug, "approximate": options.approximate, **constants}
    )

    def pieces() -> Iterator[Piece]:
        for chunk in source.chunks(run.report):
            rows = Rows(chunk, mapping, run.report)
            texts = {name: rows.text(name) for name in mapping.columns}
            shaped = shaper.shaped(rows.kept())
            good = np.flatnonzero(rows.good)[shaped.kept]
            made = {name: column.take(pa.array(good)) for name, column in texts.items()}
            geometries = ewkb(as_multipolygons(shaped.geometries))
            yield Piece(len(good), pa.table({"row_no": shaped.chunk.numbers, **made, "geom": geometries}))

    outcome = bring_in(db, Plan(AREAS, staged, source.name, source.total, pieces, shaper.hint), run)
    if not run.dry and (outcome.batch.inserted or outcome.batch.updated):
        settle(db, run.city.id, [layer.slug], run.watch)
        notes = (*notes, *quarrels(db, run.city.id, layer.slug))
    return replace(outcome, notes=(*notes, *outcome.notes), fields=_filled(mapping, staged))


def _make_layer(db: Connection, layer: Layer, run: Run) -> None:
    check_layer("--layer", layer.slug)
    there = area_queries.layers(db, run.city.id)
    if layer.slug in there:
        return
    if not layer.names:
        raise ImportRefused(
            f"{run.city_name} has no layer {layer.slug} (it has {', '.join(there) or 'none'}): to make it, "
            "name it with --layer-name-it and --layer-name-en."
        )
    names = {
        language: layer.names.get(language, next(iter(layer.names.values())))
        for language in run.city.languages
    }
    area_queries.add_layer(
        db, run.city.id, replace(layer, names={**names, **layer.names}, position=len(there))
    )


def import_indicators(db: Connection, source: Source, options: ValueOptions, run: Run) -> Outcome:
    """Bring the figures of a table in, one row for each area and one column for each indicator.

    An empty cell is no figure and changes none. Raises ImportRefused.
    """
    for definition in options.definitions:
        _put_indicator(db, definition, run)
    columns = _value_columns(db, source, options, run)
    made = {"code": (options.code,), **{slug: (column,) for slug, column in columns.items()}}
    mapping = fitted(FieldMapping(made), source.columns, tuple(made))
    people = area_queries.residents_slugs(db, run.city.id, options.layer)

    def pieces() -> Iterator[Piece]:
        for chunk in source.chunks(run.report):
            yield _value_piece(Rows(chunk, mapping, run.report), tuple(columns), people)

    staged = Staged(("indicator", "area_code", "value"), {})
    outcome = bring_in(db, Plan(VALUES, staged, source.name, source.total, pieces), run)
    strangers = area_queries.codes_without_area(db, run.city.id, options.layer)
    if strangers:
        some = ", ".join(strangers[:5]) + (", …" if len(strangers) > 5 else "")
        note = f"{len(strangers):,} codes have no area in the layer {options.layer} yet: {some}."
        outcome = replace(outcome, notes=(*outcome.notes, note))
    return replace(outcome, fields=_filled(mapping, staged))


def _put_indicator(db: Connection, definition: Indicator, run: Run) -> None:
    if area_queries.is_of_index(db, run.city.id, definition):
        raise ImportRefused(
            f"The indicator {definition.slug}: this name belongs to an index, whose figures are computed; "
            "choose another."
        )
    other = area_queries.same_of_series(db, run.city.id, definition)
    if other is not None:
        raise ImportRefused(
            f"The indicator {definition.slug} is of the series {definition.series} and the year "
            f"{definition.year}, and so is {other}: give it another series or year."
        )
    area_queries.put_indicator(db, run.city.id, definition)


def _value_columns(db: Connection, source: Source, options: ValueOptions, run: Run) -> dict[str, str]:
    """Indicator to column: those that were said, else all that a column is called after."""
    there = area_queries.indicator_slugs(db, run.city.id, options.layer)
    unknown = [slug for slug in options.columns if slug not in there]
    if unknown:
        raise ImportRefused(
            f"There is no indicator {unknown[0]} of the layer {options.layer} (there are "
            f"{', '.join(there) or 'none'}): define it with --definitions or --year."
        )
    if options.columns:
        return dict(options.columns)
    defined = {definition.slug for definition in options.definitions}
    missing = [slug for slug in defined if slug not in source.columns]
    if missing:
        raise ImportRefused(
            f"{source.name} has no column {sorted(missing)[0]} for the indicator of that name; its columns "
            f"are {', '.join(source.columns)}: say which with --map indicator=COLUMN."
        )
    found = {slug: slug for slug in there if slug in source.columns}
    if not found:
        raise ImportRefused(
            f"No column of {source.name} is called after an indicator of the layer {options.layer} "
            f"(they are {', '.join(there) or 'none'}): say which is which with --map indicator=COLUMN."
        )
    return found


def _value_piece(rows: Rows, slugs: tuple[str, ...], people: Sequence[str]) -> Piece:
    codes = rows.text("code")
    figures = np.array([rows.numbers(slug) for slug in slugs])
    for slug, column in zip(slugs, figures, strict=True):
        if slug in people:
            rows.refuse(column < 0, slug, "is below 0 residents", pa.chunked_array([column]))
    figures = figures[:, rows.good]
    told = ~np.isnan(figures)
    which, row = np.nonzero(told)
    kept = codes.filter(pa.array(rows.good)).combine_chunks()
    table = pa.table(
        {
            "row_no": rows.chunk.numbers[rows.good][row],
            "indicator": pa.array(np.array(slugs, dtype=object)[which], pa.string()),
            "area_code": kept.take(pa.array(row)),
            "value": pa.array(figures[told]),
        }
    )
    return Piece(int(rows.good.sum()), table)


def undo_batch(db: Connection, batch: UUID, run: Run) -> queries.Batch:
    """Take back what a batch wrote, for every row that nothing else has changed since; returns the new batch.

    In it `updated` counts versions put back and rows removed, `inserted` rows brought back and `unchanged`
    rows left alone because they were changed since. Undoing an undo does the first batch again. Raises
    NotFound, and ImportRefused where there is nothing to undo.
    """
    known = {found.id: found for found in queries.batches(db, run.city.id)}
    if batch not in known:
        raise NotFound(f"{run.city_name} has no import batch {batch}; see cortile import list.")
    undoes = {found.id: found.undoes for found in known.values() if found.undoes is not None}
    first, is_redo = undo_target(batch, undoes)
    if not active(first, undoes):
        later = next(key for key, undone in undoes.items() if undone == first and active(key, undoes))
        raise ImportRefused(
            f"The batch {first} is undone already; to do it again: cortile import undo {later}."
        )
    target = TARGETS[known[batch].subject]
    stamp = Stamp(run.city.id, run.batch, run.clock())
    queries.prepare_session(db)
    if target is AREAS:
        begin_alone(db)
    queries.lock(db, target, alone=is_redo)
    undo_queries.make_list(db, target)
    listed = undo_queries.list_superseded if is_redo else undo_queries.list_written
    listed(db, target, run.city.id, first)
    restored, removed, back = undo_queries.counts(db)
    kept = undo_queries.count_kept(db, target, run.city.id, first)
    undo_queries.archive_listed(db, target, stamp)
    listed_ids = f"id IN (SELECT id FROM {undo_queries.UNDO})"
    with counted(db, target, stamp, (listed_ids, listed_ids)):
        undo_queries.restore_listed(db, target, stamp)
        undo_queries.remove_listed(db, target, stamp)
        with rebuilt_indexes(db, target, run.watch, worth_it=worth_rebuilding(db, target, back)):
            undo_queries.bring_back_listed(db, target, stamp)
    if target is AREAS:
        settle(db, run.city.id, area_queries.layers(db, run.city.id), run.watch)
    counts = (restored + removed + back + kept, back, restored + removed, kept, 0, 0)
    name = known[batch].file_name
    done = queries.Batch(run.batch, target.subject, name, first, stamp.at, run.clock(), *counts)
    queries.add_batch(db, run.city.id, done)
    return done


def _shaper(
    db: Connection, source: Source, options: ShapeOptions, run: Run, *, areas: bool = False
) -> tuple[Shaper, tuple[str, ...]]:
    crs, says, notes = choose_crs(source, options)
    bounds = queries.city_extent(db, run.city.id)
    example = f"EPSG:{run.city.metric_srid}"
    shaper = Shaper(crs, bounds, options, run.report, says, example, run.city_name, areas)
    return shaper, (*source.notes, *notes)


def _filled(mapping: FieldMapping, staged: Staged) -> dict[str, str]:
    """Field to where its values come from, in words."""
    filled = {name: f"from {'/'.join(columns)}" for name, columns in mapping.columns.items()}
    filled.update({name: f"“{value}” in every row" for name, value in staged.constants.items()})
    filled.update({name: f"“{value}” in every new row" for name, value in staged.defaults.items()})
    if mapping.keep:
        filled["properties"] = f"from {', '.join(mapping.keep)}"
    if "external_id" in staged.columns and "external_id" not in filled:
        filled["external_id"] = "made from position and title"
    return filled


def _told(mapping: FieldMapping) -> str:
    pairs = [f"{name} from {'/'.join(columns)}" for name, columns in mapping.columns.items()]
    return ", ".join(pairs) or "none"

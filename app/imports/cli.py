"""`cortile import`: the door for files. Wiring, and telling a person what happened."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection

from app.errors import ImportRefused
from app.imports import queries
from app.imports.area_queries import Layer
from app.imports.definitions import from_options, read_definitions
from app.imports.demo import load_city, new_run, the_city
from app.imports.door import CITY, owners_transaction
from app.imports.mapping import FieldMapping, from_toml, parse_columns, parse_constants, parse_keep, to_toml
from app.imports.pipeline import Outcome, Run
from app.imports.readers import open_source
from app.imports.report import FIRST, REPAIRED, Report
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
from app.imports.source import FileOptions, Source
from app.imports.streets.cli import load_streets
from app.progress import watching

Command = Callable[..., None]
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group(name="import")
def imports() -> None:
    """Load files: places, areas and their figures, streets; take a load out again."""
    # What psycopg has to say when the server goes away in a COPY, our own sentence says better.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())


imports.add_command(load_streets)


def _options(*chosen: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several click options as one decorator, in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(chosen):
            command = option(command)
        return command

    return decorate


RUNNING = _options(
    CITY,
    click.option("--dry-run", is_flag=True, help="Check everything, tell what would happen, store nothing."),
    click.option("--strict", is_flag=True, help="Store nothing where a single row is bad."),
    click.option(
        "--report", type=click.Path(path_type=Path), help="Write every bad or repaired row to this CSV file."
    ),
)
READING = _options(
    click.option("--file-layer", help="The layer to read, of a file that has several."),
    click.option("--delimiter", help="What stands between the values of a CSV file."),
    click.option("--encoding", help="How the letters of a CSV file are encoded, such as latin-1."),
)
SHAPES = _options(
    click.option(
        "--crs", help="The coordinate reference system, over the one that the file names: EPSG:32632."
    ),
    click.option("--lat", help="The column of latitudes (or y)."),
    click.option("--lon", help="The column of longitudes (or x)."),
    click.option("--wkt", help="The column of well-known text."),
    click.option(
        "--swap-axes", is_flag=True, help="Exchange x and y: the file has them the wrong way round."
    ),
    click.option(
        "--outside",
        type=click.Choice(["reject", "keep"]),
        default="reject",
        show_default=True,
        help="What to do with what lies outside the city.",
    ),
)
ORIGIN = _options(
    click.option("--source", help="Who made the data; the file's name without it."),
    click.option("--licence", help="Under what terms it may be used; “unknown” without it."),
)


@imports.command()
@FILE
@click.option(
    "--map", "columns", multiple=True, metavar="FIELD=COLUMN[,COLUMN]", help="Fill a field from columns."
)
@click.option(
    "--set", "constants", multiple=True, metavar="FIELD=VALUE", help="Fill a field the same in every row."
)
@click.option(
    "--keep", metavar="COLUMN,...", help="Keep these columns as they are; * keeps all that are not mapped."
)
@click.option("--mapping", type=click.Path(path_type=Path), help="Read the mapping from this TOML file.")
@click.option("--save-mapping", type=click.Path(path_type=Path), help="Write the mapping to this TOML file.")
@click.option("--kind", help="What all of them are: house, site, project, enterprise, event, story, place.")
@click.option("--status", help="How all of them stand: proposed, active, ended.")
@click.option("--language", help="The language of titles and summaries: it, en, ...")
@ORIGIN
@SHAPES
@READING
@RUNNING
def places(**said: Any) -> None:
    """Load places from FILE."""
    mapping = _place_mapping(said)
    if said["save_mapping"]:
        said["save_mapping"].write_text(to_toml(mapping), encoding="utf-8")
    options = PlaceOptions(mapping, _shape_options(said))
    _load(said, lambda db, source, run: import_places(db, source, options, run))


def _place_mapping(said: dict[str, Any]) -> FieldMapping:
    """The mapping file, and over it what stands on the command line."""
    named = {name: said[name] for name in ("kind", "status", "language", "source", "licence") if said[name]}
    constants = {**parse_constants(said["constants"]), **named}
    typed = FieldMapping(parse_columns(said["columns"]), constants, keep=parse_keep(said["keep"]))
    return typed.over(_mapping_file(said["mapping"]))


def _mapping_file(path: Path | None) -> FieldMapping:
    return FieldMapping() if path is None else from_toml(_read(path), path.name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused(f"{path.name} is not UTF-8 text.") from None


@imports.command()
@FILE
@click.option("--layer", required=True, help="The layer that the areas belong to; made where it is missing.")
@click.option("--layer-name-it", help="What a new layer is called in Italian.")
@click.option("--layer-name-en", help="What a new layer is called in English.")
@click.option("--code", help="The column of the official codes, on which figures join.")
@click.option("--name", help="The column of the official names.")
@ORIGIN
@SHAPES
@READING
@RUNNING
def areas(**said: Any) -> None:
    """Load the areas of one layer from FILE."""
    names = {language: said[f"layer_name_{language}"] for language in ("it", "en")}
    layer = Layer(said["layer"], {language: name for language, name in names.items() if name})
    columns = {field: (said[field],) for field in ("code", "name") if said[field]}
    constants = {field: said[field] for field in ("source", "licence") if said[field]}
    options = AreaOptions(layer, FieldMapping(columns, constants), _shape_options(said))
    _load(said, lambda db, source, run: import_areas(db, source, options, run))


@imports.command()
@FILE
@click.option("--layer", help="The layer whose codes the figures carry; the definitions may say it.")
@click.option("--code", required=True, help="The column of the areas' codes.")
@click.option(
    "--definitions", type=click.Path(path_type=Path), help="A TOML file that says what each figure means."
)
@click.option(
    "--map", "columns", multiple=True, metavar="INDICATOR=COLUMN", help="Which column has which figure."
)
@click.option("--year", type=int, help="Define the mapped indicators: the year of the figures.")
@click.option("--unit", help="Define the mapped indicators: their unit.")
@click.option(
    "--polarity",
    type=click.Choice(["-1", "0", "1"]),
    help="1: more of it is more fragile; -1: less; 0: neither.",
)
@ORIGIN
@READING
@RUNNING
def indicators(**said: Any) -> None:
    """Load figures of areas from FILE, one row for each area and one column for each indicator."""
    columns = {slug: names[0] for slug, names in parse_columns(said["columns"]).items()}
    definitions = from_options(said, columns)
    if said["definitions"]:
        definitions = read_definitions(_read(said["definitions"]), said["definitions"].name, said["layer"])
    layer = said["layer"] or (definitions[0].layer if definitions else None)
    if layer is None:
        raise ImportRefused(
            "Say with --layer whose codes the figures carry, such as --layer statistical-zones."
        )
    options = ValueOptions(layer, said["code"], definitions, columns)
    _load(said, lambda db, source, run: import_indicators(db, source, options, run))


@imports.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def city(folder: Path) -> None:
    """Load a whole city from FOLDER, laid out as data/torino is."""
    with owners_transaction() as db, watching() as watch:
        load_city(db, folder, watch)
    click.echo(f"Loaded the city of {folder}.")


@imports.command()
@click.argument("batch", type=click.UUID)
@CITY
def undo(batch: UUID, city: str | None) -> None:
    """Take back what BATCH wrote; to undo an undo does it again."""
    with owners_transaction() as db, watching() as watch:
        done = undo_batch(db, batch, new_run(the_city(db, city), watch=watch))
    click.echo(
        f"Undone: {done.updated:,} put back or removed, {done.inserted:,} brought back, "
        f"{done.unchanged:,} left alone because they were changed since.\n"
        f"Batch {done.id}; to do it again: cortile import undo {done.id}"
    )


@imports.command(name="list")
@CITY
def list_batches(city: str | None) -> None:
    """List the batches, the latest first."""
    with owners_transaction() as db:
        found = queries.batches(db, the_city(db, city).id)
    for batch in found:
        what = f"undoes {batch.undoes}" if batch.undoes else batch.file_name
        click.echo(
            f"{batch.id}  {batch.started_at:%Y-%m-%d %H:%M}  {batch.subject:<10}  new {batch.inserted:,}, "
            f"changed {batch.updated:,}, same {batch.unchanged:,}, rejected {batch.rejected:,}  {what}"
        )
    if not found:
        click.echo("No batches yet.")


def _shape_options(said: dict[str, Any]) -> ShapeOptions:
    return ShapeOptions(said["crs"], said["swap_axes"], said["outside"] == "keep")


def _load(said: dict[str, Any], load: Callable[[Connection, Source, Run], Outcome]) -> None:
    """Open the file and the database, load, and tell what happened, whichever way it ends."""
    reading = FileOptions(
        layer=said["file_layer"],
        lat=said.get("lat"),
        lon=said.get("lon"),
        wkt=said.get("wkt"),
        delimiter={"tab": "\t", "\\t": "\t"}.get(said["delimiter"], said["delimiter"]),
        encoding=said["encoding"],
        geometry="crs" in said,
    )
    with Report(said["report"]) as report, open_source(said["file"], reading) as source:
        try:
            with owners_transaction(keep=not said["dry_run"]) as db, watching() as watch:
                city = the_city(db, said["city"])
                how = {"strict": said["strict"], "dry": said["dry_run"]}
                outcome = load(db, source, new_run(city, report=report, watch=watch, **how))
        except ImportRefused:
            _tell_findings(report, said["report"])
            raise
    _tell(outcome, dry=said["dry_run"])
    _tell_findings(report, said["report"])
    if not said["dry_run"]:
        click.echo(f"Batch {outcome.batch.id}; to take it back: cortile import undo {outcome.batch.id}")


def _tell(outcome: Outcome, *, dry: bool) -> None:
    batch = outcome.batch
    for note in outcome.notes:
        click.echo(note)
    if dry:
        click.echo("Fields:")
        for name, how in outcome.fields.items():
            click.echo(f"  {name:<14}{how}")
        for number, row in enumerate(outcome.sample, start=1):
            click.echo(
                f"Row {number} of the sample: "
                + ", ".join(f"{k}={v}" for k, v in row.items() if v is not None)
            )
    would = "would be " if dry else ""
    click.echo(
        f"{batch.file_name}: {batch.read:,} rows read; {batch.inserted:,} {would}new, {batch.updated:,} "
        f"{would}changed, {batch.unchanged:,} the same; {batch.rejected:,} rejected, "
        f"{batch.repaired:,} repaired."
    )
    if dry:
        click.echo("A dry run: nothing was stored.")


def _tell_findings(report: Report, path: Path | None) -> None:
    for finding in report.first:
        click.echo(f"  {finding.finding}: {finding}", err=True)
    if report.rejected + report.repaired > FIRST:
        for kind in ("rejected", REPAIRED):
            for field, reason, number in report.reasons(kind):
                click.echo(f"  {kind} in all: {number:,}  {field}: {reason}", err=True)
        if path is None:
            click.echo("  --report FILE.csv writes every one of them.", err=True)

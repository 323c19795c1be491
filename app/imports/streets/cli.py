"""`cortile import streets`, `cortile streets`: loading the streets to walk on, telling what there is."""

from datetime import UTC, datetime
from pathlib import Path

import click

from app.cities import City, all_cities
from app.imports.demo import the_city
from app.imports.door import CITY, owners_transaction
from app.imports.streets import queries
from app.imports.streets.service import import_streets
from app.network.streets import Load, load_of
from app.progress import watching

MISSING = (
    "This database has no pgRouting, so distances stay straight lines; as a superuser of this database: "
    "CREATE EXTENSION pgrouting"
)


@click.command(name="streets")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@CITY
def load_streets(file: Path, city: str | None) -> None:
    """Load the streets to walk on from FILE, an extract of OpenStreetMap (.osm.pbf or .osm).

    They take the place of the streets that the city has. What cannot be read to its end changes nothing.
    """
    with owners_transaction() as db, watching() as watch:
        chosen = the_city(db, city)
        load = import_streets(db, file, chosen, datetime.now(UTC), watch)
        routes = queries.can_route(db)
    click.echo(told(chosen, load))
    if not routes:
        click.echo(MISSING)


@click.command(name="streets")
def streets() -> None:
    """Tell which streets are loaded, city by city: how many, how long, how well connected."""
    with owners_transaction() as db:
        loads = [(city, load_of(db, city.id)) for city in all_cities(db)]
        routes = queries.can_route(db)
    for city, load in loads:
        click.echo(told(city, load) if load else f"{city.slug}: no streets; distances are straight lines.")
    if not routes:
        click.echo(MISSING)


def told(city: City, load: Load) -> str:
    """What is loaded of a city, in lines."""
    age = f"as of {load.extracted_at:%Y-%m-%d}" if load.extracted_at else "of an unknown day"
    share = 100 * load.largest_metres / load.metres if load.metres else 100.0
    return (
        f"{city.slug}: {load.ways:,} ways, {load.edges:,} edges, {load.nodes:,} nodes, "
        f"{load.metres / 1000:,.1f} km; {load.components:,} connected parts, "
        f"the largest has {share:.1f} % of the length.\n"
        f"  {load.file_name}, {age}, loaded {load.loaded_at:%Y-%m-%d %H:%M}; © {load.source}, {load.licence}."
    )

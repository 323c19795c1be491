"""`python -m benchmarks` measures Cortile beside the floor; `make bench` does it all at 1,000,000 places."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from app.settings import CHECKOUT
from benchmarks import (
    acknowledged,
    exports,
    graph,
    imports,
    index,
    items,
    near,
    overlay,
    page,
    pins,
    spatial,
    tiles,
    writes,
)
from benchmarks.city import make_city
from benchmarks.competitors import measure as competitors
from benchmarks.files import FORMATS
from benchmarks.results import Result, machine, show, write_markdown
from benchmarks.stage import Stage, city_database, open_stage

Measure = Callable[[Stage, int, int, bool], list[Result]]

MEASURES: dict[str, Measure] = {
    "items": lambda stage, places, seed, quick: items.measure(
        stage, places, seed, items.Pace(3, 2) if quick else items.Pace()
    ),
    "tiles": lambda stage, places, seed, quick: tiles.measure(
        stage, places, seed, items.Pace(3, 2) if quick else items.Pace()
    ),
    "competitors": lambda stage, places, seed, quick: competitors.measure(
        stage, places, seed, items.Pace(3, 2) if quick else items.Pace()
    ),
    "pins": lambda stage, places, seed, quick: pins.measure(stage, places, seed, 5 if quick else 15),
    "exports": lambda stage, places, seed, quick: exports.measure(stage, places, seed, 1 if quick else 5),
    "imports": lambda stage, places, seed, quick: imports.measure(stage, places, seed, 1 if quick else 3),
    "writes": lambda stage, places, seed, quick: writes.measure(stage, places, seed, 50 if quick else 300),
    "graph": lambda stage, places, seed, quick: graph.measure(stage, places, seed, 1 if quick else 3),
    "near": lambda stage, places, seed, quick: near.measure(
        stage, places, seed, items.Pace(2, 1) if quick else items.Pace()
    ),
    "index": lambda stage, places, seed, quick: index.measure(places, seed, 1 if quick else 5),
    "overlay": lambda stage, places, seed, quick: overlay.measure(stage, places, seed, 1 if quick else 3),
    "spatial": lambda stage, places, seed, quick: spatial.measure(seed, 1 if quick else 5),
    "page": lambda stage, places, seed, quick: page.measure(stage, places, seed, 1 if quick else 5),
}

PLACES = click.option("--places", default=1_000_000, show_default=True, type=click.IntRange(1000))
SEED = click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
FOLDER = click.option(
    "--folder",
    default=CHECKOUT / "var" / "bench",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the server and the files are kept; var/bench.",
)


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Measure Cortile; without a command everything, over 1,000,000 places (about 40 minutes on 2 cores)."""
    if context.invoked_subcommand is None:
        context.invoke(measure, names=tuple(MEASURES), markdown=False, quick=False)


@main.command(name="run")
@click.argument("names", nargs=-1, type=click.Choice(list(MEASURES)))
@PLACES
@SEED
@FOLDER
@click.option("--markdown", is_flag=True, help="Write the table into docs/performance.md.")
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds: to see that it works, not to judge.")
def measure(
    names: tuple[str, ...], places: int, seed: int, folder: Path, markdown: bool, quick: bool
) -> None:
    """Run the named measurements, or all of them."""
    with open_stage(folder) as stage:
        here = machine(stage)
        for name in names or tuple(MEASURES):
            began = time.monotonic()
            click.echo(f"Measuring {name} over {places:,} places.")
            results = MEASURES[name](stage, places, seed, quick)
            minutes = (time.monotonic() - began) / 60
            show(name, results, f"{name}, {places:,} places; {here}; {minutes:.1f} minutes")
            if markdown:
                pace = " --quick" if quick else ""
                command = (
                    f"`python -m benchmarks run {name} --places {places} --seed {seed}{pace} --markdown`"
                )
                write_markdown(name, results, f"{here}; {places:,} places; {command}")


@main.command(name="acknowledged")
@click.option("--clients", default=50, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(1))
@FOLDER
def outlive(clients: int, seconds: float, folder: Path) -> None:
    """Write at once, kill the database in the middle, and see whether all that was acknowledged is there."""
    with open_stage(folder) as stage:
        report = acknowledged.measure(stage, clients, seconds)
    click.echo(f"{clients} people wrote for {seconds:g} s.\n{report.told()}")
    raise SystemExit(1 if report.wrong else 0)


@main.command()
@PLACES
@SEED
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The folder of the files.")
@click.option("--format", "formats", help=f"Some of {','.join(FORMATS)}, separated by commas.")
@click.option("--load", is_flag=True, help="Load it into a database of the benchmarks' server.")
@FOLDER
def city(places: int, seed: int, out: Path | None, formats: str | None, load: bool, folder: Path) -> None:
    """Make the synthetic city: as files, or in a database."""
    chosen = formats.split(",") if formats else []
    for ending in chosen:
        if ending not in FORMATS:
            raise click.BadParameter(f"{ending} is not one of {', '.join(FORMATS)}.", param_hint="--format")
    target = out or folder
    if chosen:
        made = make_city(places, seed)
        target.mkdir(parents=True, exist_ok=True)
        for ending in chosen:
            FORMATS[ending](made, target / f"city.{ending}")
            click.echo(f"Wrote {target / f'city.{ending}'}")
    if load:
        with open_stage(folder) as stage:
            name = city_database(stage, places, seed)
            click.echo(f"Loaded into {stage.serving(name)}, until the server is stopped.")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")

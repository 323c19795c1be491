"""The import of a file beside COPY of the finished rows into a table without indexes, and building them."""

import time
from pathlib import Path

from psycopg import sql

from app.cluster import OWNER_ROLE
from benchmarks.city import make_city
from benchmarks.files import FORMATS, write_finished
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_file, empty_database, load_file

DATABASE = "imported"
BLOCK = 1 << 20


def measure(stage: Stage, places: int, seed: int, rounds: int) -> list[Result]:
    """Each format against the floor, in seconds; every run begins in an empty database after a checkpoint."""
    finished = stage.folder / f"finished-{places}-{seed}.csv"
    columns = write_finished(make_city(places, seed), finished)
    results = []
    for ending in FORMATS:
        file = city_file(stage, places, seed, ending)

        def ours(file: Path = file) -> float:
            return _imported(stage, file, places)

        took, least, ratio = alternated(ours, lambda: _copied(stage, finished, columns), rounds)
        what = f"import of {places:,} places from {ending}"
        results.append(Result(what, f"{took:,.1f} s", f"{least:,.1f} s", ratio, Target(2.0, at_least=False)))
    finished.unlink()
    return results


def _imported(stage: Stage, file: Path, places: int) -> float:
    database = _fresh(stage)
    began = time.perf_counter()
    inserted = load_file(stage, database, file)
    took = time.perf_counter() - began
    if inserted != places:
        raise RuntimeError(f"{inserted} of {places} places of {file.name} came in.")
    return took


def _copied(stage: Stage, finished: Path, columns: tuple[str, ...]) -> float:
    """One transaction: a copy of the table without indexes, filled by COPY, then the same indexes built."""
    database = _fresh(stage)
    definitions = _indexes(stage, database)
    with stage.cluster.connect(OWNER_ROLE, database) as connection, finished.open("rb") as file:
        began = time.perf_counter()
        with connection.transaction():
            connection.execute("CREATE TABLE bare (LIKE places INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("COPY bare ({}) FROM STDIN (FORMAT csv)").format(names)
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
            for definition in definitions:
                connection.execute(definition.encode())
        return time.perf_counter() - began


def _indexes(stage: Stage, database: str) -> list[str]:
    """The statements that build every index of the table, its primary key's too, on its copy."""
    found = stage.asked("SELECT indexdef, indexname FROM pg_indexes WHERE tablename = 'places'", database)
    return [
        str(definition).replace("public.places ", "bare ", 1).replace(f" {name} ", f" bare_{name} ", 1)
        for definition, name in found
    ]


def _fresh(stage: Stage) -> str:
    empty_database(stage, DATABASE)
    stage.run("CHECKPOINT")
    return DATABASE

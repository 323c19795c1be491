"""The one way in: what every file of every subject goes through, into a staging table and on from there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.cities import City
from app.errors import ImportRefused
from app.imports import queries
from app.imports.report import REJECTED, Finding, Report
from app.imports.staging import Piece, fill_staging, make_staging
from app.imports.targets import PLACES, Staged, Stamp, Target
from app.places import lists
from app.places.assigning import reassigned
from app.places.counts import recounted
from app.progress import Silent, Watcher

HASH = "hash:"
"""What identifiers that were made from a row's content begin with."""

REBUILD_FROM = 20_000
"""More new rows than this, and than there are rows: it pays to drop the indexes and build them anew."""

SAMPLE = 3


@dataclass(frozen=True)
class Run:
    """One run of an import: for which city, under which batch, and who is told.

    `clock` gives aware datetimes; `new_ids(n)` gives n UUIDs as texts. `strict`: all rows or none. `dry`:
    look at everything and write nothing.
    """

    city: City
    batch: UUID
    clock: Callable[[], datetime]
    new_ids: Callable[[int], Sequence[str]]
    report: Report = field(default_factory=Report)
    watch: Watcher = field(default_factory=Silent)
    strict: bool = False
    dry: bool = False

    @property
    def city_name(self) -> str:
        """The city's name in its main language."""
        return self.city.names[self.city.languages[0]]


@dataclass(frozen=True)
class Plan:
    """What goes where. `pieces`: the checked rows; `hint`: a remedy for rejected rows, asked at the end."""

    target: Target
    staged: Staged
    name: str
    total: int | None
    pieces: Callable[[], Iterator[Piece]]
    hint: Callable[[], str] = lambda: ""


@dataclass(frozen=True)
class Outcome:
    """What happened, or would have. `sample`: the first rows as they go in; `notes`: what was assumed;
    `fields`: where each field's values come from, in words."""

    batch: queries.Batch
    sample: list[dict[str, Any]]
    notes: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def bring_in(db: Connection, plan: Plan, run: Run) -> Outcome:
    """Stage, compare and write; raises ImportRefused where nothing may go in."""
    started = run.clock()
    stamp = Stamp(run.city.id, run.batch, started)
    queries.prepare_session(db)
    accepted, sample = _stage(db, plan, run)
    read = accepted.file_rows + run.report.rejected
    staged_rows = accepted.rows - _settle_duplicates(db, plan, run)
    _refuse_if_bad(plan, run, read, staged_rows)
    counts = _merge(db, plan, run, (staged_rows, stamp))
    batch = queries.Batch(
        run.batch, plan.target.subject, plan.name, None, started, run.clock(), read, *counts,
        run.report.rejected, run.report.repaired,
    )  # fmt: skip
    if not run.dry:
        queries.add_batch(db, run.city.id, batch)
    hint = plan.hint()
    return Outcome(batch, sample, (hint,) if hint else ())


@dataclass
class _Accepted:
    """Rows of the file that were accepted, and the rows of the table that they make."""

    file_rows: int = 0
    rows: int = 0


def _stage(db: Connection, plan: Plan, run: Run) -> tuple[_Accepted, list[dict[str, Any]]]:
    run.watch.stage("Reading and checking", plan.total)
    make_staging(db, plan.target, plan.staged.columns)
    accepted = _Accepted()
    sample: list[dict[str, Any]] = []

    def looked_at() -> Iterator[Piece]:
        for piece in plan.pieces():
            if len(sample) < SAMPLE:
                sample.extend(piece.table.slice(0, SAMPLE - len(sample)).to_pylist())
            yield piece

    def advanced(rows: int) -> None:
        accepted.file_rows += rows
        run.watch.advance(rows)

    accepted.rows = fill_staging(db, plan.staged.columns, looked_at(), advanced)
    return accepted, sample


def _settle_duplicates(db: Connection, plan: Plan, run: Run) -> int:
    """Reject staged rows that repeat a key of the file; returns how many rows went."""
    if "external_id" in plan.staged.columns:
        queries.number_repeats(db, HASH)
    repeated = False
    for row, first, said in queries.duplicates(db, plan.target, plan.staged):
        repeated = True
        finding = Finding(
            row, REJECTED, plan.target.match[-1], f"repeats the identifier of row {first}", said
        )
        run.report.add(finding, counted_as="repeats the identifier of an earlier row")
    return queries.drop_duplicates(db, plan.target, plan.staged) if repeated else 0


def _refuse_if_bad(plan: Plan, run: Run, read: int, staged_rows: int) -> None:
    rejected = run.report.rejected
    if read == 0:
        raise ImportRefused(f"{plan.name} has no rows: there is nothing to import.")
    hint = plan.hint()
    if staged_rows == 0:
        reasons = "; ".join(f"{field}: {why} ({n:,})" for field, why, n in run.report.reasons()[:3])
        why = f": {reasons}" if reasons else ", because nothing stands in their columns"
        raise ImportRefused(
            _joined(f"None of the {read:,} rows of {plan.name} can go in{why}.", hint, _NOTHING)
        )
    if run.strict and rejected:
        bad = f"{rejected:,} of the {read:,} rows of {plan.name} are bad, and --strict allows none."
        raise ImportRefused(_joined(bad, hint, _NOTHING))


_NOTHING = "Nothing was stored."


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _merge(db: Connection, plan: Plan, run: Run, work: tuple[int, Stamp]) -> tuple[int, int, int]:
    """Write what is new and what differs; returns how many rows were inserted, updated and unchanged."""
    rows, stamp = work
    target, staged = plan.target, plan.staged
    run.watch.stage("Comparing with what is there")
    if not run.dry:
        # At once as strong as it may have to be: two steps could meet a reader that waits to write.
        queries.lock(db, target, alone=worth_rebuilding(db, target, rows))
    changed, unchanged = queries.match(db, target, staged, stamp)
    new = rows - changed - unchanged
    if not run.dry:
        changing = f"id IN (SELECT id FROM {queries.MATCHED} WHERE changed)"
        with counted(db, target, stamp, (changing, "batch_id = :batch")):
            _write(db, plan, run, (new, changed, stamp))
    return new, changed, unchanged


def _write(db: Connection, plan: Plan, run: Run, work: tuple[int, int, Stamp]) -> None:
    new, changed, stamp = work
    target, staged = plan.target, plan.staged
    if changed:
        run.watch.stage(f"Writing {changed:,} changed rows")
        queries.archive_changed(db, target, stamp)
        queries.update_changed(db, target, staged, stamp)
    if new:
        with rebuilt_indexes(db, target, run.watch, worth_it=worth_rebuilding(db, target, new)):
            run.watch.stage(f"Writing {new:,} new rows")
            queries.insert_new(db, target, staged, stamp)


def worth_rebuilding(db: Connection, target: Target, new: int) -> bool:
    """Whether so many new rows go in faster when the indexes are dropped before and built anew after."""
    return new > REBUILD_FROM and queries.outnumbers(db, target, new)


@contextmanager
def counted(db: Connection, target: Target, stamp: Stamp, touched: tuple[str, str]) -> Iterator[None]:
    """Keep counts, areas and neighbours right around a block that writes places; other tables need nothing.

    `touched`: conditions on what the block is about to change or remove, and on what it has written then.
    """
    if target is not PLACES:
        yield
        return
    values = {"batch": stamp.batch}
    ids = set(lists.written(db, stamp.city_id, touched[0], values))
    with recounted(db, stamp.city_id, touched, values), reassigned(db, stamp.city_id, touched, values):
        yield
    ids.update(lists.written(db, stamp.city_id, touched[1], values))
    lists.renew_many(db, stamp.city_id, ids, stamp.at)


@contextmanager
def rebuilt_indexes(db: Connection, target: Target, watch: Watcher, *, worth_it: bool) -> Iterator[None]:
    """Where it is `worth_it`, drop the table's secondary indexes for the block and build them anew after it.

    Readers wait from the drop to the end of the transaction; the lock must be held by the caller.
    """
    definitions = queries.secondary_indexes(db, target) if worth_it else {}
    for name in definitions:
        queries.drop_index(db, name)
    yield
    for position, (name, definition) in enumerate(definitions.items(), start=1):
        watch.stage(f"Building index {position} of {len(definitions)} ({name}); the map waits for it")
        queries.rebuild_index(db, definition)
    if definitions:
        queries.analyze(db, target)

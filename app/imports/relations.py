"""Relations between the places of a city's folder, from its relations.csv; stated through the service."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import Connection

from app.cities import City
from app.errors import Conflict, CortileError, ImportRefused, NotFound
from app.network import form
from app.network.relating import Speaker
from app.network.service import Proposal, propose_relation
from app.places import relations
from app.statements import rows

COLUMNS = ("tail", "kind", "head", "note", "since", "until")
NAMES = UUID("6f1b7f0e-3b0c-4c0e-9d55-6d1f0f3e8a11")
"""The space in which a relation of a file has its identifier; any constant will do."""
FILE = Speaker(None, settles=True)
"""Whoever gives a city its folder speaks for all places in it."""


@dataclass(frozen=True, slots=True)
class _Known:
    external_id: str
    id: UUID


def load_relations(db: Connection, city: City, path: Path, at: datetime) -> int:
    """State the relations of a file, and say how many are new; the others stay as they are.

    `tail` and `head` are the `external_id` of places. Raises ImportRefused, which names file and line. What
    people have decided meanwhile counts more: a relation that they withdrew, or of a place that is hidden,
    does not come back.
    """
    known = _known(db, city.id)
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
            raise ImportRefused(f"{path.name}: the columns {', '.join(missing)} are missing.")
        return sum(_state(db, city, known, line, (path.name, lines.line_num, at)) for line in lines)


def _state(
    db: Connection,
    city: City,
    known: Mapping[str, UUID],
    line: Mapping[str, str],
    where: tuple[str, int, datetime],
) -> bool:
    """State the relation of one line, unless it was; whether it is new."""
    name, number, at = where
    for end in ("tail", "head"):
        if line[end] not in known:
            raise ImportRefused(f"{name}, line {number}: {end}: there is no place {line[end]}.")
    key = uuid5(NAMES, "|".join((city.slug, line["tail"], line["kind"], line["head"])))
    if relations.current(db, (city.id, key)):
        return False
    try:
        propose_relation(db, city.id, _proposal(key, city, known, line), FILE, at)
    except (NotFound, Conflict):
        return False
    except CortileError as error:
        raise ImportRefused(f"{name}, line {number}: {error}") from None
    return True


def _proposal(key: UUID, city: City, known: Mapping[str, UUID], line: Mapping[str, str]) -> Proposal:
    given = {"kind": line["kind"], "other": str(known[line["head"]]), "id": str(key)}
    given |= {name: line[name] for name in ("note", "since", "until")}
    return replace(form.proposal_of(given, known[line["tail"]], city.time_zone), id=key)


def _known(db: Connection, city_id: int) -> dict[str, UUID]:
    sql = "SELECT external_id, id FROM places WHERE city_id = %(city)s AND external_id IS NOT NULL"
    return {each.external_id: each.id for each in rows(db, _Known, sql, {"city": city_id})}

"""Two places that are one: the address of one leads to the other, and both keep their histories.

Nothing is removed, so that a merger can be taken back. What one place hands on to the other is in
`HANDED_ON`. Never commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from app.errors import Conflict, NotFound
from app.places import counts, membership, neighbours, relations, versions
from app.places.relations import Handed
from app.places.versions import Current, Key
from app.statements import rows
from app.tables.places import VISIBLE

HANDED_ON = {
    "place_owners": ("", ""),
    "place_followers": (
        ", told_revision",
        ", (SELECT revision FROM places WHERE city_id = :city AND id = :stays)",
    ),
}
"""Tables of people and places, and what further columns hold; `relations` hands on those between places. Who
follows the other place from now on has no interest in its earlier versions."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merger changed: how the merged place was moderated, whom the other one got, by table, and which
    relations."""

    before: str
    added: dict[str, list[UUID]]
    handed: Handed = field(default_factory=Handed)


def merge_places(db: Connection, city_id: int, goes: UUID, stays: UUID, at: datetime) -> Merged:
    """Make `goes` a duplicate of `stays`, which gets its owners, followers and relations.

    Raises NotFound where there is no such place, and Conflict where one of them is merged already, the two
    are one, or the public would be led to what it may not see.
    """
    slot = counts.seat(db)
    versions.lock(db, city_id, [goes, stays])
    before, other = _there(db, (city_id, goes)), _there(db, (city_id, stays))
    if goes == stays or before.merged_into or other.merged_into:
        raise Conflict("These places cannot be merged: they are one already.")
    if before.moderation == "published" and other.moderation != "published":
        raise Conflict(
            "The place that stays is not public, and the other one is: publish it first, or keep the other."
        )
    handed = relations.hand_on(db, city_id, (goes, stays), at)
    added = {table: _hand_on(db, city_id, table, (goes, stays)) for table in HANDED_ON}
    _mark(db, (city_id, goes), ("hidden", stays), slot)
    return Merged(before.moderation, added, handed)


def split_place(db: Connection, city_id: int, goes: UUID, merged: Merged, at: datetime) -> None:
    """Take a merger back: the place is itself again, and whom the other one got by it leaves that again.

    Raises NotFound where there is no such place, and Conflict where it is not merged.
    """
    slot = counts.seat(db)
    versions.lock(db, city_id, [goes])
    stays = _there(db, (city_id, goes)).merged_into
    if stays is None:
        raise Conflict("This place is not merged with another one any more.")
    relations.take_back(db, city_id, (goes, stays), merged.handed, at)
    for table in HANDED_ON:
        _take_back(db, (city_id, stays), table, merged.added.get(table, []))
    _mark(db, (city_id, goes), (merged.before, None), slot)


@dataclass(frozen=True, slots=True)
class Way:
    """Where an address leads now."""

    id: UUID


def stays_of(db: Connection, city_id: int, place_id: UUID) -> UUID | None:
    """The public place that a merged one leads to, over however many mergers; None where it leads nowhere."""
    sql = f"""WITH RECURSIVE way AS (
            SELECT id, merged_into, moderation FROM places
            WHERE city_id = %(city)s AND id = %(id)s AND merged_into IS NOT NULL
            UNION
            SELECT p.id, p.merged_into, p.moderation
            FROM way JOIN places p ON p.city_id = %(city)s AND p.id = way.merged_into
        ) SELECT id FROM way WHERE merged_into IS NULL AND {VISIBLE}"""
    found = rows(db, Way, sql, {"city": city_id, "id": place_id})
    return found[0].id if found else None


def _there(db: Connection, key: Key) -> Current:
    place = versions.current(db, key)
    if place is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])
    return place


def _mark(db: Connection, key: Key, state: tuple[str, UUID | None], slot: int) -> None:
    """Set how a place is moderated, and what it is merged into."""
    touched = "id = :id"
    values = {"id": key[1], "moderation": state[0], "into": state[1]}
    sql = """UPDATE places SET moderation = :moderation, merged_into = :into
        WHERE city_id = :city AND id = :id"""
    with counts.recounted(db, key[0], (touched, touched), values, slot):
        db.execute(text(sql), {"city": key[0], **values})
    membership.renew(db, key[0], [key[1]], slot)
    neighbours.renew(db, key[0], [key[1]])


def _hand_on(db: Connection, city_id: int, table: str, way: tuple[UUID, UUID]) -> list[UUID]:
    """Let the people of one place be those of the other, too; gives who was not before."""
    more, values = HANDED_ON[table]
    sql = f"""INSERT INTO {table} (city_id, place_id, person_id, since{more})
        SELECT city_id, :stays, person_id, since{values} FROM {table}
        WHERE city_id = :city AND place_id = :goes
        ON CONFLICT (city_id, place_id, person_id) DO NOTHING RETURNING person_id"""
    return list(db.scalars(text(sql), {"city": city_id, "goes": way[0], "stays": way[1]}))


def _take_back(db: Connection, key: Key, table: str, people: Sequence[UUID]) -> None:
    sql = f"""DELETE FROM {table}
        WHERE city_id = :city AND place_id = :place AND person_id = ANY(:people)"""
    db.execute(text(sql), {"city": key[0], "place": key[1], "people": list(people)})

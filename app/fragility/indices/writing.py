"""Writing indices, versions and publications; a publication is an indicator as any other."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.errors import Conflict
from app.fragility.indices.computing import Scored
from app.fragility.indices.queries import Published

Hand = tuple[UUID | None, datetime]
"""Who writes, None on the command line, and when."""


def take_turns(db: Connection, city_id: int, slug: str) -> None:
    """Let nobody else compute or publish this index until the transaction ends."""
    sql = "SELECT FROM indices WHERE city_id = :city AND slug = :slug FOR UPDATE"
    db.execute(text(sql), {"city": city_id, "slug": slug})


def put_index(db: Connection, city_id: int, about: Mapping[str, Any], by: Hand) -> None:
    """Add an index, or say anew what it is called; its layer stays."""
    sql = """INSERT INTO indices AS i (city_id, slug, layer, names, descriptions, licence, made_by, made_at)
        VALUES (:city, :slug, :layer, :names, :descriptions, :licence, :person, :at)
        ON CONFLICT (city_id, slug) DO UPDATE SET names = excluded.names,
            descriptions = excluded.descriptions, licence = excluded.licence
        WHERE (i.names, i.descriptions, i.licence)
            <> (excluded.names, excluded.descriptions, excluded.licence)"""
    values = {**about, "names": Jsonb(about["names"]), "descriptions": Jsonb(about["descriptions"])}
    db.execute(text(sql), {"city": city_id, **values, "person": by[0], "at": by[1]})


def add_version(db: Connection, city_id: int, version: Mapping[str, Any], scores: Sequence[Scored]) -> None:
    """Add a version of an index with the score of every area."""
    wrapped = {
        name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in version.items()
    }
    names, values = ", ".join(wrapped), ", ".join(f":{name}" for name in wrapped)
    sql = f"INSERT INTO index_versions (city_id, {names}) VALUES (:city, {values})"
    db.execute(text(sql), {"city": city_id, **wrapped})
    columns = list(Scored.__dataclass_fields__)
    sql = f"""INSERT INTO index_scores (city_id, index, version, {", ".join(columns)})
        VALUES (:city, :index, :version, {", ".join(f":{name}" for name in columns)})"""
    key = {"city": city_id, "index": version["index"], "version": version["version"]}
    rows = [{**key, **asdict(score), "parts": Jsonb(score.parts)} for score in scores]
    db.execute(text(sql), rows)


def note_publication(db: Connection, city_id: int, key: UUID, of: tuple[str, int], by: Hand) -> None:
    """Note that a version was published, for ever."""
    sql = """INSERT INTO index_publications (city_id, id, index, version, published_by, published_at)
        VALUES (:city, :id, :index, :version, :person, :at)"""
    values = {"id": key, "index": of[0], "version": of[1], "person": by[0], "at": by[1]}
    db.execute(text(sql), {"city": city_id, **values})


def put_indicator(db: Connection, city_id: int, told: Mapping[str, Any]) -> None:
    """Add the indicator of a year of an index, before all others, or say anew what it means.

    Raises Conflict where its name is that of another figure, which would be written over.
    """
    wrapped = {
        **told,
        **{name: Jsonb(told[name]) for name in ("names", "descriptions", "units")},
    }
    names = list(wrapped)
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "slug")
    sql = f"""INSERT INTO indicators AS i (city_id, {", ".join(names)}, position)
        VALUES (:city, {", ".join(f":{name}" for name in names)},
            (SELECT coalesce(least(min(position), 0), 0) - 1 FROM indicators WHERE city_id = :city))
        ON CONFLICT (city_id, slug) DO UPDATE SET {changed}
            WHERE (i.layer, i.series) = (excluded.layer, excluded.series)"""
    if not db.execute(text(sql), {"city": city_id, **wrapped}).rowcount:
        raise Conflict(
            "The scores of %(year)s would be called “%(slug)s”, and there is a figure of this name: give the"
            " index another name.",
            year=told["year"],
            slug=told["slug"],
        )


_NEW = """SELECT area_code, score AS value FROM index_scores
    WHERE city_id = :city AND index = :index AND version = :version AND score IS NOT NULL"""
_DIFFERENT = f"""v.city_id = :city AND v.indicator = :indicator
    AND NOT EXISTS (SELECT FROM ({_NEW}) AS n WHERE n.area_code = v.area_code AND n.value = v.value)"""
_COLUMNS = "city_id, indicator, area_code, value, batch_id, revision, recorded_at"


def put_values(db: Connection, city_id: int, shown: Published, at: datetime) -> None:
    """Write the scores of a version as the values of its indicator; what differed before goes into history.

    The steps are those of an import: archive, change, add, with revisions that go on counting. An import's
    own statements read a staging table, and belong to a feature above this one.
    """
    values = {"city": city_id, "index": shown.index, "version": shown.version}
    values |= {"indicator": shown.indicator, "at": at}
    # As an import does: two writers of figures take turns.
    db.execute(text("LOCK TABLE indicator_values IN SHARE ROW EXCLUSIVE MODE"))
    for sql in (
        f"""INSERT INTO indicator_value_revisions ({_COLUMNS}, superseded_at)
            SELECT {_COLUMNS}, :at FROM indicator_values AS v WHERE {_DIFFERENT}""",
        f"""DELETE FROM indicator_values AS v WHERE v.city_id = :city AND v.indicator = :indicator
            AND NOT EXISTS (SELECT FROM ({_NEW}) AS n WHERE n.area_code = v.area_code)""",
        f"""UPDATE indicator_values AS v
            SET value = n.value, batch_id = NULL, revision = v.revision + 1, recorded_at = :at
            FROM ({_NEW}) AS n WHERE n.area_code = v.area_code AND {_DIFFERENT}""",
        f"""INSERT INTO indicator_values ({_COLUMNS})
            SELECT :city, :indicator, n.area_code, n.value, NULL, 1 + coalesce((
                SELECT max(h.revision) FROM indicator_value_revisions AS h
                WHERE h.city_id = :city AND h.indicator = :indicator AND h.area_code = n.area_code), 0), :at
            FROM ({_NEW}) AS n
            WHERE NOT EXISTS (SELECT FROM indicator_values AS v
                WHERE v.city_id = :city AND v.indicator = :indicator AND v.area_code = n.area_code)""",
    ):
        db.execute(text(sql), values)

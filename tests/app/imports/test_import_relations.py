"""Relations from a city's folder: stated once, and what people decided since stays decided."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.errors import ImportRefused
from app.imports.demo import load_demonstration_city, the_city
from app.imports.relations import load_relations
from tests.browser.conftest import owning
from tests.conftest import FreshDatabase

HEADS = "tail,kind,head,note,since,until\n"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def stated(db: Connection) -> list[Any]:
    return list(db.execute(text("SELECT id, state, revision FROM relations ORDER BY id")))


def test_a_folder_is_loaded_again_without_doubles_or_undoing(database: FreshDatabase, tmp_path: Path) -> None:
    with owning(database) as db:
        load_demonstration_city(db)
        there = stated(db)
        assert [each.state for each in there] == ["confirmed"] * 11
        db.execute(text("UPDATE relations SET state = 'withdrawn' WHERE id = :id"), {"id": there[0].id})
        before = stated(db)
        load_demonstration_city(db)
        assert stated(db) == before

        file, city = tmp_path / "relations.csv", the_city(db, "torino")
        for line, wrong in (
            ("barrito,supports,nowhere,,,", "relations.csv, line 2: head: there is no place nowhere"),
            ("barrito,hosted_by,casa-vallette,,,", "relations.csv, line 2: head: is not of a kind"),
            ("barrito,loves,casa-vallette,,,", "relations.csv, line 2: kind: is needed"),
            ("barrito,supports,casa-vallette,,ieri,", "relations.csv, line 2: since: “ieri” is not a day"),
        ):
            file.write_text(HEADS + line + "\n", "utf-8")
            with pytest.raises(ImportRefused, match=wrong):
                load_relations(db, city, file, NOW)
        file.write_text("tail,head\n", "utf-8")
        with pytest.raises(ImportRefused, match="columns kind, note, since, until are missing"):
            load_relations(db, city, file, NOW)
        assert stated(db) == before

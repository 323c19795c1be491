"""The migrations make what the models say, and every step can be taken back."""

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.db import Database
from app.migration import migrate, migrations_config
from app.tables import metadata
from app.tables.registry import OF_A_CITY, Scope, scope_of
from tests.conftest import FreshDatabase


def ours(_item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    return not (kind == "table" and reflected and name == "spatial_ref_sys")


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"include_object": ours, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


def at_revision(database: FreshDatabase, revision: str, step: Any) -> None:
    config = migrations_config(database.owner_url)
    owner = Database(database.owner_url, size=1)
    with owner.transaction() as connection:
        config.attributes["connection"] = connection
        step(config, revision)
    owner.close()


def test_the_migrations_make_what_the_models_say(database: FreshDatabase) -> None:
    owner = Database(database.owner_url, size=1)
    with owner.reading() as connection:
        assert differences(connection) == []
    owner.close()


def test_migrations_go_up_and_down_and_up_again_one_by_one(bare_database: FreshDatabase) -> None:
    script = ScriptDirectory.from_config(migrations_config(bare_database.owner_url))
    steps = [revision.revision for revision in script.walk_revisions()][::-1]
    assert steps == [f"{number:04}" for number in range(1, len(steps) + 1)]

    for step in steps:
        at_revision(bare_database, step, command.upgrade)
        at_revision(bare_database, "-1", command.downgrade)
        at_revision(bare_database, step, command.upgrade)
    at_revision(bare_database, "base", command.downgrade)

    owner = Database(bare_database.owner_url, size=1)
    with owner.reading() as connection:
        left = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert set(connection.scalars(text(left))) == {"alembic_version", "spatial_ref_sys"}
    owner.close()
    migrate(bare_database.owner_url, bare_database.app_url)


def test_the_serving_role_may_only_add_to_history(database: FreshDatabase) -> None:
    app = Database(database.app_url, size=1)
    with app.reading() as connection:
        for table in metadata.sorted_tables:
            may = {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
                if connection.scalar(text(f"SELECT has_table_privilege('{table.name}', '{right}')"))
            }
            expected = {
                Scope.CITY: {"SELECT", "INSERT", "UPDATE", "DELETE"},
                Scope.REFERENCE: {"SELECT"},
                Scope.HISTORY: {"SELECT", "INSERT"},
                Scope.SHARED: {"SELECT", "INSERT", "UPDATE", "DELETE"},
                Scope.LOCAL: {"SELECT", "INSERT", "UPDATE", "DELETE"},
            }[scope_of(table)]
            assert may == expected, table.name
    app.close()


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_key_of_a_citys_table_begins_with_the_city(table: Any) -> None:
    if scope_of(table) not in OF_A_CITY:
        return
    assert table.primary_key.columns.keys()[0] == "city_id"
    for key in table.foreign_key_constraints:
        # What a reference or shared table holds is on every node, so its own key will do.
        assert key.column_keys[0] == "city_id" or scope_of(key.referred_table) not in OF_A_CITY, key.name
        assert key.ondelete in (None, "CASCADE", "RESTRICT")
    assert all(index.name for index in table.indexes)
    unique = [index for index in table.indexes if index.unique]
    assert all(next(iter(index.columns)).name == "city_id" for index in unique)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_no_key_runs_from_what_is_not_a_citys_to_what_is(table: Any) -> None:
    if scope_of(table) in OF_A_CITY:
        return
    assert [
        key.name for key in table.foreign_key_constraints if scope_of(key.referred_table) in OF_A_CITY
    ] == []


def test_no_table_has_a_trigger_of_its_own(database: FreshDatabase) -> None:
    owner = Database(database.owner_url, size=1)
    with owner.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")) == 0
    owner.close()

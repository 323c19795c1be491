"""Taking a batch out again, whatever came after it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ImportRefused, NotFound
from app.imports.rules import active, undo_target

from .conftest import Town

Write = Callable[..., Path]
COLUMNS = {"external_id": "id", "title": "nome"}
MINE = "SELECT external_id, title FROM places WHERE city_id = 1272 ORDER BY external_id"


def content(**titles: str) -> str:
    return "id,nome,lat,lon\n" + "".join(f"{key},{title},45,7\n" for key, title in titles.items())


def test_what_was_added_is_removed_and_kept_in_the_history(town: Town, write: Write) -> None:
    before = town.rows("SELECT * FROM places")
    first = town.places(write("p.csv", content(a="A", b="B")), COLUMNS)
    done = town.undo(first)
    assert (done.updated, done.inserted, done.unchanged, done.undoes) == (2, 0, 0, first.batch.id)
    assert town.rows("SELECT * FROM places") == before
    assert town.rows("SELECT title, revision, superseded_by FROM place_revisions ORDER BY title") == [
        ("A", 1, done.id), ("B", 1, done.id),
    ]  # fmt: skip


def test_what_was_changed_is_put_back_as_a_new_revision(town: Town, write: Write) -> None:
    town.places(write("p.csv", content(a="A", b="B")), COLUMNS)
    second = town.places(write("p.csv", content(a="A2", b="B", c="C")), COLUMNS)
    done = town.undo(second)
    assert (done.updated, done.unchanged) == (2, 0)
    assert town.rows(MINE) == [("a", "A"), ("b", "B")]
    assert town.one("SELECT revision FROM places WHERE external_id = 'a' AND city_id = 1272") == 3


def test_what_was_changed_since_is_left_alone_and_counted(town: Town, write: Write) -> None:
    first = town.places(write("p.csv", content(a="A", b="B")), COLUMNS)
    town.places(write("p.csv", content(a="A2")), COLUMNS)
    done = town.undo(first)
    assert (done.updated, done.unchanged) == (1, 1)
    assert town.rows(MINE) == [("a", "A2")]


def test_batches_can_be_undone_one_below_the_other(town: Town, write: Write) -> None:
    batches = [town.places(write("p.csv", content(a=f"A{n}", b="B")), COLUMNS) for n in range(3)]
    for back in (1, 0):
        town.undo(batches[back + 1])
        assert town.rows(MINE) == [("a", f"A{back}"), ("b", "B")]
    town.undo(batches[0])
    assert town.rows(MINE) == []


def test_to_undo_an_undo_is_to_do_it_again(town: Town, write: Write) -> None:
    town.places(write("p.csv", content(a="A", b="B")), COLUMNS)
    second = town.places(write("p.csv", content(a="A2", c="C")), COLUMNS)
    after = town.rows(MINE)
    ids = town.rows("SELECT external_id, id FROM places WHERE city_id = 1272 ORDER BY 1")
    undone = town.undo(second)
    redone = town.undo(undone)
    assert (redone.updated, redone.inserted, redone.unchanged) == (1, 1, 0)
    assert town.rows(MINE) == after
    assert town.rows("SELECT external_id, id FROM places WHERE city_id = 1272 ORDER BY 1") == ids
    town.undo(redone)
    assert town.rows(MINE) == [("a", "A"), ("b", "B")]


def test_an_undo_is_done_once(town: Town, write: Write) -> None:
    first = town.places(write("p.csv", content(a="A")), COLUMNS)
    undone = town.undo(first)
    before = town.state()
    with pytest.raises(ImportRefused) as refused:
        town.undo(first)
    assert str(refused.value) == (
        f"The batch {first.batch.id} is undone already; to do it again: cortile import undo {undone.id}."
    )
    assert town.state() == before


def test_rows_that_came_back_from_a_file_are_not_doubled_by_a_redo(town: Town, write: Write) -> None:
    path = write("p.csv", content(a="A"))
    undone = town.undo(town.places(path, COLUMNS))
    town.places(path, COLUMNS)
    redone = town.undo(undone)
    assert (redone.inserted, redone.unchanged) == (0, 1)
    assert town.rows(MINE) == [("a", "A")]


def test_what_moderators_hid_stays_hidden(town: Town, write: Write) -> None:
    town.places(write("p.csv", content(a="A")), COLUMNS)
    second = town.places(write("p.csv", content(a="A2")), COLUMNS)
    town.edit("moderation = 'hidden'")
    town.undo(second)
    assert town.rows("SELECT title, moderation FROM places WHERE city_id = 1272") == [("A", "hidden")]


def test_a_batch_that_is_none_is_named(town: Town) -> None:
    nothing = SimpleNamespace(id=UUID(int=7))
    with pytest.raises(NotFound) as refused:
        town.undo(nothing)
    assert str(refused.value) == (
        "Torino has no import batch 00000000-0000-0000-0000-000000000007; see cortile import list."
    )


@given(st.lists(st.integers(0, 5), max_size=8))
def test_undoing_takes_turns_between_done_and_undone(picks: list[int]) -> None:
    """Whatever is undone next of what stands, the first batch is done and undone in turns."""
    batch, undoes = UUID(int=0), {}
    chain: list[Any] = [batch]
    for number, pick in enumerate(picks, start=1):
        standing = [one for one in chain if active(undo_target(one, undoes)[0], undoes)]
        chosen = standing[pick % len(standing)]
        root, is_redo = undo_target(chosen, undoes)
        assert active(batch, undoes) == (not is_redo)
        assert is_redo or root == batch
        undo = UUID(int=number)
        undoes[undo] = root
        chain.append(undo)
        assert active(batch, undoes) == is_redo

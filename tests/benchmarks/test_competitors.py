"""The competitors' environments are pinned to the last byte, and both sides are asked for the same."""

from pathlib import Path

import pytest

from app.params import Bbox
from app.places.selection import Selection
from benchmarks import items
from benchmarks.competitors.environments import HERE, version
from benchmarks.competitors.measure import PYGEOAPI, TIPG, Rival


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_every_package_is_pinned_with_its_hash_and_no_registry_is_named(path: Path) -> None:
    requirements = path.read_text().replace("\\\n", " ").splitlines()
    assert len(requirements) > 10
    for requirement in requirements:
        assert "==" in requirement.split()[0], requirement
        assert "--hash=sha256:" in requirement
    assert "://" not in path.read_text()
    assert version(path.stem).split(".")[0].isdigit()


def test_the_same_box_is_asked_for() -> None:
    path = items.path(Selection(1272, bbox=Bbox(7.6, 45.0, 7.7, 45.1)), 100)
    assert path == "/ogc/collections/places/items?limit=100&bbox=7.6,45.0,7.7,45.1"
    tipg, pygeoapi = Rival("tipg", "", TIPG), Rival("pygeoapi", "", PYGEOAPI)
    assert tipg.items(path) == "/collections/competitors.places/items?limit=100&bbox=7.6,45.0,7.7,45.1"
    assert pygeoapi.items(path) == "/collections/places/items?limit=100&bbox=7.6,45.0,7.7,45.1&f=json"

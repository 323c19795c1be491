"""Words, links and static files of the templates."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from app.pages import files
from app.pages.links import is_link, with_filters
from app.pages.words import dated, distance, last_day, number, shown


@pytest.fixture
def english() -> Flask:
    app = Flask("nothing")
    Babel(app, locale_selector=lambda: "en")
    return app


@pytest.mark.parametrize(
    ("metres", "said"), [(15, "15 m"), (999, "999 m"), (1000, "1 km"), (1200, "1.2 km"), (12_345, "12.3 km")]
)
def test_distances_are_metres_up_to_a_kilometre(english: Flask, metres: float, said: str) -> None:
    with english.test_request_context():
        assert distance(metres) == said


def test_the_last_day_is_the_one_before_a_midnight_that_ends(english: Flask) -> None:
    midnight_in_torino = datetime(2020, 6, 30, 22, tzinfo=UTC)  # the end of June 30, in summer time
    with english.test_request_context():
        assert last_day(midnight_in_torino, "Europe/Rome") == "June 30, 2020"


def test_numbers_are_rounded_as_they_are_shown_and_zero_has_no_sign(english: Flask) -> None:
    with english.test_request_context():
        assert [number(value, 1) for value in (12.25, 12.35, -0.04, -1200.0)] == [
            "12.2",
            "12.4",
            "0.0",
            "-1,200.0",
        ]
        assert number(shown(12.24, 1) - shown(12.26, 1), 1) == "-0.1"
        assert shown(15.7549, 2) == shown(15.7451, 2)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("ISTAT, Census 2011", "ISTAT, Census 2011"),
        ("ISTAT, Census 2011, 2021", "ISTAT, Census 2011, 2021, 2011"),
        ("Cortile, Need, version 1, 0a1b2c2011", "Cortile, Need, version 1, 0a1b2c2011, 2011"),
    ],
)
def test_a_source_that_ends_with_the_year_tells_it_once(source: str, told: str) -> None:
    assert dated(source, 2011) == told


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str | None, may: bool) -> None:
    assert is_link(address) is may


def test_a_link_keeps_the_filters_and_drops_the_rest() -> None:
    asked = {"kind": "house,site", "q": "a&b", "bbox": "1,2,3,4", "page": "3", "lang": "it"}
    assert with_filters("/torino/", asked, page=2) == "/torino/?kind=house,site&q=a%26b&page=2"
    assert with_filters("/torino/", asked, kind="", q="") == "/torino/"


def test_the_version_changes_with_a_file_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = files._version(tmp_path)
    assert files._version(tmp_path) == first
    (tmp_path / "a.js").write_text("2")
    second = files._version(tmp_path)
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, files._version(tmp_path)}) == 3

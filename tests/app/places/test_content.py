"""What people send: every rule is named with its field, and nothing has to be long."""

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely

from app.cities import City
from app.errors import Invalid
from app.places.content import content_of

TORINO = City(
    1272, "torino", {"it": "Torino"}, ["it", "en"], "Europe/Rome", 32632,
    [7.57, 45.0, 7.78, 45.14], [6.5, 44.6, 8.3, 45.7], "none", False,
)  # fmt: skip
POINT = shapely.Point(7.68, 45.07)


def refused(**given: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        content_of({"geometry": POINT, **given}, TORINO)
    return {problem.name: problem.rule() for problem in caught.value.problems}


def test_a_point_is_enough() -> None:
    content = content_of({"geometry": POINT}, TORINO)

    assert (content.kind, content.status, content.title, content.language) == ("place", "active", None, "it")


def test_a_project_begins_as_proposed() -> None:
    assert content_of({"geometry": POINT, "kind": "project"}, TORINO).status == "proposed"


def test_texts_are_normalised_and_a_title_is_one_line() -> None:
    content = content_of(
        {"geometry": POINT, "title": " Caffe\u0300\n di  via ", "summary": "uno\r\ndue"}, TORINO
    )

    assert content.title == "Caffè di via"
    assert content.summary == "uno\ndue"


def test_markup_stays_the_text_that_it_is() -> None:
    content = content_of({"geometry": POINT, "title": "<script>alert(1)</script>"}, TORINO)

    assert content.title == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("title", "x" * 10_000, "has 10000 characters; at most 300 are taken."),
        ("title", "via \u202egnp.exe", "turns the direction of writing"),
        ("title", "a\x00b", "cannot be shown (U+0000)"),
        ("title", 12, "must be a text."),
        ("summary", "x" * 10_001, "at most 10000 are taken."),
        ("kind", "castle", "“castle” is not one of house, site"),
        ("status", "burnt", "is not one of proposed"),
        ("language", "tlh", "is not one of it, en"),
        ("website", "javascript:alert(1)", "is not a web address"),
        ("website", "http://", "is not a web address"),
        ("accuracy_m", "far", "“far” is not a number."),
        ("accuracy_m", -1, "between 0 and 100,000 metres"),
        ("accuracy_m", True, "is not a number"),
        ("blur_m", 30, "must be one of 50, 100, 250, 500, 1000 metres"),
        ("valid_from", "yesterday", "is not a day"),
        ("translations", ["en"], "must be an object"),
        ("translations", {"en": {"title": "x" * 301}}, None),
        ("geometry", shapely.Point(2.35, 48.86), "lies outside torino"),
        ("geometry", shapely.Point(), "it is empty"),
        ("geometry", shapely.Point(float("nan"), 45), "a coordinate is not a number"),
        ("geometry", shapely.Point(745.0, 45), "beyond 180"),
        ("geometry", shapely.GeometryCollection([POINT]), "it is not a point, a line"),
        ("geometry", POINT.buffer(0.01, quad_segs=12_500), "more than 10000 vertices"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_by_its_name(field: str, value: Any, rule: str | None) -> None:
    told = refused(**{field: value})

    assert rule is None or rule in told[field]
    assert len(told) == 1


def test_every_problem_is_told_at_once() -> None:
    assert set(refused(title="x" * 301, kind="castle", geometry=None)) == {"title", "kind", "geometry"}


def test_days_are_the_city_s_and_the_last_one_is_included() -> None:
    content = content_of({"geometry": POINT, "valid_from": "2026-05-01", "valid_to": "2026-05-31"}, TORINO)

    assert content.since == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert content.until == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert set(refused(valid_from="2026-05-02", valid_to="2026-05-01")) == {"valid_to"}


def test_an_address_without_its_scheme_is_https() -> None:
    assert content_of({"geometry": POINT, "website": "cortile.example/x"}, TORINO).website == (
        "https://cortile.example/x"
    )

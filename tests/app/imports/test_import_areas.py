"""Areas, their figures, and a whole city from a folder."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import ImportRefused
from app.imports.area_queries import Indicator
from app.imports.definitions import read_definitions
from app.imports.demo import load_demonstration_city
from app.imports.service import ValueOptions

from .conftest import Town

Write = Callable[..., Path]
BOWTIE = [[7.6, 45.0], [7.7, 45.1], [7.7, 45.0], [7.6, 45.1], [7.6, 45.0]]
MINE = """SELECT code, name, GeometryType(geom), ST_IsValid(geom), approximate, revision FROM areas
    WHERE city_id = 1272"""


def box(west: float) -> list[list[float]]:
    return [[west, 45.0], [west + 0.1, 45.0], [west + 0.1, 45.1], [west, 45.1], [west, 45.0]]


def layer(*rings: Any, name: str = "Zona") -> str:
    features = [
        {"type": "Feature", "properties": {"code": f"0{n}", "name": f"{name} {n}"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(rings, start=1)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_areas_are_repaired_counted_and_become_multipolygons(town: Town, write: Write) -> None:
    outcome = town.areas(write("z.geojson", layer(box(7.6), BOWTIE)), name="name")
    assert (outcome.batch.inserted, outcome.batch.repaired) == (2, 1)
    assert sorted(town.rows(MINE)) == [
        ("01", "Zona 1", "MULTIPOLYGON", True, False, 1),
        ("02", "Zona 2", "MULTIPOLYGON", True, False, 1),
    ]
    again = town.areas(write("z.geojson", layer(box(7.6), BOWTIE)), name="name")
    assert (again.batch.updated, again.batch.unchanged) == (0, 2)


def test_official_shapes_replace_drawn_ones_and_keep_names_and_figures(town: Town, write: Write) -> None:
    town.areas(write("z.geojson", layer(box(7.6))), name="name", approximate=True)
    official = town.areas(write("o.geojson", layer(box(7.5))))
    assert official.batch.updated == 1
    assert town.rows(MINE) == [("01", "Zona 1", "MULTIPOLYGON", True, False, 2)]
    town.undo(official)
    assert town.rows(MINE) == [("01", "Zona 1", "MULTIPOLYGON", True, True, 3)]


def test_areas_that_overlap_or_leave_a_hole_are_told(town: Town, write: Write) -> None:
    """Three boxes side by side fit; a fourth lies over two of them, and a frame leaves its middle out."""

    def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    fits = [square(7.6, 45.0, 7.61, 45.01), square(7.61, 45.0, 7.62, 45.01)]
    assert not [note for note in town.areas(write("a.geojson", layer(*fits))).notes if "area" in note]
    over = town.areas(write("b.geojson", layer(*fits, square(7.605, 45.0, 7.615, 45.005))))
    assert (
        "2 pairs of areas overlap (01 and 03, 02 and 03): a place that stands in both belongs to the one with"
        " the smaller code." in over.notes
    )
    frame = [
        square(7.6, 45.0, 7.61, 45.03), square(7.62, 45.0, 7.63, 45.03), square(7.61, 45.0, 7.62, 45.01),
        square(7.61, 45.02, 7.62, 45.03),
    ]  # fmt: skip
    (told,) = [
        note for note in town.areas(write("c.geojson", layer(*frame)), layer="frame").notes if "hole" in note
    ]
    assert told.startswith("The areas leave 1 hole (87.")  # 788 m by 1,111 m
    assert told.endswith(" ha in all): a place that stands there belongs to no area.")


def test_places_know_their_area_after_imports_and_undoings(town: Town, write: Write) -> None:
    def there() -> list[tuple[Any, ...]]:
        sql = """SELECT p.title, m.code FROM place_areas AS m JOIN places AS p ON p.id = m.id
            WHERE m.city_id = 1272 ORDER BY 1"""
        return town.rows(sql)

    table = "title,lon,lat\nUno,7.65,45.05\nDue,7.75,45.05\n"
    columns = {"title": "title"}
    places = town.places(write("p.csv", table), columns)
    assert there() == []
    areas = town.areas(write("z.geojson", layer(box(7.6))))
    assert there() == [("Uno", "01")]
    wider = town.areas(write("z.geojson", layer(box(7.6), box(7.7))))
    assert there() == [("Due", "02"), ("Uno", "01")]
    town.undo(places)
    assert there() == []
    town.places(write("p.csv", table), columns)
    assert there() == [("Due", "02"), ("Uno", "01")]
    town.undo(wider)
    assert there() == [("Uno", "01")]
    town.undo(areas)
    assert there() == []


def test_a_removed_area_that_comes_back_counts_its_revisions_on(town: Town, write: Write) -> None:
    path = write("z.geojson", layer(box(7.6)))
    town.undo(town.areas(path))
    assert town.areas(path).batch.inserted == 1
    assert town.one("SELECT revision FROM areas WHERE city_id = 1272") == 2


def test_a_point_is_no_area(town: Town, write: Write) -> None:
    outcome = town.areas(
        write("z.csv", 'code,wkt\n1,POINT(7 45)\n2,"POLYGON((7 45,7.1 45,7.1 45.1,7 45))"\n')
    )
    assert (outcome.batch.inserted, outcome.batch.rejected) == (1, 1)
    assert str(town.reports[-1].first[0]) == "row 2, geometry: An area must be a polygon."


def test_a_new_layer_needs_a_name(town: Town, write: Write) -> None:
    with pytest.raises(ImportRefused) as refused:
        town.areas(write("z.geojson", layer(box(7.6))), names={})
    assert str(refused.value) == (
        "Torino has no layer zone (it has none): to make it, name it with --layer-name-it and "
        "--layer-name-en."
    )
    with pytest.raises(ImportRefused, match=r"^--layer Zone A: it must begin with a small letter"):
        town.areas(write("z.geojson", layer(box(7.6))), layer="Zone A")


@pytest.mark.parametrize("taken", ["places", "codebook", "catalog", "difference", "snapshots"])
def test_a_layer_is_not_called_like_an_address_of_the_data(town: Town, write: Write, taken: str) -> None:
    with pytest.raises(
        ImportRefused, match=f"^--layer {taken}: this name is taken, because the address /data/"
    ):
        town.areas(write("z.geojson", layer(box(7.6))), layer=taken)
    assert town.rows(MINE) == []


RATE = Indicator("rate", "zone", {"it": "Tasso"}, {"it": "%"}, 2021, 1, "test", "CC0")
HEADS = Indicator("heads", "zone", {"it": "Teste"}, {"it": ""}, 2021, 0, "test", "CC0", position=1)
FIGURES = (
    "SELECT indicator, area_code, value, revision FROM indicator_values WHERE city_id = 1272 ORDER BY 1, 2"
)


@pytest.fixture
def zones(town: Town, write: Write) -> Town:
    town.areas(write("z.geojson", layer(box(7.6), box(7.5))))
    return town


def test_figures_join_on_the_code(zones: Town, write: Write) -> None:
    options = ValueOptions("zone", "zona", (RATE, HEADS))
    path = write("v.csv", "zona;rate;heads;x\n01;1,5;10;\n02;;20;\n99;3;30;\n")
    outcome = zones.figures(path, options)
    assert (outcome.batch.read, outcome.batch.inserted) == (3, 5)
    assert zones.rows(FIGURES) == [
        ("heads", "01", 10.0, 1), ("heads", "02", 20.0, 1), ("heads", "99", 30.0, 1),
        ("rate", "01", 1.5, 1), ("rate", "99", 3.0, 1),
    ]  # fmt: skip
    assert outcome.notes == ("1 codes have no area in the layer zone yet: 99.",)
    assert zones.figures(path, options).batch.unchanged == 5
    changed = zones.figures(write("v.csv", "zona;rate;heads\n01;2,5;10\n"), options)
    assert (changed.batch.updated, changed.batch.unchanged) == (1, 1)
    zones.undo(changed)
    assert zones.rows(FIGURES)[3] == ("rate", "01", 1.5, 3)


def test_bad_figures_are_told_by_row(zones: Town, write: Write) -> None:
    path = write("v.csv", "zona,tasso\n01,abc\n02,4\n,5\n02,6\n03,inf\n")
    outcome = zones.figures(path, ValueOptions("zone", "zona", (RATE,), {"rate": "tasso"}))
    assert (outcome.batch.read, outcome.batch.inserted, outcome.batch.rejected) == (5, 1, 4)
    assert sorted(str(finding) for finding in zones.reports[-1].first) == [
        "row 2, rate (from tasso): is not a number (“abc”)",
        "row 4, code (from zona): is empty",
        "row 5, area_code: repeats the identifier of row 3 (“02”)",
        "row 6, rate (from tasso): is not a finite number (“inf”)",
    ]


def test_nobody_can_be_fewer_than_none(zones: Town, write: Write) -> None:
    people = Indicator("people", "zone", {"it": "P"}, {"it": ""}, 2021, 0, "test", "CC0", series="residents")
    path = write("v.csv", "zona,people,rate\n01,-5,1\n02,0,-2\n")
    outcome = zones.figures(path, ValueOptions("zone", "zona", (people, RATE)))
    assert (outcome.batch.inserted, outcome.batch.rejected) == (2, 1)
    assert str(zones.reports[-1].first[0]) == "row 2, people: is below 0 residents (“-5.0”)"


def test_a_column_for_no_indicator_is_refused(zones: Town, write: Write) -> None:
    path = write("v.csv", "zona,rate\n01,1\n")
    before = zones.state()
    for options, sentence in (
        (ValueOptions("zone", "zona"), "No column of v.csv is called after an indicator of the "
                                       "layer zone (they are "
         "none): say which is which with --map indicator=COLUMN."),
        (ValueOptions("zone", "zona", (HEADS,)), "v.csv has no column heads for the indicator "
                                                 "of that name; its "
         "columns are zona, rate: say which with --map indicator=COLUMN."),
        (ValueOptions("zone", "zona", (), {"rat": "rate"}), "There is no indicator rat of the "
                                                            "layer zone (there are "
         "none): define it with --definitions or --year."),
        (ValueOptions("zone", "zone", (RATE,)), "code=zone: the file has no column zone; its "
                                                "columns are zona, rate."),
    ):  # fmt: skip
        with pytest.raises(ImportRefused) as refused:
            zones.figures(path, options)
        assert str(refused.value) == sentence
    assert zones.state() == before


DEFINED = (
    'layer = "z"\nyear = 2021\nsource = "s"\nlicence = "l"\n[[indicators]]\nslug = "a"\npolarity = 1\n'
    + ('names = { it = "A" }\nunits = { it = "%" }\n')
)


def test_what_stands_above_holds_for_all_definitions() -> None:
    assert read_definitions(DEFINED, "i.toml") == [
        Indicator("a", "z", {"it": "A"}, {"it": "%"}, 2021, 1, "s", "l")
    ]
    assert read_definitions(DEFINED, "i.toml", "other")[0].layer == "other"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("polarity = 1", "polarity = 2", "indicator a: polarity must be a whole number from -1 to 1, not 2."),
        ("polarity = 1", "", "indicator a: polarity is missing."),
        ('slug = "a"', 'slug = "A"', "indicator A: slug A: it must begin with a small letter "
                                     "and go on with small "
         "letters, digits, - and _, 63 at the most."),
        ('names = { it = "A" }', 'names = "A"',
         'indicator a: names must be texts by language, such as { it = "…", en = "…" }.'),
        ('slug = "a"', 'slug = "a"\ncolour = 1', "indicator a: there is no colour; there are "
                                                 "layer, year, source, "
         "licence, slug, names, units, polarity, series, descriptions, decimals, measure."),
        ('slug = "a"', 'slug = "a"\nseries = "No"', "indicator a: series No: it must begin with a small "
                                                    "letter and go on with small "
         "letters, digits, - and _, 63 at the most."),
    ],
)  # fmt: skip
def test_a_definition_that_is_wrong_is_refused(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_definitions(DEFINED.replace(old, new), "i.toml")
    assert str(refused.value) == f"The definitions file i.toml, {sentence}"


AGAIN = (
    '[[indicators]]\nslug = "a_old"\nseries = "a"\npolarity = 1\nnames = { it = "A" }\nunits = { it = "%" }\n'
)


def test_a_series_has_one_indicator_of_a_year(zones: Town, write: Write) -> None:
    with pytest.raises(ImportRefused, match=r"indicator a_old: a is of the same series \(a\) and year"):
        read_definitions(DEFINED + AGAIN, "i.toml")
    path = write("v.csv", "zona,rate,new\n01,1,2\n")

    def defined(**about: Any) -> None:
        zones.figures(path, ValueOptions("zone", "zona", (replace(RATE, **about),)))

    defined()
    with pytest.raises(
        ImportRefused, match=r"^The indicator new is of the series rate and the year 2021, and"
    ):
        defined(slug="new")
    defined(slug="new", year=2022)
    sql = "SELECT slug, series, year FROM indicators WHERE city_id = 1272 ORDER BY year"
    assert zones.rows(sql) == [("rate", "rate", 2021), ("new", "rate", 2022)]


def test_the_demonstration_city_can_be_loaded_again_and_again(town: Town, write: Write) -> None:
    for _ in range(2):
        with town.database.transaction() as db:
            load_demonstration_city(db)
    assert town.one("SELECT count(*) FROM places WHERE city_id = 1272 AND kind = 'house'") == 8
    assert town.rows(
        "SELECT count(*), bool_and(approximate), max(revision) FROM areas WHERE city_id = 1272"
    ) == [(94, True, 1)]
    sql = "SELECT count(*) FROM indicator_values WHERE city_id = 1272 AND indicator {} 'hardship'"
    assert town.one(sql.format("<>")) == 94 * 14
    assert town.one(sql.format("=")) == 91, "three zones have few residents"
    assert town.rows("SELECT index, version, year FROM index_versions") == [("hardship", 1, 2011)]
    assert town.one("SELECT max(revision) FROM indicator_values") == 1
    assert town.one("SELECT count(*) FROM place_revisions") == 0
    path = write("v.csv", "zone,hardship,over_74\n01,1,9\n")
    own = replace(RATE, slug="hardship", layer="statistical-zones")
    with pytest.raises(ImportRefused, match=r"hardship: this name belongs to an index, whose figures are"):
        town.figures(path, ValueOptions("statistical-zones", "zone", (own,)))
    outcome = town.figures(path, ValueOptions("statistical-zones", "zone"))
    assert outcome.batch.updated == 1, "a table that was downloaded here changes no index"


def test_the_demonstration_city_leaves_official_shapes_alone(town: Town, write: Write) -> None:
    with town.database.transaction() as db:
        load_demonstration_city(db)
    town.areas(write("o.geojson", layer(box(7.6))), layer="statistical-zones")
    before = town.rows("SELECT t::text FROM areas t ORDER BY 1")
    with town.database.transaction() as db:
        load_demonstration_city(db)
    assert town.rows("SELECT t::text FROM areas t ORDER BY 1") == before

"""What a map of a frame holds, worked out by hand; tests/browser/test_saved_maps.py opens such maps."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geo.errors import BadClasses, BadFrame, GeoError, UnknownCrs
from geo.leaflet import assets
from geo.leaflet.specs import PALETTE, Words, colours_of, labels_of, steps_of
from geo.maps import Look, PlaceColumns, Shading, areas_layer, map_of, places_layer
from geo.maps.frames import text_of

CHECKOUT = Path(__file__).parents[2]
STATIC = CHECKOUT / "app" / "static"


def frame(geometries, crs=4326, **columns):
    return geopandas.GeoDataFrame(columns, geometry=list(geometries), crs=crs)


@pytest.fixture
def places():
    line = shapely.LineString([(7.6, 45.0), (7.7, 45.0), (7.8, 45.0)])
    return frame(
        [shapely.Point(7.65, 45.05), line],
        title=["Orto", None],
        kind=["site", "castle"],
        status=["ended", "active"],
        residents=[1234.5, np.nan],
    )


@pytest.fixture
def zones():
    """Seven squares side by side with the values 1 to 6 and no data."""
    squares = [shapely.box(7.0 + n / 10, 45.0, 7.1 + n / 10, 45.1) for n in range(7)]
    return frame(squares, name=list("abcdefg"), share=[1.0, 2, 3, 4, 5, 6, np.nan])


def test_pins_say_what_the_columns_say(places):
    orto, line = places_layer(places, columns=PlaceColumns(rows={"residents": "Residents"})).spec["pins"]
    assert (orto["lon"], orto["lat"], orto["title"]) == (7.65, 45.05, "Orto")
    assert (orto["kind"], orto["status"], orto["shape"]) == ("site", "ended", None)
    assert orto["rows"] == [["Residents", "1,234.5"]]
    assert (line["title"], line["kind"], line["rows"]) == ("?", "castle", [])
    assert line["shape"] == {"type": "LineString", "coordinates": [[7.6, 45], [7.7, 45], [7.8, 45]]}
    assert line["lon"] in (7.6, 7.7, 7.8), "the anchor is a vertex of the line"


def test_without_a_choice_every_other_column_is_told_by_its_name(places):
    assert places_layer(places).spec["pins"][0]["rows"] == [["residents", "1,234.5"]]


def test_the_legend_of_places_names_the_kinds_that_are_there(places):
    assert list(places_layer(places).spec["kinds"]) == ["site", "place"]


def test_places_of_any_crs_come_out_in_degrees(places):
    # EPSG:32632 puts 500,000 m east on its central meridian, 9 degrees.
    metres = frame([shapely.Point(500_000, 4_983_000)], crs=32632, title=["a"])
    pin = places_layer(metres).spec["pins"][0]
    assert pin["lon"] == 9.0
    assert pin["lat"] == pytest.approx(45.0, abs=0.01)
    moved = places_layer(places.to_crs(3857)).spec["pins"][0]
    assert (moved["lon"], moved["lat"]) == (7.65, 45.05)
    assert places.crs.to_epsg() == 4326, "the caller's frame stays as it is"


def test_heights_are_left_out():
    high = frame([shapely.LineString([(7, 45, 100), (8, 46, 200)])])
    shape = places_layer(high).spec["pins"][0]["shape"]
    assert shape["coordinates"] == [[7, 45], [8, 46]]


@pytest.mark.parametrize("nothing", [None, shapely.Point(), shapely.Polygon()])
def test_a_missing_geometry_is_refused_or_skipped_as_asked(nothing):
    some = frame([shapely.Point(7, 45), nothing], title=["a", "b"])
    with pytest.raises(BadFrame, match=r"Row 1 has no geometry \(1 in all\)"):
        places_layer(some)
    kept = places_layer(some, Look("Places", missing="skip")).spec["pins"]
    assert [pin["title"] for pin in kept] == ["a"]


def test_what_no_map_can_be_made_of_is_named(places):
    with pytest.raises(BadFrame, match="says no CRS"):
        places_layer(places.set_crs(None, allow_override=True))
    with pytest.raises(BadFrame, match="no column of geometries"):
        places_layer(geopandas.GeoDataFrame({"title": ["a"]}))
    with pytest.raises(BadFrame, match="Row 0 is not on Earth in WGS 84"):
        places_layer(frame([shapely.Point(500_000, 4_983_000)]))
    with pytest.raises(UnknownCrs):
        places_layer(places.set_crs(5773, allow_override=True))  # heights over EGM96
    with pytest.raises(BadFrame, match="no column 'colour'; it has title, kind"):
        places_layer(places, columns=PlaceColumns(rows={"colour": "Colour"}))


def test_many_places_are_gathered_and_few_are_not():
    def gathered(count):
        return places_layer(frame(shapely.points(np.full((count, 2), 7.0)))).spec["cluster"]

    assert [gathered(200), gathered(201)] == ["", "{n} places: zoom in"]


def test_areas_have_classes_of_about_equally_many(zones):
    layer = areas_layer(zones, "Share", Shading("share", "Share", "%", 2011, "a census", classes=3))
    steps = [feature["properties"]["step"] for feature in layer.spec["features"]["features"]]
    assert steps == [0, 0, 1, 1, 2, 2, None]
    legend = layer.spec["legend"]
    assert legend["title"] == "Share"
    assert legend["unit"] == "%, 2011"
    assert legend["source"] == "Source: a census"
    assert legend["no_data"] == "no data"
    assert [step["label"] for step in legend["steps"]] == ["1.0 to 2.0", "2.0 to 4.0", "4.0 to 6.0"]
    assert [step["colour"] for step in legend["steps"]] == [PALETTE[0], PALETTE[2], PALETTE[4]]
    first, *_, last = (feature["properties"] for feature in layer.spec["features"]["features"])
    assert (first["title"], first["rows"]) == ("a", [["Share", "1.0%"]])
    assert last["rows"] == [["Share", "no data"]]


def test_bounds_of_classes_can_be_given(zones):
    layer = areas_layer(zones, shading=Shading("share", upper=[1, 10]))
    steps = [feature["properties"]["step"] for feature in layer.spec["features"]["features"]]
    assert steps == [0, 1, 1, 1, 1, 1, None]


def test_areas_without_shading_or_without_data_have_no_class(zones):
    assert areas_layer(zones).spec["legend"] is None
    zones["share"] = None
    legend = areas_layer(zones, shading=Shading("share")).spec["legend"]
    assert (legend["steps"], legend["no_data"]) == ([], "no data")


@pytest.mark.parametrize(
    ("shading", "error", "words"),
    [
        (Shading("share", classes=8), BadClasses, "8 classes cannot be told apart"),
        (Shading("share", classes=0), BadClasses, "0 classes"),
        (Shading("share", upper=[6, 3]), BadClasses, "do not rise"),
        (Shading("share", upper=[3, 5]), BadClasses, "5 leaves out values up to 6"),
        (Shading("name"), BadFrame, "'name' holds .* and no numbers"),
        (Shading("shares"), BadFrame, "no column 'shares'"),
    ],
)
def test_shading_that_cannot_be_is_refused(zones, shading, error, words):
    with pytest.raises(error, match=words):
        areas_layer(zones, shading=shading)


def test_infinite_values_are_refused(zones):
    zones.loc[0, "share"] = np.inf
    with pytest.raises(GeoError, match="infinite"):
        areas_layer(zones, shading=Shading("share"))


def test_the_class_of_a_value_is_the_first_that_reaches_it():
    assert steps_of([1, 2, 2.5, 9, np.nan], [2, 4]) == [0, 0, 1, 1, None]
    assert steps_of([1, np.nan], []) == [None, None]
    assert labels_of(1, [2, 4], str, Words(between="{low}-{high}")) == ["1-2", "2-4"]
    assert [len(colours_of(count)) for count in range(8)] == list(range(8))


def test_texts_are_as_a_person_reads_them():
    assert text_of(np.nan) == text_of(None) == ""
    assert text_of(3.0) == "3"
    assert text_of(["à", 1]) == '["à", 1]'
    assert text_of(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02"


def test_a_file_needs_nothing_from_elsewhere(places, zones, tmp_path):
    drawn = map_of([areas_layer(zones, shading=Shading("share")), places_layer(places)], title="A < B")
    drawn.save(tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text()
    assert "<title>A &lt; B</title>" in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert re.findall(r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=""", markup) == []
    assert re.findall(r"url\((?!data:|#)[^)]*\)", re.sub(r"behavior:.*", "", markup)) == []
    assert "sourceMappingURL" not in page


def test_no_text_can_end_the_script():
    wicked = "</script><!--<script>\u2028"
    written = assets.literal(json.dumps({"a": wicked}, ensure_ascii=False))
    assert "<" not in written
    assert json.loads(written) == {"a": wicked}
    layer = places_layer(frame([shapely.Point(7, 45)], title=[wicked]), wicked)
    assert wicked not in layer.literal
    assert layer.layer_name == "&lt;/script&gt;&lt;!--&lt;script&gt;\u2028"


def test_shapes_and_colours_are_those_of_the_site():
    drawn = dict(re.findall(r"^    (\w+): \[(.*?)\],$", layers_script(), re.MULTILINE | re.DOTALL))
    css = (STATIC / "css" / "cortile.css").read_text()
    symbols = (CHECKOUT / "app" / "templates" / "_symbols.html").read_text()
    assert len(drawn) == 7
    for kind, told in drawn.items():
        colour, line = re.search(rf"\.k-{kind} {{ --kind: (\S+); --kind-line: (\S+); }}", css).groups()
        assert re.findall(r'"(#\w{6})"', told) == [colour, line], kind
        element, rest = re.search(rf'<(\w+) id="shape-{kind}" (.*?)/>', symbols).groups()
        assert f"'<{element} {rest}'" in told, kind


def test_the_classes_have_the_colours_of_the_site():
    rules = (STATIC / "js" / "class-rules.js").read_text()
    assert re.findall(r'"(#\w{6})"', re.search(r"PALETTE = \[(.*?)\]", rules)[1]) == list(PALETTE)


def layers_script():
    return (CHECKOUT / "geo" / "leaflet" / "layers.js").read_text()

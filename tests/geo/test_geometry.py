"""Each way in which a geometry can be bad, told apart; repairs keep the area worked out by hand."""

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import geometry

BOUNDS = shapely.box(0, 0, 10, 10)
TRIANGLE = shapely.from_wkt("POLYGON ((0 0, 10 0, 0 10, 0 0))")


def checked(*texts, bounds=BOUNDS, **options):
    shapes = [shapely.from_wkt(text) if text is not None else None for text in texts]
    return geometry.check(shapes, bounds=bounds, **options)


def problem_of(text, **options):
    return checked(text, **options).problem[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("POINT (1 2)", None),
        ("MULTIPOINT (1 2, 3 4)", None),
        ("LINESTRING (1 2, 3 4)", None),
        ("MULTILINESTRING ((1 2, 3 4), (5 5, 6 6))", None),
        ("POLYGON ((1 1, 2 1, 2 2, 1 1))", None),
        ("MULTIPOLYGON (((1 1, 2 1, 2 2, 1 1)))", None),
        (None, "missing"),
        ("POINT EMPTY", "empty"),
        ("POLYGON EMPTY", "empty"),
        ("GEOMETRYCOLLECTION (POINT (1 2))", "unsupported_type"),
        ("LINEARRING (1 1, 2 1, 2 2, 1 1)", "unsupported_type"),
        ("POINT (181 2)", "out_of_range"),
        ("POINT (1 -90.1)", "out_of_range"),
        ("LINESTRING (1 2, 3 95)", "out_of_range"),
        ("LINESTRING (1 2, 3 nan)", "not_finite"),
        ("POLYGON ((1 1, 2 1, inf 2, 1 1))", "not_finite"),
        ("POINT (11 2)", "outside"),
        ("LINESTRING (1 2, 11 2)", "outside"),
        ("POLYGON ((1 1, 11 1, 2 2, 1 1))", "outside"),
        ("POLYGON ((1 1, 2 1, 3 1, 1 1))", "beyond_repair"),
        ("LINESTRING (1 1, 1 1)", "beyond_repair"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in from_wkt")
def test_each_problem_has_its_code(text, problem):
    assert problem_of(text) == problem


def test_rows_keep_their_order_and_their_own_problem():
    found = checked("POINT (1 2)", None, "POINT (999 2)", "POINT (50 2)", "POLYGON ((1 1, 2 1, 2 2, 1 1))")
    assert found.problem.tolist() == [None, "missing", "out_of_range", "outside", None]
    assert shapely.to_wkt(found.geometries[0]) == "POINT (1 2)"


def test_points_on_the_edge_of_the_bounds_are_inside():
    assert problem_of("POINT (0 10)") is None
    assert problem_of("POINT (5 5)", bounds=TRIANGLE) is None
    assert problem_of("POINT (5.001 5)", bounds=TRIANGLE) == "outside"
    assert problem_of("POINT (5.001 5)", bounds=None) is None


def test_a_nan_point_has_a_problem():
    found = geometry.check([shapely.Point(np.nan, 1)], bounds=None)
    # Some versions of GEOS take it for an empty point, as well-known binary does.
    assert found.problem[0] in {"empty", "not_finite"}


def test_vertices_are_counted():
    assert problem_of("LINESTRING (1 1, 2 2, 3 3)", max_vertices=3) is None
    assert problem_of("LINESTRING (1 1, 2 2, 3 3)", max_vertices=2) == "too_many_vertices"


def test_heights_and_measures_are_taken_off_and_counted():
    found = checked("POINT Z (1 2 3)", "POINT (1 2)", "LINESTRING ZM (1 2 3 4, 5 6 nan 8)", "POINT M (1 2 3)")
    assert found.flattened.tolist() == [True, False, True, True]
    assert found.problem.tolist() == [None] * 4
    assert shapely.get_coordinate_dimension(found.geometries).tolist() == [2] * 4


@pytest.mark.parametrize(
    ("text", "area"),
    [
        # A bow tie of two triangles with base 2 and height 1.
        ("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", 2.0),
        # A square of 4 x 4 with a spike of no width.
        ("POLYGON ((0 0, 4 0, 4 8, 4 4, 0 4, 0 0))", 16.0),
        # A square of 6 x 6 with a hole of 2 x 2 that reaches 1 beyond the edge: 2 x 1 of it counts.
        ("POLYGON ((1 1, 7 1, 7 7, 1 7, 1 1), (6 2, 8 2, 8 4, 6 4, 6 2))", 34.0),
        # Two squares of 3 x 3 that overlap by 1 x 1.
        ("MULTIPOLYGON (((0 0, 3 0, 3 3, 0 3, 0 0)), ((2 2, 5 2, 5 5, 2 5, 2 2)))", 17.0),
    ],
)
def test_invalid_polygons_are_repaired(text, area):
    found = checked(text)
    assert found.problem[0] is None
    assert found.repaired.tolist() == [True]
    assert shapely.is_valid(found.geometries[0])
    assert shapely.get_dimensions(found.geometries[0]) == 2
    assert shapely.area(found.geometries[0]) == pytest.approx(area)


def test_valid_geometries_are_not_touched():
    found = checked("POLYGON ((1 1, 2 1, 2 2, 1 1))", "LINESTRING (1 1, 3 3, 1 3, 3 1)")
    assert found.repaired.tolist() == [False, False]


def test_a_line_with_a_part_of_no_length_keeps_the_rest():
    found = checked("MULTILINESTRING ((1 1, 1 1), (2 2, 3 2))")
    assert found.repaired.tolist() == [True]
    assert shapely.length(found.geometries[0]) == 1.0


def test_no_rows_have_no_problems():
    assert geometry.check([], bounds=BOUNDS).problem.shape == (0,)


def test_the_input_is_left_as_it_was():
    shapes = np.array([shapely.from_wkt("POINT Z (1 2 3)")], dtype=object)
    geometry.check(shapes, bounds=None)
    assert shapes[0].has_z


def circular_string(type_number=8):
    return struct.pack("<BII6d", 1, type_number, 3, 0, 0, 1, 1, 2, 0)


def test_reading_wkb_tells_curves_from_rubbish():
    point = shapely.to_wkb(shapely.Point(1, 2))
    geometries, problem = geometry.from_wkb(
        [point, None, b"", circular_string(), circular_string(1008), b"\x01\x02", b"\x01" + bytes(20), point]
    )
    assert problem.tolist() == [
        None, "missing", "missing", "curved", "curved", "unreadable", "unreadable", None,
    ]  # fmt: skip
    assert shapely.get_x(geometries[[0, 7]]).tolist() == [1, 1]
    found = geometry.check(geometries, bounds=BOUNDS, problem=problem)
    assert found.problem.tolist() == problem.tolist()


def test_reading_wkb_without_curves_keeps_the_good_rows():
    good = shapely.to_wkb(shapely.box(1, 1, 2, 2), byte_order=0)
    open_ring = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1)
    geometries, problem = geometry.from_wkb([good, open_ring, good[:30]])
    assert problem.tolist() == [None, "unreadable", "unreadable"]
    assert shapely.area(geometries[0]) == 1


def test_every_problem_has_a_sentence():
    assert all(sentence.endswith(".") for sentence in geometry.PROBLEMS.values())


def test_anchors_lie_on_their_geometries():
    shapes = shapely.from_wkt(
        [
            "POINT (1 2)",
            "MULTIPOINT (1 2, 9 9, 5 6)",
            "LINESTRING (0 0, 4 4, 8 0)",
            # A horseshoe: its centroid is outside.
            "POLYGON ((0 0, 6 0, 6 6, 5 6, 5 1, 1 1, 1 6, 0 6, 0 0))",
        ]
    )
    lon, lat = geometry.anchor(shapes)
    assert (lon[0], lat[0]) == (1, 2)
    assert (lon[1], lat[1]) == (5, 6)
    assert shapely.intersects(shapes, shapely.points(lon, lat)).all()


def test_no_geometry_has_no_anchor():
    lon, lat = geometry.anchor(np.array([None, shapely.Point(), shapely.Polygon()], dtype=object))
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=3, max_size=8))
def test_whatever_passes_is_valid_and_has_an_anchor_inside_its_box(corners):
    found = geometry.check([shapely.Polygon(corners)], bounds=None)
    if found.problem[0] is None:
        assert shapely.is_valid(found.geometries[0])
        lon, lat = geometry.anchor(found.geometries)
        west, south, east, north = shapely.bounds(found.geometries[0])
        assert west <= lon[0] <= east
        assert south <= lat[0] <= north
    else:
        assert found.problem[0] == "beyond_repair"


def test_swapped_axes_are_counted():
    # Around Torino; the third point is nowhere near either way round.
    torino = shapely.box(7.5, 44.9, 7.8, 45.2)
    assert geometry.swapped_inside(np.array([45.07, 45.1, 12.5]), np.array([7.68, 7.7, 41.9]), torino) == 2
    assert geometry.swapped_inside(np.array([2.0, 1.0]), np.array([1.0, 9.5]), TRIANGLE) == 1


def test_outer_rings_come_out_counterclockwise() -> None:
    hole = [(7.2, 45.2), (7.4, 45.2), (7.4, 45.4)]
    clockwise = shapely.Polygon([(7, 45), (7, 46), (8, 46), (8, 45)], [hole])
    assert not shapely.is_ccw(clockwise.exterior)

    (shape,) = geometry.check([clockwise], bounds=None).geometries

    assert shapely.is_ccw(shape.exterior)
    assert not shapely.is_ccw(shape.interiors[0])
    assert shape.equals(clockwise)

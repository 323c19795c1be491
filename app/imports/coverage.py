"""Whether the areas of a layer overlap or leave holes: told after an import, for places may stand there."""

import numpy as np
import shapely
from sqlalchemy import Connection, text

from geo import coverage

NAMED = 3
WIDTH_M = 1.0
"""What is narrower, in common or left out, is what rounding and projecting leave between surveyed borders."""


def quarrels(db: Connection, city_id: int, layer: str) -> tuple[str, ...]:
    """What there is to say of the layer's areas together, in sentences; nothing where they fit."""
    sql = """SELECT code, ST_AsBinary(ST_Transform(a.geom, c.metric_srid)) AS shape FROM areas AS a
        JOIN cities AS c ON c.id = a.city_id
        WHERE a.city_id = :city AND a.layer = :layer ORDER BY code COLLATE "C" """
    areas = db.execute(text(sql), {"city": city_id, "layer": layer}).all()
    if not areas:
        return ()
    shapes = shapely.make_valid(shapely.from_wkb(np.array([each.shape for each in areas], dtype=object)))
    codes = [each.code for each in areas]
    return (*_overlaps(codes, shapes), *_holes(shapes))


def _overlaps(codes: list[str], shapes: coverage.Geometries) -> tuple[str, ...]:
    pairs = coverage.overlaps(shapes, WIDTH_M)
    if not pairs:
        return ()
    some = ", ".join(f"{codes[one]} and {codes[other]}" for one, other in pairs[:NAMED])
    count = "1 pair of areas overlaps" if len(pairs) == 1 else f"{len(pairs):,} pairs of areas overlap"
    more = ", …" if len(pairs) > NAMED else ""
    return (f"{count} ({some}{more}): a place that stands in both belongs to the one with the smaller code.",)


def _holes(shapes: coverage.Geometries) -> tuple[str, ...]:
    found = coverage.holes(shapes, WIDTH_M)
    if not len(found):
        return ()
    said = "1 hole" if len(found) == 1 else f"{len(found):,} holes"
    size = f"{shapely.area(found).sum() / 1e4:,.1f} ha"
    return (f"The areas leave {said} ({size} in all): a place that stands there belongs to no area.",)

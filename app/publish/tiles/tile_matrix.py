"""The tile matrix set WebMercatorQuad of OGC 17-083r4, annex D, and one tile of it. Pure."""

from dataclasses import dataclass
from typing import Any

from app import params
from app.errors import NotFound
from geo import curve

NAME = "WebMercatorQuad"
URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
LAST = 22
"""The finest level: a tile of it is 9.6 m wide at the equator."""
HALF_WIDTH_M = 20037508.342789244
"""From the origin of EPSG:3857 to the edge of its square."""
PIXEL_M = 0.00028
"""The size of a pixel that scale denominators are told for."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: its level, and its row and column, counted from the north-west."""

    zoom: int
    row: int
    column: int

    @property
    def codes(self) -> tuple[int, int]:
        """The first and the last Morton code in it: a tile is one range of them."""
        return curve.tile(self.zoom, self.column, self.row)


def tile(zoom: str, row: str, column: str) -> Tile:
    """Read a tile from the words of an address.

    Raises BadParameter for what is no whole number, NotFound for a tile that the matrix does not have.
    """
    said = {"tileMatrix": zoom, "tileRow": row, "tileCol": column}
    huge = 10**18
    level, y, x = (params.whole(said, name, 0, -huge, huge) for name in said)
    if not 0 <= level <= LAST:
        raise NotFound(
            "There is no level %(level)s of tiles: levels go from 0 to %(last)s.", level=level, last=LAST
        )
    last = 2**level - 1
    if not (0 <= y <= last and 0 <= x <= last):
        raise NotFound(
            "There is no tile %(tile)s: rows and columns of this level go from 0 to %(last)s.",
            tile=f"{level}/{y}/{x}",
            last=last,
        )
    return Tile(level, y, x)


def definition() -> dict[str, Any]:
    """The tile matrix set, as its JSON encoding tells it."""
    return {
        "id": NAME,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(level) for level in range(LAST + 1)],
    }


def _matrix(level: int) -> dict[str, Any]:
    cell = 2 * HALF_WIDTH_M / (256 * 2**level)
    return {
        "id": str(level),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WIDTH_M, HALF_WIDTH_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**level,
        "matrixHeight": 2**level,
    }

"""The geometries of a chunk on their way in: turned to EPSG:4326, checked, repaired, anchored."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from app.errors import ImportRefused
from app.imports.report import Report
from app.imports.source import Chunk, Geometries, Source
from geo.crs import parse_crs, to_wgs84
from geo.curve import encode
from geo.errors import UnknownCrs
from geo.geometry import PROBLEMS, anchor, check, swapped_inside

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_POLYGON, _MULTIPOLYGON = 3, 6
_OWN_WORDS = {"no_area": "An area must be a polygon.", "outside": "The geometry lies outside {city}."}


@dataclass(frozen=True)
class ShapeOptions:
    """`crs`: over the one that the file names; `swap`: exchange the file's x and y; `keep_outside`: accept
    what lies outside the city."""

    crs: str | None = None
    swap: bool = False
    keep_outside: bool = False


@dataclass(frozen=True)
class Shaped:
    """Rows with good geometries. `geometries`: (n,) valid, 2D, EPSG:4326; `lon`, `lat`: their anchors."""

    chunk: Chunk
    geometries: Geometries
    lon: Floats
    lat: Floats
    kept: Flags


@dataclass
class Shaper:
    """Brings the geometries of one file in, chunk by chunk, and counts what lies outside `bounds`.

    `says_crs`: how the file names its CRS, for messages; `example`: a CRS to suggest. `outside` and
    `swapped`: how many lie outside, and how many of these would be inside with x and y exchanged.
    """

    crs: CRS
    bounds: BaseGeometry
    options: ShapeOptions
    report: Report
    says_crs: str
    example: str
    city: str
    areas: bool = False
    outside: int = 0
    swapped: int = 0
    _begun: bool = field(default=False, repr=False)

    def shaped(self, chunk: Chunk) -> Shaped:
        """The rows of `chunk` whose geometries are good; the others are reported."""
        assert chunk.geometries is not None
        raw = chunk.geometries
        if self.options.swap:
            raw = shapely.transform(raw, lambda coordinates: coordinates[:, ::-1])
        if not self._begun and len(raw):
            self._begun = True
            self._refuse_metres(chunk, raw)
        bounds = None if self.options.keep_outside else self.bounds
        checked = check(to_wgs84(raw, self.crs), bounds=bounds, problem=chunk.problem)
        problem = self._not_areas(checked.geometries, checked.problem) if self.areas else checked.problem
        bad = problem.astype(bool)
        if bad.any():
            self._tell(chunk, checked.geometries, problem)
        self.report.repair(chunk.numbers[checked.repaired & ~bad], "geometry", "was invalid and is repaired")
        good = checked.geometries[~bad]
        lon, lat = anchor(good)
        return Shaped(chunk.where(~bad), good, lon, lat, ~bad)

    def hint(self) -> str:
        """What to say, and to try, where rows lie outside the city; empty where none do."""
        if not self.outside:
            return ""
        if self.swapped:
            return (
                f"{self.outside:,} lie outside {self.city}; {self.swapped:,} of them would be inside with x "
                "and y exchanged: try --swap-axes."
            )
        return f"{self.outside:,} lie outside {self.city}: --outside keep would accept them."

    def _tell(self, chunk: Chunk, geometries: Geometries, problem: npt.NDArray[np.object_]) -> None:
        for code in dict.fromkeys(problem[problem.astype(bool)]):
            rows = problem == code
            reason = _OWN_WORDS.get(code, PROBLEMS.get(code, code)).format(city=self.city)
            said = (
                [_shown(shape) for shape in geometries[rows]] if code in ("outside", "out_of_range") else ()
            )
            self.report.reject(chunk.numbers[rows], "geometry", reason, said)
            if code in ("outside", "out_of_range"):
                lon, lat = anchor(geometries[rows])
                self.outside += int(rows.sum())
                self.swapped += swapped_inside(lon, lat, self.bounds)

    def _not_areas(self, geometries: Geometries, problem: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        types = shapely.get_type_id(geometries)
        wrong = ~np.isin(types, (_POLYGON, _MULTIPOLYGON)) & ~problem.astype(bool)
        return np.where(wrong, "no_area", problem)

    def _refuse_metres(self, chunk: Chunk, raw: Geometries) -> None:
        """Refuse a file in degrees of which more than half of the first rows are no degrees."""
        if not self.crs.is_geographic:
            return
        west, south, east, north = shapely.bounds(raw).T
        beyond = (west < -180) | (east > 180) | (south < -90) | (north > 90)
        if 2 * beyond.sum() <= len(raw):
            return
        row = int(np.flatnonzero(beyond)[0])
        raise ImportRefused(
            f"{self.says_crs}, but its coordinates are no longitudes and latitudes (row "
            f"{chunk.numbers[row]}: {west[row]:g}, {south[row]:g}): name the right reference system "
            f"with --crs, for example --crs {self.example}."
        )


def choose_crs(source: Source, options: ShapeOptions) -> tuple[CRS, str, tuple[str, ...]]:
    """The CRS to read a file in, how to say whose word it is, and what was assumed. Raises ImportRefused."""
    named: Any = options.crs or source.crs
    try:
        crs = parse_crs(named or "EPSG:4326")
    except UnknownCrs as error:
        raise ImportRefused(f"{source.name}: {error}") from None
    if options.crs:
        return crs, f"--crs {options.crs} was given for {source.name}", ()
    if source.crs:
        return crs, f"{source.name} is in {crs.name}", ()
    says = f"{source.name} names no coordinate reference system"
    return crs, says, (f"{says}: taken as longitude and latitude (EPSG:4326).",)


def as_multipolygons(geometries: Geometries) -> Geometries:
    """Polygons and multipolygons, all as multipolygons."""
    made = np.array(geometries, dtype=object)
    single = shapely.get_type_id(made) == _POLYGON
    made[single] = shapely.multipolygons(made[single][:, np.newaxis]) if single.any() else made[single]
    return made


def place_geometry_columns(shaped: Shaped) -> dict[str, pa.Array]:
    """The columns of `places` that the geometry fills."""
    return {
        "lon": pa.array(shaped.lon),
        "lat": pa.array(shaped.lat),
        "morton": pa.array(encode(shaped.lon, shaped.lat)),
        "geom": ewkb(shaped.geometries),
    }


def ewkb(geometries: Geometries) -> pa.Array:
    """Geometries as PostGIS reads them in text: EWKB in hexadecimal digits, with EPSG:4326."""
    marked = shapely.set_srid(geometries, 4326)
    return pa.array(shapely.to_wkb(marked, hex=True, include_srid=True, byte_order=1), pa.string())


def _shown(shape: BaseGeometry | None) -> str:
    if shape is None or shape.is_empty:
        return ""
    west, south, _, _ = shape.bounds
    return f"{west:.6g}, {south:.6g}"

"""The formats of downloads: what each is called, and how it is made. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format; a `prepared` one is written to a file first, because its beginning tells of its end."""

    ending: str
    name: str
    media_type: str
    text: bool = False
    prepared: bool = False


FORMATS = {
    made.ending: made
    for made in (
        Format("geojson", "GeoJSON", "application/geo+json", text=True),
        Format("geojsonl", "GeoJSONSeq", "application/x-ndjson", text=True),
        Format("csv", "CSV", "text/csv; charset=utf-8", text=True),
        Format("gpkg", "GeoPackage", "application/geopackage+sqlite3", prepared=True),
        Format("fgb", "FlatGeobuf", "application/vnd.flatgeobuf", prepared=True),
        Format("parquet", "GeoParquet", "application/vnd.apache.parquet"),
    )
}
WKT, LATLON = "wkt", "latlon"
GEOMETRIES = (WKT, LATLON)
"""How a CSV file says where something is: its shape as text, or the two columns lat and lon."""

"""The documents around vector tiles: OGC API - Tiles (20-057) tilesets, and TileJSON 3.0. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.cities import City
from app.publish.tiles import tile_matrix

MVT = "application/vnd.mapbox-vector-tile"
ENOUGH = 16
"""A client that zooms in further may enlarge tiles of this level: they hold every place to 15 cm."""
Fields = Mapping[str, str]


def tilesets(names: Mapping[str, str], base: str) -> dict[str, Any]:
    """The list of a city's tilesets; `names`: the path below `base` to the title of each."""
    return {
        "links": [{"rel": "self", "type": "application/json", "href": base}],
        "tilesets": [
            {
                "title": title,
                "dataType": "vector",
                "crs": tile_matrix.CRS,
                "tileMatrixSetURI": tile_matrix.URI,
                "links": [
                    {"rel": "self", "type": "application/json", "href": f"{base}/{path}"},
                    _matrix_set(base),
                ],
            }
            for path, title in names.items()
        ],
    }


def tileset(city: City, title: str, address: str, layers: Mapping[str, Fields]) -> dict[str, Any]:
    """One tileset: where its tiles are, and what its layers say."""
    west, south, east, north = city.extent
    return {
        "title": title,
        "dataType": "vector",
        "crs": tile_matrix.CRS,
        "tileMatrixSetURI": tile_matrix.URI,
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north]},
        "layers": [_layer(name, fields) for name, fields in layers.items()],
        "links": [
            {"rel": "self", "type": "application/json", "href": address},
            {
                "rel": "item",
                "type": MVT,
                "href": f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
                "templated": True,
            },
            {"rel": "describedby", "type": "application/json", "href": f"{address}/tilejson"},
            _matrix_set(address),
        ],
    }


def tilejson(
    city: City, title: str, template: str, layers: Mapping[str, Fields], sources: Sequence[str]
) -> dict[str, Any]:
    """The tileset as TileJSON; `template` has {z}, {x} and {y}."""
    west, south, east, north = city.home
    return {
        "tilejson": "3.0.0",
        "name": title,
        "scheme": "xyz",
        "tiles": [template],
        "minzoom": 0,
        "maxzoom": ENOUGH,
        "bounds": list(city.extent),
        "center": [(west + east) / 2, (south + north) / 2, 12],
        "attribution": "; ".join(sources),
        "vector_layers": [{"id": name, "fields": dict(fields)} for name, fields in layers.items()],
    }


def _layer(name: str, fields: Fields) -> dict[str, Any]:
    kinds = {"Number": "number", "String": "string", "Boolean": "boolean"}
    properties = {field: {"type": kinds[kind]} for field, kind in fields.items()}
    return {
        "id": name,
        "dataType": "vector",
        "propertiesSchema": {"type": "object", "properties": properties},
    }


def _matrix_set(address: str) -> dict[str, str]:
    root = "/".join(address.split("/")[:3])
    return {
        "rel": "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
        "type": "application/json",
        "href": f"{root}/ogc/tileMatrixSets/{tile_matrix.NAME}",
    }

"""Places of a frame as a layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas
import numpy as np

from geo.geometry import anchor
from geo.leaflet.specs import Pin, places_spec
from geo.maps.elements import Look, SpecLayer
from geo.maps.frames import bounds_of, check_columns, geojson_of, in_degrees, rows_of, texts_of


@dataclass(frozen=True)
class PlaceColumns:
    """Which columns of a frame say what of a place.

    `kind` chooses shape and colour (house, site, project, enterprise, event, story; anything else is a
    `place`), `status` the fill (active, proposed, ended). These and `title` and `href` may be absent from
    the frame. `rows` (column: label) are told in the popup; None tells every other column by its name.
    """

    title: str = "title"
    kind: str = "kind"
    status: str = "status"
    href: str = "website"
    rows: Mapping[str, str] | None = None

    def told(self, frame: geopandas.GeoDataFrame) -> Mapping[str, str]:
        """The columns that a popup tells, and their labels."""
        if self.rows is not None:
            check_columns(frame, list(self.rows))
            return self.rows
        said = {self.title, self.kind, self.status, self.href, frame.geometry.name}
        return {name: str(name) for name in frame.columns if name not in said}


def places_layer(
    frame: geopandas.GeoDataFrame,
    look: Look | str = "Places",
    columns: PlaceColumns = PlaceColumns(),
) -> SpecLayer:
    """A layer of places: pins by kind and status, and the lines and areas that places have.

    `frame`: (n,) points, lines, areas or several of them, in any CRS. More than 200 are gathered in numbered
    discs; places on one point spread out at the deepest zoom. Popups hold texts, never markup; addresses
    become links where they begin with http. Raises BadFrame and UnknownCrs as `geo.frames.in_degrees` does.
    """
    look = Look(look) if isinstance(look, str) else look
    kept = in_degrees(frame, look.missing)
    told = columns.told(kept)
    lon, lat = anchor(np.asarray(kept.geometry.to_numpy(), dtype=object))
    shapes = [shape if shape["type"] != "Point" else None for shape in geojson_of(kept)]
    pins = [
        Pin(*values)
        for values in zip(
            lon.round(6).tolist(),
            lat.round(6).tolist(),
            texts_of(kept, columns.title, "?"),
            texts_of(kept, columns.kind, "place"),
            texts_of(kept, columns.status, "active"),
            [""] * len(kept),
            rows_of(kept, told),
            texts_of(kept, columns.href),
            shapes,
            strict=True,
        )
    ]
    spec = places_spec(look.name, pins, look.words, look.attribution)
    return SpecLayer("places", spec, bounds_of(kept))

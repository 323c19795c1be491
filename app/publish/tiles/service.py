"""The pins of a view: single places, and discs that count the rest."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.places.overview import cells
from app.places.queries import ListedPlace, at_codes
from app.places.selection import Selection
from app.publish.tiles.rules import COARSE_PX, FEW, FINE_PX, Cluster, gathered, grid, merged


@dataclass(frozen=True, slots=True)
class View:
    """What a map draws: places that stand alone, and clusters; `total` counts every place in the box."""

    total: int
    singles: list[ListedPlace]
    clusters: list[Cluster]


def pins(db: Connection, selection: Selection, zoom: int) -> View:
    """At most 300 pins and clusters for a view; their counts add up to exactly the places in its box.

    Many are gathered on a coarse grid; few keep their own positions, or a fine grid's.
    """
    found = cells(db, selection, grid(zoom, COARSE_PX))
    if sum(cell.places for cell in found) <= FEW:
        found = cells(db, selection, grid(zoom, FINE_PX))
    united = merged(gathered(found), zoom)
    alone = {cluster.codes for cluster in united if cluster.places == 1}
    singles = at_codes(db, replace(selection, bbox=None), sorted(alone)) if alone else []
    groups = [cluster for cluster in united if cluster.places > 1]
    return View(sum(cluster.places for cluster in united), singles, groups)

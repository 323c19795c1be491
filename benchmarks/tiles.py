"""Vector tiles beside their statement read by pgbench, and overviews of many places beside those of few."""

from collections.abc import Sequence

from app.params import Bbox
from app.places.counts import SUMS
from app.places.selection import Match, Selection, anchored, conditions, parameters
from app.publish.tiles import vector_queries
from app.publish.tiles.tile_matrix import Tile
from benchmarks import floor, http
from benchmarks.files import CITY_ID
from benchmarks.items import CLIENTS, Pace, drawn
from benchmarks.pins import view
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, served
from geo import curve

ZOOMS = (10, 12, 14, 16)
OVERVIEWS = (("", (4, 7, 9)), ("&kind=project", (9,)), ("&status=active&kind=site,house", (9,)))
FEW_PLACES = 10_000
WORD = "lavatoio"


def measure(stage: Stage, places: int, seed: int, pace: Pace) -> list[Result]:
    """Tiles, then overviews."""
    many, few = city_database(stage, places, seed), city_database(stage, FEW_PLACES, seed)
    with served(stage, many) as url, served(stage, few) as other:
        results = [_tiles(stage, (many, url), zoom, (places, seed), pace) for zoom in ZOOMS]
        results += [
            _overview((url, other), zoom, filters, pace) for filters, zooms in OVERVIEWS for zoom in zooms
        ]
        return [*results, _words(stage, many, url, pace)]


def _tiles(stage: Stage, ours: tuple[str, str], zoom: int, size: tuple[int, int], pace: Pace) -> Result:
    database, url = ours
    tiles = sorted({tile_at(lon, lat, zoom) for lon, lat, _ in drawn(stage, database, *size)})
    paths = [f"/torino/tiles/places/{zoom}/{row}/{column}" for row, column in tiles]
    selection = Selection(CITY_ID)
    asked = [_asked(selection, Tile(zoom, row, column)) for row, column in tiles]
    above, under, ratio = _rates(stage, database, (url, paths, asked), pace)
    return Result(f"tiles of zoom {zoom}", f"{above:,.0f}/s", f"{under:,.0f}/s", ratio, Target(0.90))


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Row and column of the tile that holds a point."""
    code = int(curve.encode([lon], [lat])[0]) >> 2 * (curve.BITS - zoom)
    row, column = (sum((code >> 2 * bit + axis & 1) << bit for bit in range(zoom)) for axis in (1, 0))
    return row, column


def _asked(selection: Selection, tile: Tile) -> floor.Question:
    """The statement of a tile. pgbench reads the length: it would read bytes as digits."""
    sql, values = vector_queries.question(selection, tile, vector_queries.LEAN)
    return floor.Question(f"SELECT octet_length(({sql}))", values)


def _rates(
    stage: Stage, database: str, ours: tuple[str, Sequence[str], Sequence[floor.Question]], pace: Pace
) -> tuple[float, float, float]:
    url, paths, asked = ours
    pgbench = stage.cluster.programs / "pgbench"
    return alternated(
        lambda: http.rate(url, paths, CLIENTS, pace.seconds),
        lambda: floor.rate(pgbench, stage.serving(database), asked, CLIENTS, pace.seconds),
        pace.rounds,
    )


def _overview(urls: tuple[str, str], zoom: int, filters: str, pace: Pace) -> Result:
    path = f"/torino/pins?bbox={view(zoom)}&zoom={zoom}{filters}"
    many, few, _ = alternated(
        lambda: 1000 / http.rate(urls[0], [path], 1, pace.seconds),
        lambda: 1000 / http.rate(urls[1], [path], 1, pace.seconds),
        pace.rounds,
    )
    what = f"overview at zoom {zoom}{f', {filters[1:]}' if filters else ''} (beside {FEW_PLACES:,} places)"
    return Result(what, f"{many:.1f} ms", f"{few:.1f} ms", many / few, Target(1.5, at_least=False))


def _words(stage: Stage, database: str, url: str, pace: Pace) -> Result:
    """An overview under a filter on text, beside the bare aggregate of what it finds."""
    west, south, east, north = map(float, view(9).split(","))
    selection = Selection(CITY_ID, match=Match(WORD), bbox=Bbox(west, south, east, north))
    sql = f"""SELECT morton >> 40, kind, {SUMS} FROM places
        WHERE {conditions(selection)} AND {anchored(selection.bbox)} GROUP BY 1, 2"""
    question = floor.Question(sql, parameters(selection))
    pgbench = stage.cluster.programs / "pgbench"
    ours, bare, _ = alternated(
        lambda: 1000 / http.rate(url, [f"/torino/pins?bbox={view(9)}&zoom=9&q={WORD}"], 1, pace.seconds),
        lambda: 1000 / floor.rate(pgbench, stage.serving(database), [question], 1, pace.seconds),
        pace.rounds,
    )
    what = f"overview at zoom 9 of what is found by “{WORD}” (beside the bare aggregate)"
    return Result(what, f"{ours:.1f} ms", f"{bare:.1f} ms", ours / bare, Target(1.3, at_least=False))

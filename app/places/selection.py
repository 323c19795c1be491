"""Which places are asked for, as a value, and as the SQL that finds a page of them.

A page is read in the order of (Morton code, id): that order is spatial, so a page of a box touches few
pages of the table, and it is a key, so that the last page costs what the first one costs. A box is covered
by 16 ranges of Morton codes; each is one arm of a UNION ALL that an index yields in order, and PostgreSQL
merges the arms and stops at the limit. Places that are more than a point may touch a box that their anchor
misses; these have an index and an arm of their own.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.numeric import Int8

from app.cql.properties import Condition
from app.params import Bbox, Cursor
from app.tables.places import SHAPE, VISIBLE
from app.times import Interval
from geo import curve

ARMS = 16
ARM_PARAMETERS = ("arm_kinds", "arm_firsts", "arm_keys", "arm_lasts")
NOBODY = UUID(int=0)  # sorts before every id there is
BEFORE_ALL = str(NOBODY)
WHOLE_CURVE = (0, 2**62 - 1)


@dataclass(frozen=True, slots=True)
class Match:
    """A text to find: by its stems, or, where no place has them, in titles spelt alike."""

    words: str
    forgiving: bool = False

    @property
    def query(self) -> str:
        """The words as a text search query: all of them, the last of each maybe unfinished."""
        kept = ("".join(c if c.isalnum() else " " for c in self.words)).split()
        return " & ".join(f"{word}:*" for word in kept)


@dataclass(frozen=True, slots=True)
class Selection:
    """Places of one city that the public may see; empty filters let everything through.

    `bbox` in EPSG:4326 degrees. `after` is the key of the last place that the reader has. `during` asks for
    places whose validity has a moment in common with it; `since` for those that somebody has confirmed then
    or later; `where` is a filter of the caller's own.
    """

    city_id: int
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    match: Match | None = None
    bbox: Bbox | None = None
    after: Cursor | None = None
    during: Interval | None = None
    where: Condition | None = None
    since: datetime | None = None

    @property
    def counted(self) -> bool:
        """Whether kept counts answer how many there are: they know of kind, status and box."""
        return not (self.match or self.during or self.where or self.since)

    @property
    def unfiltered(self) -> bool:
        """Whether it lets every place through, its box and its page apart."""
        return self.counted and not (self.kinds or self.statuses)

    @property
    def once(self) -> bool:
        """Whether its SQL is the caller's own and should not be kept by a connection."""
        return self.where is not None

    def shape(self) -> "Selection":
        """Another selection with the same SQL, whatever is asked for: what a cache of statements goes by."""
        box = self.bbox and (ACROSS if self.bbox.west > self.bbox.east else WITHIN)
        match = self.match and Match("", self.match.forgiving)
        during = self.during and EVER
        where = self.where and Condition(self.where.sql)
        since = self.since and LONG_AGO
        kinds, statuses = self.kinds and ("",), self.statuses and ("",)
        return Selection(0, kinds, statuses, match, box, None, during, where, since)

    def bbox_values(self) -> dict[str, float]:
        """The values that the SQL of its box asks for."""
        box = self.bbox
        return {"west": box.west, "south": box.south, "east": box.east, "north": box.north} if box else {}

    def boxed(self) -> "Selection":
        """The same places, with the box that the filter implies where no other is asked for."""
        if self.bbox is None and self.where and self.where.box:
            return replace(self, bbox=self.where.box)
        return self


WITHIN, ACROSS = Bbox(0, 0, 0, 0), Bbox(1, 0, 0, 0)
EVER = Interval(None, None)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def conditions(selection: Selection) -> str:
    """What every place of the selection fulfils, as SQL over `places`, its box and its page apart."""
    said = [f"city_id = %(city)s AND {VISIBLE}", filters(selection)]
    if selection.match:
        said.append(_matching(selection.match))
    return " AND ".join(said) + _further(selection)


def filters(selection: Selection) -> str:
    """The conditions on kind and status, as SQL over `places` or its counts."""
    said = []
    if selection.kinds:
        said.append("kind = ANY(%(kinds)s)")
    if selection.statuses:
        said.append("status = ANY(%(statuses)s)")
    return " AND ".join(said) or "true"


def _further(selection: Selection) -> str:
    during = " AND valid && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz, %(bounds)s::text)"
    where = f" AND ({selection.where.sql})" if selection.where else ""
    since = " AND confirmed_at >= %(since)s" if selection.since else ""
    return (during if selection.during else "") + since + where


def _matching(match: Match) -> str:
    if match.forgiving:
        return "folded(title) %%> folded(%(words)s)"
    return (
        "place_document(language, title, summary, address, translations)"
        " @@ (to_tsquery('cortile_it', %(query)s) || to_tsquery('cortile_en', %(query)s))"
    )


def anchored(bbox: Bbox | None) -> str:
    """The condition that a pin stands in the box, edges included."""
    if bbox is None:
        return "true"
    across = "OR" if bbox.west > bbox.east else "AND"
    return f"(lon >= %(west)s {across} lon <= %(east)s) AND lat BETWEEN %(south)s AND %(north)s"


def parameters(selection: Selection) -> dict[str, Any]:
    """The values that the SQL of `conditions`, `anchored` and `page` asks for."""
    values: dict[str, Any] = {
        "city": selection.city_id,
        "kinds": list(selection.kinds),
        "statuses": list(selection.statuses),
    }
    if selection.match:
        values |= {"words": selection.match.words, "query": selection.match.query}
    values |= selection.bbox_values()
    if during := selection.during:
        values |= {"start": during.start, "end": during.end, "bounds": during.bounds}
    if selection.since:
        values["since"] = selection.since
    if selection.where:
        values |= dict(selection.where.values)
    after = selection.after or Cursor(-1, NOBODY)
    values |= {"after": Int8(after.morton), "after_id": after.id}
    arms = zip(*_intervals(selection), strict=True)
    return values | {
        name: f"{{{','.join(column)}}}" for name, column in zip(ARM_PARAMETERS, arms, strict=True)
    }


def page(selection: Selection, columns: str, skipping: str = "") -> str:
    """SQL for the CTE `page`: `columns` of the first %(limit)s + 1 places, in the order of the key.

    `skipping` may be an OFFSET. A filter that implies no box leaves the choice of an index to PostgreSQL.
    """
    if selection.match or (selection.where and not selection.bbox):
        return _page_of_matches(selection, columns, skipping)
    arms = [f"({arm} ORDER BY morton, id)" for arm in _arms(selection, columns, anchored(selection.bbox))]
    crossing = ""
    if selection.bbox:
        crossing = f"{shapes(selection, columns)},\n"
        arms.append("(SELECT * FROM shapes ORDER BY morton, id)")
    union = "\nUNION ALL\n".join(arms)
    return (
        f"{crossing}page AS MATERIALIZED (SELECT * FROM (\n{union}\n) AS arms"
        f" ORDER BY morton, id LIMIT %(limit)s + 1{skipping})"
    )


def whole(selection: Selection) -> str:
    """The condition on `places` of everything that the selection asks for, its box too, in no order."""
    box = f" AND {touching(selection)}" if selection.bbox else ""
    return f"{conditions(selection)}{box}"


def pins(selection: Selection, columns: str) -> str:
    """SQL for `columns` of every place whose pin stands in the selection's box, in no order."""
    if selection.match:
        return f"SELECT {columns} FROM places WHERE {conditions(selection)} AND {anchored(selection.bbox)}"
    return "\nUNION ALL\n".join(_arms(selection, columns, anchored(selection.bbox)))


def _arms(selection: Selection, columns: str, condition: str) -> list[str]:
    kind = " AND kind = (%(arm_kinds)s::text[])[{0}]" if selection.kinds else ""
    status = " AND status = ANY(%(statuses)s)" if selection.statuses else ""
    arm = (
        f"SELECT {columns} FROM places WHERE city_id = %(city)s AND {VISIBLE}{kind}{status}"
        " AND (morton, id) > ((%(arm_firsts)s::bigint[])[{0}], (%(arm_keys)s::uuid[])[{0}])"
        f" AND morton <= (%(arm_lasts)s::bigint[])[{{0}}] AND {condition}{_further(selection)}"
    )
    return [arm.replace("{0}", str(number)) for number in range(1, ARMS + 1)]


def shapes(selection: Selection, columns: str) -> str:
    """CTEs for the lines and polygons that the box touches, though their anchor lies outside; it is exact.

    What is inside and outside at once has a box of its own that crosses an edge: an index finds these few
    by the edges, where by the whole box it would find every shape in it, once for each page. MATERIALIZED,
    or PostgreSQL would prefer the whole box, because it looks like one condition instead of four.
    """
    return (
        f"crossing AS MATERIALIZED (SELECT {columns} FROM places WHERE {conditions(selection)} AND {SHAPE}"
        f" AND ({_crossing(selection)}) AND NOT ({anchored(selection.bbox)})"
        " AND (morton, id) > (%(after)s, %(after_id)s)),\n"
        f"shapes AS MATERIALIZED (SELECT * FROM crossing WHERE {touching(selection)})"
    )


def overlapping(selection: Selection) -> str:
    """The condition that a place's own box overlaps the selection's, of which there must be one."""
    sides = [("%(west)s", "%(east)s")]
    if selection.bbox and selection.bbox.west > selection.bbox.east:
        sides = [("%(west)s", "180"), ("-180", "%(east)s")]
    return " OR ".join(
        f"geom && ST_MakeEnvelope({west}, %(south)s, {east}, %(north)s, 4326)" for west, east in sides
    )


def _crossing(selection: Selection) -> str:
    sides = [("%(west)s", "%(east)s")]
    if selection.bbox and selection.bbox.west > selection.bbox.east:
        sides = [("%(west)s", "180"), ("-180", "%(east)s")]
    south, north = "%(south)s", "%(north)s"
    edges = [
        edge
        for west, east in sides
        for edge in (
            (west, south, east, south),
            (west, north, east, north),
            (west, south, west, north),
            (east, south, east, north),
        )
    ]
    return " OR ".join(f"geom && ST_MakeEnvelope({', '.join(edge)}, 4326)" for edge in edges)


def _page_of_matches(selection: Selection, columns: str, skipping: str) -> str:
    """The text decides: its index finds the matches, which are then sorted."""
    if not selection.match:
        return (
            f"page AS MATERIALIZED (SELECT {columns} FROM places WHERE {whole(selection)}"
            " AND (morton, id) > (%(after)s, %(after_id)s)"
            f" ORDER BY morton, id LIMIT %(limit)s + 1{skipping})"
        )
    return (
        f"matches AS MATERIALIZED (SELECT {columns} FROM places WHERE {whole(selection)}),\n"
        "page AS MATERIALIZED (SELECT * FROM matches WHERE (morton, id) > (%(after)s, %(after_id)s)"
        f" ORDER BY morton, id LIMIT %(limit)s + 1{skipping})"
    )


def touching(selection: Selection) -> str:
    """The condition that a place touches the selection's box."""
    # A box without a width is an invalid polygon, which touches nothing; its envelope is a line or a point.
    box = "ST_Envelope(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))"
    if selection.bbox and selection.bbox.west > selection.bbox.east:
        box = (
            "ST_Collect(ST_Envelope(ST_MakeEnvelope(%(west)s, %(south)s, 180, %(north)s, 4326)),"
            " ST_Envelope(ST_MakeEnvelope(-180, %(south)s, %(east)s, %(north)s, 4326)))"
        )
    return f"geom && {box} AND ST_Intersects(geom, {box})"


def _intervals(selection: Selection) -> list[tuple[str, str, str, str]]:
    """(kind, first code, id before the first, last code) of each arm; unused arms are empty ranges.

    All are texts, because they travel as four arrays, which costs less than 64 parameters. With kinds asked
    for, each kind gets its share of the ranges, so that a rare kind is found by the index on kinds however
    many places of other kinds there are.
    """
    kinds = selection.kinds or ("",)
    after = selection.after or Cursor(-1, NOBODY)
    intervals = []
    for first, last in _ranges(selection.bbox, max(2, ARMS // len(kinds))):
        if last < after.morton:
            continue
        code, key = (after.morton, str(after.id)) if first <= after.morton else (first, BEFORE_ALL)
        intervals += [(kind, str(code), key, str(last)) for kind in kinds]
    return intervals + [(kinds[0], "1", BEFORE_ALL, "0")] * (ARMS - len(intervals))


def _ranges(bbox: Bbox | None, at_most: int) -> list[tuple[int, int]]:
    if bbox is None:
        return [WHOLE_CURVE]
    boxes = bbox.boxes()
    share = max(1, at_most // len(boxes))
    return sorted(r for b in boxes for r in curve.cover(b.west, b.south, b.east, b.north, share))

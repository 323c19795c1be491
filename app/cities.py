"""The cities that this server holds."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.errors import NotFound
from app.statements import rows


@dataclass(frozen=True, slots=True)
class City:
    """A city; its boxes are (west, south, east, north) in EPSG:4326 degrees."""

    id: int
    slug: str
    names: dict[str, str]
    languages: list[str]
    time_zone: str
    metric_srid: int
    home: list[float]
    extent: list[float]
    review: str
    visitors_pin: bool


def all_cities(db: Connection) -> list[City]:
    """Every city, in the order of its number."""
    sql = """SELECT id, slug, names, languages, time_zone, metric_srid,
            ARRAY[ST_XMin(home), ST_YMin(home), ST_XMax(home), ST_YMax(home)] AS home,
            ARRAY[ST_XMin(extent), ST_YMin(extent), ST_XMax(extent), ST_YMax(extent)] AS extent,
            review, visitors_pin
        FROM cities ORDER BY id"""
    return rows(db, City, sql, {})


def city_called(db: Connection, slug: str) -> City:
    """The city of this word; raises NotFound, naming those there are."""
    there = {city.slug: city for city in all_cities(db)}
    if slug not in there:
        raise NotFound(
            "There is no city “%(city)s” here; the cities are: %(there)s.",
            city=slug[:60],
            there=", ".join(there),
        )
    return there[slug]

"""The SQL around areas: their layers, and the indicators that figures belong to. Never commits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from app.imports.staging import STAGING

COUNT, RATE = MEASURES = ("count", "rate")
RESIDENTS = "residents"


@dataclass(frozen=True)
class Layer:
    """A layer of areas; `names` by language."""

    slug: str
    names: Mapping[str, str]
    position: int = 0


@dataclass(frozen=True)
class Indicator:
    """What a figure means. `names`, `descriptions`, `units` by language; `polarity` 1, 0 or -1; `series`: the
    same figure over the years, by itself the slug; `measure`: "count" where areas together have the sum,
    as residents have, else "rate"."""

    slug: str
    layer: str
    names: Mapping[str, str]
    units: Mapping[str, str]
    year: int
    polarity: int
    source: str
    licence: str
    descriptions: Mapping[str, str] = field(default_factory=dict)
    decimals: int = 1
    position: int = 0
    series: str = ""
    measure: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "series", self.series or self.slug)
        usual = COUNT if self.series == RESIDENTS else RATE
        object.__setattr__(self, "measure", self.measure or usual)


def layers(db: Connection, city_id: int) -> list[str]:
    """The slugs of the city's layers, in the order of its lists."""
    sql = "SELECT slug FROM area_layers WHERE city_id = :city ORDER BY position, slug"
    return list(db.scalars(text(sql), {"city": city_id}))


def add_layer(db: Connection, city_id: int, layer: Layer) -> None:
    """Add a layer; nothing where it is there."""
    sql = text(
        """INSERT INTO area_layers (city_id, slug, names, position) VALUES (:city, :slug, :names, :position)
        ON CONFLICT (city_id, slug) DO NOTHING"""
    ).bindparams(bindparam("names", type_=JSONB))
    db.execute(sql, {"city": city_id, **asdict(layer)})


def surveyed_areas(db: Connection, city_id: int, layer: str) -> int:
    """How many areas of a layer have shapes that are not approximate."""
    sql = """SELECT count(*) FROM areas a
        WHERE a.city_id = :city AND a.layer = :layer AND NOT a.approximate"""
    return int(db.scalar(text(sql), {"city": city_id, "layer": layer}) or 0)


def indicator_slugs(db: Connection, city_id: int, layer: str) -> list[str]:
    """The slugs of the indicators of a layer that files may fill: those of indices are computed."""
    sql = """SELECT slug FROM indicators AS i WHERE i.city_id = :city AND layer = :layer
            AND NOT EXISTS (SELECT FROM indices AS x WHERE x.city_id = :city AND x.slug = i.series)
        ORDER BY position, slug"""
    return list(db.scalars(text(sql), {"city": city_id, "layer": layer}))


def residents_slugs(db: Connection, city_id: int, layer: str) -> list[str]:
    """The slugs of the indicators of a layer that tell how many people live in an area, of every year."""
    sql = "SELECT slug FROM indicators WHERE city_id = :city AND layer = :layer AND series = :series"
    return list(db.scalars(text(sql), {"city": city_id, "layer": layer, "series": RESIDENTS}))


def is_of_index(db: Connection, city_id: int, indicator: Indicator) -> bool:
    """Whether the name or the series of an indicator belongs to an index."""
    sql = """SELECT EXISTS (SELECT FROM indices AS x WHERE x.city_id = :city
            AND (x.slug IN (:slug, :series) OR x.slug = (
                SELECT i.series FROM indicators AS i WHERE i.city_id = :city AND i.slug = :slug)))"""
    told = {"city": city_id, "slug": indicator.slug, "series": indicator.series}
    return bool(db.scalar(text(sql), told))


def same_of_series(db: Connection, city_id: int, indicator: Indicator) -> str | None:
    """The slug of another indicator of the same series, layer and year, if there is one."""
    sql = """SELECT slug FROM indicators WHERE city_id = :city AND layer = :layer AND series = :series
            AND year = :year AND slug <> :slug"""
    told = {name: getattr(indicator, name) for name in ("layer", "series", "year", "slug")}
    slug: str | None = db.scalar(text(sql), {"city": city_id, **told})
    return slug


def put_indicator(db: Connection, city_id: int, indicator: Indicator) -> None:
    """Add an indicator, or say anew what it means."""
    names = list(Indicator.__dataclass_fields__)
    told = ", ".join(name for name in names if name != "slug")
    new = ", ".join(f"excluded.{name}" for name in names if name != "slug")
    old = ", ".join(f"i.{name}" for name in names if name != "slug")
    sql = text(
        f"""INSERT INTO indicators AS i (city_id, {", ".join(names)})
        VALUES (:city, {", ".join(f":{name}" for name in names)})
        ON CONFLICT (city_id, slug) DO UPDATE SET ({told}) = ROW({new}) WHERE ROW({old}) <> ROW({new})"""
    ).bindparams(*(bindparam(name, type_=JSONB) for name in ("names", "descriptions", "units")))
    db.execute(sql, {"city": city_id, **asdict(indicator)})


def codes_without_area(db: Connection, city_id: int, layer: str) -> list[str]:
    """The staged codes that no area of the layer has."""
    sql = f"""SELECT DISTINCT s.area_code FROM {STAGING} s WHERE NOT EXISTS (
            SELECT FROM areas a WHERE a.city_id = :city AND a.layer = :layer AND a.code = s.area_code
        ) ORDER BY s.area_code"""
    return list(db.scalars(text(sql), {"city": city_id, "layer": layer}))

"""What the address of the planner's page chooses. Pure: every refusal names the parameter and its rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app import params
from app.fragility import rules
from app.fragility.palettes import PALETTES, SPOTS
from app.fragility.queries import Indicator, Layer
from app.tables.places import KINDS

PAINTS = ("classes", "moran", "gi")
"""By what the areas are painted: classes of the figure, local Moran's I, or Getis and Ord's G*."""
NOTHING = "none"
COLUMNS = ("rank", "code", "name", "figure", "x", "spot", "residents")
SHOWN = (*map(str, range(7)), *SPOTS, NOTHING)
"""What may stand in a legend: the number of a class, what an area is among its neighbours, no data."""
PARAMETERS = (
    *("layer", "indicator", "x", "paint", "method", "classes", "palette", "show", "sort", "page", "area"),
    *("kind", "lang"),
)
FEWEST, MOST = 3, 7
LAST_PAGE = 10_000
MadeOf = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """One view of the areas: everything that its address chooses.

    `other` is the second figure; `show` the classes or hot spots that are not dimmed, all where it is empty;
    `sort` the column that orders the table, falling where `down`; `area` the code of the area that is marked.
    """

    layer: Layer
    indicator: Indicator
    other: Indicator | None
    paint: str
    method: str
    classes: int
    palette: str
    show: tuple[str, ...]
    sort: str
    down: bool
    page: int | None
    area: str | None
    kinds: tuple[str, ...]


def read(
    asked: Mapping[str, str],
    layers: Sequence[Layer],
    indicators: Sequence[Indicator],
    made_of: MadeOf = MappingProxyType({}),
) -> Choices:
    """The choices of an address; what it leaves out has a default. Raises BadParameter and NotFound.

    `made_of`: of each published index, by the slug of its indicator, the series that it is made of.
    """
    params.known(asked, PARAMETERS)
    layer = rules.layer_named(layers, asked.get("layer") or _first_layer(layers, indicators))
    there = [indicator for indicator in indicators if indicator.layer == layer.slug]
    indicator = rules.indicator_named(indicators, layer.slug, asked.get("indicator") or _first_figure(there))
    sort, down = _sorting(asked, indicator)
    return Choices(
        layer,
        indicator,
        _other(asked, there, indicator, made_of),
        params.one(asked, "paint", PAINTS),
        *classing(asked),
        params.one(asked, "palette", tuple(PALETTES)),
        params.one_of(asked, "show", SHOWN),
        sort,
        down,
        params.whole(asked, "page", 1, 1, LAST_PAGE) if "page" in asked else None,
        params.words(asked, "area") or None,
        params.one_of(asked, "kind", KINDS),
    )


def classing(asked: Mapping[str, str]) -> tuple[str, int]:
    """How classes are to be made, and how many."""
    count = params.whole(asked, "classes", rules.CLASSES, FEWEST, MOST)
    return params.one(asked, "method", rules.METHODS), count


def _first_layer(layers: Sequence[Layer], indicators: Sequence[Indicator]) -> str:
    """The first layer that has figures, else the first."""
    usual = rules.with_figures(layers, indicators) or layers
    return usual[0].slug if usual else ""


def _first_figure(there: Sequence[Indicator]) -> str | None:
    """The figure that leads in fragility, else the first."""
    found = rules.leading(there)
    return found.slug if found else None


def _other(
    asked: Mapping[str, str], there: Sequence[Indicator], first: Indicator, made_of: MadeOf
) -> Indicator | None:
    """The second figure; where none is named, the first other one that says something of fragility, and is
    neither made of the first nor a part of it: those go together because they were put together.

    The first figure again is no second one: it counts as if none were named."""
    word = asked.get("x")
    if word == NOTHING:
        return None
    if word not in (None, first.slug):
        return rules.indicator_named(there, first.layer, word)
    others = [other for other in there if other.polarity and other.slug != first.slug]
    apart = [
        other for other in others if other.series != first.series and part_of(first, other, made_of) is None
    ]
    return next(iter(apart or others), None)


def part_of(one: Indicator, other: Indicator, made_of: MadeOf) -> tuple[Indicator, Indicator] | None:
    """The figure that is a part of the other, and that other, an index; None where neither is."""
    for part, whole in ((one, other), (other, one)):
        if part.series in made_of.get(whole.slug, ()):
            return part, whole
    return None


def _sorting(asked: Mapping[str, str], indicator: Indicator) -> tuple[str, bool]:
    """The column and whether it falls: the fragile end comes first where nothing else is asked for."""
    if "sort" not in asked:
        return "figure", indicator.polarity >= 0
    word = params.one(asked, "sort", (*COLUMNS, *("-" + column for column in COLUMNS)))
    return word.removeprefix("-"), word.startswith("-")

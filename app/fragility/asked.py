"""What may be asked of the overlay: of which layer, by which figure, of which areas, in which form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import params
from app.errors import BadParameter, NotFound, beside
from app.fragility import rules
from app.fragility.places import Members
from app.fragility.queries import Indicator, Layer
from app.fragility.ranking import WORST, Standing, worst
from app.network.rules import GAP, MOST_METRES, minutes
from app.tables.places import KINDS, STATUSES

COMMON = ("layer", "limit", "after", "f", "lang")
PAGE, JSON, CSV = "html", "json", "csv"
MOST_AREAS, MOST_PLACES = 5_000, 1_000
LEAST_METRES = 10.0
"""No pin is so exact that less could be asked; and 1.500, as an Italian writes 1500, is not taken for 1.5."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The layer and the indicator of a question, and all there are to choose from."""

    layers: Sequence[Layer]
    indicators: Sequence[Indicator]
    layer: Layer
    indicator: Indicator | None = None

    @property
    def residents(self) -> Indicator | None:
        """The indicator of the layer that tells how many people live in an area."""
        return rules.residents_of(self.indicators, self.layer.slug)

    @property
    def with_figures(self) -> list[Layer]:
        """The layers by whose figures one can ask."""
        return rules.with_figures(self.layers, self.indicators)

    @property
    def ranking(self) -> list[Indicator]:
        """The indicators of the layer that say who is more fragile."""
        return self._ranking_of(self.layer)

    @property
    def offered(self) -> list[tuple[Layer, list[Indicator]]]:
        """Every layer that has indicators of who is more fragile, with these: one choice says both."""
        there = [(each, self._ranking_of(each)) for each in self.layers]
        return [(each, ranking) for each, ranking in there if ranking]

    @property
    def peopled(self) -> list[tuple[Layer, list[Indicator]]]:
        """The layers of `offered` of which it is known how many people live in an area."""
        there = self.offered
        return [(each, ranking) for each, ranking in there if rules.residents_of(self.indicators, each.slug)]

    def _ranking_of(self, layer: Layer) -> list[Indicator]:
        return [each for each in self.indicators if each.layer == layer.slug and each.polarity]


def ground(values: Mapping[str, str], layers: Sequence[Layer], indicators: Sequence[Indicator]) -> Ground:
    """Read `layer`; without it, that of the `indicator` is meant, or the first that has figures."""
    if "layer" not in values:
        there = {each.slug for each in layers}
        of = (each.layer for each in indicators if each.slug == values.get("indicator"))
        usual = (rules.with_figures(layers, indicators) or layers)[:1]
        slug = next((layer for layer in of if layer in there), usual[0].slug if usual else "")
        return Ground(layers, indicators, rules.layer_named(layers, slug))
    try:
        return Ground(layers, indicators, rules.layer_named(layers, values["layer"]))
    except NotFound as error:
        raise beside("layer", error) from None


def ranked(values: Mapping[str, str], there: Ground) -> Ground:
    """Read `indicator`, of the layer; without it, the leading one is meant: a published index first."""
    slug = values.get("indicator")
    if slug is None:
        chosen = rules.leading(there.ranking)
        found = rules.indicator_named(there.indicators, there.layer.slug, chosen.slug if chosen else None)
    else:
        found = _named(there, slug)
    return Ground(there.layers, there.indicators, there.layer, found)


def _named(there: Ground, slug: str) -> Indicator:
    for each in there.indicators:
        if each.slug == slug and each.layer != there.layer.slug:
            raise BadParameter(
                "indicator",
                "“%(indicator)s” is a figure of the layer %(other)s, not of %(layer)s.",
                indicator=slug,
                other=each.layer,
                layer=there.layer.slug,
            )
    try:
        return rules.indicator_named(there.indicators, there.layer.slug, slug)
    except NotFound as error:
        raise beside("indicator", error) from None


def share(values: Mapping[str, str]) -> float:
    """Read `worst`, the share of the areas that counts as the worst."""
    if "worst" not in values:
        return WORST
    value = params.number(values, "worst")
    if not 0 < value <= 1:
        raise BadParameter("worst", "%(value)s is not a share above 0 and up to 1.", value=f"{value:g}")
    return value


def codes(values: Mapping[str, str], areas: Sequence[Standing]) -> tuple[str, ...]:
    """The codes of the area that is asked for, or of the worst ones, the most fragile first."""
    if "area" not in values:
        return tuple(each.code for each in worst(areas, share(values)))
    if "worst" in values:
        raise BadParameter("area", "and worst cannot both be given: ask for one area, or for the worst ones.")
    if values["area"] not in {each.code for each in areas}:
        raise BadParameter("area", "the layer has no area “%(code)s”.", code=values["area"][:60])
    return (values["area"],)


def members(values: Mapping[str, str], key: tuple[int, str], chosen: tuple[str, ...]) -> Members:
    """Read `kind` and `status` of the places of some areas."""
    kinds, statuses = params.one_of(values, "kind", KINDS), params.one_of(values, "status", STATUSES)
    return Members(*key, chosen, kinds, statuses)


def how_far(values: Mapping[str, str]) -> tuple[float, int | None]:
    """Read `metres` or `minutes`: the metres as the crow flies, or the minutes on foot."""
    if "metres" in values and "minutes" in values:
        raise BadParameter("minutes", "and metres cannot both be given: ask for a walk, or for a distance.")
    return metres(values), minutes(values) if "minutes" in values else None


def metres(values: Mapping[str, str]) -> float:
    """Read `metres`, how far is far; 1,000 where it is not given."""
    if "metres" not in values:
        return GAP
    if LEAST_METRES <= (far := params.number(values, "metres")) <= MOST_METRES:
        return far
    raise BadParameter(
        "metres",
        "%(value)s is not between 10 and 50,000 metres; a thousand is written 1000.",
        value=f"{far:g}",
    )


def form(values: Mapping[str, str]) -> str | None:
    """Read `f`, the form of the answer, where the address says it."""
    return params.one(values, "f", (JSON, CSV, PAGE)) if "f" in values else None


def after_code(values: Mapping[str, str], there: Sequence[str]) -> int:
    """Read `after`, the code of the last area of the page before; gives where in the list to go on."""
    if "after" not in values:
        return 0
    if values["after"] not in there:
        raise BadParameter("after", "is not a place in this list; follow the “next” link of the page before.")
    return there.index(values["after"]) + 1

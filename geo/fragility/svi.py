"""The social vulnerability index of CDC/ATSDR: percentile ranks, added up by theme and ranked again.

B. E. Flanagan, E. W. Gregory, E. J. Hallisey, J. L. Heitgerd and B. Lewis, "A social vulnerability index for
disaster management", Journal of Homeland Security and Emergency Management 8 (2011), article 3; CDC/ATSDR,
"Social vulnerability index: documentation" (2020).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.errors import BadChoice
from geo.fragility.checked import CDC_NO_DATA, ByIndicator, Flags, Floats, Indices, by_name, checked_values
from geo.fragility.normalise import percentile_ranks, ranked_shares

FLAGGED_FROM = 0.90
_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class Svi:
    """The index and all its parts; the names of CDC/ATSDR's columns in brackets.

    `themes`: their names, in the order of `theme_sums`, `theme_ranks` and `theme_flags`, (areas, themes).
    `percentiles`: (areas, indicators) [EPL]; `theme_sums` [SPL_THEME]; `theme_ranks` [RPL_THEME]; `total`:
    (areas,) [SPL_THEMES]; `overall`: (areas,) [RPL_THEMES], the index; `flags`: (areas, indicators), whether
    an area is among the tenth that is worst off [F]; `theme_flags` [F_THEME] and `total_flags`: (areas,)
    [F_TOTAL], how many flags. NaN where an indicator is missing, in its theme and in the total, too; a
    missing indicator has no flag.
    """

    themes: tuple[Any, ...]
    percentiles: Floats
    theme_sums: Floats
    theme_ranks: Floats
    total: Floats
    overall: Floats
    flags: Flags
    theme_flags: Indices
    total_flags: Indices


def svi(
    values: Any,
    themes: Sequence[Hashable] | Mapping[Any, Hashable],
    polarity: ByIndicator | None = None,
    no_data: float = CDC_NO_DATA,
) -> Svi:
    """The index of areas among each other: 0 the least, 1 the most vulnerable.

    Percentile rank of each indicator (`percentile_ranks`); their sum in each theme; the percentile rank of
    the sum; the same for the sum of the themes' sums. Ranks and sums are rounded to 4 decimals, as in the
    published files; flags are set from a percentile of 0.90. `values`: (areas, indicators), `no_data` or NaN
    where there is none; areas without residents have none. `themes`: the theme of each indicator. `polarity`:
    -1 where more of an indicator is less vulnerable, such as income. Raises BadIndicator, BadChoice.

    >>> svi([[1.0, 4.0], [2.0, 9.0], [-999, 7.0], [3.0, 2.0]], ["income", "housing"]).overall.tolist()
    [0.0, 1.0, nan, 0.5]
    """
    known = checked_values(values, no_data)
    themes = _checked_themes(by_name(themes, known), known.count)
    percentiles = np.round(percentile_ranks(known, polarity), _DECIMALS)
    names = tuple(dict.fromkeys(themes))
    member = np.array([[theme == name for name in names] for theme in themes])
    sums = np.round(percentiles @ member, _DECIMALS)
    total = np.round(sums.sum(axis=1), _DECIMALS)
    flags = percentiles >= FLAGGED_FROM
    return Svi(
        themes=names,
        percentiles=percentiles,
        theme_sums=sums,
        theme_ranks=np.round(ranked_shares(sums), _DECIMALS),
        total=total,
        overall=np.round(ranked_shares(total[:, None])[:, 0], _DECIMALS),
        flags=flags,
        theme_flags=flags.astype(np.int64) @ member.astype(np.int64),
        total_flags=flags.sum(axis=1),
    )


def _checked_themes(themes: Any, count: int) -> list[Hashable]:
    try:
        named = list(themes)
        set(named)
    except TypeError:
        raise BadChoice(f"Themes are the name of one for each indicator, not {themes!r}.") from None
    if len(named) != count:
        raise BadChoice(f"{len(named)} themes do not fit {count} indicators: name one for each.")
    return named

"""The synthetic city: any number of places, the same for the same seed, with the shares of a real map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import words
from benchmarks.layout import Layout, Random, laid_out

KIND_SHARES = {
    "house": 0.0001,
    "site": 0.14,
    "project": 0.20,
    "enterprise": 0.06,
    "event": 0.15,
    "story": 0.10,
    "place": 0.3499,
}
ATTRIBUTES = (
    "external_id",
    "kind",
    "status",
    "title",
    "summary",
    "address",
    "website",
    "accuracy_m",
    "valid_from",
)
STATUS_SHARES = {"proposed": 0.2, "active": 0.62, "ended": 0.18}
NAMES = 6000
SOURCE, LICENCE = "the synthetic city", "CC0-1.0"

Texts = Any  # pyarrow publishes no types: an array of texts
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class City:
    """`table`: n rows of the nine attributes; `layout`: their n positions and geometries."""

    table: pa.Table
    layout: Layout

    def __len__(self) -> int:
        return len(self.table)


def make_city(places: int, seed: int) -> City:
    """A city of so many places. Another number of places is another city, not a part of this one."""
    where, who, what = np.random.default_rng([places, seed]).spawn(3)
    layout = laid_out(places, where)
    names = invented_names(who)
    return City(_attributes(places, names, what), layout)


def invented_names(random: Random) -> list[str]:
    """6,000 family names that nobody bears, out of syllables; the first are the most common ones."""
    count = random.integers(1, 4, NAMES * 2)
    first = random.choice(words.SYLLABLES, (NAMES * 2, 3))
    last = random.choice(words.ENDINGS, NAMES * 2)
    made = ("".join([*first[n][: count[n]], last[n]]).capitalize() for n in range(NAMES * 2))
    return list(dict.fromkeys(made))[:NAMES]


def _attributes(count: int, names: Sequence[str], random: Random) -> pa.Table:
    name = _drawn(names, _long_tail(len(names), count, random))
    other = _drawn(names, _long_tail(len(names), count, random))
    thing = _drawn(words.THINGS, _long_tail(len(words.THINGS), count, random))
    quality = _drawn(words.QUALITIES, _long_tail(len(words.QUALITIES), count, random))
    quarter = _drawn(words.QUARTERS, _long_tail(len(words.QUARTERS), count, random))
    street = _joined(_drawn(words.STREETS, random.integers(0, len(words.STREETS), count)), other)
    address = _joined(street, _texts(random.integers(1, 300, count)))
    numbers = np.arange(count)
    return pa.table(
        {
            "external_id": pc.binary_join_element_wise("s", _texts(numbers), "-"),
            "kind": _drawn(list(KIND_SHARES), _shared(KIND_SHARES, count, random)),
            "status": _drawn(list(STATUS_SHARES), _shared(STATUS_SHARES, count, random)),
            "title": _titles(thing, quality, quarter, name),
            "summary": _summaries(thing, quality, quarter, address, random),
            "address": _joined(address, pa.scalar("Torino"), ", "),
            "website": _some(
                pc.binary_join_element_wise(
                    "https://", pc.utf8_lower(name), ".example/", _texts(numbers), ""
                ),
                random.random(count) < 0.15,
            ),
            "accuracy_m": np.round(random.gamma(1.5, 20.0, count) + 2.0, 1),
            "valid_from": _some(_days(random.integers(0, 4000, count)), random.random(count) < 0.4),
        }
    )


def _titles(thing: Texts, quality: Texts, quarter: Texts, name: Texts) -> Texts:
    """Four patterns in turn, so that neither the length nor the first word tells the rest."""
    thing = pc.utf8_capitalize(thing)
    patterns = (
        _joined(thing, quality, " "),
        _joined(_joined(thing, name), quarter, ", "),
        _joined(thing, _joined(pa.scalar("di"), quarter)),
        _joined(_joined(thing, quality), name),
    )
    return pc.choose(pa.array(np.arange(len(thing)) % len(patterns)), *patterns)


def _summaries(thing: Texts, quality: Texts, quarter: Texts, address: Texts, random: Random) -> Texts:
    purpose = _drawn(words.PURPOSES, random.integers(0, len(words.PURPOSES), len(thing)))
    more = _drawn(words.PURPOSES, random.integers(0, len(words.PURPOSES), len(thing)))
    begin = _said("Un luogo ", quality, " in ", address, " (", quarter, "): ", thing)
    return _said(begin, " ", purpose, ", ", more, ".")


def _long_tail(size: int, count: int, random: Random) -> Numbers:
    """Zipf's law with exponent 0.9: the n-th word is drawn n ** -0.9 times as often as the first."""
    weights = np.arange(1, size + 1) ** -0.9
    return np.searchsorted(np.cumsum(weights) / weights.sum(), random.random(count)).astype(np.int64)


def _shared(shares: dict[str, float], count: int, random: Random) -> Numbers:
    return random.choice(len(shares), count, p=list(shares.values()))


def _drawn(vocabulary: Sequence[str], numbers: Numbers) -> Texts:
    return pa.array(vocabulary).take(pa.array(numbers))


def _joined(left: Texts, right: Texts, between: str = " ") -> Texts:
    return pc.binary_join_element_wise(left, right, between)


def _said(*parts: Texts | str) -> Texts:
    """The parts one after the other, in each row."""
    return pc.binary_join_element_wise(*parts, "")


def _texts(numbers: Numbers) -> Texts:
    return pc.cast(pa.array(numbers), pa.string())


def _days(numbers: Numbers) -> Texts:
    """Days after 1 January 2014, as 2014-01-01."""
    return pa.array(np.datetime_as_string(np.datetime64("2014-01-01") + numbers.astype("timedelta64[D]")))


def _some(texts: Texts, kept: npt.NDArray[np.bool_]) -> Texts:
    return pc.if_else(pa.array(kept), texts, None)

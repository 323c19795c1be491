"""What a digest says, and in which order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Generic, TypeVar
from uuid import UUID

from app.digests.queries import News

WHAT = ("changed", "photo", "claimed", "merged", "back", "gone")
"""A new version, a photo, an owner; another place that was the same; on the map again; on it no more."""
SETTLED = timedelta(minutes=5)
"""What happened in the last minutes is told in the next digest: its transaction may not have ended yet."""
MOST_PLACES, MOST_LINES = 50, 5
"""How many places a mail tells of, the others come with the next one; and how many versions of each."""

Where = TypeVar("Where")


@dataclass(frozen=True, slots=True)
class About(Generic[Where]):
    """What is new at one place: news in their order, the newest few versions, and how many older ones."""

    where: Where
    place: News
    news: Sequence[News]
    older: int = 0


@dataclass(frozen=True, slots=True)
class Told(Generic[Where]):
    """What one mail tells: `about` public places, and of which that are `gone`."""

    about: list[About[Where]] = field(default_factory=list)
    gone: list[About[Where]] = field(default_factory=list)

    @property
    def places(self) -> list[About[Where]]:
        """All of them."""
        return [*self.about, *self.gone]


def told(found: Iterable[tuple[Where, Sequence[News]]]) -> Told[Where]:
    """The news of somebody by place, at most 50 of them."""
    made: Told[Where] = Told()
    for where, news in found:
        for _, one in groupby(sorted(news, key=_place), _place):
            if len(made.places) == MOST_PLACES:
                return made
            about = _about(where, list(one))
            (made.gone if about.place.what == "gone" else made.about).append(about)
    return made


def by_place(news: Iterable[News]) -> dict[UUID, About[None]]:
    """The news by the place that they are about."""
    return {one.place.place_id: one for one in told([(None, list(news))]).about}


def _about(where: Where, news: list[News]) -> About[Where]:
    versions = [one for one in news if one.what == "changed"]
    left_out = versions[:-MOST_LINES]
    return About(where, news[0], [one for one in news if one not in left_out], len(left_out))


def _place(one: News) -> UUID:
    return one.place_id

"""Each refusal of a contribution is said in both languages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import shapely
from flask import Flask
from flask_babel import Babel, force_locale, gettext
from uuid_utils import compat

from app.errors import CortileError
from app.places import service
from app.places.content import content_of
from tests.app.places.conftest import ANNA, BRUNO, MODERATOR, Desk
from tests.app.places.refusals import PLACE, WRITING
from tests.http.conftest import TORINO

POINT = shapely.Point(7.68, 45.07)
FIELDS = [
    {"geometry": None},
    {"geometry": shapely.Point(0, 0)},
    {"geometry": POINT.buffer(0.01, quad_segs=12_500)},
    {"geometry": shapely.Point()},
    {"title": 3},
    {"title": "x" * 301},
    {"title": "\u202ex"},
    {"title": "\x07"},
    {"kind": "castle"},
    {"website": "ftp://x"},
    {"accuracy_m": "far"},
    {"accuracy_m": -1},
    {"blur_m": 3},
    {"translations": 3},
    {"valid_from": "soon"},
    {"valid_from": "2026-05-02", "valid_to": "2026-05-01"},
]


@pytest.fixture(scope="module")
def said() -> Callable[[CortileError], tuple[str, str]]:
    app = Flask("app")
    Babel(app)

    def both(error: CortileError) -> tuple[str, str]:
        with app.test_request_context(), force_locale("it"):
            return error.said(), error.said(gettext)

    return both


@contextmanager
def telling(told: list[CortileError]) -> Iterator[None]:
    with pytest.raises(CortileError) as caught:
        yield
    told.append(caught.value)


def test_each_is_said_in_both_languages(desk: Desk, said: Callable[[CortileError], tuple[str, str]]) -> None:
    told: list[CortileError] = []
    for fields in FIELDS:
        with telling(told):
            content_of({"geometry": POINT, **fields}, desk.city)
    place, change = desk.pin(ANNA), compat.uuid7()
    desk.pin(ANNA, key=UUID(PLACE))
    desk.reviewing("all")
    desk.change(place, 1, ANNA, change=change)
    desk.change(place, 1, MODERATOR)
    with telling(told):
        desk.change(place, 1, MODERATOR)
    with desk.database.transaction() as db:
        with telling(told):
            service.accept_change(db, TORINO, change, desk.hand())
        with telling(told):
            service.restore_revision(db, (TORINO, place), 9, desk.hand())
        with telling(told):
            service.refuse_change(db, TORINO, UUID(PLACE), desk.now)
    with telling(told):
        desk.pin(BRUNO, key=UUID(PLACE))

    assert [said(error) for error in told] == WRITING

"""What the tests of pinning share: a form as somebody fills it in."""

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from tests.http.conftest import TORINO, csrf

PAGE, DATA = {"Accept": "text/html"}, {"Accept": "application/json"}
HERE = {"lat": "45.07", "lon": "7.68"}


class Earlier(TimestampSigner):
    """Signs as of some seconds ago."""

    ago = 60

    def get_timestamp(self) -> int:
        return super().get_timestamp() - self.ago


def opened(client: FlaskClient, ago: int = 60) -> str:
    """The stamp of a form that was opened so many seconds ago."""
    signer = Earlier(client.application.config["SECRET_KEY"], salt="pin")
    signer.ago = ago
    return signer.sign("form").decode()


def written(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    """The fields of a form that somebody took their time for."""
    return {"csrf_token": csrf(client), "opened": opened(client), "place_id": str(compat.uuid7()), **fields}


def send(client: FlaskClient, headers: dict[str, str] = PAGE, **fields: Any) -> TestResponse:
    """Pin a place at the usual spot, unless the fields say another one."""
    placed = {} if {"geometry", "spot", "lat", "q"} & set(fields) else HERE
    return client.post(
        "/torino/pin", data=written(client, **{"step": "send", **placed, **fields}), headers=headers
    )


def places(db: Connection) -> list[Any]:
    """Every place of Torino, public or not."""
    sql = f"SELECT *, ST_AsText(geom) AS wkt FROM places WHERE city_id = {TORINO} ORDER BY id"
    return list(db.execute(text(sql)))


def reviewing(db: Connection, review: str, visitors_pin: bool = False) -> None:
    """Let Torino review so much."""
    db.execute(
        text("UPDATE cities SET review = :review, visitors_pin = :open WHERE id = 1272"),
        {"review": review, "open": visitors_pin},
    )

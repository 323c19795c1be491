"""When the database goes away, readers are told so and no more, and are served again when it is back."""

import logging

import pytest
from flask.testing import FlaskClient

from app.cluster import SERVING_ROLE, SUPERUSER, Cluster
from tests.conftest import FreshDatabase

PINS = "/torino/pins?bbox=7,45,8,46"


def test_a_lost_connection_is_told_once_and_replaced(
    client: FlaskClient, cluster: Cluster, database: FreshDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get(PINS).status_code == 200
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname = %s"
    with cluster.connect(SUPERUSER, database.name) as superuser:
        superuser.execute(others, (SERVING_ROLE, database.name))

    with caplog.at_level(logging.CRITICAL, "sqlalchemy"):
        answer = client.get(PINS)

    assert answer.status_code == 503
    assert answer.json["code"] == "database"
    assert answer.json["detail"] == (
        "The database cannot be reached, or took too long; please try again in a moment."
    )
    assert client.get(PINS).status_code == 200

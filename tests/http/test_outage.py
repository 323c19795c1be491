"""When the database goes away, readers are told so and no more, and are served again when it is back."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cluster import SERVING_ROLE, SUPERUSER, Cluster
from tests.conftest import FreshDatabase

PINS = "/torino/pins?bbox=7,45,8,46"


def end_connections(cluster: Cluster, database: FreshDatabase) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname = %s"
    with cluster.connect(SUPERUSER, database.name) as superuser:
        superuser.execute(others, (SERVING_ROLE, database.name))


def test_a_lost_connection_is_told_once_and_replaced(
    client: FlaskClient, cluster: Cluster, database: FreshDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get(PINS).status_code == 200
    end_connections(cluster, database)

    with caplog.at_level(logging.CRITICAL, "sqlalchemy"):
        answer = client.get(PINS, headers={"Accept-Language": "en"})

    assert answer.status_code == 503
    assert answer.json["code"] == "database"
    assert answer.json["detail"] == (
        "The database cannot be reached, or took too long; please try again in a moment."
    )
    assert client.get(PINS).status_code == 200


def test_it_is_told_where_the_cities_of_an_address_cannot_be_read_too(
    app: Flask, client: FlaskClient, cluster: Cluster, database: FreshDatabase
) -> None:
    assert client.get(PINS).status_code == 200
    end_connections(cluster, database)
    app.extensions["cortile"].cities_at = float("-inf")

    answer = client.get(PINS, headers={"Accept-Language": "it"})

    assert (answer.status_code, answer.json["code"]) == (503, "database")
    assert answer.json["detail"] == (
        "La banca dati non è raggiungibile o ha impiegato troppo tempo; riprova tra un momento."
    )
    assert client.get(PINS).status_code == 200

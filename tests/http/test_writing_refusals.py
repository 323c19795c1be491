"""Each refusal of the write API is said in both languages, and nothing is half-written."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.db import Database
from tests.conftest import FreshDatabase
from tests.http.conftest import add_person, add_place, token_for
from tests.http.test_writing import ITEMS, PATCH
from tests.http.writing_refusals import FEATURE, REFUSED

KEPT = "SELECT (SELECT count(*) FROM places), (SELECT count(*) FROM place_revisions),"
KEPT += " (SELECT count(*) FROM place_changes), (SELECT count(*) FROM kept_answers)"


def test_each_is_said_in_both_languages(
    client: FlaskClient, torino: Connection, database: FreshDatabase
) -> None:
    torino.execute(text("UPDATE cities SET review = 'none'"))
    person = add_person(torino)
    headers = token_for(torino, person)
    used = {**headers, "Idempotency-Key": "used"}
    place = client.post(ITEMS, json=FEATURE, headers=used).json["id"]
    blanks = {"{place}": place, "{other}": add_place(torino)}
    kept = torino.execute(text(KEPT)).one()

    def filled(words: str) -> str:
        for blank, value in blanks.items():
            words = words.replace(blank, value)
        return words

    other = Database(database.app_url, size=1)
    with other.transaction() as db:
        key = "SELECT pg_advisory_xact_lock(hashtextextended('held' || :person, 0))"
        db.execute(text(key), {"person": str(person)})
        for method, path, more, body, status, *said in REFUSED:
            for language, sentence in zip(("en", "it"), said, strict=True):
                kind = more.get("Content-Type", PATCH if method == "PATCH" else "application/geo+json")
                sent = body if isinstance(body, bytes) or body is None else filled(json.dumps(body)).encode()
                answer = client.open(
                    filled(path), method=method, data=sent, content_type=kind or None,
                    headers={**headers, **more, "Content-Type": kind, "Accept-Language": language}
                    if kind else {**headers, "Accept-Language": language},
                )  # fmt: skip
                told: dict[str, Any] = answer.json or {}
                found = " ".join(f"{each['parameter']}: {each['detail']}" for each in told.get("errors", []))
                assert (answer.status_code, found or told["detail"]) == (status, filled(sentence))
                assert answer.content_type == "application/problem+json"
    other.close()
    assert torino.execute(text(KEPT)).one() == kept, "nothing half-written"


def test_so_many_requests_an_hour_and_no_more(
    client: FlaskClient, torino: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = token_for(torino, add_person(torino))
    torino.execute(text("UPDATE cities SET review = 'none'"))
    client.post(ITEMS, json=FEATURE, headers=headers)
    torino.execute(
        text(
            "INSERT INTO attempts (what, who, at) SELECT what, who, at FROM attempts, generate_series(1, 998)"
        )
    )
    assert client.post(ITEMS, json=FEATURE, headers=headers).status_code == 201
    refused = client.post(ITEMS, json=FEATURE, headers=headers)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert client.get(ITEMS).json["numberMatched"] == 2

"""Each refusal of the graph is said in both languages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.cities import all_cities
from app.imports.streets.service import import_streets
from app.network import walking
from app.places.lists import rebuild
from app.progress import Silent
from tests.http.conftest import TORINO, add_person, add_place, csrf, sign_in
from tests.http.graph_refusals import FORM, GRAPH, LIMITS, PROGRAMS
from tests.streets import at, write

PROBLEM = "application/problem+json"


def told(client: FlaskClient, path: str, language: str) -> tuple[int, str]:
    answer = client.get(path, headers={"Accept": "application/json", "Accept-Language": language})
    assert (answer.content_type, answer.headers["Content-Language"]) == (PROBLEM, language)
    return answer.status_code, answer.get_json()["detail"]


@pytest.fixture
def walked(torino: Connection, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Torino with streets and two houses beside them, which are neighbours; the blanks of a path."""
    path = write(tmp_path / "town.osm.pbf")
    (city,) = (each for each in all_cities(torino) if each.id == TORINO)
    torino.exec_driver_sql("BEGIN")
    import_streets(torino, path, city, datetime(2026, 5, 1, tzinfo=UTC), Silent())
    torino.exec_driver_sql("COMMIT")
    place, other = (add_place(torino, *at(east, 5), kind="house") for east in (10, 90))
    rebuild(torino, TORINO)
    walking._reached.cache_clear()  # its statements hold the limit
    yield {"place": place, "other": other}
    walking._reached.cache_clear()


@pytest.mark.parametrize(
    ("path", "english", "italian"), GRAPH + PROGRAMS, ids=[case[0] for case in GRAPH + PROGRAMS]
)
def test_what_is_wrong_is_said_in_both_languages(
    client: FlaskClient, path: str, english: str, italian: str
) -> None:
    assert told(client, path, "en") == (400, english)
    assert told(client, path, "it") == (400, italian)


@pytest.mark.parametrize(("limit", "path", "english", "italian"), LIMITS, ids=[case[0] for case in LIMITS])
def test_what_is_too_large_is_said_in_both_languages(
    client: FlaskClient,
    walked: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    path: str,
    english: str,
    italian: str,
) -> None:
    address = path.format(**walked)
    assert client.get(address).status_code == 200
    walking._reached.cache_clear()
    monkeypatch.setattr(limit.replace(":", "."), 0)

    assert told(client, address, "en") == (400, english)
    assert told(client, address, "it") == (400, italian)


@pytest.mark.parametrize(("form", "english", "italian"), FORM)
def test_what_is_wrong_in_the_form_is_said_in_both_languages(
    client: FlaskClient, torino: Connection, form: dict[str, str], english: str, italian: str
) -> None:
    place = add_place(torino)
    sign_in(client, torino, add_person(torino))
    for language, sentence in (("en", english), ("it", italian)):
        answer = client.post(
            f"/torino/places/{place}/relations",
            data={**form, "csrf_token": csrf(client)},
            headers={"Accept": "application/json", "Accept-Language": language},
        )
        said = [f"{each['parameter']}: {each['detail']}" for each in answer.get_json()["errors"]]
        assert (answer.status_code, said) == (422, [sentence])

"""The queue, the pages of single things, and what is decided there."""

import html
import json
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from tests.http.conftest import TORINO, add_person, add_place, csrf, sign_in

PAGE = {"Accept": "text/html"}
QUEUE, LOG = "/torino/moderation", "/torino/moderation/log"


@pytest.fixture
def moderator(client: FlaskClient, torino: Connection) -> FlaskClient:
    """The client of a moderator."""
    sign_in(client, torino, add_person(torino, "mara@city.example", "Mara", role="moderator"))
    client.get("/torino/?lang=en")
    return client


@pytest.fixture
def visitor(app: Flask, torino: Connection) -> FlaskClient:
    """Somebody else's client, without an account."""
    visiting = app.test_client()
    visiting.get("/torino/?lang=en")
    return visiting


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields}, headers=PAGE)


def said(answer: TestResponse) -> str:
    """The words of a page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def state(db: Connection, key: str, table: str = "places", column: str = "moderation") -> str:
    sql = f"SELECT {column} FROM {table} WHERE city_id = :city AND id = :id"
    return str(db.execute(text(sql), {"city": TORINO, "id": key}).scalar_one())


def add_change(db: Connection, place: str, author: UUID | None = None, lon: float = 7.68, **said: Any) -> str:
    """A change that waits."""
    key = str(compat.uuid7())
    content = {"kind": "project", "status": "active", "language": "it", "title": "Orto", **said}
    db.execute(
        text("""INSERT INTO place_changes
                (city_id, id, place_id, base_revision, content, geom, author, made_at)
            VALUES (:city, :id, :place, 1, cast(:content AS jsonb) || '{"since": null, "until": null}',
                ST_SetSRID(ST_MakePoint(:lon, 45.07), 4326), :author, '2026-03-01')"""),
        {"city": TORINO, "id": key, "place": place, "lon": lon, "author": author}
        | {"content": json.dumps(content)},
    )
    return key


def report(client: FlaskClient, place: str, **fields: Any) -> str:
    """Report a place; gives the report's id."""
    answer = send(client, f"/torino/places/{place}/report", **{"reason": "gone", **fields})
    assert answer.status_code == 303, said(answer)
    return answer.headers["Location"].rpartition("/")[2]


def test_the_queue_shows_everything_that_waits_oldest_first(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection
) -> None:
    ada = add_person(torino)
    public = add_place(torino, title="Visibile", author=ada)
    add_place(torino, title="In attesa", moderation="held", author=ada, kind="house")
    add_change(torino, public, ada, title="Cambiato", note="Ha cambiato nome")
    report(visitor, public, reason="spam", words="Vende scarpe")

    page = moderator.get(QUEUE)
    words = said(page)

    assert [words.index(each) for each in ("In attesa", "Ha cambiato nome", "It is advertising")] == sorted(
        words.index(each) for each in ("In attesa", "Ha cambiato nome", "It is advertising")
    )
    assert "3 things wait. The oldest has waited since January 2, 2026." in words
    assert "Ada · 1 public place" in words
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Moderation 3" in said(moderator.get("/torino/"))
    assert "Moderation 3" not in said(visitor.get("/torino/"))


def test_the_queue_is_filtered_and_paged(moderator: FlaskClient, torino: Connection) -> None:
    for number in range(30):
        add_place(torino, title=f"n{number:02}", moderation="held", kind="site", recorded_at="2026-01-01")
    add_place(torino, title="Nuovissimo", moderation="held", recorded_at="now")

    assert "Nuovissimo" not in said(moderator.get(f"{QUEUE}?age=3"))
    assert "Nuovissimo" in said(moderator.get(f"{QUEUE}?kind=project"))
    assert "n00" not in said(moderator.get(f"{QUEUE}?kind=project"))
    assert "Nothing that waits fits" in said(moderator.get(f"{QUEUE}?sort=report"))
    first = moderator.get(QUEUE).get_data(as_text=True)
    following = html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])  # type: ignore[index]
    second = moderator.get(following).get_data(as_text=True)
    shown = [re.findall(r"n\d\d|Nuovissimo", page) for page in (first, second)]
    assert (len(shown[0]), len(shown[1])) == (25, 6)
    assert len({*shown[0], *shown[1]}) == 31


@pytest.mark.parametrize(
    ("action", "fields", "after"),
    [
        ("approve", {}, "published"),
        ("refuse", {"reason": "spam"}, "hidden"),
        ("ask", {"words": "Dove?"}, "held"),
    ],
)
def test_many_are_decided_at_once_and_undone(
    moderator: FlaskClient, torino: Connection, action: str, fields: dict[str, str], after: str
) -> None:
    held = [add_place(torino, moderation="held") for _ in range(3)]
    items = [f"place:{key}" for key in held[:2]]

    answer = send(moderator, QUEUE, item=items, action=action, **fields)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{QUEUE}#queue")
    assert [state(torino, key) for key in held] == [after, after, "held"]
    if action == "ask":
        return
    page = moderator.get(QUEUE).get_data(as_text=True)
    assert "(2 times)" in page
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert send(moderator, f"{QUEUE}/undo", batch=batch).status_code == 303
    assert [state(torino, key) for key in held] == ["held"] * 3
    assert send(moderator, f"{QUEUE}/undo", batch=batch).status_code == 409


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"action": "approve"}, 422, "choose at least one"),
        ({"item": "place:x", "action": "approve"}, 422, "nothing that can be decided about"),
        ({"item": "HELD", "action": "refuse"}, 422, "whoever wrote this is told why"),
        ({"item": "HELD", "action": "ask"}, 422, "what do you want to ask"),
        ({"item": "HELD", "action": "hide", "reason": "spam"}, 409, "somebody has decided already"),
    ],
)
def test_what_cannot_be_decided_is_told_on_the_page_with_what_was_written(
    moderator: FlaskClient, torino: Connection, fields: dict[str, str], status: int, words: str
) -> None:
    held = add_place(torino, moderation="held")
    fields = {name: value.replace("HELD", f"place:{held}") for name, value in fields.items()}

    answer = send(moderator, QUEUE, **fields)

    assert (answer.status_code, words in said(answer)) == (status, True)
    assert state(torino, held) == "held"
    if fields.get("item", "").endswith(held):
        assert re.search(rf'value="place:{held}"[^>]* checked', answer.get_data(as_text=True))


def test_a_new_place_has_a_page_with_everything(moderator: FlaskClient, torino: Connection) -> None:
    ada = add_person(torino)
    add_place(torino, title="Primo", author=ada)
    held = add_place(
        torino, title="Orto urbano", moderation="held", author=ada, on_behalf_of="Signora Pia", note="Così"
    )
    twin = add_place(torino, 7.6805, 45.07, title="Orto Urbano!")
    add_place(torino, 7.70, 45.07, title="Lontano")

    words = said(moderator.get(f"{QUEUE}/place/{held}"))

    assert "1 public, 1 waiting, 0 hidden places" in words
    assert "Signora Pia" in words
    assert "Orto Urbano! 39 m" in words  # 0.0005 degrees of 78.8 km at 45.07 degrees north
    assert "Lontano" not in words

    answer = send(moderator, f"{QUEUE}/merge", place=held, other=twin, stays="other")
    assert answer.headers["Location"] == f"{QUEUE}/place/{twin}"
    assert (state(torino, held), state(torino, held, column="merged_into")) == ("hidden", twin)


def test_the_exact_position_is_shown_beside_the_public_one(
    moderator: FlaskClient, torino: Connection
) -> None:
    held = add_place(torino, moderation="held", blur_m=100)
    torino.execute(
        text("""INSERT INTO place_exact VALUES (:city, :id, 1,
            ST_SetSRID(ST_MakePoint(7.681234, 45.07), 4326), 5, 0, 0.5)"""),
        {"city": TORINO, "id": held},
    )
    assert "7.681234" in moderator.get(f"{QUEUE}/place/{held}").get_data(as_text=True)


def test_a_change_is_shown_before_and_after(moderator: FlaskClient, torino: Connection) -> None:
    place = add_place(torino, title="Uno", summary="<b>Prima</b>")
    change = add_change(torino, place, lon=7.69, title="Due", summary="<script>Dopo</script>", note="Perché")

    page = moderator.get(f"{QUEUE}/change/{change}")
    body = page.get_data(as_text=True)

    assert "<del>Uno</del>" in body
    assert "<ins>Due</ins>" in body
    assert "<ins>&lt;script&gt;Dopo&lt;/script&gt;</ins>" in body
    assert "moves by 788 m" in said(page)  # 0.01 degrees of 78.8 km
    assert "Perché" in said(page)
    answer = send(moderator, f"{QUEUE}/change/{change}", action="approve")
    assert answer.status_code == 303
    assert (state(torino, place, column="title"), state(torino, change, "place_changes", "state")) == (
        "Due",
        "approved",
    )


def test_a_change_that_was_overtaken_says_so(moderator: FlaskClient, torino: Connection) -> None:
    place = add_place(torino, title="Uno", revision=2)
    change = add_change(torino, place, title="Due")
    assert "changed by somebody else since" in said(moderator.get(f"{QUEUE}/change/{change}"))
    answer = send(moderator, f"{QUEUE}/change/{change}", action="approve")
    assert (answer.status_code, "the place is at revision 2" in said(answer)) == (409, True)


def test_a_merged_address_leads_to_the_place_that_stays_until_it_is_undone(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection
) -> None:
    goes, stays = add_place(torino, title="Va"), add_place(torino, title="Resta")
    send(
        moderator,
        f"{QUEUE}/merge",
        place=goes,
        other=f"https://city.example/torino/places/{stays}?x=1",
        stays="other",
    )

    answer = visitor.get(f"/torino/places/{goes}?kind=site")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/torino/places/{stays}?kind=site")
    assert "must-revalidate" in answer.headers["Cache-Control"]
    assert visitor.get(f"/milano/places/{goes}").status_code == 404

    batch = re.search(r'name="batch" value="([^"]+)"', moderator.get(QUEUE).get_data(as_text=True))
    send(moderator, f"{QUEUE}/undo", batch=batch[1])  # type: ignore[index]
    assert visitor.get(f"/torino/places/{goes}").status_code == 200


def test_two_that_are_one_are_not_merged(moderator: FlaskClient, torino: Connection) -> None:
    place = add_place(torino)
    answer = send(moderator, f"{QUEUE}/merge", place=place, other=place, stays="other")
    assert (answer.status_code, "they are one already" in said(answer)) == (409, True)
    assert send(moderator, f"{QUEUE}/merge", place=place, other="nix", stays="this").status_code == 400


def test_the_log_tells_what_was_decided_without_names_or_words(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection
) -> None:
    ada = add_person(torino)
    gone, shown = (add_place(torino, title=title, moderation="held", author=ada) for title in ("Via", "Orto"))
    send(moderator, f"{QUEUE}/place/{gone}", action="refuse", reason="private", words="Parolina")
    send(moderator, f"{QUEUE}/place/{shown}", action="approve")

    answer = visitor.get(LOG, headers=PAGE)
    words = said(answer)
    assert "Place published – Orto" in words
    assert "Place not published It tells something private not public" in words
    for secret in ("Parolina", "Mara", "Ada", "Via", gone):
        assert secret not in answer.get_data(as_text=True).replace("Accessibility", "")
    assert "public" in answer.headers["Cache-Control"]

    told = visitor.get(f"{LOG}?f=json").json
    assert [(each["action"], each["reason"]) for each in told["decisions"]] == [
        ("approve", None),
        ("refuse", "private"),
    ]
    assert told["decisions"][0]["place"]["href"].endswith(shown)
    assert told["decisions"][1]["place"] is None
    # Both were recorded on 2 January 2026 by `add_place`; the median is the time since then.
    assert told["median_days"] == pytest.approx(told["decisions"][0]["days_waited"], abs=1)
    assert told["oldest_waiting_days"] is None


def test_nobody_but_moderators_sees_or_decides(client: FlaskClient, torino: Connection) -> None:
    held = add_place(torino, moderation="held")
    assert client.get(QUEUE, headers=PAGE).status_code in (302, 303)
    sign_in(client, torino, add_person(torino))
    assert client.get(QUEUE).status_code == 403
    assert send(client, QUEUE, item=f"place:{held}", action="approve").status_code == 403
    assert client.get(f"{QUEUE}/place/{held}").status_code == 403
    assert state(torino, held) == "held"


def test_a_moderator_of_one_city_decides_nothing_in_another(
    moderator: FlaskClient, torino: Connection
) -> None:
    held = add_place(torino, moderation="held", city_id=15146)
    assert moderator.get(f"/milano/moderation/place/{held}").status_code == 403
    assert moderator.get(f"{QUEUE}/place/{held}").status_code == 404
    answer = send(moderator, QUEUE, item=f"place:{held}", action="approve")
    assert answer.status_code == 422
    sql = "SELECT moderation FROM places WHERE city_id = 15146 AND id = :id"
    assert torino.execute(text(sql), {"id": held}).scalar_one() == "held"


def test_a_decision_without_the_token_of_its_page_is_refused(
    moderator: FlaskClient, torino: Connection
) -> None:
    held = add_place(torino, moderation="held")
    assert moderator.post(QUEUE, data={"item": f"place:{held}", "action": "approve"}).status_code == 400
    assert state(torino, held) == "held"


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_is_in_the_readers_language(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection, language: str
) -> None:
    place = add_place(torino)
    held, change = add_place(torino, moderation="held"), add_change(torino, place, title="Due")
    reported = report(visitor, place)
    for path in (
        QUEUE,
        f"{QUEUE}/place/{held}",
        f"{QUEUE}/change/{change}",
        f"{QUEUE}/report/{reported}",
        LOG,
    ):
        page = moderator.get(f"{path}?lang={language}", headers=PAGE)
        assert page.status_code == 200, path
        assert f'<html lang="{language}">' in page.get_data(as_text=True)

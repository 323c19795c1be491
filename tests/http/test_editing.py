"""Changing a place by form: filled in, waiting, two people at once, and what the editor may not see."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from tests.http.conftest import MILANO, add_person, add_place, csrf, give_role, sign_in
from tests.http.pinning import DATA, PAGE, places, reviewing, send


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> Any:
    """Somebody signed in, in a city that reviews nothing."""
    reviewing(torino, "none")
    person = add_person(torino)
    sign_in(client, torino, person)
    return person


@pytest.fixture
def bruno(client: FlaskClient, torino: Connection, ada: Any) -> FlaskClient:
    """Somebody else's browser."""
    other = client.application.test_client()
    sign_in(other, torino, add_person(torino, "bruno@city.example", "Bruno"))
    return other


def fields_of(page: str) -> dict[str, str]:
    """The fields of the form as a browser would send them back."""
    found = dict(re.findall(r'<input [^>]*?name="([\w.]+)"[^>]*? value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([\w.]+)"[^>]*>([^<]*)</textarea>', page))
    found |= dict(re.findall(r'name="(kind)" id="\S+" value="(\w+)" checked', page))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in found.items() if name not in ("q", "shape")}


def opened(client: FlaskClient, place: Any) -> dict[str, str]:
    page = client.get(f"/torino/places/{place}/edit", headers=PAGE)
    assert page.status_code == 200
    return fields_of(page.text)


def save(
    client: FlaskClient, place: Any, fields: dict[str, str], headers: dict[str, str] = PAGE
) -> TestResponse:
    fields = {**fields, "csrf_token": csrf(client), "step": "send"}
    return client.post(f"/torino/places/{place}/edit", data=fields, headers=headers)


def now(db: Connection, place: Any) -> Any:
    return db.execute(
        text("SELECT *, ST_AsText(geom) AS wkt FROM places WHERE id = :id"), {"id": place}
    ).one()


def test_a_form_that_is_sent_as_it_was_changes_nothing_but_the_version(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    send(
        client, title="Festa", summary="uno\ndue", kind="event", accuracy_m="7", lat="45.0700001",
        lon="7.6800001", valid_from="2026-05-30", valid_to="2026-05-31",
    )  # fmt: skip
    (before,) = places(torino)
    assert save(client, before.id, opened(client, before.id)).status_code == 303

    after = now(torino, before.id)
    assert after.revision == 2
    same = (
        "kind",
        "status",
        "title",
        "summary",
        "language",
        "accuracy_m",
        "valid",
        "wkt",
        "website",
        "blur_m",
    )
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}


def test_a_line_and_translations_outlive_a_change_by_form(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    place = add_place(
        torino, wkt="LINESTRING(7.68 45.07,7.69 45.08)", translations='{"en": {"title": "Garden"}}'
    )
    fields = opened(client, place)
    save(client, place, {**fields, "title": "Orto nuovo"})

    after = now(torino, place)
    assert (after.title, after.wkt) == ("Orto nuovo", "LINESTRING(7.68 45.07,7.69 45.08)")
    assert after.translations == {"en": {"title": "Garden"}}


def test_every_language_of_the_city_can_be_read_and_written(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    place = add_place(
        torino,
        title="Orto",
        summary="Pomodori.",
        translations='{"en": {"title": "Garden"}, "de": {"title": "Garten"}}',
    )
    page = client.get(f"/torino/places/{place}/edit?lang=en", headers=PAGE).text
    assert "Name (English)" in page
    assert "The texts above are in Italian." in page
    fields = fields_of(page)
    assert (fields["translations.en.title"], fields["translations.en.summary"]) == ("Garden", "")
    assert "translations.it.title" not in fields
    script = "<script>alert(1)</script>"

    written = {
        **fields,
        "translations.en.title": " New  garden ",
        "translations.en.summary": f"Tomatoes. {script}",
    }
    assert save(client, place, written).status_code == 303
    assert now(torino, place).translations == {
        "en": {"title": "New garden", "summary": f"Tomatoes. {script}"}, "de": {"title": "Garten"},
    }, "what no form shows stays"  # fmt: skip
    seen = client.get(f"/torino/places/{place}?lang=en").text
    assert "Translated; the original is in Italian." in seen
    assert "New garden" in seen
    assert '<div lang="it"><p><strong>Orto</strong></p>' in seen
    assert script not in seen
    assert "Translated" not in client.get(f"/torino/places/{place}?lang=it").text
    told = client.get(f"/torino/places/{place}/history/2?lang=en").text
    assert 'English: <span lang="en">New garden · Tomatoes.' in told
    assert 'English: <span lang="en">Garden</span>' in told

    fields = opened(client, place)
    emptied = {**fields, "translations.en.title": "", "translations.en.summary": " "}
    save(client, place, emptied)
    assert now(torino, place).translations == {"de": {"title": "Garten"}}
    wrong = save(client, place, {**opened(client, place), "translations.en.title": "x" * 301})
    assert wrong.status_code == 422
    assert 'id="translations.en.title-wrong"' in wrong.text
    assert "x" * 301 in wrong.text, "nothing that was written is lost"
    assert now(torino, place).revision == 3


def test_two_translators_at_once_are_shown_what_the_other_wrote(
    client: FlaskClient, torino: Connection, ada: Any, bruno: FlaskClient
) -> None:
    place = add_place(torino, title="Orto")
    mine, theirs = opened(client, place), opened(bruno, place)
    save(bruno, place, {**theirs, "translations.en.title": "Garden"})

    answer = save(client, place, {**mine, "translations.en.title": "Allotment"})

    assert answer.status_code == 409
    assert '<th scope="row">Nome (inglese)</th><td>Garden</td><td>Allotment</td>' in answer.text
    assert fields_of(answer.text)["translations.en.title"] == "Allotment"


def test_a_change_by_somebody_new_waits_and_the_public_sees_the_version_before(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    reviewing(torino, "all")
    client.application.extensions["cortile"].cities_at = float("-inf")
    place = add_place(torino, title="Prima")
    answer = save(client, place, {**opened(client, place), "title": "Dopo"})

    assert answer.headers["Location"] == f"/torino/mine#place-{place}"
    assert now(torino, place).title == "Prima"
    mine = client.get("/torino/mine?lang=en").text
    assert "Your change waits for a moderator." in mine
    page = client.get(f"/torino/places/{place}?lang=en").text
    assert "A change of yours waits" in page
    stranger = client.application.test_client().get(f"/torino/places/{place}?lang=en").text
    assert "Prima" in stranger
    assert "Dopo" not in stranger
    assert "waits" not in stranger


def test_of_two_who_save_at_once_the_second_sees_both_and_loses_nothing(
    client: FlaskClient, torino: Connection, bruno: FlaskClient
) -> None:
    place = add_place(torino, title="Orto")
    hers, his = opened(client, place), opened(bruno, place)
    assert save(client, place, {**hers, "title": "Orto di Ada"}).status_code == 303
    refused = save(bruno, place, {**his, "title": "Orto di Bruno", "summary": "Lungo testo"})

    assert refused.status_code == 409
    words = html.unescape(refused.text)
    assert re.search(r"<td>Orto di Ada</td>\s*<td>Orto di Bruno</td>", words)
    again = fields_of(refused.text)
    assert (again["title"], again["summary"], again["seen"]) == ("Orto di Bruno", "Lungo testo", "2")
    assert now(torino, place).title == "Orto di Ada"
    assert save(bruno, place, again).status_code == 303
    assert (now(torino, place).title, now(torino, place).revision) == ("Orto di Bruno", 3)
    assert save(bruno, place, his, DATA).status_code == 409


def test_a_change_that_is_sent_twice_is_made_once(client: FlaskClient, torino: Connection, ada: Any) -> None:
    place = add_place(torino)
    fields = {**opened(client, place), "title": "Una volta"}
    assert [save(client, place, fields).status_code for _ in range(2)] == [303, 303]
    assert now(torino, place).revision == 2


def test_bad_input_stands_beside_its_field_and_changes_nothing(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    place = add_place(torino)
    page = save(client, place, {**opened(client, place), "title": "x" * 301, "lat": "91"})

    assert page.status_code == 422
    assert 'id="title-wrong"' in page.text
    assert 'id="geometry-wrong"' in page.text
    assert now(torino, place).revision == 1
    refused = save(client, place, {**opened(client, place), "seen": "x", "change_id": "y"}, DATA)
    assert refused.status_code == 422


def exact_in(page: TestResponse) -> bool:
    return "45.0612" in page.text or "7.6612" in page.text


def test_who_may_not_see_the_exact_position_does_not_and_does_not_move_it(
    client: FlaskClient, torino: Connection, bruno: FlaskClient
) -> None:
    send(client, lat="45.06123", lon="7.66123", blur_m="250", title="Nido")
    (place,) = places(torino)
    exact = "SELECT ST_AsText(geom) FROM place_exact WHERE id = :id ORDER BY revision DESC LIMIT 1"
    assert torino.scalar(text(exact), {"id": place.id}) == "POINT(7.66123 45.06123)"

    page = bruno.get(f"/torino/places/{place.id}/edit", headers=PAGE)
    assert not exact_in(page)
    assert 'name="lat"' not in page.text
    forged = {**fields_of(page.text), "title": "Nido di rondine", "lat": "45.1"}
    assert save(bruno, place.id, forged).status_code == 303
    after = now(torino, place.id)
    assert (after.title, after.wkt, after.blur_m) == ("Nido di rondine", place.wkt, 250)
    assert torino.scalar(text(exact), {"id": place.id}) == "POINT(7.66123 45.06123)"
    stale = save(
        bruno, place.id, {**fields_of(page.text), "change_id": str(compat.uuid7()), "title": "Altro"}
    )
    assert stale.status_code == 409
    assert not exact_in(stale)
    assert exact_in(client.get(f"/torino/places/{place.id}/edit", headers=PAGE))  # its author


def test_on_whose_behalf_is_known_to_those_who_may_and_outlives_a_change(
    client: FlaskClient, torino: Connection, ada: Any, bruno: FlaskClient
) -> None:
    give_role(torino, ada, "operator")
    send(client, on_behalf_of="Signora Rosa", title="Orto")
    (place,) = places(torino)

    page = bruno.get(f"/torino/places/{place.id}/edit", headers=PAGE)
    assert "Rosa" not in page.text
    save(bruno, place.id, {**fields_of(page.text), "title": "Orto 2", "on_behalf_of": ""})
    assert now(torino, place.id).on_behalf_of == "Signora Rosa"
    assert "Rosa" not in save(bruno, place.id, fields_of(page.text) | {"change_id": str(compat.uuid7())}).text


def test_a_held_place_is_its_authors_and_the_moderators(
    client: FlaskClient, torino: Connection, ada: Any, bruno: FlaskClient
) -> None:
    place = add_place(torino, moderation="held", author=ada, title="Mio")
    address = f"/torino/places/{place}"
    own = client.get(address)
    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"{address}/edit").status_code == 200
    for path in (address, f"{address}/edit", f"{address}?part=1"):
        assert bruno.get(path).status_code == 404
    assert client.application.test_client().get(address).status_code == 404
    assert save(client, place, {**opened(client, place), "title": "Mio 2"}).status_code == 303
    assert (now(torino, place).title, now(torino, place).moderation) == ("Mio 2", "held")
    hidden = add_place(torino, moderation="hidden", author=ada)
    assert client.get(f"/torino/places/{hidden}").status_code == 404
    assert client.get(f"/torino/places/{hidden}/edit").status_code == 404


def test_ids_of_another_city_are_no_places_here(client: FlaskClient, torino: Connection, ada: Any) -> None:
    foreign = add_place(torino, city_id=MILANO, title="Milanese")
    fields = {"csrf_token": csrf(client), "title": "Preso", "lat": "45.07", "lon": "7.68", "seen": "1"}
    assert client.get(f"/torino/places/{foreign}/edit").status_code == 404
    for action in ("edit", "follow", "confirm"):
        assert client.post(f"/torino/places/{foreign}/{action}", data=fields, headers=DATA).status_code == 404
    assert now(torino, foreign).title == "Milanese"
    assert torino.scalar(text("SELECT count(*) FROM place_followers")) == 0


def test_a_place_is_followed_and_no_longer(client: FlaskClient, torino: Connection, ada: Any) -> None:
    place = add_place(torino, title="Seguito")

    def press(action: str, **fields: str) -> TestResponse:
        return client.post(f"/torino/places/{place}/{action}", data={"csrf_token": csrf(client), **fields})

    for _ in range(2):
        assert press("follow").headers["Location"] == f"/torino/places/{place}"
    assert torino.scalar(text("SELECT count(*) FROM place_followers")) == 1
    assert 'aria-pressed="true"' in client.get(f"/torino/places/{place}").text
    assert "Seguito" in client.get("/torino/mine").text
    assert press("unfollow", back="mine").headers["Location"] == "/torino/mine"
    assert "Seguito" not in client.get("/torino/mine").text
    assert client.post(f"/torino/places/{place}/follow").status_code == 400  # without its form's token


def test_saying_that_it_is_still_true_is_one_click(client: FlaskClient, torino: Connection, ada: Any) -> None:
    place = add_place(torino)
    assert "Nobody has confirmed yet" in client.get(f"/torino/places/{place}?lang=en").text
    answer = client.post(f"/torino/places/{place}/confirm", data={"csrf_token": csrf(client)})

    assert answer.status_code == 303
    assert "Still true: confirmed on" in client.get(f"/torino/places/{place}?lang=en").text
    assert now(torino, place).confirmed_at is not None
    assert now(torino, place).revision == 1


def test_what_is_mine_says_where_it_stands(client: FlaskClient, torino: Connection, ada: Any) -> None:
    add_place(torino, title="Tenuto", moderation="held", author=ada)
    add_place(torino, title="Tolto", moderation="hidden", author=ada)
    add_place(torino, title="Pubblico", author=ada)
    add_place(torino, title="Altrui", author=compat.uuid7())
    add_place(torino, title="Milanese", author=ada, city_id=MILANO)
    lines = re.findall(r"<li id=.*?</li>", client.get("/torino/mine?lang=en").text, re.DOTALL)
    said = {
        re.search(r"mine-title\"[^>]*>([^<]+)", line)[1]: re.search(r'mine-state">([^<]+)', line)[1].strip()  # type: ignore[index]
        for line in lines
    }

    assert said == {
        "Tenuto": "Waits for a moderator; nobody else sees it yet.",
        "Tolto": "Not public: a moderator took it off the map.",
        "Pubblico": "Public.",
    }
    assert (
        client.application.test_client()
        .get("/torino/mine", headers=PAGE)
        .headers["Location"]
        .startswith("/login")
    )

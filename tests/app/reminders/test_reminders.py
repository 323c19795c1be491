"""`cortile remind`, as it is typed, and the links in its mails, as they are opened."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.cli import commands
from app.reminders.queries import Due
from app.reminders.service import token_for as token_of_reminder
from app.settings import Settings
from app.web import create_app
from tests.conftest import FreshDatabase
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import MILANO, add_person, add_place, csrf, csrf_of

SECRET = "a secret of more than 32 characters"
LONG_AGO = "2020-02-01T12:00:00Z"
LINK = re.compile(r"^https://city\.example(/\w+/still-true/\S+)$", re.MULTILINE)
NOT_GOOD = {
    "en": "This link is not good, or not good any more: it works once, for 30 days. Whoever signs in can"
    " confirm a place on its own page.",
    "it": "Questo link non è valido, o non lo è più: funziona una volta sola, per 30 giorni. Chi accede può"
    " confermare un luogo sulla pagina del luogo stesso.",
}


@pytest.fixture
def remind(database: FreshDatabase, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command over this test's database; its mails are files."""
    environment = {
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(tmp_path),
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://city.example",
    }
    return lambda *words, **more: CliRunner().invoke(commands, ["remind", *words], env=environment | more)


@pytest.fixture
def app(database: FreshDatabase, tmp_path: Path) -> Any:
    """The application that has the same secret."""
    made = create_app(
        replace(
            Settings(),
            database_url=database.app_url,
            base_url="https://city.example",
            var=tmp_path,
            secret_key=SECRET,
        )
    )
    yield made
    made.extensions["cortile"].database.close()


def mails(folder: Path) -> list[EmailMessage]:
    """The mails written so far, in their order."""
    files = sorted((folder / "mail").glob("*.eml"))
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail for mail in read if isinstance(mail, EmailMessage)]


def own(db: Connection, place: str, person: UUID) -> None:
    sql = """INSERT INTO place_owners (city_id, place_id, person_id, since)
        SELECT city_id, id, :person, now() FROM places WHERE id = :place"""
    db.execute(text(sql), {"place": place, "person": person})


def confirmed(db: Connection, place: str) -> bool:
    """Whether somebody confirmed the place in the last minute."""
    sql = "SELECT confirmed_at > now() - interval '1 minute' FROM places WHERE id = :place"
    return bool(db.execute(text(sql), {"place": place}).scalar_one())


def test_owners_else_authors_get_one_mail_about_what_is_stale_and_public(
    torino: Connection, remind: Callable[..., Result], tmp_path: Path
) -> None:
    ada = add_person(torino, "ada@city.example", language="it")
    bruno = add_person(torino, "bruno@city.example", language="en")
    away = add_person(torino, "new@city.example", confirmed_at=None)
    old: dict[str, Any] = {"confirmed_at": LONG_AGO}
    add_place(torino, title="Di Ada", author=ada, **old)
    add_place(torino, title="Altrove", author=ada, city_id=MILANO, **old)
    owned = add_place(torino, title="Casa", author=ada, translations='{"en": {"title": "House"}}', **old)
    own(torino, owned, bruno)
    left = add_place(torino, title="Orfana", author=ada, kind="house", confirmed_at="2020-01-01")
    own(torino, left, UUID(int=5))
    never = add_place(torino, title=None, kind="house", recorded_at=LONG_AGO)
    own(torino, never, bruno)
    for columns in (
        {"author": ada, "confirmed_at": "now", "recorded_at": LONG_AGO},
        {"author": ada, "moderation": "hidden", **old},
        {"author": ada, "moderation": "held", **old},
        {"author": away, **old},
        {"author": UUID(int=6), **old},
        old,
    ):
        add_place(torino, title="Segreto", **columns)

    told = remind()

    assert (told.exit_code, told.output) == (0, "Mails sent: 2, about 5 places.\n")
    by_person = {mail["To"]: mail for mail in mails(tmp_path)}
    assert set(by_person) == {"ada@city.example", "bruno@city.example"}
    to_ada, to_bruno = (by_person[f"{name}@city.example"] for name in ("ada", "bruno"))
    assert to_ada["Subject"] == "È ancora vero? I tuoi luoghi su Cortile"
    assert to_bruno["Subject"] == "Is this still true? Your places on Cortile"
    said = to_ada.get_content()
    listed = re.findall(r"^(.+) \(era così il (.+)\)$", said, re.MULTILINE)
    assert sorted(listed) == [
        ("Altrove", "1 febbraio 2020"),
        ("Di Ada", "1 febbraio 2020"),
        ("Orfana", "1 gennaio 2020"),
    ]
    assert "House (so it was on February 1, 2020)" in to_bruno.get_content()
    assert "Neighbourhood house (so it was on" in to_bruno.get_content()
    assert not any("Segreto" in mail.get_content() for mail in by_person.values())
    assert len(LINK.findall(said)) == 3


def test_a_place_is_asked_about_once_in_90_days(
    torino: Connection, remind: Callable[..., Result], tmp_path: Path
) -> None:
    ada = add_person(torino)
    add_place(torino, author=ada, recorded_at=LONG_AGO, confirmed_at=LONG_AGO)
    torino.exec_driver_sql("UPDATE places SET confirmed_at = now() - interval '30 days' WHERE city_id = 1272")

    assert remind().output == "Mails sent: 0, about 0 places.\n"
    assert remind("--older-than-days", "31").output == "Mails sent: 0, about 0 places.\n"
    assert remind("--older-than-days", "29").output == "Mails sent: 1, about 1 places.\n"
    assert remind("--older-than-days", "29").output == "Mails sent: 0, about 0 places.\n"
    for days, sent in ((89, 0), (91, 1)):
        torino.exec_driver_sql(f"UPDATE place_reminders SET sent_at = now() - interval '{days} days'")
        assert remind("--older-than-days", "29").output == f"Mails sent: {sent}, about {sent} places.\n"
    assert len(mails(tmp_path)) == 2
    assert remind("--older-than-days", "0").exit_code == 2


def test_what_could_not_be_sent_is_tried_again(
    torino: Connection, remind: Callable[..., Result], tmp_path: Path
) -> None:
    add_place(torino, author=add_person(torino), confirmed_at=LONG_AGO)

    down = remind(MAIL_URL="smtp://127.0.0.1:9")  # the port of what is thrown away; nobody listens there

    assert down.exit_code == 1
    assert "could not be sent, and will be tried again: 1." in down.output
    assert remind().output == "Mails sent: 1, about 1 places.\n"


@pytest.fixture
def link(
    torino: Connection, client: FlaskClient, remind: Callable[..., Result], tmp_path: Path
) -> tuple[str, str]:
    """The path in a reminder, and the place that it is about."""
    place = add_place(torino, title="Orto", author=add_person(torino, language="it"), confirmed_at=LONG_AGO)
    remind()
    (mail,) = mails(tmp_path)
    return LINK.findall(mail.get_content())[0], place


def test_a_link_shows_the_place_and_its_button_confirms_it_once(
    app: Flask, client: FlaskClient, torino: Connection, link: tuple[str, str]
) -> None:
    path, place = link

    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    for words in ("È ancora vero?", "Orto", "Era così il 1 febbraio 2020.", "Sì, è ancora vero"):
        assert words in page.text
    assert "Yes, it is still true" in client.get(path.replace("lang=it", "lang=en")).text
    assert client.head(path).status_code == 200
    assert not confirmed(torino, place), "a program that opens a link confirms nothing"
    foreign = app.test_client().post(path, data={"csrf_token": "made up"})
    assert foreign.status_code == 400, "nor does a form of another site"
    assert not confirmed(torino, place)

    sent = client.post(path, data={"csrf_token": csrf_of(page.text)})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/torino/places/{place}")
    assert confirmed(torino, place)
    torino.exec_driver_sql("UPDATE places SET confirmed_at = '2020-02-01'")
    again = client.post(path, data={"csrf_token": csrf_of(page.text)}, headers={"Accept": "application/json"})
    assert (again.status_code, again.json["detail"]) == (404, NOT_GOOD["it"])
    assert client.get(path).status_code == 404
    assert not confirmed(torino, place)


def refused(client: FlaskClient, path: str) -> bool:
    """Whether a link is refused in words, in both languages."""
    path = path.partition("?")[0]
    said = {
        language: client.get(f"{path}?lang={language}", headers={"Accept": "application/json"})
        for language in NOT_GOOD
    }
    return all(
        (answer.status_code, answer.json["detail"]) == (404, NOT_GOOD[language])
        for language, answer in said.items()
    )


def test_a_link_that_is_forged_old_replaced_or_of_another_city_is_refused(
    client: FlaskClient, torino: Connection, link: tuple[str, str], remind: Callable[..., Result]
) -> None:
    path, place = link
    token = path.partition("?")[0].rpartition("/")[2]

    assert refused(client, "/torino/still-true/nothing")
    content = token.rpartition(".")[0]
    for forged in (content, f"{content}.{'A' * 27}", f"x{token}", token[:9] + "A" + token[9:]):
        assert refused(client, f"/torino/still-true/{forged}"), forged
    assert refused(client, f"/milano/still-true/{token}")
    torino.exec_driver_sql("UPDATE places SET moderation = 'hidden' WHERE city_id = 1272")
    assert refused(client, path)
    torino.exec_driver_sql("UPDATE places SET moderation = 'published' WHERE city_id = 1272")
    assert client.get(path).status_code == 200
    torino.exec_driver_sql("UPDATE place_reminders SET sent_at = sent_at - interval '100 days'")
    remind()
    assert refused(client, path), "a newer mail has a link of its own"
    assert not confirmed(torino, place)


@pytest.mark.parametrize(("hours", "status"), [(30 * 24 - 1, 200), (30 * 24 + 1, 404)])
def test_a_link_is_good_for_30_days(client: FlaskClient, torino: Connection, hours: int, status: int) -> None:
    ada, at = add_person(torino), datetime.now(UTC) - timedelta(hours=hours)
    place = add_place(torino, author=ada, confirmed_at=LONG_AGO)
    mark = {"city": 1272, "place": place, "person": ada, "at": at}
    torino.execute(
        text("""INSERT INTO place_reminders (city_id, place_id, person_id, sent_at)
            VALUES (:city, :place, :person, :at)"""),
        mark,
    )
    one = Due(UUID(place), None, "it", None, "house", at, ada, "ada@city.example", "it")
    path = f"/torino/still-true/{token_of_reminder(SECRET, 1272, one, at)}"

    assert client.get(path).status_code == status
    sent = client.post(path, data={"csrf_token": csrf(client)}, headers={"Accept": "application/json"})
    assert sent.status_code == (303 if status == 200 else 404)
    assert confirmed(torino, place) == (status == 200)

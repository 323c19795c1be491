"""`cortile digest`, as it is typed, and the links in its mails, as they are opened."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat

from app import mail
from app.cli import commands
from app.digests import letters
from app.pinning.queries import follow as follow_place
from app.places.merging import merge_places
from app.places.versions import ALL
from tests.app.reminders import test_reminders
from tests.app.reminders.test_reminders import SECRET, mails
from tests.conftest import FreshDatabase
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import MILANO, TORINO, add_person, add_place, csrf, sign_in

app = test_reminders.app  # the application that has the same secret

NOW = datetime.now(UTC)
LEAVE = re.compile(r"https://city\.example(/\w+/follow-no-longer/\S+)")
STOP = re.compile(r"https://city\.example(/no-more-mails/\S+)")
NOTHING = "Mails sent: 0, about 0 places.\n"


@pytest.fixture
def digest(database: FreshDatabase, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command over this test's database; its mails are files."""
    environment = {
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(tmp_path),
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://city.example",
    }
    return lambda **more: CliRunner().invoke(commands, ["digest"], env=environment | more)


@pytest.fixture
def ada(torino: Connection) -> UUID:
    return add_person(torino, language="en")


@pytest.fixture
def bruno(torino: Connection) -> UUID:
    return add_person(torino, "bruno@city.example", name="Bruno", language="it")


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def follow(db: Connection, place: str, *people: UUID, city: int = TORINO) -> None:
    """Let people follow a place since ten days ago."""
    for person in people:
        assert follow_place(db, (city, UUID(place)), person, ago(240))


def change(db: Connection, place: str, by: UUID | None, hours: float = 1, **said: Any) -> None:
    """A new version of a place, of so many hours ago."""
    values = {"place": place, "at": ago(hours), "author": by, "note": None, **said}
    set_ = ", ".join(f"{name} = :{name}" for name in sorted({"author", "note", *said}))
    keep = (
        f"INSERT INTO place_revisions ({ALL}, superseded_at) SELECT {ALL}, :at FROM places WHERE id = :place"
    )
    write = f"UPDATE places SET {set_}, revision = revision + 1, recorded_at = :at WHERE id = :place"
    for sql in (keep, write):
        db.execute(text(sql), values)


def add_photo(db: Connection, place: str, by: UUID, hours: float = 1, state: str = "published") -> UUID:
    photo = compat.uuid7()
    sql = """INSERT INTO place_photos (city_id, id, place_id, state, author, licence, added_at, width, height)
        VALUES (1272, :id, :place, :state, :by, 'CC-BY-4.0', :at, 10, 10)"""
    db.execute(text(sql), {"id": photo, "place": place, "state": state, "by": by, "at": ago(hours)})
    return photo


def decide(db: Connection, sort: str, subject: Any, place: str, action: str, by: UUID | None = None) -> None:
    sql = """INSERT INTO decisions (city_id, id, batch_id, at, person_id, sort, subject_id, place_id, action,
            words, before, after)
        VALUES (1272, :id, :id, :at, :by, :sort, :subject, :place, :action, 'Parole riservate', 'a', 'b')"""
    values = {"id": compat.uuid7(), "at": ago(0.5), "by": by, "sort": sort, "subject": subject}
    db.execute(text(sql), values | {"place": place, "action": action})


def hide(db: Connection, place: str, by: UUID | None = None) -> None:
    decide(db, "place", place, place, "hide", by)
    db.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": place})


def another_day(db: Connection) -> None:
    """Let a day pass since the last mails."""
    db.exec_driver_sql("UPDATE digests SET sent_at = sent_at - interval '1 day'")


def sent(folder: Path) -> dict[str, EmailMessage]:
    """The last mail to each."""
    return {each["To"]: each for each in mails(folder)}


def plain(message: EmailMessage) -> list[str]:
    """The lines of a mail without its links."""
    return [line for line in message.get_content().splitlines() if line and "https:" not in line]


def test_followers_get_one_mail_about_everything_that_others_did(
    torino: Connection, digest: Callable[..., Result], tmp_path: Path, ada: UUID, bruno: UUID
) -> None:
    garden = add_place(torino, title="Orto", translations='{"en": {"title": "Garden"}}')
    away = add_place(torino, title="Altrove", city_id=MILANO)
    own = add_place(torino, title="Di Ada")
    unfollowed = add_place(torino, title="Segreto")
    follow(torino, garden, ada, bruno)
    follow(torino, away, ada, city=MILANO)
    follow(torino, own, ada)
    change(torino, garden, bruno, 50, note="Nuovi orari")
    change(torino, garden, None, 30)
    change(torino, away, None, 2)
    change(torino, own, ada)
    change(torino, unfollowed, None)
    add_photo(torino, garden, bruno)
    add_photo(torino, garden, ada, state="held")
    add_photo(torino, own, ada)
    torino.execute(
        text("INSERT INTO place_owners (city_id, place_id, person_id, since) VALUES (1272, :id, :by, :at)"),
        {"id": garden, "by": UUID(int=7), "at": ago(3)},
    )
    for gone in ({"active": False}, {"confirmed_at": None}):
        follow(torino, garden, add_person(torino, f"{len(gone)}{gone}"[:9].lower() + "@city.example", **gone))

    told = digest()

    assert (told.exit_code, told.output) == (0, "Mails sent: 2, about 3 places.\n")
    by_person = sent(tmp_path)
    assert set(by_person) == {"ada@city.example", "bruno@city.example"}
    to_ada, to_bruno = by_person["ada@city.example"], by_person["bruno@city.example"]
    assert to_ada["Subject"] == "New at 2 places that you follow"
    assert to_bruno["Subject"] == "Novità in un luogo che segui: Orto"
    assert plain(to_ada)[0] == "This is new at places that you follow."
    said = [re.sub(r"on .* 20\d\d|since .* 20\d\d", "DAY", line) for line in plain(to_ada)[1:-1]]
    assert said == [
        "Garden (torino)",
        "- changed DAY: “Nuovi orari”",
        "- changed DAY",
        "- somebody answers for it, DAY",
        "- a new photo, DAY",
        "Altrove (milano)",
        "- changed DAY",
    ]
    assert f"https://city.example/torino/places/{garden}?lang=en" in to_ada.get_content()
    assert "Nuovi orari" not in to_bruno.get_content(), "his own change"
    assert len(plain(to_bruno)) == 5, "one change and the owner"
    assert not any(
        "Segreto" in each.get_content() or "riservate" in each.get_content() for each in by_person.values()
    )


def test_nothing_is_told_twice_and_nobody_is_written_to_twice_on_a_day(
    torino: Connection, digest: Callable[..., Result], tmp_path: Path, ada: UUID
) -> None:
    place = add_place(torino)
    change(torino, place, None, 300, note="prima")
    follow(torino, place, ada)
    assert digest().output == NOTHING, "what was before is not new"
    change(torino, place, None, 3, note="uno")
    photo = add_photo(torino, place, UUID(int=7), 200, state="held")
    assert digest().output == "Mails sent: 1, about 1 places.\n"

    change(torino, place, None, 2, note="due")
    assert digest().output == NOTHING, "one mail a day"
    another_day(torino)
    assert digest().output == "Mails sent: 1, about 1 places.\n"
    (said,) = (each.get_content() for each in sent(tmp_path).values())
    assert ("due" in said, "uno" in said, "photo" in said) == (True, False, False)
    another_day(torino)
    assert digest().output == NOTHING

    torino.execute(text("UPDATE place_photos SET state = 'published'"))
    decide(torino, "photo", photo, place, "approve")
    torino.exec_driver_sql("UPDATE place_followers SET told_at = told_at - interval '1 hour'")
    assert digest().output == "Mails sent: 1, about 1 places.\n", "a photo is new when it is public"
    assert "a new photo" in sent(tmp_path)["ada@city.example"].get_content()
    for number in range(7):
        change(torino, place, None, 1, note=f"nota {number}")
    another_day(torino)
    digest()
    said = sent(tmp_path)["ada@city.example"].get_content()
    assert "nota 1”" not in said
    assert "nota 2”" in said
    assert "and 2 changes before that" in said


def test_what_could_not_be_sent_is_tried_again(
    torino: Connection, digest: Callable[..., Result], ada: UUID
) -> None:
    place = add_place(torino)
    follow(torino, place, ada)
    change(torino, place, None)

    down = digest(MAIL_URL="smtp://127.0.0.1:9")  # the port of what is thrown away; nobody listens there

    assert down.exit_code == 1
    assert "could not be sent, and will be tried again: 1." in down.output
    assert digest().output == "Mails sent: 1, about 1 places.\n"


def test_killed_while_it_hands_a_mail_over_it_sends_that_one_again_and_no_other(
    app: Flask, torino: Connection, tmp_path: Path, ada: UUID, bruno: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = add_place(torino)
    follow(torino, place, ada, bruno)
    change(torino, place, None)
    handed: list[str] = []

    def killed(settings: Any, letter: mail.Letter) -> None:
        handed.append(letter.to)
        if len(handed) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, app.app_context():
        patched.setattr(letters.mail, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            letters.send(NOW)
    with app.app_context():
        assert letters.send(NOW + timedelta(minutes=1)) == letters.Tally(1, 1, 0)
        assert letters.send(NOW + timedelta(minutes=2)) == letters.Tally(0, 0, 0)
    assert handed == ["ada@city.example", "bruno@city.example"]
    assert list(sent(tmp_path)) == ["bruno@city.example"]


def test_of_what_left_the_map_only_its_kind_is_told_once(
    torino: Connection, digest: Callable[..., Result], tmp_path: Path, ada: UUID, bruno: UUID
) -> None:
    place = add_place(torino, title="Segreto", kind="house", summary="Righe")
    follow(torino, place, ada, bruno)
    change(torino, place, None, note="Segreto anche questo")
    hide(torino, place, by=bruno)

    assert digest().output == "Mails sent: 1, about 1 places.\n", "who hid it knows"
    (said,) = (each.get_content() for each in sent(tmp_path).values())
    assert "Neighbourhood house, followed by you since" in said
    assert "https://city.example/torino/moderation/log" in said
    assert not any(word in said for word in ("Segreto", "Righe", "riservate", place, "follow-no-longer"))
    another_day(torino)
    assert digest().output == NOTHING

    torino.exec_driver_sql("UPDATE places SET moderation = 'published' WHERE city_id = 1272")
    assert digest().output == "Mails sent: 2, about 2 places.\n", (
        "what he had not been told of is new to Bruno"
    )
    assert "it is on the map again" in sent(tmp_path)["ada@city.example"].get_content()


def test_of_a_merged_place_the_other_one_is_told(
    torino: Connection, digest: Callable[..., Result], tmp_path: Path, ada: UUID
) -> None:
    goes, stays = add_place(torino, title="Doppione"), add_place(torino, title="Orto vero")
    change(torino, stays, None, 5, note="vecchia nota")
    follow(torino, goes, ada)
    merge_places(torino, TORINO, UUID(goes), UUID(stays), datetime.now(UTC))

    assert digest().output == "Mails sent: 1, about 1 places.\n"
    said = sent(tmp_path)["ada@city.example"].get_content()
    assert "Orto vero (torino)\n- another place that you followed was the same" in said
    assert not any(word in said for word in ("Doppione", goes, "vecchia nota"))
    another_day(torino)
    assert digest().output == NOTHING
    change(torino, stays, None, note="nuova nota")
    digest()
    assert "nuova nota" in sent(tmp_path)["ada@city.example"].get_content()


@pytest.fixture
def message(torino: Connection, digest: Callable[..., Result], tmp_path: Path, bruno: UUID) -> EmailMessage:
    """A mail to Bruno about a garden."""
    place = add_place(torino, title="Orto")
    follow(torino, place, bruno)
    change(torino, place, None)
    digest()
    return sent(tmp_path)["bruno@city.example"]


def follows(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM place_followers")).scalar_one())


def test_a_link_lets_go_of_one_place_without_signing_in(
    app: Flask, client: FlaskClient, torino: Connection, message: EmailMessage, bruno: UUID
) -> None:
    (path,) = LEAVE.findall(message.get_content())
    page = client.get(path)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert "Set-Cookie" not in page.headers or "session" not in page.headers["Set-Cookie"]
    assert "Orto" in page.text
    assert "Non seguirlo più" in page.text
    assert follows(torino) == 1, "a program that opens a link changes nothing"
    bare = path.partition("?")[0]
    for wrong in (f"{bare}x", bare.replace("torino", "milano"), "/torino/follow-no-longer/nothing"):
        assert client.post(wrong).status_code == 404
    assert follows(torino) == 1

    done = client.post(path)
    assert (done.status_code, "Non lo segui più." in done.text) == (200, True)
    assert follows(torino) == 0
    assert client.post(path).status_code == client.get(path).status_code == 404
    place = torino.execute(text("SELECT id FROM places WHERE title = 'Orto'")).scalar_one()
    assert follow_place(torino, (TORINO, place), bruno, NOW)
    assert client.post(path).status_code == 404
    assert follows(torino) == 1, "who follows it again is not let go by an old mail"


def test_one_click_of_a_mail_program_ends_the_mails(
    app: Flask, client: FlaskClient, torino: Connection, message: EmailMessage, bruno: UUID,
    digest: Callable[..., Result],
) -> None:  # fmt: skip
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (said,) = STOP.findall(message.get_content())
    path = said.partition("?")[0]
    assert message["List-Unsubscribe"] == f"<https://city.example{path}>"
    assert "Basta mail, per favore" in client.get(said).text
    assert client.post(f"{path}x").status_code == 404
    change(torino, add_place(torino), None)
    torino.exec_driver_sql("UPDATE digests SET sent_at = now() - interval '2 days'")
    assert client.get(path).status_code == 200

    done = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})

    assert done.status_code == 200
    assert app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert follows(torino) == 1, "following goes on"
    place = torino.execute(text("SELECT place_id FROM place_followers")).scalar_one()
    change(torino, str(place), None)
    assert digest().output == NOTHING
    torino.execute(text("DELETE FROM people WHERE id = :id"), {"id": bruno})
    assert client.get(path).status_code == 404


def test_ones_own_list_tells_what_is_new_and_takes_the_mails_back(
    app: Flask, client: FlaskClient, torino: Connection, ada: UUID, bruno: UUID, digest: Callable[..., Result]
) -> None:
    place, other = add_place(torino, title="Orto"), add_place(torino, title="Altro")
    follow(torino, place, ada)
    follow(torino, other, bruno)
    change(torino, place, bruno, 30, note="Nuovi orari")
    change(torino, place, ada, 20, note="Di Ada")
    change(torino, other, None, 30, note="Altra nota")
    digest()
    sign_in(client, torino, ada)

    page = client.get("/torino/mine?lang=en").text

    assert "New in the last 30 days" in page
    assert "Nuovi orari" in page, "told by mail or not"
    assert not any(word in page for word in ("Di Ada”", "Altra nota"))
    token = csrf(client)
    for wanted, words in (("no", "Send me mails again"), ("yes", "No more mails, please")):
        answer = client.post("/torino/mine/mails", data={"csrf_token": token, "wanted": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/torino/mine")
        assert words in client.get("/torino/mine?lang=en").text
        change(torino, place, None)
        another_day(torino)
        assert digest().output.startswith(f"Mails sent: {int(wanted == 'yes')}")
    refused = client.post("/torino/mine/mails", data={"csrf_token": token, "wanted": "maybe"})
    assert refused.status_code == 400

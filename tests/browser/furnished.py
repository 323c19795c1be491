"""A town in which every page has something to show, written by the services as people would write it."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import Connection
from uuid_utils import compat

from app.digests.service import Following, leave_token, stop_token
from app.imports.demo import the_city
from app.moderation import service as moderation
from app.moderation.asking import Appeal, Claim, Report
from app.moderation.rules import Thing, Verdict
from app.moderation.writing import Judge
from app.network.relating import Speaker
from app.network.service import Proposal, propose_relation
from app.people.accounts import People
from app.photos import service as photos
from app.photos.processing import prepare
from app.photos.queries import NewPhoto
from app.photos.shelf import shelf_of
from app.pinning.queries import follow
from app.places import service as places
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand
from app.publish.data.keeping import keep
from app.publish.data.shelf import MARKS
from app.reminders import service as reminders
from app.reminders.queries import Due, note
from app.visitors import service as visitors
from app.visitors.queries import NewPin
from tests.app.photos.pictures import quarters, written
from tests.browser.writing import Town, town_on
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO

DAY = date(2026, 1, 1)
LONG = "Un giardino con quattro platani, un tavolo lungo e una fontana che il quartiere cura da anni. " * 3


class Furnisher:
    """Writes into a town, a minute after the other; `told` is what the pages' addresses need."""

    def __init__(self, town: Town, db: Connection) -> None:
        self.town, self.db, self.now = town, db, datetime.now(UTC) - timedelta(days=20)
        self.city = the_city(db, "torino")
        self.ada, self.mo = town.person(), town.person("mo@city.example", "moderator")
        self.iva = town.person("iva@city.example", "administrator")
        self.told: dict[str, str] = {"nobody": str(UUID(int=7))}

    def hand(self, by: UUID | None = None, trusted: bool = True) -> Hand:
        self.now += timedelta(minutes=1)
        return Hand(Author(by or self.ada, trusted), self.now)

    def content(self, title: str, **said: Any) -> Content:
        kind = said.pop("kind", "project")
        return Content(kind, "active", "it", shapely.Point(7.6812, 45.0743), title=title, **said)

    def pin(self, title: str, **said: Any) -> UUID:
        key: UUID = compat.uuid7()
        places.pin_place(self.db, self.city, key, self.content(title, **said), self.hand())
        return key

    def change(self, place: UUID, seen: int, trusted: bool, **said: Any) -> UUID:
        key: UUID = compat.uuid7()
        by = self.hand(None if trusted else self.town.person("bea@city.example"), trusted)
        city = self.city if trusted else self.reviewing
        places.change_place(self.db, city, Change(key, place, seen), self.content(**said), by)
        return key

    @property
    def reviewing(self) -> Any:
        """The city as if it reviewed everything."""
        return type(self.city)(
            **{name: getattr(self.city, name) for name in self.city.__dataclass_fields__} | {"review": "all"}
        )

    def photo(self, place: UUID, alt: str | None, held: bool) -> UUID:
        picture = prepare(io.BytesIO(written(quarters(1200, 800))))
        photo = NewPhoto(compat.uuid7(), alt, self.ada, self.hand().at, held)
        shelf = shelf_of(self.town.app.extensions["cortile"].settings.var)
        photos.add_photo(self.db, shelf, (TORINO, place), photo, picture)
        return photo.id

    def relate(self, tail: UUID, kind: str, head: UUID, by: Speaker) -> str:
        said = Proposal(compat.uuid7(), tail, head, kind, note=LONG)
        return str(propose_relation(self.db, TORINO, said, by, self.hand().at).id)

    def decide(self, sort: str, key: UUID, action: str, reason: str | None = None) -> UUID:
        judge = Judge(self.mo, self.hand().at, compat.uuid7(), compat.uuid7)
        verdict = Verdict(action, reason, "Perché si vede il citofono con i nomi." if reason else None)
        return moderation.decide(self.db, TORINO, [Thing(sort, key)], verdict, judge)[0].id

    def report(self, place: UUID) -> UUID:
        key = compat.uuid7()
        made = Report(key, place, "gone", LONG, None, "vicino@casa.example", "it", self.hand().at)
        moderation.report(self.db, TORINO, made)
        return key


def furnish(town: Town, db: Connection) -> Furnisher:
    """One of everything: what is public, what waits, what was decided, refused and removed."""
    it = Furnisher(town, db)
    place = it.pin("Giardino dei platani", summary=LONG, website="https://platani.example", blur_m=100.0)
    it.change(place, 1, True, title="Giardino dei quattro platani", summary=LONG, address="Via Roma 1")
    change = it.change(place, 2, False, title="Giardino dei cinque platani", note="Ne è cresciuto uno.")
    held, refused = it.pin("Orto in attesa"), it.pin("Vendo scarpe")
    places.moderate(db, TORINO, [held], "held")
    decision = it.decide("place", refused, "hide", "spam")
    other = it.decide("place", it.pin("Vendo borse"), "hide", "spam")
    public, waiting = it.photo(place, "Quattro platani e un tavolo", False), it.photo(place, None, True)
    removed = it.photo(place, "Un volto", False)
    it.decide("photo", removed, "remove", "private")
    report, answered = it.report(place), it.report(place)
    it.decide("report", answered, "refuse", "other")
    claim, appeal = compat.uuid7(), compat.uuid7()
    moderation.claim(db, TORINO, Claim(claim, place, it.ada, "Casa dei platani", LONG, it.hand().at))
    moderation.appeal(db, TORINO, Appeal(appeal, other, it.ada, LONG, it.hand().at))
    found = {"place": place, "held": held, "change": change, "decision": decision, "photo": public}
    found |= {"held_photo": waiting, "removed_photo": removed, "report": report, "answered": answered}
    it.told |= {name: str(key) for name, key in (found | {"claim": claim, "appeal": appeal}).items()}
    it.told |= {"reminder": reminder(it, place), "leave": leaving(it, place)}
    it.told["sent"], it.told["confirmed"] = (
        visited(it, name, name == "Aiuola") for name in ("Orto", "Aiuola")
    )
    house = it.pin("Casa dei platani", kind="house")
    it.told["relation"] = it.relate(place, "hosted_by", house, Speaker(it.ada))
    it.told["related"] = it.relate(house, "supports", place, Speaker(it.mo, settles=True))
    it.told["near"] = str(house)
    it.told["stop"] = stop_token(town.app.config["SECRET_KEY"], it.ada)
    return it


def visited(it: Furnisher, name: str, confirmed: bool) -> str:
    """The end of a link by which a visitor confirms a place, or sees what became of it."""
    key, secret = compat.uuid7(), it.town.app.config["SECRET_KEY"]
    shelf = shelf_of(it.town.app.extensions["cortile"].settings.var)
    desk = visitors.Desk(it.city, shelf, datetime.now(UTC))
    pin = NewPin(it.content(name, summary=LONG), f"{key.hex}@casa.example", "it", compat.uuid7(), "Un orto")
    visitors.send(it.db, desk, key, pin, prepare(io.BytesIO(written(quarters(1200, 800)))))
    token = visitors.token_for(secret, (TORINO, key), desk.at)
    if confirmed:
        visitors.confirm(it.db, desk, token, secret)
    return token


def reminder(it: Furnisher, place: UUID) -> str:
    """The end of a link in a reminder."""
    now = datetime.now(UTC)
    due = Due(place, None, "it", None, "project", now, it.ada, "ada@city.example", "it")
    note(it.db, TORINO, due, now, now)
    return reminders.token_for(it.town.app.config["SECRET_KEY"], TORINO, due, now)


def leaving(it: Furnisher, place: UUID) -> str:
    """The end of a link by which somebody follows a place no longer."""
    key, since = (TORINO, place), datetime.now(UTC)
    follow(it.db, key, it.mo, since)
    return leave_token(it.town.app.config["SECRET_KEY"], Following(key, it.mo, since))


def later(made: Path) -> None:
    """A snapshot of a month later, in which a place is gone: a copy, since making one takes a minute."""
    copy = made.with_name("2026-02-01")
    shutil.copytree(made, copy)
    for path in (copy / "manifest.json", copy / MARKS / "places.csv"):
        path.chmod(0o644)
    manifest = (copy / "manifest.json").read_text("utf-8")
    (copy / "manifest.json").write_text(manifest.replace(f'"{DAY}"', f'"{copy.name}"'), "utf-8")
    marks = (copy / MARKS / "places.csv").read_text("utf-8").splitlines(keepends=True)
    (copy / MARKS / "places.csv").write_text("".join(marks[:-1]), "utf-8")


@contextmanager
def furnished_town(database: FreshDatabase, var: Path) -> Iterator[tuple[Town, Furnisher]]:
    """The demonstration city with one of everything, and two snapshots."""
    with town_on(database, var) as town:
        services = town.app.extensions["cortile"]
        with services.database.transaction() as db:
            it = furnish(town, db)
        made = keep(
            database.app_url, services.settings, lambda db: the_city(db, "torino"), DAY, lambda _: None
        )
        later(made.folder)
        with town.app.test_request_context():
            it.told["reset"] = generate_reset_password_token(People().find_user(id=it.ada))
        yield town, it

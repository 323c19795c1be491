"""People who write at once over HTTP, each with a token, and a ledger of what the server acknowledged.

Whoever gets no answer, or one of the server's own failures, sends the same thing again: ids are the client's,
and a change carries an `Idempotency-Key`. So every request is answered in the end, and acts once.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from uuid_utils import compat

ITEMS = "/torino/ogc/collections/places/items"
SHARED = 5
"""So many places are changed by everybody."""
PATIENCE = 60.0
"""Seconds for which something is sent again."""
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A version that the server said it has: of this place, with this number and this title."""

    place: str
    revision: int
    title: str


@dataclass
class Ledger:
    """What was sent and what was acknowledged; one list is written to by many threads."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    lost_races: int = 0
    sent_again: int = 0
    unexpected: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the entity tag's revision (0 without one) and the body."""

    status: int
    revision: int
    body: bytes


class Writer:
    """One person with a connection of their own, which is opened anew when it breaks."""

    def __init__(self, port: int, token: str, number: int, ledger: Ledger) -> None:
        self._port, self._number, self._ledger = port, number, ledger
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._connection: http.client.HTTPConnection | None = None
        self._chance = random.Random(number)
        self._own: list[str] = []
        self._sent = 0

    def run(self, until: float, shared: list[str], photo: bytes) -> None:
        """Write until `until` (as time.monotonic counts): mostly new places, some changes, few photos."""
        while time.monotonic() < until:
            chance = self._chance.random()
            if chance < 0.6 or not self._own:
                self.pin()
            elif chance < 0.85:
                self.change(self._chance.choice(self._own))
            elif chance < 0.98 or not photo:
                self.change(self._chance.choice(shared))
            else:
                self.add_photo(self._chance.choice(self._own), photo)

    def pin(self) -> str:
        """A place of one's own; gives its id."""
        place, title = str(compat.uuid7()), self._title()
        self._ledger.asked.append((place, title))
        point = [round(7.6 + 0.15 * self._chance.random(), 7), round(45.02 + 0.1 * self._chance.random(), 7)]
        feature = {
            "type": "Feature",
            "id": place,
            "geometry": {"type": "Point", "coordinates": point},
            "properties": {"title": title, "kind": "project"},
        }
        answer = self._insist("POST", ITEMS, json.dumps(feature).encode(), "application/geo+json")
        if self._noted(answer, 201):
            self._ledger.acknowledged.append(Acknowledged(place, answer.revision, title))
            self._own.append(place)
        return place

    def change(self, place: str) -> None:
        """Another title for a place, on the version that was just read."""
        now = self._insist("GET", f"{ITEMS}/{place}", b"", "")
        if not self._noted(now, 200):
            return
        title = self._title()
        self._ledger.asked.append((place, title))
        patch = json.dumps({"properties": {"title": title}}).encode()
        headers = {"If-Match": f'"{now.revision}.published"', "Idempotency-Key": str(compat.uuid7())}
        answer = self._insist("PATCH", f"{ITEMS}/{place}", patch, "application/merge-patch+json", headers)
        if answer.status == 412:
            self._ledger.lost_races += 1
        elif self._noted(answer, 204):
            self._ledger.acknowledged.append(Acknowledged(place, answer.revision, title))

    def add_photo(self, place: str, photo: bytes) -> None:
        """A photo of a place."""
        photo_id, edge = str(compat.uuid7()), "x" * 24
        said = f'--{edge}\r\nContent-Disposition: form-data; name="photo_id"\r\n\r\n{photo_id}\r\n'
        said += f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        body = b"".join((said.encode(), photo, f"\r\n--{edge}--\r\n".encode()))
        path, kind = f"/torino/places/{place}/photos", f"multipart/form-data; boundary={edge}"
        answer = self._insist("POST", path, body, kind)
        if answer.status != 429 and self._noted(answer, 201):
            self._ledger.photos.append(photo_id)

    def _title(self) -> str:
        self._sent += 1
        return f"Scritto {self._number}-{self._sent}"

    def _noted(self, answer: Answer, hoped: int) -> bool:
        if answer.status != hoped:
            self._ledger.unexpected.append(f"{answer.status}: {answer.body[:200]!r}")
        return answer.status == hoped

    def _insist(
        self, method: str, path: str, body: bytes, kind: str, more: dict[str, str] | None = None
    ) -> Answer:
        """The answer to a request that is sent until the server gives one that is not its own failure."""
        headers = self._headers | (more or {}) | ({"Content-Type": kind} if kind else {})
        end = time.monotonic() + PATIENCE
        while True:
            answer = self._once(method, path, body, headers)
            if answer is not None and answer.status < 500:
                return answer
            if time.monotonic() > end:
                return answer or Answer(0, 0, b"no answer")
            self._ledger.sent_again += 1
            time.sleep(PAUSE)

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            tag = (answer.headers["ETag"] or "0").strip('W/"').partition(".")[0]
            return Answer(answer.status, int(tag) if tag.isdigit() else 0, answer.read())
        except (OSError, http.client.HTTPException):
            if self._connection:
                self._connection.close()
            self._connection = None
            return None


def write(
    port: int,
    tokens: list[str],
    seconds: float,
    photo: bytes = b"",
    meanwhile: Callable[[], None] | None = None,
) -> Ledger:
    """Let whoever has a token write for so many seconds; in the middle `meanwhile` runs beside them."""
    ledger = Ledger()
    writers = [Writer(port, token, number, ledger) for number, token in enumerate(tokens)]
    shared = [writers[0].pin() for _ in range(SHARED)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=each.run, args=(until, shared, photo), daemon=True) for each in writers
    ]
    for thread in threads:
        thread.start()
    if meanwhile:
        time.sleep(seconds / 2)
        meanwhile()
    for thread in threads:
        thread.join(seconds + 2 * PATIENCE)
    return ledger


def found_wanting(ledger: Ledger, versions: dict[tuple[str, int], str]) -> list[str]:
    """What of the ledger is not among these versions, is there twice, or has a gap before it.

    `versions` are titles by place and revision, of the places as they are and as they were.
    """
    wrong = [
        f"{each} was acknowledged and is not there"
        for each in ledger.acknowledged
        if versions.get((each.place, each.revision)) != each.title
    ]
    titles = list(versions.values())
    if len(set(titles)) != len(titles):
        wrong.append("something that was sent once is there twice")
    asked = set(ledger.asked)
    wrong += [f"{key} says {said}" for key, said in versions.items() if (key[0], said) not in asked]
    latest: dict[str, int] = {}
    for place, revision in versions:
        latest[place] = max(revision, latest.get(place, 0))
    gaps = [
        place for place, last in latest.items() if any((place, n) not in versions for n in range(1, last))
    ]
    return wrong + [f"{place} lacks a version" for place in gaps]

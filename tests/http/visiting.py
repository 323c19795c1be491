"""What the tests of visitors share: a city that lets them pin, what they send, and the mails they get."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from tests.http.conftest import csrf
from tests.http.pinning import PAGE, reviewing, send

EMAIL = "vera@casa.example"
LINK = re.compile(r"^https://city\.example(/\w+/pinned/\S+)$", re.MULTILINE)


def open_to_visitors(client: FlaskClient, db: Connection) -> None:
    """Let people pin in Torino without an account."""
    reviewing(db, "none", visitors_pin=True)
    client.application.extensions["cortile"].cities_at = float("-inf")


def send_as_visitor(client: FlaskClient, headers: dict[str, str] = PAGE, **fields: Any) -> TestResponse:
    """Pin a place with an address."""
    return send(client, headers, **{"email": EMAIL, "title": "Orto", **fields})


def mails(client: FlaskClient) -> list[EmailMessage]:
    """The mails written so far, in their order."""
    folder: Path = client.application.extensions["cortile"].settings.var / "mail"
    read = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))
    ]
    return [mail for mail in read if isinstance(mail, EmailMessage)]


def words_of(mail: EmailMessage) -> str:
    """What a mail says."""
    said: str = mail.get_content()
    return said


def link_in(mail: EmailMessage) -> str:
    """The path of the link by which a visitor confirms."""
    found = LINK.search(words_of(mail))
    assert found, words_of(mail)
    return found[1].partition("?")[0]


def press(client: FlaskClient, path: str, headers: dict[str, str] = PAGE) -> TestResponse:
    """Press a button on the page of a link."""
    return client.post(path, data={"csrf_token": csrf(client)}, headers=headers)


def kept(db: Connection) -> list[Any]:
    """What is kept of what visitors sent, in all cities."""
    return list(db.execute(text("SELECT * FROM visitor_pins ORDER BY sent_at")))

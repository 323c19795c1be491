"""Mails: sent by the server that MAIL_URL names, or written to `mail` in the folder of what Cortile keeps."""

import logging
import os
import secrets
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.errors import Busy
from app.settings import Settings

SECONDS_TO_SEND, SECONDS_UNTIL_AGAIN = 10, 300
log = logging.getLogger(__name__)


class _AddressHeader(UnstructuredHeader, BaseHeader):
    """A header that holds a long address; encoded and folded, as texts are, no program would read it."""

    def fold(self, *, policy: Policy) -> str:
        """The header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _AddressHeader)
POLICY = default.clone(header_factory=_headers)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text to one person, in their language.

    `leave`: the address at which they get no more of its kind, by one request that needs nothing else
    (RFC 8058).
    """

    to: str
    subject: str
    text: str
    leave: str | None = None


def send(settings: Settings, letter: Letter) -> None:
    """Send a letter, or write it to a file where no mail server is named; raises Busy where it cannot be
    sent."""
    message = _message(settings, letter)
    if not settings.mail_url:
        path = _keep(settings.var / "mail", message)
        log.info("A mail is in %s.", path)
        return
    try:
        _hand_over(settings.mail_url, message)
    except (OSError, smtplib.SMTPException) as error:
        log.error("A mail could not be sent: %s", type(error).__name__)
        raise Busy(
            "A mail could not be sent just now; please try again in a few minutes.",
            seconds=SECONDS_UNTIL_AGAIN,
        ) from error


def site_url(settings: Settings) -> str:
    """The address of this server for links in mails: never what a request says, which anybody can make up."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return settings.base_url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _message(settings: Settings, letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    domain = urlsplit(site_url(settings)).hostname or "localhost"
    message["From"] = settings.mail_from or f"Cortile <no-reply@{domain}>"
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    if letter.leave:
        message["List-Unsubscribe"] = f"<{letter.leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


def _keep(folder: Path, message: EmailMessage) -> Path:
    """Write the message to a file that appears as a whole, and that only this account can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    written = folder / f".{name}"
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    return written.rename(folder / f"{name}.eml")


def _hand_over(address: str, message: EmailMessage) -> None:
    parts = urlsplit(address)
    at = (parts.hostname or "localhost", parts.port or 0)
    trusted = ssl.create_default_context()  # smtplib by itself would take any certificate
    with (
        smtplib.SMTP_SSL(*at, timeout=SECONDS_TO_SEND, context=trusted)
        if parts.scheme == "smtps"
        else smtplib.SMTP(*at, timeout=SECONDS_TO_SEND)
    ) as server:
        if parts.query == "starttls":
            server.starttls(context=trusted)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)

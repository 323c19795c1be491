"""Mails by SMTP: a real server on this machine gets them, with TLS and a password where the settings say."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import Busy
from app.mail import Letter, send
from app.settings import Settings

LETTER = Letter("ada@city.example", "La città è\naperta", "Perché no?\nhttps://city.example/torino/\n")
USER, PASSWORD = "cortile@city.example", "a:long/password"
WRITTEN = "cortile%40city.example:a%3Along%2Fpassword"
"""Both as an address writes them."""


class Box:
    """What arrived."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        """Keep a mail; who sends to `nobody` is told so."""
        if "nobody@city.example" in envelope.rcpt_tos:
            return "550 there is nobody of this name"
        self.envelopes.append(envelope)
        return "250 OK"

    def mail(self) -> EmailMessage:
        """The one mail that arrived."""
        (envelope,) = self.envelopes
        content = envelope.content
        assert isinstance(content, bytes)
        return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def known(_server: Any, _session: Any, _envelope: Any, _kind: str, data: Any) -> AuthResult:
    """Lets in who has the password."""
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody else has signed, as a file, and a server's context with it."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return folder / "certificate.pem", context


@pytest.fixture
def server() -> Iterator[Callable[..., tuple[Box, int]]]:
    """Starts mail servers: `server(...)` with options of aiosmtpd; gives the box and the port."""
    running: list[Controller] = []

    def started(**options: Any) -> tuple[Box, int]:
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        box = Box()
        running.append(Controller(box, hostname="127.0.0.1", port=port, **options))
        running[-1].start()
        return box, port

    yield started
    for each in running:
        each.stop()


def settings(address: str, **more: Any) -> Settings:
    return Settings(mail_url=address, base_url="https://city.example", **more)


def test_a_mail_arrives_with_the_headers_that_it_needs(server: Any) -> None:
    box, port = server()
    send(settings(f"smtp://127.0.0.1:{port}"), LETTER)
    (envelope,), mail = box.envelopes, box.mail()
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@city.example", ["ada@city.example"])
    assert (mail["To"], mail["From"]) == ("ada@city.example", "Cortile <no-reply@city.example>")
    assert mail["Subject"] == "La città è aperta", "on one line"
    assert mail["Message-ID"].endswith("@city.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs(datetime.now(UTC) - parsedate_to_datetime(mail["Date"])) < timedelta(minutes=1)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == LETTER.text.splitlines()


def test_the_sender_that_the_settings_name_is_the_one_that_is_told(server: Any) -> None:
    box, port = server()
    send(settings(f"smtp://127.0.0.1:{port}", mail_from="Torino <ciao@torino.example>"), LETTER)
    assert box.envelopes[0].mail_from == "ciao@torino.example"
    assert box.mail()["From"] == "Torino <ciao@torino.example>"


def test_starttls_and_a_password_are_used_where_the_address_says_so(
    server: Any, certificate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate
    strict = {"authenticator": known, "auth_required": True, "tls_context": context, "require_starttls": True}
    box, port = server(**strict)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    send(settings(f"smtp://{WRITTEN}@127.0.0.1:{port}?starttls"), LETTER)
    assert box.mail()["To"] == "ada@city.example"
    for address in (
        f"smtp://{WRITTEN}@127.0.0.1:{port}",  # no TLS: the server takes no password
        f"smtp://127.0.0.1:{port}?starttls",  # no password
        f"smtp://{WRITTEN}x@127.0.0.1:{port}?starttls",  # a wrong one
    ):
        with pytest.raises(Busy, match="A mail could not be sent just now"):
            send(settings(address), LETTER)
    assert len(box.envelopes) == 1


def test_smtps_is_tls_from_the_beginning(
    server: Any, certificate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    box, port = server(ssl_context=context)
    send(settings(f"smtps://127.0.0.1:{port}"), LETTER)
    assert box.mail()["To"] == "ada@city.example"


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_no_password_goes_to_a_server_whose_certificate_nobody_vouches_for(
    server: Any, certificate: Any, kind: str
) -> None:
    _, context = certificate
    asked: list[str] = []

    def noted(*told: Any) -> AuthResult:
        asked.append(told[3])
        return AuthResult(success=True)

    tls = {"ssl_context": context} if kind == "smtps" else {"tls_context": context}
    box, port = server(authenticator=noted, auth_require_tls=False, **tls)
    ending = "?starttls" if kind == "starttls" else ""
    scheme = "smtps" if kind == "smtps" else "smtp"
    with pytest.raises(Busy):
        send(settings(f"{scheme}://{WRITTEN}@127.0.0.1:{port}{ending}"), LETTER)
    assert (box.envelopes, asked) == ([], [])


def test_what_a_server_refuses_is_told_and_the_log_names_no_address(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, port = server()
    with pytest.raises(Busy, match="please try again in a few minutes"):
        send(settings(f"smtp://127.0.0.1:{port}"), Letter("nobody@city.example", "Ciao", "…"))
    assert "A mail could not be sent: SMTPDataError" in caplog.text
    assert "nobody@" not in caplog.text

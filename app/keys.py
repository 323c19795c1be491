"""The secret that signs cookies and links: of the settings, or made once and kept; and hashes that need no
salt."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from app.errors import SettingsError
from app.settings import Settings


def secret_key(settings: Settings) -> str:
    """The `SECRET_KEY`, else the content of `secret` in the folder of what Cortile keeps; made where missing.

    Two processes that start at once agree on one: the file appears as a whole, and the first one stays.
    """
    if settings.secret_key:
        return settings.secret_key
    kept = settings.var / "secret"
    try:
        if not kept.exists():
            _make(kept)
        return kept.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"{kept} cannot be read or made ({error.strerror}); set SECRET_KEY or CORTILE_VAR."
        ) from None


def _make(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = kept.with_name(f"{kept.name}.{secrets.token_hex(8)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(made, kept)
    made.unlink()


def fingerprint(secret: str) -> bytes:
    """SHA-256 of a random secret: with 256 bits of chance in it, it needs neither salt nor slowness."""
    return hashlib.sha256(secret.encode()).digest()


def pseudonym(secret: str, word: str) -> bytes:
    """A hash of something guessable, such as an address, that nobody without the server's secret can
    guess."""
    return hmac.digest(secret.encode(), word.encode(), "sha256")

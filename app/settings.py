"""What the environment may say: one frozen value, read once, every problem named at once.

This is the only module that reads the environment; everything else is given a `Settings`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from app.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parent.parent
LANGUAGES = ("it", "en")
OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>'

VARIABLES = {
    "DATABASE_URL": "the PostgreSQL server to serve from; without it Cortile starts a private one",
    "OWNER_DATABASE_URL": "the same database as the role that owns the tables; DATABASE_URL without it",
    "PG_BIN": "the folder of PostgreSQL's server programs, where Cortile does not find them by itself",
    "CORTILE_VAR": "the folder of what Cortile keeps (the private database); var in the checkout",
    "HOST": "the address to listen on; 127.0.0.1",
    "PORT": "the port to listen on; 8000",
    "WORKERS": "processes that serve; one for each core",
    "THREADS": "threads of each process, and its readers' connections; 1",
    "DOWNLOADS": "downloads that each process gives out at once; 4",
    "DOWNLOAD_TIMEOUT_MS": "after how many milliseconds a download is broken off; 3600000",
    "TILE_URL": "the base map's tiles with {z}, {x} and {y}; OpenStreetMap's; empty for no base map",
    "TILE_ATTRIBUTION": "who made the base map, as HTML; OpenStreetMap's line",
    "DEFAULT_LANGUAGE": "it or en, for readers who state no wish; it",
    "BASE_URL": "the public address of this server, where a proxy hides it",
    "SECRET_KEY": "what signs cookies and links, 32 characters or more; made once and kept in CORTILE_VAR",
    "MAIL_URL": "the mail server: smtp://user:password@host:587?starttls; files in CORTILE_VAR without it",
    "MAIL_FROM": "whom mails come from; Cortile <no-reply@host>",
    "OIDC_ISSUER": "a provider of OpenID Connect to sign in by, such as https://login.example.org",
    "OIDC_CLIENT_ID": "what the provider knows this server by",
    "OIDC_CLIENT_SECRET": "the secret that goes with it",
    "OIDC_NAME": "what the provider is called on the page for signing in; OpenID Connect",
    "PROXIES": "how many proxies stand before this server, whose word for a reader's address counts; 0",
    "GEOCODER_URL": "a Photon (…/api) or Nominatim (…/search) that finds addresses; without it the map's own",
    "PINS_AN_HOUR": "contributions that a person may send in an hour; 20",
    "PINS_A_DAY": "contributions that a person may send in a day; 60",
    "STATEMENT_TIMEOUT_MS": "after how many milliseconds a question to the database is given up; 15000",
}


@dataclass(frozen=True)
class Settings:
    """How this process was asked to run; `VARIABLES` has a sentence for each field."""

    database_url: str | None = None
    owner_database_url: str | None = None
    pg_bin: Path | None = None
    var: Path = CHECKOUT / "var"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 1
    downloads: int = 4
    download_timeout_ms: int = 3_600_000
    tile_url: str = OSM_TILES
    tile_attribution: str = OSM_ATTRIBUTION
    default_language: str = "it"
    base_url: str | None = None
    secret_key: str | None = None
    mail_url: str | None = None
    mail_from: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "OpenID Connect"
    proxies: int = 0
    geocoder_url: str | None = None
    pins_an_hour: int = 20
    pins_a_day: int = 60
    statement_timeout_ms: int = 15_000

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that `environ` states; raises one SettingsError that names every problem."""
        env = _Reader(environ)
        database_url = env.database("DATABASE_URL")
        owner_url = env.database("OWNER_DATABASE_URL")
        if owner_url and not database_url and "DATABASE_URL" not in env.refused:
            env.refuse("OWNER_DATABASE_URL", "is set, but DATABASE_URL is not; set both or neither")
        settings = cls(
            database_url=database_url,
            owner_database_url=owner_url or database_url,
            pg_bin=env.folder("PG_BIN"),
            var=Path(env.text("CORTILE_VAR", str(cls.var))).expanduser().absolute(),
            host=env.text("HOST", cls.host),
            port=env.integer("PORT", cls.port, 1, 65535),
            workers=env.integer("WORKERS", _cores(), 1, 256),
            threads=env.integer("THREADS", cls.threads, 1, 64),
            downloads=env.integer("DOWNLOADS", cls.downloads, 1, 64),
            download_timeout_ms=env.integer("DOWNLOAD_TIMEOUT_MS", cls.download_timeout_ms, 1000, 86_400_000),
            tile_url=env.tiles("TILE_URL", cls.tile_url),
            tile_attribution=env.text("TILE_ATTRIBUTION", cls.tile_attribution),
            default_language=env.choice("DEFAULT_LANGUAGE", cls.default_language, LANGUAGES),
            base_url=env.web_address("BASE_URL"),
            secret_key=env.secret("SECRET_KEY", 32),
            mail_url=env.mail_server("MAIL_URL"),
            mail_from=env.text("MAIL_FROM", "") or None,
            oidc_issuer=env.web_address("OIDC_ISSUER"),
            oidc_client_id=env.text("OIDC_CLIENT_ID", "") or None,
            oidc_client_secret=env.text("OIDC_CLIENT_SECRET", "") or None,
            oidc_name=env.text("OIDC_NAME", cls.oidc_name),
            proxies=env.integer("PROXIES", cls.proxies, 0, 9),
            geocoder_url=env.web_address("GEOCODER_URL"),
            pins_an_hour=env.integer("PINS_AN_HOUR", cls.pins_an_hour, 1, 10_000),
            pins_a_day=env.integer("PINS_A_DAY", cls.pins_a_day, 1, 100_000),
            statement_timeout_ms=env.integer(
                "STATEMENT_TIMEOUT_MS", cls.statement_timeout_ms, 100, 3_600_000
            ),
        )
        if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
            env.refuse("OIDC_ISSUER", "needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, too")
        if env.refused:
            raise SettingsError("; ".join(f"{name} {rule}" for name, rule in env.refused.items()) + ".")
        return settings


class _Reader:
    """Takes variables out of a mapping and remembers, by name, each that breaks its rule.

    An empty variable counts as absent, except where empty has a meaning (`tiles`).
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.refused: dict[str, str] = {}

    def refuse(self, name: str, rule: str) -> None:
        self.refused[name] = rule

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        written = self.text(name, str(default))
        if written.isascii() and written.isdigit() and low <= int(written) <= high:
            return int(written)
        self.refuse(name, f"must be a whole number from {low} to {high}, but is {written!r}")
        return default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        written = self.text(name, default)
        if written not in allowed:
            self.refuse(name, f"must be one of {', '.join(allowed)}, but is {written!r}")
        return written

    def secret(self, name: str, length: int) -> str | None:
        """A secret of at least so many characters; a refusal never repeats it."""
        written = self.text(name, "")
        if written and len(written) < length:
            self.refuse(name, f"must have {length} characters or more")
        return written or None

    def mail_server(self, name: str) -> str | None:
        """The address of a mail server; a refusal never repeats it: it may hold a password."""
        written = self.text(name, "")
        parts = _split(written)
        if written and (parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            self.refuse(name, "must be an address such as smtp://user:password@host:587?starttls")
            return None
        return written or None

    def folder(self, name: str) -> Path | None:
        written = self.text(name, "")
        if written and not Path(written).is_dir():
            self.refuse(name, f"must be a folder, but {written!r} is none")
        return Path(written) if written else None

    def database(self, name: str) -> str | None:
        """A PostgreSQL address as SQLAlchemy takes it; a refusal never repeats it: it may hold a password."""
        written = self.text(name, "")
        if not written:
            return None
        scheme, separator, rest = written.partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            self.refuse(name, "must begin with postgresql://")
            return None
        if _split("x://" + rest) is None:
            self.refuse(name, "is no valid address (host, port or brackets); write special characters as %XX")
            return None
        return f"postgresql+psycopg://{rest}"

    def tiles(self, name: str, default: str) -> str:
        written = self.environ.get(name, default).strip()
        complete = all(part in written for part in ("{z}", "{x}", "{y}"))
        if written and not (written.startswith(("https://", "http://", "/")) and complete):
            self.refuse(name, f"must be an http(s) address with {{z}}, {{x}} and {{y}}, but is {written!r}")
        return written

    def web_address(self, name: str) -> str | None:
        written = self.text(name, "").rstrip("/")
        if not written:
            return None
        parts = _split(written)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            self.refuse(name, f"must be an address such as https://cortile.example.org, but is {written!r}")
        return written


def _split(address: str) -> SplitResult | None:
    """The parts of an address, or None where it has no readable host or port."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _cores() -> int:
    """The cores that this process may use, which a container may limit below what the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

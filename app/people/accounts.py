"""People and their passkeys as Flask-Security knows them, and the store that keeps them in our tables."""

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from flask import g
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.context import language, transaction
from app.statements import rows

NOBODY = UUID(int=0)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


@dataclass(eq=False)
class Passkey(WebAuthnMixin):
    """A passkey; the fields are the columns of `passkeys`."""

    credential_id: bytes
    person_id: UUID
    public_key: bytes
    name: str
    sign_count: int
    transports: list[str] | None
    extensions: str | None
    usage: str
    device_type: str
    backup_state: bool
    create_datetime: datetime = field(default_factory=now)
    lastuse_datetime: datetime = field(default_factory=now)

    def get_user_mapping(self) -> dict[str, Any]:
        """What finds the person whose passkey it is."""
        return {"id": self.person_id}


@dataclass(eq=False)
class Person(UserMixin):
    """Somebody with an account; the fields are the columns of `people`."""

    # Each has a default, because Flask-Security asks the class for what it holds.
    id: UUID = NOBODY  # type: ignore[assignment]
    email: str = ""
    name: str | None = None
    password: str | None = None
    active: bool = True
    confirmed_at: datetime | None = None
    language: str = "it"
    fs_uniquifier: str = ""
    fs_webauthn_user_handle: str = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    mf_recovery_codes: list[str] | None = None
    created_at: datetime = field(default_factory=now)

    roles = ()  # type: ignore[assignment]
    tf_phone_number = None

    @property
    def webauthn(self) -> list[Passkey]:  # type: ignore[override]
        """Their passkeys, oldest first."""
        with transaction() as db:
            return passkeys_of(db, self.id)


PERSON, PASSKEY = ([one.name for one in fields(kind)] for kind in (Person, Passkey))
"""The columns of either."""
FOUND_BY = ("id", "email", "fs_uniquifier", "fs_webauthn_user_handle")


def passkeys_of(db: Connection, person_id: UUID) -> list[Passkey]:
    """The passkeys of a person, oldest first."""
    sql = f"SELECT {', '.join(PASSKEY)} FROM passkeys WHERE person_id = %(person)s ORDER BY create_datetime"
    return rows(db, Passkey, sql, {"person": person_id})


class People(UserDatastore):
    """Keeps people as Flask-Security asks; what it changes is written when it says `commit`, at once or not
    at all.

    There are no roles here: what somebody may do is decided in `permissions.py`.
    """

    def __init__(self) -> None:
        super().__init__(Person, RoleMixin, Passkey)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Person | None:
        """The person with this `id`, `email`, `fs_uniquifier` or `fs_webauthn_user_handle`."""
        ((column, value),) = wanted.items()
        assert column in FOUND_BY, column
        if column == "email":
            value = str(value).lower()
        with transaction() as db:
            sql = f"SELECT {', '.join(PERSON)} FROM people WHERE {column} = %(value)s"
            return next(iter(rows(db, Person, sql, {"value": value})), None)

    def create_user(self, **given: Any) -> Person:
        """A new person, who is written at the next `commit` unless somebody has the address by then."""
        known = {name: value for name, value in given.items() if name in PERSON and value not in (None, "")}
        made = {"id": compat.uuid7(), "language": language(), **known, "email": known["email"].lower()}
        person = Person(**made, fs_uniquifier=token_hex(32), fs_webauthn_user_handle=token_hex(32))
        _waiting().append((_add_person, person))
        return person

    def put(self, model: Any) -> Any:
        """Remember a change until `commit`."""
        if not any(waiting is model for _, waiting in _waiting()):
            _waiting().append((_change_person if isinstance(model, Person) else _change_passkey, model))
        return model

    def delete(self, model: Any) -> None:
        """Remember until `commit` that a passkey goes; people go by `service.leave`."""
        assert isinstance(model, Passkey)
        _waiting().append((_remove_passkey, model))

    def reload(self, model: Any) -> None:
        """Nothing is kept here that could be old."""

    def commit(self) -> None:
        """Write everything that waits."""
        waiting = _waiting()
        with transaction() as db:
            for write, model in waiting:
                write(db, model)
        waiting.clear()

    def find_webauthn(self, credential_id: bytes) -> Passkey | None:
        """The passkey of this id."""
        sql = f"SELECT {', '.join(PASSKEY)} FROM passkeys WHERE credential_id = %(id)s"
        with transaction() as db:
            return next(iter(rows(db, Passkey, sql, {"id": credential_id})), None)

    def create_webauthn(self, user: Person, **given: Any) -> None:  # type: ignore[override]
        """A new passkey of a person, written at the next `commit`."""
        known = {name: value for name, value in given.items() if name in PASSKEY}
        _waiting().append((_add_passkey, Passkey(person_id=user.id, **known)))


def _waiting() -> list[tuple[Any, Any]]:
    """What waits for `commit` in this request."""
    if "people_waiting" not in g:
        g.people_waiting = []
    found: list[tuple[Any, Any]] = g.people_waiting
    return found


def _values(model: Any, columns: list[str]) -> dict[str, Any]:
    return {name: getattr(model, name) for name in columns}


def _insert(db: Connection, table: str, values: dict[str, Any]) -> None:
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"), values)


def _add_person(db: Connection, person: Person) -> None:
    _insert(db, "people", _values(person, PERSON))


def _change_person(db: Connection, person: Person) -> None:
    values = _values(person, PERSON) | {"email": person.email.lower()}
    changes = ", ".join(f"{name} = :{name}" for name in PERSON if name not in ("id", "created_at"))
    db.execute(text(f"UPDATE people SET {changes} WHERE id = :id"), values)


def _add_passkey(db: Connection, passkey: Passkey) -> None:
    _insert(db, "passkeys", _values(passkey, PASSKEY))


def _change_passkey(db: Connection, passkey: Passkey) -> None:
    sql = """UPDATE passkeys SET sign_count = :sign_count, lastuse_datetime = :lastuse_datetime,
            backup_state = :backup_state WHERE credential_id = :credential_id"""
    db.execute(text(sql), _values(passkey, PASSKEY))


def _remove_passkey(db: Connection, passkey: Passkey) -> None:
    sql = "DELETE FROM passkeys WHERE credential_id = :credential_id"
    db.execute(text(sql), {"credential_id": passkey.credential_id})

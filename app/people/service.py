"""What people do with their accounts, and what is done about their roles."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils import compat

from app.cities import City
from app.credentials import IDLE, TOKEN_PREFIX
from app.errors import BadParameter, Conflict, CortileError
from app.keys import fingerprint
from app.people import queries
from app.people.rules import LANGUAGES, MOST_TOKENS, WantedToken, address_of, name_of
from app.permissions import Role


@dataclass(frozen=True, slots=True)
class Shown:
    """Who somebody is to a provider; `email` only where the provider says that it is theirs."""

    identity: queries.Identity
    email: str | None
    name: object
    language: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role for somebody; `by` is None on the command line, `language` that of mails to a new account."""

    email: str
    role: Role
    by: UUID | None = None
    organisation: str | None = None
    language: str = LANGUAGES[0]


def appoint(
    db: Connection, city_id: int, appointment: Appointment, new_id: UUID, at: datetime
) -> tuple[UUID, bool]:
    """Give somebody a role in a city; an address that nobody has gets an account of the id `new_id`.

    Returns the person, and whether the account is new: then it has no password, and counts as confirmed,
    because who appoints vouches for the address.
    """
    person = queries.person_of_email(db, appointment.email)
    if person is None:
        made = new_account(new_id, appointment.email, at)
        queries.add_person(db, made | {"confirmed_at": at, "language": appointment.language})
    given = {
        "person_id": person or new_id,
        "role": appointment.role.value,
        "organisation": appointment.organisation,
        "given_at": at,
        "given_by": appointment.by,
    }
    queries.give_role(db, city_id, given)
    return person or new_id, person is None


def dismiss(db: Connection, city_id: int, email: str, role: Role, by: UUID | None = None) -> bool:
    """Take a role in a city from somebody; False where nobody of this address has it.

    Raises Conflict where it is the last administrator: only the command line (`by` is None) leaves a city
    without one, since only there it gets one again.
    """
    person = queries.person_of_email(db, email)
    if person is None:
        return False
    if by and role is Role.ADMINISTRATOR and queries.administrators(db, city_id) == [person]:
        raise Conflict(
            "This is the last administrator of the city, who can give roles. Make somebody else administrator"
            " first."
        )
    return queries.take_role(db, city_id, person, role.value)


def new_account(person_id: UUID, email: str, at: datetime) -> dict[str, object]:
    """The row of a new account, without a password and unconfirmed."""
    return {
        "id": person_id,
        "email": email,
        "language": "it",
        "fs_uniquifier": token_hex(32),
        "fs_webauthn_user_handle": token_hex(32),
        "created_at": at,
    }


def make_token(db: Connection, person: UUID, wanted: WantedToken, at: datetime) -> tuple[str, queries.Token]:
    """A new token of a person: the token, which is kept nowhere, and what is known of it.

    Raises BadParameter where the person has as many as one may have.
    """
    if len(queries.tokens(db, person)) >= MOST_TOKENS:
        raise BadParameter(
            "name", "you have %(most)s tokens, which is the most; take one back.", most=MOST_TOKENS
        )
    token = TOKEN_PREFIX + token_urlsafe(32)
    ends = at + timedelta(days=wanted.days)
    made = queries.Token(compat.uuid7(), wanted.name, list(wanted.scopes), at, ends)
    queries.add_token(db, fingerprint(token), person, made)
    return token, made


def end_other_sessions(db: Connection, person: UUID, kept: UUID | None, at: datetime) -> int:
    """End every session of a person but this one; says how many ended."""
    others = [one.id for one in queries.sessions(db, person, at - IDLE) if one.id != kept]
    return sum(queries.end_session(db, person, other, at) for other in others)


def own_data(db: Connection, person: UUID, cities: Iterable[City], at: datetime) -> dict[str, Any]:
    """Everything that is kept about a person, by the names of our tables; secrets and hashes apart."""
    known = list(cities)
    roles = [
        {"city": city.slug} | asdict(given)
        for city in known
        for given in queries.roles_of(db, city.id, person)
    ]
    relations = [
        {"city": city.slug} | asdict(one)
        for city in known
        for one in queries.relations_by(db, city.id, person)
    ]
    return {
        "account": asdict(queries.account(db, person)),
        "roles": roles,
        "sessions": [asdict(one) for one in queries.sessions(db, person, at - IDLE)],
        "tokens": [asdict(one) for one in queries.tokens(db, person)],
        "passkeys": queries.passkey_names(db, person),
        "identities": [asdict(one) for one in queries.identities(db, person)],
        "relations": relations,
    }


def recognise(db: Connection, shown: Shown, signed_in: UUID | None) -> UUID:
    """The person whom a provider knows by this identity; linked now, or new, where that is safe.

    An identity belongs to whoever is signed in when it is first shown. Else it is linked by the e-mail
    address, but only where the provider and we have both found that the address is theirs: an account that
    somebody made with another's address waits for a confirmation that never comes. Raises Conflict, in words.
    """
    known = queries.person_of_identity(db, shown.identity.issuer, shown.identity.subject)
    if known is not None and signed_in in (None, known):
        return known
    if known is not None:
        raise Conflict("This identity belongs to another account; sign out, and sign in with it.")
    person = signed_in or _by_address(db, shown)
    queries.link_identity(db, person, shown.identity)
    return person


def _by_address(db: Connection, shown: Shown) -> UUID:
    """The person of the address that was shown, or a new one."""
    if shown.email is None:
        raise Conflict(
            "Your provider does not say that your e-mail address is yours. Make an account here first; then "
            "sign in with the provider while you are signed in."
        )
    email, at = address_of(shown.email), shown.identity.linked_at
    person = queries.person_of_email(db, email)
    if person is None:
        made = new_account(compat.uuid7(), email, at)
        made |= {"confirmed_at": at, "language": shown.language, "name": _shown_name(shown.name)}
        queries.add_person(db, made)
        return UUID(str(made["id"]))
    if queries.account(db, person).confirmed_at is None:
        raise Conflict(
            "The account with your e-mail address is not confirmed yet; open the link in its mail first."
        )
    return person


def _shown_name(name: object) -> str | None:
    """The name that a provider gives, where it can be shown."""
    try:
        return name_of(name) if isinstance(name, str) else None
    except CortileError:
        return None

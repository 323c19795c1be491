"""What is done about people's roles."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from sqlalchemy import Connection

from app.people import queries
from app.permissions import Role


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role for somebody; `by` is None on the command line."""

    email: str
    role: Role
    by: UUID | None = None
    organisation: str | None = None


def appoint(
    db: Connection, city_id: int, appointment: Appointment, new_id: UUID, at: datetime
) -> tuple[UUID, bool]:
    """Give somebody a role in a city; an address that nobody has gets an account of the id `new_id`.

    Returns the person, and whether the account is new: then it has no password, and counts as confirmed,
    because who appoints vouches for the address.
    """
    person = queries.person_of_email(db, appointment.email)
    if person is None:
        queries.add_person(db, new_account(new_id, appointment.email, at) | {"confirmed_at": at})
    given = {
        "person_id": person or new_id,
        "role": appointment.role.value,
        "organisation": appointment.organisation,
        "given_at": at,
        "given_by": appointment.by,
    }
    queries.give_role(db, city_id, given)
    return person or new_id, person is None


def dismiss(db: Connection, city_id: int, email: str, role: Role) -> bool:
    """Take a role in a city from somebody; False where nobody of this address has it."""
    person = queries.person_of_email(db, email)
    return person is not None and queries.take_role(db, city_id, person, role.value)


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

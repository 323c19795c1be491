"""Who is calling, and the decorator by which every address states its permission.

Who brings neither a session's cookie nor a token is a visitor, and nothing is asked of the database for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from flask import current_app, g, request, session
from sqlalchemy import Connection

from app.cities import City
from app.context import reading, transaction
from app.credentials import Holder, is_stale, of_session, of_token, roles_in, used
from app.errors import BadToken, Forbidden, SignInNeeded
from app.permissions import Permission, Role, may, within

Args = ParamSpec("Args")
Result = TypeVar("Result")

SESSION_SECRET = "sid"
"""Where a session's cookie keeps the number that the table of sessions knows by its hash."""
VISITING, ANYWHERE = frozenset({Role.VISITOR}), frozenset({Role.RESIDENT})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: nobody in particular (`person` is None), or a person, by a session or by a token.

    `scopes` are a token's, and None otherwise; `credential` is the id of the session or the token.
    """

    person: UUID | None = None
    name: str | None = None
    email: str | None = None
    scopes: frozenset[str] | None = None
    credential: UUID | None = None
    city_id: int | None = None
    given: frozenset[Role] = frozenset()

    def roles(self, city: City | None = None) -> frozenset[Role]:
        """What the caller is to a city; without one, what they are to every city.

        The roles in the city of the address are known already. Those in another one are asked for, which must
        not be done inside `reading()`.
        """
        if self.person is None:
            return VISITING
        if city is None:
            return ANYWHERE
        if city.id == self.city_id:
            return self.given
        with reading() as db:
            return roles_in(db, city.id, self.person)

    def may(self, permission: Permission, city: City | None = None) -> bool:
        """Whether the caller has a permission in a city, and their token, if they came by one, is good for
        it."""
        if self.scopes is not None and not within(self.scopes, permission):
            return False
        return may(self.roles(city), permission)


VISITOR = Caller()


def caller() -> Caller:
    """Who is calling; raises BadToken where the request carries a token that is not good."""
    if "caller" not in g:
        g.caller = _recognised()
    known: Caller = g.caller
    return known


def known_caller() -> Caller:
    """Who is calling, as far as it was asked before: for pages that tell that the database is out of
    reach."""
    known: Caller = g.get("caller", VISITOR)
    return known


def bearer() -> str | None:
    """The token that the request carries."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def has_session_cookie() -> bool:
    """Whether the request carries a session's cookie, good or not."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def demand(permission: Permission, city: City | None = None) -> None:
    """Raise SignInNeeded or Forbidden, unless the caller has the permission in the city."""
    who = caller()
    if who.may(permission, city):
        return
    if who.person is None:
        raise SignInNeeded("This needs an account: %(permission)s", permission=permission.value)
    raise Forbidden("You are not allowed to do this: %(permission)s", permission=permission.value)


def allow(permission: Permission) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Let the view run only for callers who have `permission`; the view carries it as `.permission`.

    The city is the view's argument `city`; a view without one asks what everybody who signed in may do.
    """

    def decorate(view: Callable[Args, Result]) -> Callable[Args, Result]:
        @wraps(view)
        def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            demand(permission, _city_of_address())
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _city_of_address() -> City | None:
    city: City | None = (request.view_args or {}).get("city")
    return city


def _recognised() -> Caller:
    token = bearer()
    if token is None and not has_session_cookie():
        return VISITOR
    now, city = datetime.now(UTC), _city_of_address()
    with reading() as db:
        holder = _holder(db, token, now)
        given = roles_in(db, city.id, holder.person_id) if holder and city else frozenset()
    if holder is None and token is not None:
        raise BadToken("This token is not known here, has expired, or was taken back.")
    if holder is None:
        return VISITOR
    if is_stale(holder, now):
        _write_down(holder, now)
    scopes = None if holder.scopes is None else frozenset(holder.scopes)
    at = city.id if city else None
    return Caller(holder.person_id, holder.name, holder.email, scopes, holder.id, at, given)


def _holder(db: Connection, token: str | None, now: datetime) -> Holder | None:
    if token is not None:
        return of_token(db, token, now)
    secret, uniquifier = session.get(SESSION_SECRET), session.get("_user_id")
    return of_session(db, secret, uniquifier, now) if secret and uniquifier else None


def _write_down(holder: Holder, now: datetime) -> None:
    if holder.scopes is None:
        session.modified = True  # the cookie, too, lives on for as long
    with transaction() as db:
        used(db, holder, now)

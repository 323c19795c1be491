"""Who is calling, and the decorator by which every address states its permission."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from app.errors import Forbidden
from app.permissions import Permission, Role, may

Args = ParamSpec("Args")
Result = TypeVar("Result")


def current_role() -> Role:
    """The caller's role: nobody has to sign in to read, so everybody is a visitor."""
    return Role.VISITOR


def allow(permission: Permission) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Let the view run only for callers who have `permission`; the view carries it as `.permission`."""

    def decorate(view: Callable[Args, Result]) -> Callable[Args, Result]:
        @wraps(view)
        def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            if not may(current_role(), permission):
                raise Forbidden("You are not allowed to do this: %(permission)s", permission=permission.value)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate

"""Flask, less what it does for every request and nothing here asks for."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict


class Words(ImmutableMultiDict[str, Any]):
    """Parameters, fields or cookies. Most are asked for and not there: werkzeug raises and catches an error
    for each, which costs more than finding it."""

    def get(self, key: str, *default_and_type: Any, **named: Any) -> Any:
        """As the class above has it."""
        if key in self:
            return super().get(key, *default_and_type, **named)
        return default_and_type[0] if default_and_type else named.get("default")


class Asked(Request):
    """A request, whose words are looked up cheaply."""

    parameter_storage_class = Words
    dict_storage_class = Words


class Application(Flask):
    """An application whose views are plain functions, so that none has to be looked at whether it is."""

    request_class = Asked

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func

"""Addresses that keep what the reader has chosen."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import request

KEPT = ("kind", "status", "q", "confirmed_since", "layer", "indicator")
"""What stays chosen when the reader goes from the list to a place and back."""


def here(**changes: str | None) -> str:
    """This page's address with parameters changed; None takes one away."""
    kept = {name: value for name, value in request.args.items() if name not in changes}
    words = urlencode(kept | {name: value for name, value in changes.items() if value is not None})
    return request.path + ("?" + words if words else "")


def with_filters(path: str, asked: Mapping[str, str], **changes: Any) -> str:
    """The address `path` under the filters of the query `asked`, some of them changed."""
    chosen = {name: asked.get(name) for name in KEPT} | changes
    words = urlencode({name: value for name, value in chosen.items() if value}, safe=",")
    return path + ("?" + words if words else "")


def is_link(address: str | None) -> bool:
    """Whether an address that somebody wrote may be a link: only the web's own kinds may."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)

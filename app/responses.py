"""Finished bodies on their way out: the entity tag, what a cache may do, and links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import JSONEncoder
from typing import IO, Any
from urllib.parse import urlencode

import xxhash
from flask import Response, request
from werkzeug.datastructures import ETags
from werkzeug.wsgi import FileWrapper

from app.context import services

GEOJSON = "application/geo+json"
FRESH = "public, max-age=0, must-revalidate"
BRIEFLY = "public, max-age=2, stale-while-revalidate=2"
"""What was committed shows within five seconds, caches included."""


def finished(body: bytes | str, content_type: str, cache: str = FRESH, strong: str | None = None) -> Response:
    """A response of these bytes, or 304 where the caller has them already.

    The tag is a hash of the bytes: a fast one, because a page of a thousand features has half a megabyte.
    Where a `strong` one is given, which changes whenever the bytes do, that is it.
    """
    content = body.encode() if isinstance(body, str) else body
    tag = strong or xxhash.xxh3_128_hexdigest(content)
    known = request.if_none_match
    if known and (known.star_tag or tag in tags(known)):
        response = Response(status=304)
    else:
        response = Response(content, content_type=content_type)
    response.set_etag(tag, weak=strong is None)
    response.headers["Cache-Control"] = cache
    response.headers["Vary"] = "Accept, Accept-Encoding, Accept-Language, Cookie"
    return response


_encoded = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_json(value: Any) -> bytes:
    """A value of plain texts, numbers, lists and mappings as JSON, without a space."""
    return _encoded(value).encode()


def tags(given: ETags, weak: bool = True) -> frozenset[str]:
    """The tags that a condition names, without the name of the compression that a strong one ends with."""
    named = given.as_set(include_weak=weak) if given else ()
    return frozenset(tag.partition(":")[0] for tag in named if tag)  # an empty one comes as None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to be given out: open at its beginning, with its size and a hash of it; `close` gives it up."""

    file: IO[bytes]
    size: int
    tag: str
    close: Callable[[], None]


def of_file(response: Response, opened: Opened) -> Response:
    """The response with this file as its body, or the part of it that the caller asks for, or 304.

    The tag is strong: `If-Range` lets a broken download go on only where the bytes are the same. Raises
    RequestedRangeNotSatisfiable (416) for a part that the file does not have.
    """
    response.call_on_close(opened.close)
    response.response = FileWrapper(opened.file, 1 << 17)
    response.content_length = opened.size
    response.set_etag(opened.tag)
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=opened.size)
    except BaseException:
        opened.close()
        raise
    if response.status_code == 304 or request.method == "HEAD":
        opened.close()  # nobody iterates an answer without a body, nor closes it
    return response


def public_url(path: str) -> str:
    """The address of `path` on this server as the public knows it."""
    # Not request.host_url, which takes the address apart and puts it together again.
    return (services().settings.base_url or f"{request.scheme}://{request.host}") + path


def here_path() -> str:
    """The path and the query that were asked for."""
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")


def here() -> str:
    """The address that was asked for, as the public knows it."""
    return public_url(here_path())


def with_query(address: str, query: Mapping[str, str]) -> str:
    """The address with these parameters."""
    return f"{address}?{urlencode(query, safe=',:')}" if query else address

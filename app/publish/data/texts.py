"""Downloads that are text: GeoJSON, GeoJSON lines and CSV, as they come out of the database."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.errors import DatabaseError
from app.streams import Rows

GZIP = 16 + zlib.MAX_WBITS
LEVEL = 2
BROKEN = {
    "geojson": b'\n"The download broke off; ask for it again.',
    "geojsonl": b'{"error":"The download broke off; ask for it again.',
    "csv": b'"The download broke off; ask for it again.',
}
"""What ends a file that the database could not finish: no reader of the format takes it for the whole."""


def written(rows: Rows, ending: str, about: Mapping[str, Any], nothing: str) -> Iterator[bytes]:
    """The file in blocks; `about` are members of a GeoJSON collection, `nothing` says that it is empty."""
    try:
        yield from collection(rows, about, nothing) if ending == "geojson" else rows
    except DatabaseError:
        # Too late for a status: granian would end the answer as if it were whole.
        yield BROKEN[ending]
        raise


def collection(rows: Rows, about: Mapping[str, Any], nothing: str) -> Iterator[bytes]:
    """A GeoJSON collection around rows that each begin with a comma."""
    head = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False).encode()
    yield head[:-1] + b', "features": [\n'
    first = next(rows, b",")
    yield first[1:]
    yield from rows
    tail = {"numberReturned": rows.count} | ({} if rows.count else {"note": nothing})
    yield b"], " + json.dumps(tail, ensure_ascii=False).encode()[1:] + b"\n"


def compressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks as one gzip stream."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    for block in blocks:
        if packed := packer.compress(block):
            yield packed
    yield packer.flush()

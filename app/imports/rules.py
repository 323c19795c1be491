"""What is allowed: names of layers and indicators, and which batch can be undone. Pure."""

import re
from collections.abc import Mapping
from uuid import UUID

from app.errors import ImportRefused

TAKEN = ("places", "codebook", "catalog", "difference", "snapshots")
"""What no layer can be called: its downloads would have the addresses of something else."""
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,62}")


def check_slug(what: str, slug: str) -> str:
    """The slug; raises ImportRefused for what cannot be one."""
    if not _SLUG.fullmatch(slug):
        raise ImportRefused(
            f"{what} {slug}: it must begin with a small letter and go on with small letters, digits, - and "
            "_, 63 at the most."
        )
    return slug


def check_layer(what: str, slug: str) -> str:
    """The slug of a layer; raises ImportRefused for what cannot be one, or is taken."""
    if slug in TAKEN:
        raise ImportRefused(
            f"{what} {slug}: this name is taken, because the address /data/{slug} is something else; "
            "choose another."
        )
    return check_slug(what, slug)


def active(batch: UUID, undoes: Mapping[UUID, UUID]) -> bool:
    """Whether what a batch did still stands: no undo of it does. `undoes`: undo to what it undid."""
    return not any(undone == batch and active(undo, undoes) for undo, undone in undoes.items())


def undo_target(batch: UUID, undoes: Mapping[UUID, UUID]) -> tuple[UUID, bool]:
    """What undoing `batch` comes to: the batch to take back, or the undo to reverse; whether it is a redo.

    An undo of an undo did the first batch again, so to undo that is to undo the first batch, and is recorded
    so: whether a batch stands then depends on its own undos alone.
    """
    chain = [batch]
    while chain[-1] in undoes:
        chain.append(undoes[chain[-1]])
    is_redo = len(chain) % 2 == 0
    return (batch if is_redo else chain[-1]), is_redo

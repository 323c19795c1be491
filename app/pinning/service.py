"""What people do on the pages of a place: change it, follow it. Never commits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.errors import NotFound
from app.pinning import queries
from app.places import versions
from app.places.content import Content
from app.places.versions import Current, Key


def editable(db: Connection, key: Key) -> Current:
    """The version of a place that somebody may change: of one that is public or waits; raises NotFound."""
    there = versions.current(db, key)
    if there is None or there.merged_into or there.moderation == "hidden":
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])
    return there


def kept_back(now: Content, content: Content, *, position: bool, behalf: bool) -> Content:
    """The content with what its author could not see left as it is in `now`: position, on whose behalf."""
    if position:
        content = replace(content, geometry=now.geometry, accuracy_m=now.accuracy_m, blur_m=now.blur_m)
    if behalf:
        content = replace(content, on_behalf_of=now.on_behalf_of)
    return content


def with_translations(now: Content, content: Content, languages: Sequence[str]) -> Content:
    """The content with the translations of `now` that no form shows: into its own language, and into those
    that are none of the city's `languages`."""
    shown = {language for language in languages if language != content.language}
    kept = {language: texts for language, texts in now.translations.items() if language not in shown}
    return replace(content, translations=kept | content.translations)


def follow(db: Connection, key: Key, person: UUID, at: datetime) -> None:
    """Let somebody follow a place; raises NotFound where the public has no such place."""
    if not queries.follow(db, key, person, at):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])

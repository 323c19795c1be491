"""When a contribution is public at once and when it waits for somebody to look at it. Pure."""

import re
from dataclasses import dataclass
from uuid import UUID

from app.places.content import Content

TRUSTED_AFTER = 1
"""So many public places of a person, and the next is public at once, where a city reviews first ones."""
LINKS_AFTER = 3
"""So many let a person's links through: links are what spam is for."""
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Author:
    """Who contributes. `person` is None for a visitor; `trusted`: no second look is needed, by their role."""

    person: UUID | None
    trusted: bool = False


def waits(review: str, author: Author, accepted: int, content: Content | None) -> bool:
    """Whether a contribution waits for review in a city that reviews `review` (none, first, all).

    `accepted`: how many of the person's places are public in the city. `content` is None for a photo.
    """
    if author.trusted:
        return False
    if author.person is None or review == "all":
        return True
    if content and has_links(content) and accepted < LINKS_AFTER:
        return True
    return review == "first" and accepted < TRUSTED_AFTER


def has_links(content: Content) -> bool:
    """Whether a text of the content holds a link; its website counts as one."""
    texts = [content.title, content.summary, content.address]
    texts += [text for texts in content.translations.values() for text in texts.values()]
    return bool(content.website) or any(LINK.search(text) for text in texts if text)

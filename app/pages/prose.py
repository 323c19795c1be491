"""The texts that people write, as HTML that can do no harm: paragraphs, emphasis, lists and links."""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKS = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["autolink", "emphasis", "escape", "link", "list", "newline"]
)
TAGS = {"a", "br", "em", "li", "ol", "p", "strong", "ul"}
SCHEMES = {"http", "https", "mailto"}
"""Where a link may lead. An address without a scheme would be one of ours, in somebody else's words."""


@lru_cache(maxsize=512)
def prose(text: str | None) -> Markup:
    """A text with the marks of Markdown that are meant for sentences; every other mark stays what it is.

    HTML in it is shown as text. What markdown-it made is cleaned once more by nh3, so that neither of the two
    has to be without a fault.
    """
    cleaned = nh3.clean(
        _MARKS.render(text or ""),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_kept,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener ugc",
    )
    return Markup(cleaned)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) != ("a", "href"):
        return value
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        return None
    return value if scheme in SCHEMES else None

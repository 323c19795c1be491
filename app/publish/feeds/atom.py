"""An Atom feed (RFC 4287) with the position of each entry (GeoRSS-Simple). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as Xml

ATOM, GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
NEVER = "1970-01-01T00:00:00Z"
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The signs that XML 1.0 cannot hold, in no way of writing."""

Xml.register_namespace("", ATOM)
Xml.register_namespace("georss", GEORSS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news; texts in `language`."""

    id: str
    title: str
    summary: str
    language: str
    updated: datetime
    address: str
    author: str
    rights: str
    categories: Sequence[tuple[str, str]]
    point: tuple[float, float]
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed at an address, about the page at another."""

    address: str
    page: str
    title: str
    author: str
    language: str
    entries: Sequence[Entry]


def written(feed: Feed) -> bytes:
    """The feed as XML."""
    root = Xml.Element(f"{{{ATOM}}}feed", {"xml:lang": feed.language})
    _text(root, "id", feed.address)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.entries[0].updated) if feed.entries else NEVER)
    _author(root, feed.author)
    _link(root, "self", "application/atom+xml", feed.address)
    _link(root, "alternate", "text/html", feed.page)
    _text(root, "generator", "Cortile")
    for entry in feed.entries:
        _entry(root, entry)
    body: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entry(root: Xml.Element, entry: Entry) -> None:
    element = Xml.SubElement(root, f"{{{ATOM}}}entry", {"xml:lang": entry.language})
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    _author(element, entry.author)
    _link(element, "alternate", "text/html", entry.address)
    if entry.picture:
        _link(element, "enclosure", "image/webp", entry.picture)
    for term, label in entry.categories:
        Xml.SubElement(element, f"{{{ATOM}}}category", {"term": term, "label": label})
    if entry.summary:
        _text(element, "summary", entry.summary)
    _text(element, "rights", entry.rights)
    lon, lat = entry.point
    Xml.SubElement(element, f"{{{GEORSS}}}point").text = f"{lat} {lon}"


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = UNSPEAKABLE.sub(" ", text)


def _author(parent: Xml.Element, name: str) -> None:
    _text(Xml.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _link(parent: Xml.Element, rel: str, media_type: str, address: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "type": media_type, "href": address})


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

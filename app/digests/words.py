"""What happened at a place, in a line of the reader's language."""

from typing import Any

from flask_babel import gettext, ngettext

from app.cities import City
from app.digests.queries import News
from app.digests.rules import About
from app.pages.words import day, kind_name


def lines(about: About[Any], city: City) -> list[str]:
    """What is new at a place: a line for each, and one for what is left out."""
    said = [_line(one, city) for one in about.news]
    if about.older:
        said.append(
            str(ngettext("and %(num)s change before that", "and %(num)s changes before that", about.older))
        )
    return said


def _line(one: News, city: City) -> str:
    when = day(one.at, city.time_zone) if one.at else ""
    if one.what == "changed" and one.note:
        return str(gettext("changed on %(day)s: “%(note)s”", day=when, note=one.note))
    if one.what == "changed":
        return str(gettext("changed on %(day)s", day=when))
    if one.what == "photo":
        return str(gettext("a new photo, since %(day)s", day=when))
    if one.what == "claimed":
        return str(gettext("somebody answers for it, since %(day)s", day=when))
    if one.what == "merged":
        return str(gettext("another place that you followed was the same, and is part of this one now"))
    return str(gettext("it is on the map again"))


def gone(one: News, city: City) -> str:
    """Of what is not public no more is said than its kind, and since when its reader follows it."""
    since = day(one.since, city.time_zone)
    return str(gettext("%(kind)s, followed by you since %(day)s", kind=kind_name(one.kind), day=since))

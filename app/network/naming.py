"""A place that somebody names on a page: which one is meant is asked there, by links that need no script."""

from collections.abc import Mapping

from flask import Response, redirect, render_template

from app import params
from app.cities import City
from app.context import reading
from app.network import rules
from app.pages.links import here
from app.places.queries import ListedPlace, alike
from app.problems import wants_page
from app.responses import BRIEFLY, finished

HTML = "text/html; charset=utf-8"
OFFERED, LOOKED_AT = 8, 80
"""So many places are offered, of so many that the words find."""


def which(city: City, asked: Mapping[str, str], *fields: str) -> Response | None:
    """The page that asks which place is meant, where a field holds words; None where there is nothing to ask.

    Where exactly one of all places that the words find has them for its title, it is taken, by an address
    with its identifier. Programs are asked nothing: they are refused, by the name of the field.
    """
    unclear = [name for name in fields if name in asked and rules.is_name(asked[name])]
    if not (unclear and wants_page()):
        return None
    name = unclear[0]
    words = params.words(asked, name)
    with reading() as db:
        found = alike(db, city.id, words, LOOKED_AT)
    named = [each for each in found if _called(each, words)]
    if len(named) == 1 and len(found) < LOOKED_AT:
        return _sent(here(**{name: str(named[0].id)}))
    page = render_template(
        "network/which.html",
        city=city,
        asked=asked,
        field=name,
        words=words,
        candidates=found[:OFFERED],
        more=len(found) > OFFERED,
    )
    return finished(page, HTML, BRIEFLY)


def _called(place: ListedPlace, words: str) -> bool:
    """Whether the words are the title of a place, in any of its languages."""
    translated = [each.get("title") for each in (place.translations or {}).values()]
    return words.casefold() in {title.casefold() for title in (place.title, *translated) if title}


def _sent(address: str) -> Response:
    answer = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer

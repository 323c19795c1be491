"""What every template can use: words for codes, numbers and dates as the reader writes them; static files."""

from typing import Any

from flask import Flask

from app.context import LANGUAGES, language
from app.identity import known_caller
from app.pages import browser, graph_words, links, menu, reasons, words
from app.pages.area_paths import area_path
from app.pages.files import serve_files
from app.pages.prose import prose
from app.places.texts import summary_of, title_of
from app.tables.places import KINDS, STATUSES

NAMES = {
    "KINDS": KINDS,
    "STATUSES": STATUSES,
    "LANGUAGES": LANGUAGES,
    "LANGUAGE_NAMES": words.LANGUAGE_NAMES,
    "area_path": area_path,
    "a_year_ago": words.a_year_ago,
    "browser_configuration": browser.configuration,
    "field_name": words.field_name,
    "choice": reasons.choice,
    "decided": reasons.decided,
    "field_names": reasons.FIELD_NAMES,
    "here": links.here,
    "kind_name": words.kind_name,
    "kinds_name": words.kinds_name,
    "language": language,
    "language_name": words.language_name,
    "known_caller": known_caller,
    "offers": menu.offers,
    "problem_title": words.problem_title,
    "right_now": words.right_now,
    "relation_name": graph_words.relation_name,
    "role_name": words.role_name,
    "role_told": menu.role_told,
    "rule_name": menu.rule_name,
    "rule_said": menu.rule_said,
    "reason_name": reasons.reason_name,
    "reason_names": reasons.REASON_NAMES,
    "sort_names": reasons.SORT_NAMES,
    "state_names": reasons.STATE_NAMES,
    "status_name": words.status_name,
    "with_filters": links.with_filters,
}
"""What templates call by name."""
FILTERS = {
    "browser_name": words.browser_name,
    "dated": words.dated,
    "day": words.day,
    "distance": words.distance,
    "is_fresh": words.is_fresh,
    "is_link": links.is_link,
    "last_day": words.last_day,
    "number": words.number,
    "shown": words.shown,
    "source_dated": words.source_dated,
    "source_said": words.source_said,
    "plain_number": words.plain_number,
    "prose": prose,
    "refusal": reasons.refusal,
    "rule": reasons.rule,
    "said": words.said,
    "scope_name": words.scope_name,
}


def install(app: Flask) -> None:
    """Give the templates of `app` their words, and the browser its files."""
    files = serve_files(app)
    app.jinja_env.globals |= {**NAMES, "modules": files.modules, "static": files.address}
    app.jinja_env.filters |= {
        **FILTERS,
        "summary_of": _in_readers_language(summary_of),
        "title_of": _in_readers_language(title_of),
    }


def _in_readers_language(texts: Any) -> Any:
    return lambda place: texts(place, language())

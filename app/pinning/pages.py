"""The pages of the form: what each is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import shapely
from flask import Response, current_app, render_template, url_for
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from uuid_utils import compat

from app.cities import City
from app.context import language, services
from app.errors import BadParameter, CortileError, Invalid
from app.identity import caller
from app.permissions import Permission
from app.pinning import browser, rules
from app.pinning.form import KEPT, TRANSLATED, Form, Spot, translation_name, translation_names
from app.pinning.queries import Alike
from app.places.content import BLURS, Content
from app.places.versions import Current
from app.responses import with_query
from app.visitors.rules import ERASED_DAYS, UNCONFIRMED_DAYS

HTML = "text/html; charset=utf-8"
SHOWN = ("kind", "status", "language", "title", "summary", "address", "website", "on_behalf_of")
FORM_NAMES = {"since": "valid_from", "until": "valid_to"}
CARRIED = 2000
"""So many characters of what was written can go through the address of the page for signing in."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says besides the form: wrong fields, spots that were found, a refusal of the whole."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    spots: Sequence[Spot] | None = None
    refusal: str | None = None
    status: int = 200
    differences: Sequence[tuple[str, str, str]] = ()


def wrong_in(error: CortileError) -> Said:
    """What is to be said beside the fields."""
    problems: Sequence[BadParameter] = error.problems if isinstance(error, Invalid) else ()
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.name, problem.rule(gettext))
    return Said(wrong, refusal=None if problems else error.said(gettext), status=422)


def form_page(city: City, form: Form, said: Said | None = None) -> Response:
    """The form with what was written in it, and what is wrong with it."""
    said = said or Said()
    page = render_template("pin.html", now=None, hidden_position=False, **_around(city, form, said))
    return private(page, said.status)


def edit_page(city: City, form: Form, now: Current, hidden: bool, said: Said | None = None) -> Response:
    """The form of a place that there is; where it exactly is, may be `hidden` from the reader."""
    said = said or Said()
    around = _around(city, form, said)
    around["form"] |= {name: form.get(name, "") for name in ("seen", "change_id")}
    page = render_template("pin.html", now=now, hidden_position=hidden, **around)
    return private(page, said.status)


def differences(now: Content, written: Content, but: Sequence[str]) -> list[tuple[str, str, str]]:
    """The fields in which two versions differ: name, what is saved, what was written.

    `but`: the fields that the reader must not see.
    """
    told = []
    for name in (name for name in (*SHOWN, "geometry", "since", "until") if name not in but):
        theirs, yours = (getattr(content, name) for content in (now, written))
        if theirs != yours:
            told.append((FORM_NAMES.get(name, name), _said(theirs), _said(yours)))
    return told + _translated(now, written)


def _translated(now: Content, written: Content) -> list[tuple[str, str, str]]:
    """The same of translations."""
    told = []
    for code in sorted({*now.translations, *written.translations}):
        for name in TRANSLATED:
            theirs, yours = (each.translations.get(code, {}).get(name, "") for each in (now, written))
            if theirs != yours:
                told.append((translation_name(code, name), theirs, yours))
    return told


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, shapely.Point):
        return f"{value.y:.6f}, {value.x:.6f}"
    if isinstance(value, BaseGeometry):
        return value.geom_type
    return str(value or "")


def check_page(
    city: City, form: Form, content: Content, alike: Sequence[Alike], said: Said | None = None
) -> Response:
    """What is about to be sent, as it will read, and what is there already."""
    said = said or Said()
    page = render_template(
        "pin_check.html",
        content=content,
        alike=alike,
        sign_in=_sign_in(city, form) if caller().person is None else None,
        **_around(city, form, said),
    )
    return private(page, said.status)


def private(page: str, status: int = 200) -> Response:
    """A page for its reader alone."""
    return Response(page, status, content_type=HTML, headers={"Cache-Control": "private, no-store"})


def _around(city: City, form: Form, said: Said) -> dict[str, Any]:
    kept = {name: form[name] for name in (*KEPT, *translation_names(city)) if form.get(name)}
    kept.setdefault("place_id", str(compat.uuid7()))
    kept.setdefault("photo_id", str(compat.uuid7()))
    kept.setdefault("opened", rules.stamp(current_app.config["SECRET_KEY"]))
    kept.setdefault("language", language() if language() in city.languages else city.languages[0])
    settings = services().settings
    return {
        "city": city,
        "form": kept,
        "said": said,
        "person": caller().person,
        "by_mail": caller().person is None and city.visitors_pin,
        "days": UNCONFIRMED_DAYS,
        "erased": ERASED_DAYS,
        "for_others": caller().may(Permission.PIN_FOR_OTHERS, city),
        "blurs": BLURS,
        "trap": rules.TRAP,
        "configuration": browser.configuration(city, settings.tile_url, settings.tile_attribution),
        "today": datetime.now(UTC).date(),
    }


def _sign_in(city: City, form: Form) -> dict[str, Any]:
    """Where to sign in, and from there back to what was written; `whole`: all of it fits into the address."""
    written = {name: form[name] for name in KEPT if form.get(name) and name not in ("opened", "email")}
    whole = len(urlencode(written)) <= CARRIED
    if not whole:
        written = {name: text for name, text in written.items() if len(text) < 200}
    back = with_query(url_for("pinning.pin", city=city), written)
    return {"url": "/login?" + urlencode({"next": back}), "whole": whole}

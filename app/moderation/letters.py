"""Decisions told by mail to those whom they concern, each in their language, with a link to object by."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, render_template, url_for
from flask_babel import gettext

from app import mail
from app.cities import City
from app.context import in_language, language, reading, services
from app.errors import Busy
from app.moderation.about import Subject, subject
from app.moderation.appealing import Contact, concerned, token_for
from app.moderation.queries import Decision
from app.moderation.service import can_be_appealed
from app.pages.words import kind_name, said
from app.places.texts import title_of
from app.visitors.letters import link_to

SEEN = ("published", "held", "approved", "granted")
"""What leaves a place that its author can look at."""


def send(city: City, decided: Sequence[Decision]) -> None:
    """Tell everybody whom the decisions concern; one whom a mail cannot reach finds it on their own page.

    To be called when the decisions are committed.
    """
    for decision in decided:
        with reading() as db:
            contacts = concerned(db, city.id, decision)
            place = subject(db, (city.id, decision.place_id)) if decision.place_id else None
        for contact in contacts:
            if contact.person is None or contact.person != decision.person_id:
                _tell(city, decision, place, contact)


def _tell(city: City, decision: Decision, place: Subject | None, contact: Contact) -> None:
    settings = services().settings
    with in_language(contact.language):
        letter = mail.Letter(
            contact.email,
            gettext("What was decided on Cortile, %(city)s", city=said(city.names)),
            render_template(
                "moderation/letter.txt",
                city=city,
                decision=decision,
                name=_name(place),
                links=_links(city, decision, contact),
            ),
        )
    try:
        mail.send(settings, letter)
    except Busy:
        current_app.logger.warning("A decision could not be told by mail: %s", decision.id)


def _name(place: Subject | None) -> str:
    """What the place is called, else what it is; "" where it is gone: somebody may have pinned several."""
    if place is None:
        return ""
    return title_of(place, language())[0] or str(kind_name(place.kind))


def _links(city: City, decision: Decision, contact: Contact) -> dict[str, str]:
    """The place, and where to object, where there is something to object to.

    A visitor who pinned it sees on the page behind their own link what is not public.
    """
    site = mail.site_url(services().settings)
    links = {"log": site + url_for("moderation_log.show", city=city)}
    if contact.pinned and contact.sent_at:
        links["pinned"] = link_to(city, (city.id, contact.pinned), contact.sent_at, contact.language)
    elif decision.place_id and decision.after in SEEN:
        links["place"] = site + _place(city, decision.place_id)
    if can_be_appealed(decision):
        token = token_for(current_app.config["SECRET_KEY"], city.id, decision.id)
        links["appeal"] = site + url_for("asking.appeal_form", city=city, token=token)
    return links


def _place(city: City, place_id: UUID) -> str:
    return url_for("map.place", city=city, place_id=place_id)

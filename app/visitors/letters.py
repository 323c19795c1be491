"""The mail with the link by which a visitor confirms what they pinned."""

from datetime import datetime

from flask import current_app, render_template, url_for
from flask_babel import force_locale, gettext

from app import mail
from app.cities import City
from app.context import services
from app.pages.words import said
from app.visitors.queries import Key
from app.visitors.rules import ERASED_DAYS, UNCONFIRMED_DAYS
from app.visitors.service import token_for


def ask(city: City, key: Key, to: tuple[str, str], sent_at: datetime) -> None:
    """Write to whoever pinned something (`to`: address and language); raises Busy.

    Nothing of what they wrote is in it: a mail of ours says to a stranger what we say, and nothing else.
    """
    address, reads = to
    with force_locale(reads):
        letter = mail.Letter(
            address,
            gettext("One more step: your place on the map of %(city)s", city=said(city.names)),
            render_template(
                "visitors/letter.txt",
                city=city,
                link=link_to(city, key, sent_at, reads),
                days=UNCONFIRMED_DAYS,
                erased=ERASED_DAYS,
            ),
        )
    mail.send(services().settings, letter)


def link_to(city: City, key: Key, sent_at: datetime, reads: str) -> str:
    """The address of the page that confirms, and later tells what became of it, in a language."""
    token = token_for(current_app.config["SECRET_KEY"], key, sent_at)
    return mail.site_url(services().settings) + url_for("visitors.show", city=city, token=token, lang=reads)

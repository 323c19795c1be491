"""The page behind a link in a reminder, in a browser: read, heard, and confirmed by the keyboard alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.reminders.letters import remind
from tests.browser.conftest import DESKTOP, PHONE, owning
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import FreshDatabase
from tests.http.conftest import add_person, add_place

pytestmark = pytest.mark.browser
SAID = {"it": ("È ancora vero?", "Sì, è ancora vero"), "en": ("Is this still true?", "Yes, it is still true")}


@pytest.fixture
def town(database: FreshDatabase, tmp_path: Path) -> Iterator[Town]:
    """The demonstration city, served."""
    with town_on(database, tmp_path) as made:
        yield made


def paths(town: Town, folder: Path) -> list[str]:
    """What the links lead to that a mail about two places holds."""
    with owning(town.database) as db:
        ada = add_person(db, language="it")
        for title in ("Orto", "Cortile"):
            add_place(db, title=title, author=ada, address="Via Roma 1", confirmed_at="2020-02-01")
    with town.app.app_context():
        assert remind(datetime.now(UTC), timedelta(days=365)).mails == 1
    (file,) = (folder / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return re.findall(r"^https?://[^/\s]+(/\S+)$", mail.get_content(), re.MULTILINE)  # type: ignore[attr-defined]


def test_a_place_is_confirmed_on_a_phone_and_by_keyboard(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    links = paths(town, tmp_path)
    assert len(links) == 2
    for (language, (heading, button)), viewport, path in zip(
        SAID.items(), (PHONE, DESKTOP), links, strict=True
    ):
        context = browser.new_context(viewport=viewport)
        page = open_page(context, town.served.at(path.replace("lang=it", f"lang={language}")))
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert violations(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"]
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/torino/places/[0-9a-f-]+$"))
        context.close()
    fresh = "SELECT title FROM places WHERE confirmed_at > now() - interval '5 minutes' ORDER BY title"
    assert [row.title for row in town.asked(fresh)] == ["Cortile", "Orto"]

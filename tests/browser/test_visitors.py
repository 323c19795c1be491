"""Pinning without an account as people do it: by the sheet, by keyboard, without scripts or a network."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.cluster import Cluster
from app.pinning.rules import PACE
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_pinning import browse, go_on, jpeg, shot, tap
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import fresh_database

__all__ = ["browse"]
pytestmark = pytest.mark.browser
EMAIL = "vera@casa.example"


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    """The demonstration city, where people pin without an account."""
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as made:
        made.run("UPDATE cities SET visitors_pin = true")
        yield made


def link(town: Town, folder: Path) -> str:
    """Where the link of the last mail leads, on this server."""
    (*_, last) = sorted((folder / "mail").glob("*.eml"))
    mail: Any = message_from_bytes(last.read_bytes(), policy=policy.default)
    assert mail["To"] == EMAIL
    found = re.search(r"http://\S+/pinned/\S+", mail.get_content())
    assert found
    parts = urlsplit(found[0])
    return town.served.at(f"{parts.path}?{parts.query}")


def to_the_last_step(page: Page, title: str) -> None:
    while (step := go_on(page)) != "check":
        if step == "words":
            page.get_by_label("Name", exact=True).fill(title)
        if step == "photo":
            page.get_by_label("Photo", exact=True).set_input_files([jpeg()])


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_visitor_pins_confirms_and_sees_what_became_of_it(
    town: Town, browse: Any, tmp_path: Path, viewport: dict[str, int]
) -> None:
    wide = viewport["width"]
    page = open_page(browse(viewport), town.served.at("/torino/pin#17/45.0668/7.6605"))
    to_the_last_step(page, "Pergola")
    found = violations(page)
    tap(page, "Send it")
    field = page.get_by_label("Your e-mail address")
    expect(field).to_be_focused()
    expect(page.locator("#email-refused")).to_contain_text("is needed")
    shot(page, f"visitor-needed-{wide}")
    field.fill("vera")
    tap(page, "Send it")
    expect(page.locator("#email-refused")).to_have_text("“vera” is not an e-mail address.")
    found += violations(page)
    field.fill(EMAIL)
    shot(page, f"visitor-check-{wide}")
    tap(page, "Send it")
    expect(page.get_by_role("heading", name="One more step: your mail")).to_be_visible()
    shot(page, f"visitor-mailed-{wide}")
    found += violations(page)
    assert town.asked("SELECT id FROM places WHERE title = 'Pergola'") == []

    page.goto(link(town, tmp_path), wait_until="networkidle")
    expect(page.get_by_role("heading", name="Did you write this?")).to_be_visible()
    shot(page, f"visitor-link-{wide}")
    found += violations(page)
    page.get_by_role("button", name="Yes, I confirm it").click()
    expect(page.get_by_text("It waits for a moderator")).to_be_visible()
    shot(page, f"visitor-waits-{wide}")
    found += violations(page)
    (place,) = town.asked("SELECT id, moderation FROM places WHERE title = 'Pergola'")
    assert place.moderation == "held"
    assert len(town.asked("SELECT id FROM place_photos WHERE state = 'held'")) == 1

    desk = open_page(
        browse(viewport, town.person("mo@city.example", "moderator")),
        town.served.at(f"/torino/moderation/place/{place.id}"),
    )
    expect(desk.get_by_text("Pinned without an account")).to_be_visible()
    shot(desk, f"visitor-desk-{wide}")
    desk.get_by_label("Reason").select_option("unclear")
    desk.get_by_label("Words to the author").fill("Which courtyard is it?")
    desk.get_by_role("button", name="Do not publish").click()
    page.goto(link(town, tmp_path), wait_until="networkidle")
    expect(page.get_by_text("Which courtyard is it?")).to_be_visible()
    shot(page, f"visitor-refused-{wide}")
    found += violations(page)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_scripts(town: Town, browse: Any, tmp_path: Path, viewport: dict[str, int]) -> None:
    wide = viewport["width"]
    context = browse(viewport, java_script_enabled=False, locale="it-IT")
    page = open_page(context, town.served.at("/torino/pin?lat=45.0668&lon=7.6605&title=Pergola"))
    page.get_by_role("button", name="Continua").click()
    page.wait_for_timeout(PACE.total_seconds() * 1000 + 1000)  # nobody writes faster
    shot(page, f"visitor-plain-{wide}")
    page.get_by_label("Foto", exact=True).set_input_files([jpeg()])
    page.get_by_role("button", name="Sì, invia").click()
    expect(page.locator("#email-wrong")).to_contain_text("è necessario")
    shot(page, f"visitor-plain-wrong-{wide}")
    page.get_by_label("Il tuo indirizzo e-mail").fill(EMAIL)
    page.get_by_role("button", name="Sì, invia").click()
    expect(page.get_by_role("heading", name="Ancora un passo: la tua posta")).to_be_visible()
    page.goto(link(town, tmp_path))
    shot(page, f"visitor-plain-link-{wide}")
    page.get_by_role("button", name="No, cancellalo").click()
    expect(page.get_by_text("È ritirato: nessuno lo vede")).to_be_visible()
    assert town.asked("SELECT place_id FROM visitor_pins WHERE content IS NOT NULL") == []
    assert town.asked("SELECT id FROM places WHERE title = 'Pergola'") == []


def test_by_keyboard_alone(town: Town, browse: Any, tmp_path: Path) -> None:
    page = open_page(browse(DESKTOP), town.served.at("/torino/pin#17/45.0668/7.6605"))

    def tab_to(selector: str, most: int = 60) -> None:
        for _ in range(most):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached")

    while page.evaluate("document.body.dataset.stepNow") != "check":
        before = page.evaluate("document.body.dataset.stepNow")
        tab_to("[data-next]")
        page.keyboard.press("Enter")
        page.wait_for_function("before => document.body.dataset.stepNow !== before", arg=before)
    tab_to("#email")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One more step: your mail")).to_be_visible()
    page.goto(link(town, tmp_path), wait_until="networkidle")
    tab_to(".btn-main")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It waits for a moderator")).to_be_visible()
    assert len(town.asked("SELECT id FROM places WHERE moderation = 'held'")) == 1


def test_a_draft_of_a_visitor_is_sent_when_the_network_is_back(
    town: Town, browse: Any, tmp_path: Path
) -> None:
    context = browse(PHONE)
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    context.set_offline(True)
    to_the_last_step(page, "Senza rete")
    page.get_by_label("Your e-mail address").fill(EMAIL)
    tap(page, "Send it")
    expect(page.get_by_role("alert")).to_contain_text("You are offline.")
    context.set_offline(False)
    expect(page.get_by_role("link", name="Sent: Senza rete")).to_be_visible()
    page.get_by_role("link", name="Sent: Senza rete").click()
    expect(page.get_by_role("heading", name="One more step: your mail")).to_be_visible()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_who_would_rather_sign_in_finds_it_sent(town: Town, browse: Any) -> None:
    context = browse(PHONE)
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    to_the_last_step(page, "Di Ada")
    page.get_by_role("link", name="sign in, or make an account").click()
    page.wait_for_url(re.compile(r"/login\?next=%2Ftorino%2Fpin"))
    town.let_in(context, town.person())
    page.goto(town.served.at("/torino/pin"), wait_until="networkidle")
    expect(page.get_by_role("link", name="Sent: Di Ada")).to_be_visible()
    assert len(town.asked("SELECT id FROM places WHERE author IS NOT NULL")) == 1
    assert town.asked("SELECT place_id FROM visitor_pins") == []

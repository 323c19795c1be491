"""Every page there is, on a phone and on a desktop: axe-core finds nothing, and it fits.

The table of pages is in `pages.py`; `tests/house/test_pages.py` refuses a new page that is not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.cluster import Cluster
from tests.browser.conftest import DESKTOP, PATIENCE_MS, PHONE
from tests.browser.furnished import Furnisher, furnished_town
from tests.browser.pages import ADMINISTRATOR, AUTHOR, MODERATOR, PAGES, VISITOR, Visit
from tests.browser.writing import Town, violations
from tests.conftest import fresh_database

pytestmark = pytest.mark.browser
VISITS = [visit for name in sorted(PAGES) for visit in PAGES[name]]
WIDE = ("map.", "planner.", "pinning.", "area.", "siting.")
"""Pages that are another one on a desktop. In English these are looked at, and of all others how they are
answered: the templates are the same, and `test_catalog.py` sees to it that no text lacks its translation."""
SIDE_BY_SIDE = "#map, [data-map], [data-small-map], .planner-grid"
"""What makes a page another one on a desktop; all others are one column at both sizes."""
SHAPE = """() => ({
    lang: document.documentElement.lang,
    title: document.title.trim() !== "",
    headings: [...document.querySelectorAll("h1")].filter((each) => each.checkVisibility()).length,
    mains: document.querySelectorAll("main").length,
    wide: document.documentElement.scrollWidth - innerWidth,
})"""


@dataclass
class Readers:
    """A town with one of everything, and a page for each who reads there; scripts may not fail in any."""

    town: Town
    it: Furnisher
    pages: dict[str, Page]
    troubles: list[str]

    def found(self, visit: Visit, language: str) -> list[str]:
        """What is wrong with a page, at both sizes."""
        page, address = self.pages[visit.who], self.address(visit, language)
        page.set_viewport_size(PHONE)
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        if answer.status != visit.status:
            return [f"answered by {answer.status}"]
        return self.judged(page, language, again=language == "en")

    def address(self, visit: Visit, language: str) -> str:
        """Where a page is, in a language."""
        path = visit.path.format(**self.it.told)
        return self.town.served.at(f"{path}{'&' if '?' in path else '?'}lang={language}")

    def answered(self, visit: Visit, language: str) -> list[str]:
        """What is wrong with a page as it is sent, before anybody looks at it."""
        address = self.address(visit, language)
        answer = self.pages[visit.who].request.get(address, headers={"Accept": "text/html"})
        wrong = [] if answer.status == visit.status else [f"answered by {answer.status}"]
        return wrong + ([] if f'<html lang="{language}"' in answer.text() else ["is in another language"])

    def judged(self, page: Page, language: str, again: bool = False) -> list[str]:
        """What is wrong with the page that is shown.

        `again`: what lays things side by side is opened anew on the desktop, as visitors do: a table that a
        phone had scrolled to a row would stand anywhere.

        axe-core takes a second or more, so each size has it in one language, and the larger one only where it
        shows something beside something else; all else is looked at in both.
        """
        narrow = judged(page, language, language == "it")
        page.set_viewport_size(DESKTOP)
        beside = bool(page.locator(SIDE_BY_SIDE).count())
        if again and beside:
            page.reload(wait_until="load")
        wide = judged(page, language, language == "en" and beside)
        return [f"on a phone, {each}" for each in narrow] + [f"on a desktop, {each}" for each in wide]


def judged(page: Page, language: str, closely: bool) -> list[str]:
    """What is wrong with the page as it is shown now; `closely`: by axe-core, too."""
    shape = page.evaluate(SHAPE)
    wrong = [] if shape["lang"] == language else [f"is in {shape['lang']!r}"]
    wrong += [] if shape["title"] else ["has no title"]
    wrong += [] if shape["headings"] == 1 else [f"has {shape['headings']} first headings"]
    wrong += [] if shape["mains"] == 1 else [f"has {shape['mains']} main parts"]
    wrong += [f"scrolls sideways by {shape['wide']}"] if shape["wide"] > 0 else []
    return wrong + (violations(page) if closely else [])


@pytest.fixture(scope="module")
def readers(
    cluster: Cluster, database_template: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Readers]:
    folder: Path = tmp_path_factory.mktemp("var")
    with (
        fresh_database(cluster, database_template) as database,
        furnished_town(database, folder) as (town, it),
    ):
        troubles: list[str] = []
        pages = {
            who: page_of(browser, troubles, lambda context, person=person: let_in(town, context, person))
            for who, person in readers_of(it).items()
        }
        yield Readers(town, it, pages, troubles)
        for page in pages.values():
            page.context.close()
        assert troubles == []


def readers_of(it: Furnisher) -> dict[str, object]:
    """Who visits the pages."""
    return {VISITOR: None, MODERATOR: it.mo, AUTHOR: it.ada, ADMINISTRATOR: it.iva}


def let_in(town: Town, context: BrowserContext, person: object) -> None:
    if person is not None:
        town.let_in(context, person)  # type: ignore[arg-type]


def page_of(browser: Browser, troubles: list[str], entered: object) -> Page:
    context = browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce")
    context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
    entered(context)  # type: ignore[operator]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    return page


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_is_accessible_and_fits(readers: Readers, language: str) -> None:
    wide = [visit for name in sorted(PAGES) if name.startswith(WIDE) for visit in PAGES[name]]
    found = {
        f"{visit.path} ({visit.who})": readers.found(visit, language)
        if language == "it" or visit in wide
        else readers.answered(visit, language)
        for visit in VISITS
    }
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def post(page: Page, path: str, fields: dict[str, str]) -> None:
    """Send a form as a page without scripts would."""
    send = """([path, fields]) => {
        const form = document.createElement("form");
        Object.assign(form, {method: "post", action: path, hidden: true});
        const token = document.querySelector("[name=csrf_token]").value;
        for (const [name, value] of Object.entries({csrf_token: token, ...fields})) {
            form.append(Object.assign(document.createElement("input"), {name, value}));
        }
        document.body.append(form);
        form.submit();
    }"""
    with page.expect_navigation(wait_until="load"):
        page.evaluate(send, [path, fields])


PIN = {"kind": "project", "lat": "45.0743", "lon": "7.6812", "title": "Giardino dei platani"}
SENT = {
    "the look at a new place": ("/torino/pin", "/torino/pin", {**PIN, "step": "check"}),
    "a place that breaks rules": (
        "/torino/pin",
        "/torino/pin",
        {"step": "check", "kind": "x", "website": "y"},
    ),
    "a search for a spot": ("/torino/pin", "/torino/pin", {"step": "find", "q": "platani"}),
    "a decision without a reason": ("/torino/moderation", "/torino/moderation", {"action": "refuse"}),
    "a report without one": ("/torino/places/{place}/report", "/torino/places/{place}/report", {}),
    "a photo that is none": ("/torino/places/{place}/photos", "/torino/places/{place}/photos", {}),
    "a photo removed unsure": (
        "/torino/moderation/photo/{photo}",
        "/torino/moderation/photo/{photo}",
        {"action": "remove"},
    ),
    "signing in as nobody": ("/login", "/login", {"email": "x", "password": "y"}),
}
"""Pages that only answer to a form: where it stands, where it goes, and what it says."""


@pytest.mark.parametrize("language", ["it", "en"])
def test_what_answers_a_form_is_accessible_and_fits(readers: Readers, language: str) -> None:
    found = {}
    for name, (where, to, fields) in SENT.items():
        page = readers.pages[VISITOR if "signing" in name else MODERATOR]
        page.set_viewport_size(PHONE)
        path = where.format(**readers.it.told)
        page.goto(readers.town.served.at(f"{path}?lang={language}"), wait_until="load")
        post(page, to.format(**readers.it.told), fields)
        found[name] = readers.judged(page, language)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}

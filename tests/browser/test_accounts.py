"""Accounts in a browser: made, signed in to with a password, a code or a passkey, and left."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from app.cluster import Cluster
from app.imports.demo import load_demonstration_city
from app.settings import Settings
from app.web import create_app
from tests.browser.conftest import DESKTOP, PATIENCE_MS, PHONE, owning
from tests.browser.test_reach import violations
from tests.conftest import fresh_database
from tests.serving import on_a_port

pytestmark = pytest.mark.browser

PASSWORD = "una frase abbastanza lunga"


@dataclass
class Site:
    """A server with accounts, at a name that passkeys are made for, and the folder of its mails."""

    url: str
    folder: Path
    browser: Browser
    troubles: list[str]

    def visitor(self, viewport: dict[str, int] = DESKTOP, locale: str = "en-GB", **options: Any) -> Page:
        """A page of a new browser; what its scripts complain of is remembered."""
        context = self.browser.new_context(
            viewport=viewport, locale=locale, reduced_motion="reduce", base_url=self.url, **options
        )
        context.route(lambda address: urlsplit(address).hostname != "localhost", lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        return page

    def link(self) -> str:
        """The path of the link in the last mail."""
        last = max((self.folder / "mail").glob("*.eml"))
        mail = message_from_bytes(last.read_bytes(), policy=policy.default)
        found = re.search(r"https?://[^/\s]+(/\S+)", mail.get_content())  # type: ignore[attr-defined]
        assert found
        return found[1]


@pytest.fixture(scope="module")
def site(
    cluster: Cluster, database_template: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The demonstration city, with nobody in it yet."""
    folder = tmp_path_factory.mktemp("var")
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
        app = create_app(replace(Settings(), database_url=database.app_url, var=folder, threads=4))
        troubles: list[str] = []
        with on_a_port(app, "localhost") as url:
            yield Site(url, folder, browser, troubles)
        app.extensions["cortile"].database.close()
        assert troubles == []


def register(site: Site, page: Page, email: str) -> None:
    """From the map to an account that is signed in to."""
    page.goto("/torino/")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Make one").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Name (optional)").fill("Ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The password once more").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("status")).to_contain_text(f"We have sent a mail to {email}")
    page.goto(site.link())
    expect(page.get_by_role("status")).to_contain_text("confirmed")
    sign_in(page, email)


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_nothing_to_an_account_and_away_again(site: Site, viewport: dict[str, int]) -> None:
    page = site.visitor(viewport)
    email = f"ada{viewport['width']}@city.example"
    register(site, page, email)
    page.goto("/torino/")
    page.locator("[data-menu] summary", has_text="Ada").click()
    page.get_by_role("link", name="My account").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()

    page.get_by_label("What it is for").fill("QGIS")
    page.get_by_role("checkbox", name="pin and change places").check()
    page.get_by_role("button", name="Make a token").click()
    token = page.locator(".token code").inner_text()
    assert re.fullmatch(r"cortile_[\w-]{43}", token)
    page.goto("/account")
    assert token not in page.content()

    other = site.visitor(viewport)
    other.goto("/login?next=/account")
    sign_in(other, email)
    page.reload()
    page.get_by_role("button", name=re.compile("^End Chrome")).click()
    expect(page.get_by_role("status")).to_contain_text("The session is ended.")
    other.goto("/account")
    assert "/login" in other.url

    page.get_by_role("link", name="Delete my account").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is deleted.")
    page.goto("/torino/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_signing_in_by_keyboard_alone_and_errors_stand_beside_their_fields(site: Site) -> None:
    page = site.visitor()
    register(site, page, "keys@city.example")
    page.goto("/account")
    page.get_by_role("button", name="Sign out").press("Enter")
    page.goto("/register")
    keyboard = page.keyboard
    page.get_by_label("E-mail address").focus()
    keyboard.type("nobody")
    for words in ("", "short", "shorter"):
        keyboard.press("Tab")
        keyboard.type(words)
    page.locator("form").first.evaluate("form => form.noValidate = true")
    keyboard.press("Enter")
    field = page.get_by_label("E-mail address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("This is not an e-mail address"))
    page.goto("/login")
    page.get_by_label("E-mail address").focus()
    keyboard.type("keys@city.example")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/account")
    expect(page.get_by_role("heading", name="My account")).to_be_visible()


def test_a_code_is_asked_for_once_it_is_set_up_and_a_recovery_code_stands_in(site: Site) -> None:
    page = site.visitor()
    register(site, page, "code@city.example")
    page.goto("/account")
    page.get_by_role("link", name="Change how codes are asked for").click()
    page.get_by_role("button", name="Set up").click()
    code = code_of(page.locator(".key").inner_text())
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status")).to_contain_text("From now on a code is asked for")
    page.get_by_role("link", name="See the recovery codes").click()
    page.get_by_role("button", name="Make new codes").click()
    recovery = page.locator(".codes code").all_inner_texts()
    assert len(set(recovery)) == 8

    other = site.visitor()
    other.goto("/login?next=/account")
    other.get_by_label("E-mail address").fill("code@city.example")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="Your code")).to_be_visible()
    assert violations(other) == []
    other.goto("/account")
    assert "/login" in other.url, "half signed in is not signed in"
    other.get_by_label("E-mail address").fill("code@city.example")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_role("link", name="Use a recovery code").click()
    other.get_by_label(re.compile("One of the codes")).fill(recovery[0])
    other.get_by_role("button", name="Sign in").click()
    other.goto("/account")
    expect(other.get_by_role("heading", name="My account")).to_be_visible()


def code_of(key: str) -> Callable[[], str]:
    """What an app makes of a key: a function that gives the code of this moment (RFC 6238)."""

    words = re.sub(r"[\s-]", "", key).upper()
    secret = base64.b32decode(words + "=" * (-len(words) % 8))
    return lambda: TOTP(secret, 6, SHA1(), 30, enforce_key_length=False).generate(time.time()).decode()


def test_a_passkey_signs_in_without_a_password(site: Site) -> None:
    page = site.visitor()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    register(site, page, "passkey@city.example")
    page.goto("/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label(re.compile("A name for it")).fill("my phone")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile("/account"))
    expect(page.locator("section", has_text="Passkeys").get_by_text("my phone").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    page.goto("/login?next=/account")
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile("/account"))
    expect(page.get_by_text("passkey@city.example").first).to_be_visible()
    page.get_by_role("button", name="Remove my phone").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey my phone is removed.")


def test_everything_but_passkeys_works_without_scripts(site: Site) -> None:
    page = site.visitor(java_script_enabled=False)
    register(site, page, "plain@city.example")
    page.goto("/account")
    page.get_by_label("Name (optional)").fill("Ada senza script")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("details.menu > summary")).to_contain_text("Ada senza script")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account")
    assert "/login?next=" in page.url

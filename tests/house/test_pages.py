"""Every address that can be read is a page that a browser visits in the tests, or is said to be none."""

from flask import Flask

from tests.browser.pages import DATA, ELSEWHERE, PAGES, PIECES, readable
from tests.http.conftest import *  # noqa: F403 - its fixtures


def test_no_page_is_forgotten(app: Flask) -> None:
    there = set(readable(app))
    told = [*PAGES, *ELSEWHERE, *DATA, *PIECES]
    assert there - set(told) == set(), "a new page belongs into PAGES, and anything else into its own table"
    assert set(told) - there == set()
    assert len(told) == len(set(told))
    assert all(PAGES.values())

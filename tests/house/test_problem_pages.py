"""Whatever goes wrong has a title for its page, in both languages."""

import pytest
from flask import Flask
from flask_babel import Babel

from app.context import in_language
from app.pages.words import PROBLEM_TITLES
from app.problems import SENTENCES, STATUS

GIVEN = sorted({int(status) for status in (*STATUS.values(), *SENTENCES)})


@pytest.mark.parametrize("status", GIVEN)
def test_every_status_that_we_give_has_a_title_in_both_languages(status: int) -> None:
    assert status in PROBLEM_TITLES
    app = Flask("app")
    Babel(app)
    said = []
    with app.app_context():
        for language in ("en", "it"):
            with in_language(language):
                said.append(str(PROBLEM_TITLES[status]))
    assert said[0] != said[1], "not translated"


def test_titles_tell_one_thing_from_another() -> None:
    app = Flask("app")
    Babel(app)
    with app.app_context(), in_language("it"):
        assert len({str(title) for title in PROBLEM_TITLES.values()}) == len(PROBLEM_TITLES)

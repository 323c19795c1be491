"""The documents name what there is, and the links between them lead somewhere."""

import re
from pathlib import Path

import pytest

from app import errors
from app.problems import STATUS
from app.settings import VARIABLES

CHECKOUT = Path(__file__).parents[2]
DOCUMENTS = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("data/*.md")]


def every(kind: type[errors.CortileError]) -> set[type[errors.CortileError]]:
    return {kind}.union(*(every(below) for below in kind.__subclasses__()))


def test_every_error_code_is_documented() -> None:
    told = (CHECKOUT / "docs/errors.md").read_text()
    for kind in every(errors.CortileError):
        assert f"| `{kind.code}` |" in told, kind


def test_every_error_has_a_code_of_its_own_and_a_status() -> None:
    kinds = every(errors.CortileError)
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(any(parent in STATUS for parent in kind.__mro__) for kind in kinds)


def test_every_setting_is_documented() -> None:
    told = (CHECKOUT / "docs/operations.md").read_text()
    for name in VARIABLES:
        assert f"`{name}`" in told, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target

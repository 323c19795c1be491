"""Where the page of an area is. Pure."""

from urllib.parse import quote

WORDS = ("shapes", "values", "hotspots", "compare")
"""What stands behind a layer in the addresses of other pages, and wins over an area of this code."""
ESCAPE = "~"


def written(code: str) -> str:
    """An area's code as its address has it: before a code that is a word of another address comes a tilde.

    >>> written("21"), written("compare"), written("~1")
    ('21', '~compare', '~~1')
    """
    return ESCAPE + code if code in WORDS or code.startswith(ESCAPE) else code


def read(words: str) -> str:
    """The code that an address means.

    >>> read("21"), read("~compare"), read("~~1")
    ('21', 'compare', '~1')
    """
    return words.removeprefix(ESCAPE)


def area_path(city: str, layer: str, code: str) -> str:
    """The path of the page of an area.

    >>> area_path("torino", "zones", "A 1")
    '/torino/areas/zones/A%201'
    """
    return f"/{city}/areas/{layer}/{quote(written(code))}"

"""The scripts and styles that a map carries in itself, so that it works offline."""

from functools import cache
from pathlib import Path

from geo.errors import MissingAssets

HERE = Path(__file__).parent
STYLES = ("vendor/leaflet.css", "vendor/leaflet.markercluster.css", "layers.css")
SCRIPTS = ("vendor/leaflet.js", "vendor/leaflet.markercluster.js", "layers.js")
LICENCES = "Leaflet 1.9, BSD-2-Clause, https://leafletjs.com; leaflet.markercluster, MIT"


@cache
def style() -> str:
    """The style sheets of Leaflet, of its clusters and of our layers. Raises MissingAssets."""
    return "\n".join(_text(name) for name in STYLES)


@cache
def script() -> str:
    """Leaflet, its clusters and our layers as one classic script. Raises MissingAssets."""
    return f"/* {LICENCES} */\n" + "\n".join(_text(name) for name in SCRIPTS)


def _text(name: str) -> str:
    try:
        text = (HERE / name).read_text("utf-8")
    except FileNotFoundError:
        raise MissingAssets(
            f"{HERE / name} is not there: `make setup` copies it from npm's package."
        ) from None
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL="))


def literal(json_text: str) -> str:
    """JSON as it may stand inside a script element: no text in it can end the element or open a comment.

    A `<` occurs in JSON only inside of texts, where its escape means the same.
    """
    return json_text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

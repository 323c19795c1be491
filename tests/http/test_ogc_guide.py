"""The guide of the API says what is so: its addresses answer, and its classes are kept to."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.http.conftest import add_place

GUIDE = (Path(__file__).parents[2] / "docs" / "ogc-api.md").read_text().partition("## Writing")[0]
"""What is read; test_writing_clients.py runs the lines that write."""
SERVER = "http://127.0.0.1:8000"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"


def commands() -> list[str]:
    """Each call of curl, with the lines that continue it."""
    return re.findall(r"^curl .*$", GUIDE.replace("\\\n", " "), re.MULTILINE)


def addresses() -> list[str]:
    """What the calls of curl ask for, and the other addresses of this server in the guide."""
    found = []
    for command in commands():
        (address,) = re.findall(rf'"{SERVER}([^"]+)"', command)
        encoded = re.findall(r'--data-urlencode "([^=]+)=([^"]+)"', command)
        found.append(address + "".join(f"?{name}={quote(value)}" for name, value in encoded))
    others = re.findall(rf"{SERVER}(/[^\s\"`]*)", re.sub(r"curl .*(\n  .*)*", "", GUIDE))
    return found + others + re.findall(r"^\| `(/[^`{]+)` \|", GUIDE, re.MULTILINE)


@pytest.fixture
def guided(torino: Connection) -> Connection:
    """Three places that the guide's questions find, and one that they do not."""
    add_place(torino, 7.686, 45.071, kind="house", title="Casa")
    add_place(torino, 7.687, 45.071, kind="site", title="Cortile")
    add_place(torino, 7.688, 45.072, kind="project", title="Orto")
    add_place(torino, 7.75, 45.0, kind="house", title="Lontana")
    return torino


def test_every_address_of_the_guide_answers(client: FlaskClient, guided: Connection) -> None:
    asked = addresses()
    assert len(asked) >= 10
    for address in asked:
        separator = "&" if "?" in address else "?"
        url = address if "/torino/" in address else f"{address}{separator}city=torino"
        answer = client.get(url, follow_redirects=True)
        assert answer.status_code == 200, url


def test_the_questions_of_the_guide_find_what_they_say(client: FlaskClient, guided: Connection) -> None:
    def titles(address: str) -> list[str]:
        return sorted(each["properties"]["title"] for each in client.get(address).json["features"])

    box, projects, near = addresses()[: len(commands())]
    assert titles(box) == ["Casa", "Cortile", "Orto"]
    assert titles(projects) == ["Orto"]
    assert titles(near) == ["Casa", "Cortile"]
    (project,) = client.get(projects).json["features"]
    assert project["properties"] == {"title": "Orto", "status": "active"}


POINT = "POINT(7.686 45.071)"
LITERALS = (
    POINT, "MULTIPOINT((7 45),(7.6 45))", "LINESTRING(7 45,8 46)", "MULTILINESTRING((7 45,8 46),(7 46,8 45))",
    "POLYGON((7 45,8 45,8 46,7 45))", "MULTIPOLYGON(((7 45,8 45,8 46,7 45)))", "BBOX(7,45,8,46)",
    f"GEOMETRYCOLLECTION({POINT})",
)  # fmt: skip
RELATIONS = [
    "AFTER",
    "BEFORE",
    "CONTAINS",
    "DISJOINT",
    "DURING",
    "EQUALS",
    "FINISHEDBY",
    "FINISHES",
    "INTERSECTS",
    "MEETS",
    "METBY",
    "OVERLAPPEDBY",
    "OVERLAPS",
    "STARTEDBY",
    "STARTS",
]
CLASSES = {
    "basic-cql2": ["kind = 'house' AND NOT (title IS NULL OR accuracy_m >= 3)"],
    "advanced-comparison-operators": [
        "title NOT LIKE 'C%'",
        "accuracy_m BETWEEN 1 AND 2",
        "kind IN ('house')",
    ],
    "case-insensitive-comparison": ["CASEI(title) IN (CASEI('CASA'), CASEI('x'))"],
    "accent-insensitive-comparison": ["ACCENTI(title) LIKE ACCENTI('cas%')"],
    "basic-spatial-functions": [f"S_INTERSECTS(geometry, {each})" for each in (POINT, "BBOX(7,45,8,46)")],
    "basic-spatial-functions-plus": [f"S_INTERSECTS(geometry, {each})" for each in LITERALS],
    "spatial-functions": [
        f"S_{name}(geometry, {each})"
        for name in ("DISJOINT", "EQUALS", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS")
        for each in LITERALS
    ],
    "temporal-functions": [f"T_{name}(valid, INTERVAL('2020-01-01', '..'))" for name in RELATIONS],
    "array-functions": [f"A_{name}(kind, ('house'))" for name in ("CONTAINS", "OVERLAPS")],
    "property-property": ["kind = status", "'house' = kind", "3 < 4", "valid_from <= recorded_at"],
    "functions": [f"distance(geometry, {POINT}) < 5"],
    "arithmetic": ["accuracy_m * 2 + 1 - 3 / 4 ^ 2 % 5 DIV 1 > 0"],
    "cql2-text": ["true"],
    "cql2-json": ['{"op":"=","args":[{"property":"kind"},"house"]}'],
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_of_cql2_is_declared_where_all_of_it_is_understood(
    client: FlaskClient, torino: Connection, name: str
) -> None:
    declared = client.get("/torino/ogc/conformance").json["conformsTo"]
    items = "/torino/ogc/collections/places/items?filter="
    understood = all(client.get(items + quote(words)).status_code == 200 for words in CLASSES[name])

    assert (CQL2 + name in declared) == understood
    assert {each.removeprefix(CQL2) for each in declared if each.startswith(CQL2)} <= set(CLASSES)

"""How a snapshot is cited: a line, and a file in the Citation File Format. Pure."""

import json

from app.cities import City
from app.publish.data.shelf import Snapshot


def line(city: City, day: str, base_url: str, sha256: str) -> str:
    """The line to be put among the references; the sum says which bytes were meant."""
    name = named(city)
    return (
        f"Cortile {name} ({day[:4]}). Places and areas of {name}, snapshot of {day} [data set]."
        f" {address(city, day, base_url)} (SHA-256 of its sums: {sha256})"
    )


def cff(city: City, held: Snapshot, base_url: str) -> str:
    """CITATION.cff, version 1.2.0; a text in JSON's quotes is a text in YAML's."""
    name = named(city)
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them, and the source of every record that you use.",
        "type": "dataset",
        "title": f"Places and areas of {name}, snapshot of {held.day}",
        "version": held.day,
        "date-released": held.day,
        "url": address(city, held.day, base_url),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    lines += ["authors:", f"  - name: {json.dumps(f'Cortile {name}', ensure_ascii=False)}"]
    lines += ["identifiers:", "  - type: other", f"    value: {json.dumps('sha256:' + held.sha256)}"]
    return "\n".join(lines) + "\n"


def named(city: City) -> str:
    """The city's name in its own language."""
    return city.names.get(city.languages[0]) or city.slug


def address(city: City, day: str, base_url: str) -> str:
    """Where a snapshot is shown."""
    return f"{base_url}/{city.slug}/data#snapshot-{day}"

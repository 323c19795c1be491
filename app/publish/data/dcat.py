"""Records of data sets after DCAT-AP_IT, as JSON-LD and as Turtle. Pure.

A record is a tree of dictionaries in the words of JSON-LD, which both notations are written from. It is small
and regular, so it needs no library of RDF.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.cities import City
from app.publish.data.citation import named
from app.publish.data.datasets import Dataset
from app.publish.data.formats import FORMATS
from app.publish.data.shelf import File, Snapshot

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority"
LANGUAGES = {"it": "ITA", "en": "ENG"}
FILE_TYPES = {"geojson": "GEOJSON", "geojsonl": "JSON", "csv": "CSV", "gpkg": "GPKG"}
FILE_TYPES |= {"fgb": "OCTET", "parquet": "PARQUET"}
SPDX = re.compile(r"[A-Za-z0-9.+-]+")
Node = dict[str, Any]


def catalog(
    city: City,
    datasets: Sequence[Dataset],
    licences: Mapping[str, Sequence[str]],
    snapshots: Sequence[Snapshot],
    base_url: str,
) -> Node:
    """The catalogue of a city: its data sets as they are now, and every snapshot of each."""
    home, name = f"{base_url}/{city.slug}/data", named(city)
    live = [_live(city, dataset, licences, base_url) for dataset in datasets]
    kept = [node for held in snapshots for node in _of_snapshot(city, held, datasets, licences, base_url)]
    node = {
        "@id": f"{home}#catalog",
        "@type": ["dcat:Catalog", "dcatapit:Catalog"],
        "dct:title": _said({"it": f"I dati di Cortile, {name}", "en": f"The data of Cortile, {name}"}),
        "dct:description": _said(
            {"it": "Luoghi, aree e indicatori della città.", "en": "The city's places, areas and indicators."}
        ),
        "dct:publisher": _agent(city, base_url),
        "dct:language": [{"@id": f"{EU}/language/{LANGUAGES[code]}"} for code in ("it", "en")],
        "foaf:homepage": {"@id": home},
        "dcat:dataset": [*live, *kept],
    }
    if snapshots:
        node["dct:modified"] = _typed(snapshots[0].made_at, "dateTime")
    return node


def snapshot_record(
    city: City,
    held: Snapshot,
    datasets: Sequence[Dataset],
    licences: Mapping[str, Sequence[str]],
    base_url: str,
) -> Node:
    """The record that lies in a snapshot: a catalogue of its own data sets alone."""
    node = catalog(city, (), licences, (held,), base_url)
    node["dcat:dataset"] = _of_snapshot(city, held, datasets, licences, base_url)
    node["@id"] = f"{base_url}/{city.slug}/data#catalog-{held.day}"
    return node


def _live(city: City, dataset: Dataset, licences: Mapping[str, Sequence[str]], base_url: str) -> Node:
    licence = _licence(city, licences.get(dataset.name, ()), base_url)
    address = f"{base_url}/{city.slug}/data/{dataset.name}"
    distributions = [
        _distribution(f"{address}.{made.ending}", made.ending, licence) for made in FORMATS.values()
    ]
    node = _dataset(city, dataset, f"{address}#dataset", base_url)
    node["dct:accrualPeriodicity"] = {"@id": f"{EU}/frequency/CONT"}
    return {**node, "dcat:distribution": distributions}


def _of_snapshot(
    city: City,
    held: Snapshot,
    datasets: Sequence[Dataset],
    licences: Mapping[str, Sequence[str]],
    base_url: str,
) -> list[Node]:
    nodes = []
    for dataset in (dataset for dataset in datasets if held.of(dataset.name)):
        licence = _licence(city, licences.get(dataset.name, ()), base_url)
        address = f"{base_url}/{city.slug}/data/snapshots/{held.day}"
        node = _dataset(city, dataset, f"{address}/{dataset.name}#dataset", base_url, held.day)
        node["dct:issued"] = node["dct:modified"] = _typed(held.day, "date")
        node["dct:accrualPeriodicity"] = {"@id": f"{EU}/frequency/NEVER"}
        node["dct:isVersionOf"] = {"@id": f"{base_url}/{city.slug}/data/{dataset.name}#dataset"}
        node["dcat:distribution"] = [_of_file(address, file, licence) for file in held.of(dataset.name)]
        nodes.append(node)
    return nodes


def _dataset(city: City, dataset: Dataset, address: str, base_url: str, day: str = "") -> Node:
    name = named(city)
    titles = {
        language: ", ".join(part for part in (title, name, day) if part)
        for language, title in dataset.titles.items()
    }
    return {
        "@id": address,
        "@type": ["dcat:Dataset", "dcatapit:Dataset"],
        "dct:identifier": ":".join(part for part in ("cortile", city.slug, dataset.name, day) if part),
        "dct:title": _said(titles),
        "dct:description": _said(
            {
                "it": f"{dataset.titles.get('it') or dataset.name} di {name}, da Cortile;"
                " ogni dato dice la sua fonte e la sua licenza.",
                "en": f"{dataset.titles.get('en') or dataset.name} of {name}, from Cortile; every record says"
                " its source and its licence.",
            }
        ),
        "dcat:theme": [{"@id": f"{EU}/data-theme/{theme}"} for theme in ("REGI", "SOCI")],
        "dct:rightsHolder": _agent(city, base_url),
        "dct:publisher": {"@id": _agent(city, base_url)["@id"]},
        "dct:language": [{"@id": f"{EU}/language/{LANGUAGES[code]}"} for code in ("it", "en")],
        "dcat:landingPage": {"@id": f"{base_url}/{city.slug}/data"},
        "foaf:page": {"@id": f"{base_url}/{city.slug}/data/codebook#{dataset.name}"},
    }


def _of_file(address: str, file: File, licence: Node) -> Node:
    node = _distribution(f"{address}/{file.name}", file.name.rpartition(".")[2], licence)
    node["dcat:byteSize"] = _typed(str(file.size), "decimal")
    node["spdx:checksum"] = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": _typed(file.sha256, "hexBinary"),
    }
    return node


def _distribution(address: str, ending: str, licence: Node) -> Node:
    made = FORMATS[ending]
    return {
        "@id": f"{address}#distribution",
        "@type": ["dcat:Distribution", "dcatapit:Distribution"],
        "dct:title": made.name,
        "dct:format": {"@id": f"{EU}/file-type/{FILE_TYPES[ending]}"},
        "dcat:mediaType": made.media_type.partition(";")[0],
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dct:license": licence,
    }


def _licence(city: City, licences: Sequence[str], base_url: str) -> Node:
    """The one licence of every record, or the page that says which records have which."""
    spdx = licences[0].replace(" ", "-") if len(licences) == 1 else ""
    if SPDX.fullmatch(spdx):
        return {
            "@id": f"https://spdx.org/licenses/{spdx}",
            "@type": "dcatapit:LicenseDocument",
            "foaf:name": licences[0],
        }
    name = {"it": "Ogni dato dice la sua licenza", "en": "Every record says its licence"}
    address = f"{base_url}/{city.slug}/data#licences"
    return {"@id": address, "@type": "dcatapit:LicenseDocument", "foaf:name": _said(name)}


def _agent(city: City, base_url: str) -> Node:
    return {
        "@id": f"{base_url}/{city.slug}/#agent",
        "@type": ["dcatapit:Agent", "foaf:Agent"],
        "dct:identifier": f"cortile-{city.slug}",
        "foaf:name": f"Cortile {named(city)}",
    }


def _said(texts: Mapping[str, str]) -> list[Node]:
    return [{"@value": text, "@language": language} for language, text in texts.items()]


def _typed(value: str, kind: str) -> Node:
    return {"@value": value, "@type": f"xsd:{kind}"}


def as_json(record: Node) -> str:
    """The record as JSON-LD."""
    return json.dumps({"@context": PREFIXES, **record}, ensure_ascii=False, indent=1) + "\n"


def as_turtle(record: Node) -> str:
    """The record as Turtle: a statement for each node that has an address, the outermost first."""
    nodes: dict[str, str] = {}
    _collect(record, nodes)
    prefixes = "".join(f"@prefix {name}: <{address}> .\n" for name, address in PREFIXES.items())
    return prefixes + "".join(f"\n{name} {said} .\n" for name, said in nodes.items() if said)


def _collect(node: Node, nodes: dict[str, str]) -> str:
    """The name of a node, after its statement, and those of the nodes in it, were put among `nodes`."""
    if list(node) == ["@id"]:
        return _name(node["@id"])
    name = _name(node["@id"]) if "@id" in node else ""
    if name:
        nodes[name] = nodes.get(name, "")  # its place is before what it speaks of
    said = []
    for word, value in node.items():
        if word == "@type":
            said.append("a " + ", ".join([value] if isinstance(value, str) else value))
        elif word != "@id":
            objects = [_object(each, nodes) for each in (value if isinstance(value, list) else [value])]
            if objects:
                said.append(f"{word} {', '.join(objects)}")
    body = " ;\n    ".join(said)
    if not name:
        return f"[ {body} ]"
    nodes[name] = body
    return name


def _object(value: Any, nodes: dict[str, str]) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if "@language" in value:
        return f"{_quoted(value['@value'])}@{value['@language']}"
    if "@value" in value:
        return f"{_quoted(value['@value'])}^^{value['@type']}"
    return _collect(value, nodes)


def _name(address: str) -> str:
    return address if address.partition(":")[0] in PREFIXES else f"<{address}>"


def _quoted(text: str) -> str:
    """A text in the quotes of JSON, which Turtle reads in the same way."""
    return json.dumps(text, ensure_ascii=False)

"""A version of an index to be taken away: as JSON and CSV, as a definition file, as a citation. Pure."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.cities import City
from app.fragility.indices.queries import Index, Score, Version

HEADINGS = (
    "code",
    "name",
    "score",
    "rank",
    "rank_median",
    "rank_low",
    "rank_high",
    "few_residents",
    "missing",
)


def as_csv(version: Version, scores: Sequence[Score]) -> str:
    """A line for each area, with a column for what each series adds to its score."""
    series = [part["series"] for part in version.definition["indicators"]]
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*HEADINGS, *(f"part_{name}" for name in series)])
    for each in scores:
        told = asdict(each) | {"few_residents": int(each.few_residents), "missing": " ".join(each.missing)}
        writer.writerow([*(told[name] for name in HEADINGS), *(each.parts.get(name) for name in series)])
    return lines.getvalue()


def as_list(indices: Sequence[Index], versions: Sequence[Version]) -> str:
    """A line for each version of each index."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("index", "layer", "version", "year", "method", "computed_at", "shown", "hash"))
    layers = {index.slug: index.layer for index in indices}
    for each in versions:
        about = (each.version, each.year, each.definition["method"], each.computed_at.isoformat())
        writer.writerow((each.index, layers[each.index], *about, int(each.current), each.hash))
    return lines.getvalue()


def told(city: City, index: Index, version: Version, base_url: str) -> dict[str, Any]:
    """What is told of a version to programs, without its scores."""
    return {
        "index": index.slug,
        "names": index.names,
        "descriptions": index.descriptions,
        "layer": index.layer,
        "licence": index.licence,
        "version": version.version,
        "year": version.year,
        "definition": version.definition,
        "definition_hash": version.definition_hash,
        "data_hash": version.data_hash,
        "hash": version.hash,
        "method": version.method,
        "sources": version.sources,
        "facts": version.facts,
        "computed_at": version.computed_at.isoformat(),
        "code": version.code,
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "shown": version.current,
        "address": address(city, version, base_url),
        "citation": citation(city, index, version, base_url),
    }


def with_scores(about: Mapping[str, Any], scores: Sequence[Score]) -> dict[str, Any]:
    """The same with the score of every area."""
    return {**about, "scores": [asdict(each) for each in scores]}


def address(city: City, version: Version, base_url: str) -> str:
    """Where a version is for ever."""
    return f"{base_url}/{city.slug}/fragility/indices/{version.index}/versions/{version.version}"


def citation(city: City, index: Index, version: Version, base_url: str) -> str:
    """The line to be put among the references; the sum says which definition and data were meant."""
    return (
        f"Cortile {_city(city)} ({version.computed_at:%Y}). {_name(index)}, {version.year}, version"
        f" {version.version} [data set]. {address(city, version, base_url)} (SHA-256: {version.hash})"
    )


def bibtex(city: City, index: Index, version: Version, base_url: str) -> str:
    """The same for BibTeX."""
    fields = {
        "author": f"{{Cortile {_city(city)}}}",
        "title": f"{_name(index)}, {version.year}",
        "year": f"{version.computed_at:%Y}",
        "version": str(version.version),
        "url": address(city, version, base_url),
        "note": f"Data set. SHA-256 {version.hash}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    key = f"cortile-{city.slug}-{index.slug}-{version.version}"
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def as_toml(index: Index, version: Version) -> str:
    """The definition file that makes this version again, where the data are the same."""
    made = version.definition
    plain = ("method", "reference", "goalposts", "few_residents", "few_below", "runs", "seed")
    lines = [f"# {_name(index)}, version {version.version}: definition {version.definition_hash}"]
    lines += [f"{name} = {_text(value)}" for name, value in (("slug", index.slug), ("layer", index.layer))]
    lines += [f"licence = {_text(index.licence)}", f"names = {_table(index.names)}"]
    lines += [f"descriptions = {_table(index.descriptions)}"]
    lines += [f"{name} = {_text(made[name])}" for name in plain]
    if made["after"]:
        lines += [f"after = {_text(made['after'])}", f"incomplete = {_text(bool(made['without']))}"]
        lines += ["[items]", *(f"{part['item']} = {_text(part['series'])}" for part in made["indicators"])]
        return "\n".join(lines) + "\n"
    for part in made["indicators"]:
        lines += ["[[indicators]]"]
        lines += [f"{name} = {_text(part[name])}" for name in ("series", "polarity", "weight")]
    return "\n".join(lines) + "\n"


def _text(value: Any) -> str:
    """A value as TOML has it: as JSON does, of texts, numbers and truths."""
    return json.dumps(value, ensure_ascii=False)


def _table(words: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{code} = {_text(text)}" for code, text in words.items()) + " }"


def _city(city: City) -> str:
    return city.names.get(city.languages[0]) or city.slug


def _name(index: Index) -> str:
    return index.names.get("en") or next(iter(index.names.values()))

"""The codebook: every column of every data set, as CSV and as Table Schema (Frictionless Data). Pure."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from app.publish.data.columns import GEOMETRY, JSON, NUMBER, TEXT, TIME, TRUTH, Column
from app.publish.data.datasets import Dataset

TYPES = {TEXT: "string", NUMBER: "number", TIME: "datetime", JSON: "object", TRUTH: "boolean"}
TYPES |= {GEOMETRY: "string"}
HEADINGS = ("dataset", "column", "type", "unit", "source", "licence", "description_en", "description_it")


def described(dataset: Dataset) -> tuple[Column, ...]:
    """The columns that any format of the data set may have."""
    return dataset.described("geojson", "")


def as_csv(datasets: Sequence[Dataset]) -> str:
    """A line for each column."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(HEADINGS)
    for dataset in datasets:
        for column in described(dataset):
            texts = [column.texts.get(language, "") for language in ("en", "it")]
            more = (column.unit, column.source, column.licence)
            writer.writerow([dataset.name, column.name, column.kind, *more, *texts])
    return lines.getvalue()


def as_schema(datasets: Sequence[Dataset], language: str) -> dict[str, Any]:
    """A Table Schema for each data set, as the resources of a data package."""
    return {
        "resources": [
            {
                "name": dataset.name,
                "title": dataset.titles.get(language) or dataset.name,
                "schema": {"fields": [field(column, language) for column in described(dataset)]},
            }
            for dataset in datasets
        ]
    }


def field(column: Column, language: str) -> dict[str, Any]:
    """A column as a field of a Table Schema."""
    said = {
        "name": column.name,
        "type": TYPES[column.kind],
        "description": column.texts.get(language) or next(iter(column.texts.values()), ""),
        "unit": column.unit,
        "source": column.source,
        "licence": column.licence,
    }
    return {name: value for name, value in said.items() if value}

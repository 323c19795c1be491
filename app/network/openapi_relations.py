"""The addresses of relations in OpenAPI 3.0: those of a place, and what can be said to one."""

from typing import Any

from flask_babel import gettext

from app.errors import Sentence
from app.network.form import INWARD
from app.tables.network import MAX_NOTE, RELATION_KINDS

Document = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
SCHEMES: Document = {"token": {"type": "http", "scheme": "bearer"}}
_ID: Document = {"type": "string", "format": "uuid"}
_TEXT: Document = {"type": "string"}
PROPOSAL: Document = {
    "type": "object",
    "required": ["kind", "other"],
    "properties": {
        "id": _ID,
        "kind": {
            "type": "string",
            "enum": [*RELATION_KINDS, *(kind + INWARD for kind in RELATION_KINDS)],
        },
        "other": _ID,
        "note": {"type": "string", "maxLength": MAX_NOTE},
        "since": _TEXT,
        "until": _TEXT,
    },
}
END: Document = {"type": "object", "properties": {"until": _TEXT}}
ANSWERS: dict[str, tuple[Sentence, Document | None]] = {
    "confirm": (Sentence("Agree to a relation, for the place that is one’s own."), None),
    "refuse": (Sentence("Say that a proposed relation is not so."), None),
    "withdraw": (Sentence("Take a relation back that was said wrongly."), None),
    "end": (Sentence("Say until when a relation was true; without until, up to now."), END),
}
READING = Sentence("The relations and the neighbours of a place.")
PROPOSING = Sentence("State a relation of a place; it holds when both sides have agreed.")


def paths() -> Document:
    """The addresses, below that of the city."""
    place, relation = (_in_path(name) for name in ("place", "relation"))
    described: Document = {
        "/places/{place}/relations": {
            "parameters": [place],
            "get": {
                "operationId": "relations",
                "summary": gettext(READING),
                "parameters": [
                    {"$ref": f"#/components/parameters/{name}"} for name in ("at", "as_of", "lang")
                ],
                "responses": _responses("200", gettext(READING), "400", "404", "503"),
            },
            "post": _said("propose", PROPOSING, PROPOSAL, "201"),
        }
    }
    for action, (sentence, schema) in ANSWERS.items():
        said = _said(action, sentence, schema, "200")
        described[f"/relations/{{relation}}/{action}"] = {"parameters": [relation], "post": said}
    return described


def _in_path(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": _ID}


def _said(name: str, sentence: Sentence, schema: Document | None, done: str) -> Document:
    """Something that a person says; a program says it by their token."""
    summary = gettext(sentence)
    body = {"requestBody": {"content": {FORM: {"schema": schema}}}} if schema else {}
    refused = ("401", "403", "404", "409", "422", "429", "503")
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "responses": _responses(done, summary, *refused),
        **body,
    }


def _responses(done: str, summary: str, *refused: str) -> Document:
    names = {"404": "NotFound", "503": "Unavailable"}
    told = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    referred = {
        status: {"$ref": f"#/components/responses/{names.get(status, 'Refused')}"} for status in refused
    }
    return {done: told, **referred}

"""What the API's description says of writing: the operations, what they take, and how each is refused."""

from typing import Any

from app.once import LONGEST
from app.publish.ogc import bodies, italian
from app.publish.ogc.asked import JSON
from app.publish.ogc.collections import Collection
from app.responses import GEOJSON
from app.tables.places import KINDS, STATUSES

Document = dict[str, Any]
PROBLEM = "application/problem+json"
PATCH = "application/merge-patch+json"

SECURITY: list[Document] = [{"token": []}]
SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal token with the scope `write`, made at /account; with `moderate`, too, a "
        "moderator takes off what others wrote.",
    }
}
ANSWERS = {
    "Written": "It was done. `ETag` is the tag of the new version.",
    "Waiting": "It was taken, and somebody looks at it first; `Location` says what becomes of it.",
    "SignIn": "There is no token, or it is not known, has expired, or was taken back.",
    "Forbidden": "The token, or its person, may not do this.",
    "Conflict": "The identifier belongs to another place, or the key is in use at this moment.",
    "Outdated": "The place is not as the writer saw it; nothing was changed.",
    "TooLarge": f"The body is larger than {bodies.MAX_BYTES:,} bytes.",
    "WrongMedia": "The body is of a media type that is not read here.",
    "Invalid": "A field breaks a rule; `errors` names each.",
    "ConditionNeeded": "The request does not say which version its writer saw.",
    "TooMany": "This person wrote too often; `Retry-After` says when to come back.",
}
STATUSES_OF = {
    "401": "SignIn", "403": "Forbidden", "404": "NotFound", "409": "Conflict", "412": "Outdated",
    "413": "TooLarge", "415": "WrongMedia", "422": "Invalid", "428": "ConditionNeeded", "429": "TooMany",
    "400": "Refused", "503": "Unavailable",
}  # fmt: skip
SUMMARIES = {
    "create": "Pin a place; with an id of the writer's own (UUIDv7), sent twice it is one place.",
    "replace": "Put a feature in the place of the one that there is.",
    "update": "Change some of what is written about a place (JSON Merge Patch).",
    "delete": "Take a place off the map.",
    "contribution": "What became of a contribution that waits for review.",
}
HEADERS = {
    "Content-Crs": (
        "The system of the geometry that is sent, one of the collection's `crs`; CRS84 if absent.",
        {"type": "string"},
    ),
    "If-Match": (
        "The `ETag` of the version that the writer saw. Without it the answer is 428, with another one 412.",
        {"type": "string"},
    ),
    "If-None-Match": ("`*`: there must be no such place yet, and it is made.", {"type": "string"}),
    "Idempotency-Key": (
        "A text of the writer's own for this request: sent again within a day, it acts once.",
        {"type": "string", "minLength": 1, "maxLength": LONGEST},
    ),
}


def components(language: str) -> tuple[Document, Document, Document]:
    """The parameters, the answers and the schemas of writing, by their names."""
    words = italian.WRITING if language == "it" else {}
    parameters = {
        name: {"name": name, "in": "header", "description": words.get(name, said), "schema": schema}
        for name, (said, schema) in HEADERS.items()
    }
    media = {"Written": JSON, "Waiting": JSON}
    answers = {
        name: {
            "description": words.get(name, said),
            "content": {media.get(name, PROBLEM): {"schema": {"type": "object"}}},
        }
        for name, said in ANSWERS.items()
    }
    return parameters, answers, {"Place": _place(), "PlacePatch": _patch()}


def of_items(each: Collection, language: str) -> Document:
    """The operation on a collection's features."""
    body = _body((GEOJSON, JSON), "Place")
    names = ("city", "crs", "lang", "Content-Crs", "Idempotency-Key")
    refused = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")
    return {"post": _operation(each, "create", language) | _parts(names, ("201", "202"), refused) | body}


def of_item(each: Collection, language: str) -> Document:
    """The operations on one feature."""
    names = ("city", "crs", "lang", "If-Match", "Idempotency-Key")
    refused = ("400", "401", "403", "404", "409", "412", "422", "428", "429", "503")
    written = (*refused, "413", "415")
    return {
        "put": _operation(each, "replace", language)
        | _parts((*names, "If-None-Match", "Content-Crs"), ("201", "202", "204"), written)
        | _body((GEOJSON, JSON), "Place"),
        "patch": _operation(each, "update", language)
        | _parts((*names, "Content-Crs"), ("202", "204"), written)
        | _body((PATCH,), "PlacePatch"),
        "delete": _operation(each, "delete", language) | _parts(names, ("204",), refused),
    }


def of_contribution(language: str) -> Document:
    """The address that says what became of a contribution."""
    identifier = {
        "name": "contributionId",
        "in": "path",
        "required": True,
        "description": "The identifier of the change, or of the place.",
        "schema": {"type": "string", "format": "uuid"},
    }
    said = {
        "operationId": "contribution",
        "summary": _summary("contribution", language),
        "tags": ["api"],
        "security": SECURITY,
        **_parts(("city", "f", "lang"), (), ("400", "401", "403", "404", "503")),
    }
    said["responses"]["200"] = {"$ref": "#/components/responses/Written"}
    return {"parameters": [identifier], "get": said}


def _operation(each: Collection, what: str, language: str) -> Document:
    return {
        "operationId": f"{each.id}.{what}",
        "summary": _summary(what, language),
        "tags": [each.id],
        "security": SECURITY,
    }


def _summary(what: str, language: str) -> str:
    return italian.WRITING[what] if language == "it" else SUMMARIES[what]


def _parts(names: tuple[str, ...], done: tuple[str, ...], refused: tuple[str, ...]) -> Document:
    answers = {status: "Waiting" if status == "202" else "Written" for status in done}
    answers |= {status: STATUSES_OF[status] for status in refused}
    return {
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "responses": {
            status: {"$ref": f"#/components/responses/{name}"} for status, name in sorted(answers.items())
        },
    }


def _body(media_types: tuple[str, ...], schema: str) -> Document:
    content = {each: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for each in media_types}
    return {"requestBody": {"required": True, "content": content}}


def _place() -> Document:
    """A place as a GeoJSON feature."""
    return {
        "type": "object",
        "required": ["type", "geometry"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "format": "uuid"},
            "geometry": _geometry(),
            "properties": {"type": "object", "properties": _properties(), "additionalProperties": False},
        },
    }


def _patch() -> Document:
    """What a merge patch of a place may hold: null takes a property away."""
    properties = {name: {**schema, "nullable": True} for name, schema in _properties().items()}
    return {
        "type": "object",
        "properties": {
            "geometry": _geometry(),
            "properties": {"type": "object", "properties": properties, "additionalProperties": False},
        },
        "additionalProperties": False,
    }


def _geometry() -> Document:
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": list(bodies.DEPTHS)},
            "coordinates": {"type": "array", "items": {}},
        },
    }


def _translation() -> Document:
    """Title and summary in one of the city's other languages, by its code."""
    texts = {name: {"type": "string"} for name in ("title", "summary")}
    return {"type": "object", "properties": texts, "additionalProperties": False}


def _properties() -> Document:
    texts = {name: {"type": "string"} for name in bodies.WRITTEN}
    return texts | {
        "kind": {"type": "string", "enum": list(KINDS)},
        "status": {"type": "string", "enum": list(STATUSES)},
        "accuracy_m": {"type": "number", "minimum": 0},
        "blur_m": {"type": "number", "minimum": 0},
        "translations": {"type": "object", "additionalProperties": _translation()},
    }

"""What the write API refuses: method, address, headers, body, status, and what is said in both languages.

`{place}` is a place of the writer's own, `{other}` one that somebody else wrote, `{lost}` none.
"""

from typing import Any

LOST = "01990000-0000-7000-8000-000000000000"
UUID4 = "6f1b7a0e-1a3c-4a52-9a36-0b1c6a6a0d11"
ITEMS = "/torino/ogc/collections/places/items"
ITEM, OTHER = ITEMS + "/{place}", ITEMS + "/{other}"
PATCH = "application/merge-patch+json"
POINT = {"type": "Point", "coordinates": [7.68, 45.07]}
FEATURE: dict[str, Any] = {"type": "Feature", "geometry": POINT, "properties": {}}
SEEN = {"If-Match": '"1.published"'}
NAMES = (
    "kind, status, title, summary, language, translations, address, website, accuracy_m, valid_from, "
    "valid_to, blur_m, on_behalf_of, note"
)
TYPES = "Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon"


def shaped(kind: Any, coordinates: Any) -> dict[str, Any]:
    return {**FEATURE, "geometry": {"type": kind, "coordinates": coordinates}}


REFUSED: list[tuple[str, str, dict[str, str], Any, int, str, str]] = [
    (
        "POST", ITEMS, {"Content-Type": ""}, FEATURE, 400,
        "Content-Type: is needed: application/geo+json, application/json.",
        "Content-Type: è necessario: application/geo+json, application/json.",
    ),
    (
        "POST", ITEMS, {"Content-Type": "application/gml+xml"}, b"<x/>", 415,
        "“application/gml+xml” is not read here; send application/geo+json, application/json.",
        "«application/gml+xml» qui non viene letto; invia application/geo+json, application/json.",
    ),
    (
        "PATCH", ITEM, {"Content-Type": "application/json"}, {}, 415,
        f"“application/json” is not read here; send {PATCH}.",
        f"«application/json» qui non viene letto; invia {PATCH}.",
    ),
    (
        "POST", ITEMS, {}, b'{"type": "Feature",\n "geometry": }', 400,
        "body: is not JSON: see line 2, character 14.",
        "body: non è JSON: guarda la riga 2, carattere 14.",
    ),
    (
        "POST", ITEMS, {}, b'{"a": "\xff"}', 400,
        "body: is not UTF-8: see its byte 8.", "body: non è UTF-8: guarda il byte 8.",
    ),
    (
        "POST", ITEMS, {}, b"[" * 100_000, 400,
        "body: is nested in more than 32 levels.", "body: è annidato in più di 32 livelli.",
    ),
    (
        "POST", ITEMS, {}, b'{"a":' * 33 + b"1" + b"}" * 33, 400,
        "body: is nested in more than 32 levels.", "body: è annidato in più di 32 livelli.",
    ),
    (
        "POST", ITEMS, {}, b'{"a": "\\ud800"}', 400,
        "body: holds half of a surrogate pair, which no text can have.",
        "body: contiene mezza coppia di surrogati, che nessun testo può avere.",
    ),
    ("POST", ITEMS, {}, [], 400, "body: must be a JSON object.", "body: deve essere un oggetto JSON."),
    (
        "POST", ITEMS, {}, b'{"a": NaN}', 400,
        "body: “NaN” is not a finite number.", "body: «NaN» non è un numero finito.",
    ),
    (
        "POST", ITEMS, {}, {"type": "FeatureCollection", "features": [FEATURE]}, 400,
        "type: must be “Feature”: one GeoJSON feature is taken at a time.",
        "type: deve essere «Feature»: si accetta un elemento GeoJSON per volta.",
    ),
    (
        "POST", ITEMS, {}, {**FEATURE, "properties": 3}, 400,
        "properties: must be a JSON object.", "properties: deve essere un oggetto JSON.",
    ),
    (
        "PATCH", ITEM, SEEN, {"properties": None}, 400,
        "properties: must be a JSON object.", "properties: deve essere un oggetto JSON.",
    ),
    (
        "POST", ITEMS, {}, {**FEATURE, "properties": {"titel": "x", "colour": "y"}}, 422,
        f"titel: is not known here; known are {NAMES}. colour: is not known here; known are {NAMES}.",
        f"titel: non è un parametro di questo indirizzo; quelli possibili sono: {NAMES}. colour: non è un "
        f"parametro di questo indirizzo; quelli possibili sono: {NAMES}.",
    ),
    (
        "PATCH", ITEM, SEEN, {"title": "x"}, 422,
        "title: is not known here; known are type, id, geometry, properties, links, bbox.",
        "title: non è un parametro di questo indirizzo; quelli possibili sono: type, id, geometry, "
        "properties, links, bbox.",
    ),
    (
        "POST", ITEMS, {}, shaped("Circle", [7, 45]), 400,
        f"geometry: must be a GeoJSON object of type {TYPES}.",
        f"geometry: deve essere un oggetto GeoJSON di tipo {TYPES}.",
    ),
    (
        "POST", ITEMS, {}, shaped("Point", [[7.68, 45.07]]), 400,
        "geometry: has coordinates that do not make a Point.",
        "geometry: ha coordinate che non formano un Point.",
    ),
    (
        "POST", ITEMS, {}, shaped("Polygon", [[[7.6, 45], [7.7, 45]]]), 400,
        "geometry: has coordinates that do not make a Polygon.",
        "geometry: ha coordinate che non formano un Polygon.",
    ),
    (
        "POST", ITEMS, {}, {**FEATURE, "id": UUID4}, 400,
        f"id: “{UUID4}” is not a UUIDv7.", f"id: «{UUID4}» non è un UUIDv7.",
    ),
    (
        "PUT", ITEM, SEEN, {**FEATURE, "id": LOST}, 400,
        f"id: “{LOST}” is not the place of this address.",
        f"id: «{LOST}» non è il luogo di questo indirizzo.",
    ),
    (
        "POST", "/torino/ogc/collections/houses/items", {}, {**FEATURE, "properties": {"kind": "site"}}, 422,
        "kind: “site” does not belong to the collection houses.",
        "kind: «site» non appartiene alla collezione houses.",
    ),
    (
        "POST", ITEMS, {"Idempotency-Key": "x" * 201}, FEATURE, 400,
        "Idempotency-Key: must have 1 to 200 characters of ASCII.",
        "Idempotency-Key: deve avere da 1 a 200 caratteri ASCII.",
    ),
    (
        "POST", ITEMS, {"Idempotency-Key": "used"}, {**FEATURE, "properties": {"title": "x"}}, 422,
        "Idempotency-Key: was used for another request before; make a new one.",
        "Idempotency-Key: è già servita per un’altra richiesta; creane una nuova.",
    ),
    (
        "POST", ITEMS, {"Idempotency-Key": "held"}, FEATURE, 409,
        "The same Idempotency-Key is being used at this moment; wait for that answer.",
        "La stessa Idempotency-Key è in uso in questo momento; attendi quella risposta.",
    ),
    (
        "POST", ITEMS, {}, {**FEATURE, "id": "{place}", "properties": {"title": "x"}}, 409,
        "The identifier {place} has been used for something else; nothing was changed.",
        "L’identificativo {place} è già servito per qualcos’altro; nulla è stato modificato.",
    ),
    (
        "DELETE", OTHER, {"If-Match": "*"}, None, 403,
        "Others have written this place, too: only a moderator can take it off the map.",
        "Anche altri hanno scritto questo luogo: solo un moderatore può toglierlo dalla mappa.",
    ),
    (
        "PUT", ITEM, {}, FEATURE, 428,
        "Say which version you saw: read the place, and send its ETag in the header If-Match.",
        "Di’ quale versione hai visto: leggi il luogo e invia il suo ETag nell’intestazione If-Match.",
    ),
    (
        "DELETE", ITEM, {"If-Match": '"0.published"'}, None, 412,
        "Somebody has changed this place since you read it: it is at revision 1. Nothing was changed, and "
        "what you wrote is not lost: read the place again, and send your change to that version.",
        "Qualcuno ha modificato questo luogo da quando l’hai letto: ora è alla revisione 1. Nulla è stato "
        "modificato e ciò che hai scritto non è perso: rileggi il luogo e invia la tua modifica a quella "
        "versione.",
    ),
    (
        "PUT", ITEM, {"If-None-Match": "*"}, FEATURE, 412,
        "There is a place {place} already; nothing was changed.",
        "C’è già un luogo {place}; nulla è stato modificato.",
    ),
    (
        "GET", f"/torino/ogc/contributions/{LOST}", {}, None, 404,
        f"There is no contribution {LOST} of yours here.", f"Qui non c’è nessun tuo contributo {LOST}.",
    ),
    (
        "POST", ITEMS, {}, b'{"a": "' + b"x" * 1_000_000 + b'"}', 413,
        "What was sent is larger than this server takes.",
        "Ciò che è stato inviato è più grande di quanto questo server accetti.",
    ),
]  # fmt: skip

"""What a caller of the API can ask wrongly, each with the sentence that answers it."""

from urllib.parse import quote

ITEMS = "/ogc/collections/places/items?city=torino"
NAMES = (
    "id, geometry, kind, status, title, summary, language, translations, address, website, accuracy_m, "
    "valid, valid_from, valid_to, source, licence, recorded_at, confirmed_at"
)
SHOWN = (
    "kind, status, title, summary, language, translations, address, website, accuracy_m, "
    "valid_from, valid_to, source, licence, recorded_at, confirmed_at"
)
SORTABLE = (
    "id, kind, status, title, language, address, accuracy_m, valid_from, valid_to, "
    "source, licence, recorded_at, confirmed_at"
)
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SYSTEMS = f"http://www.opengis.net/def/crs/OGC/1.3/CRS84, {EPSG}4326, {EPSG}3857, {EPSG}32632"
EXPECTED = "a property, a value, ( was expected."
ATTESO = "ci si aspettava a property, a value, (."


def filtered(words: str, more: str = "") -> str:
    return f"{ITEMS}&filter={quote(words)}{more}"


BOW_TIE = "S_WITHIN(geometry, POLYGON((7 45, 8 46, 7 46, 8 45, 7 45)))"
COLLECTION = "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(7 45)))"
ONES = " + 1" * 25
SUM = f"((accuracy_m{ONES}){ONES}){ONES}"
REFUSED = [
    (filtered("kind ="), f"filter: ends too early, after 6 characters; {EXPECTED}",
     f"filter: finisce troppo presto, dopo 6 caratteri; {ATTESO}"),
    (filtered("kind == 'house'"), f"filter: cannot be read from character 7 on, “= 'house'”; {EXPECTED}",
     f"filter: non si può leggere dal carattere 7 in poi, «= 'house'»; {ATTESO}"),
    (filtered("kind = 'x'; DROP TABLE places"),
     "filter: cannot be read from character 11 on, “; DROP TABLE places”; CQL2 was expected.",
     "filter: non si può leggere dal carattere 11 in poi, «; DROP TABLE places»; ci si aspettava CQL2."),
    (filtered("height > 3"), f"filter: “height” is not a property here; the properties are: {NAMES}.",
     f"filter: «height» qui non è una proprietà; le proprietà sono: {NAMES}."),
    (filtered("accuracy_m > 'wide'"),
     "filter: “accuracy_m” (a number) and “wide” (a text) cannot be compared like that.",
     "filter: «accuracy_m» (un numero) e «wide» (un testo) non si possono confrontare così."),
    (filtered("kind = 3"), "filter: “kind” (a text) and “3” (a number) cannot be compared like that.",
     "filter: «kind» (un testo) e «3» (un numero) non si possono confrontare così."),
    (filtered("(" * 200 + "kind = 'house'" + ")" * 200),
     "filter: is nested more than 30 deep at character 32.",
     "filter: è annidato oltre 30 livelli al carattere 32."),
    (filtered('{"op":"not","args":[' * 200 + "true" + "]}" * 200),
     "filter: is nested more than 30 deep at character 681.",
     "filter: è annidato oltre 30 livelli al carattere 681."),
    (filtered(f"{SUM} < 3"), "filter: is nested more than 60 deep.", "filter: è annidato oltre 60 livelli."),
    (filtered("kind = 'x" + "y" * 20_000 + "'"), "filter: is 20010 characters long; 20000 are the most.",
     "filter: è lungo 20010 caratteri; il massimo è 20000."),
    (filtered('{"op": "=", "args": [}'), "filter: is not JSON from character 22 on, “}”.",
     "filter: non è JSON dal carattere 22 in poi, «}»."),
    (filtered('{"op": "=", "args": [{"property": "accuracy_m"}, NaN]}'),
     "filter: holds a number that is not finite.", "filter: contiene un numero che non è finito."),
    (filtered("accuracy_m < 1e999"), "filter: holds a number that is not finite.",
     "filter: contiene un numero che non è finito."),
    (filtered("kind = 'a\0'"), "filter: holds a zero byte, which no text can have.",
     "filter: contiene un byte zero, che nessun testo può avere."),
    (filtered('{"op": "=", "args": [{"property": "title"}, "\\ud800"]}'),
     "filter: holds half of a surrogate pair, which no text can have.",
     "filter: contiene mezza coppia di surrogati, che nessun testo può avere."),
    (filtered("kind IN (" + "'a'," * 600 + "'b')"), "filter: has more than 1000 parts.",
     "filter: ha più di 1000 parti."),
    (filtered("true", "&filter-lang=sql"), "filter-lang: “sql” is not one of cql2-text, cql2-json.",
     "filter-lang: «sql» non è tra i valori possibili: cql2-text, cql2-json."),
    (filtered("true", "&filter-crs=EPSG:1"), f"filter-crs: “EPSG:1” is not one of {SYSTEMS}.",
     f"filter-crs: «EPSG:1» non è tra i valori possibili: {SYSTEMS}."),
    (filtered('{"op": "not"}'), "filter: has an operation without a name or a list of arguments.",
     "filter: ha un’operazione senza nome o senza elenco di argomenti."),
    (filtered('{"op": "not", "args": []}'), "filter: “not” has 0 arguments instead of 1.",
     "filter: «not» ha 0 argomenti invece di 1."),
    (filtered("kind"), "filter: “kind” is a text where true or false is needed.",
     "filter: «kind» è un testo dove serve vero o falso."),
    (filtered("S_INTERSECTS(geometry, kind)"), "filter: “kind” is a text where a geometry is needed.",
     "filter: «kind» è un testo dove serve una geometria."),
    (filtered("T_AFTER(valid, accuracy_m)"), "filter: “accuracy_m” is a number where a moment is needed.",
     "filter: «accuracy_m» è un numero dove serve un momento."),
    (filtered("T_AFTER(valid, INTERVAL(kind, '..'))"), "filter: “kind” is a text where a moment is needed.",
     "filter: «kind» è un testo dove serve un momento."),
    (filtered("(1, 2) = 3"), "filter: “[1.0, 2.0]” is no value here.",
     "filter: «[1.0, 2.0]» qui non è un valore."),
    (filtered('{"colour": "red"}'), "filter: “colour” is no value here.",
     "filter: «colour» qui non è un valore."),
    (filtered("recorded_at > DATE('2020-02-30')"),
     "filter: “2020-02-30” is not a moment; write it like 2019-06-01 or 2019-06-01T12:00:00Z.",
     "filter: «2020-02-30» non è un momento; si scrive come 2019-06-01 o 2019-06-01T12:00:00Z."),
    (filtered("T_DURING(valid, INTERVAL('2021-01-01', '2020-01-01'))"),
     "filter: ends (2020-01-01) before it starts (2021-01-01).",
     "filter: finisce (2020-01-01) prima di iniziare (2021-01-01)."),
    (filtered("T_DURING(valid, INTERVAL('2021-01-01'))"), "filter: needs two ends for an interval.",
     "filter: richiede due estremi per un intervallo."),
    (filtered("id = 'x'"), "filter: “x” is not an identifier (a UUID).",
     "filter: «x» non è un identificativo (un UUID)."),
    (filtered("lower(kind) = 'x'"), "filter: there is no function “lower” here; see /functions.",
     "filter: qui non c’è nessuna funzione «lower»; vedi /functions."),
    (filtered("A_CONTAINS(kind, ('x', 'y'))"),
     "filter: there is no function “a_contains” here; see /functions.",
     "filter: qui non c’è nessuna funzione «a_contains»; vedi /functions."),
    (filtered("title LIKE 'a\\'"), "filter: has a pattern that ends with its escape sign: “a\\”.",
     "filter: ha un modello che termina con il segno di escape: «a\\»."),
    (filtered("title LIKE kind"), "filter: needs a written pattern after LIKE, not a property.",
     "filter: richiede un modello scritto dopo LIKE, non una proprietà."),
    (filtered('{"op": "in", "args": [{"property": "kind"}, "x"]}'),
     "filter: needs a list of values after IN.",
     "filter: richiede un elenco di valori dopo IN."),
    (filtered("S_INTERSECTS(geometry, BBOX(1, 2, 3))"), "filter: needs 4 numbers for a BBOX.",
     "filter: richiede 4 numeri per un BBOX."),
    (filtered('{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,2,3,"4"]}]}'),
     "filter: needs 4 numbers for a BBOX.", "filter: richiede 4 numeri per un BBOX."),
    (filtered("S_WITHIN(geometry, LINESTRING(7 45))"),
     "filter: has a LineString whose coordinates make no geometry.",
     "filter: ha un LineString le cui coordinate non formano una geometria."),
    (filtered(BOW_TIE), "filter: has a Polygon that is not valid: Self-intersection[7.5 45.5].",
     "filter: ha un Polygon che non è valido: Self-intersection[7.5 45.5]."),
    (filtered(COLLECTION), "filter: S_WITHIN does not take a collection of geometries.",
     "filter: S_WITHIN non accetta una collezione di geometrie."),
    (filtered("S_WITHIN(geometry, POINT(7 95))"),
     f"filter: has a Point that lies outside the world in {SYSTEMS.split(',')[0]}.",
     f"filter: ha un Point che sta fuori dal mondo in {SYSTEMS.split(',')[0]}."),
    (filtered("accuracy_m ^ 2000 > 1"), "filter: cannot be computed here: value out of range: overflow.",
     "filter: qui non si può calcolare: value out of range: overflow."),
    (f"{ITEMS}&crs=EPSG:4326", f"crs: “EPSG:4326” is not one of {SYSTEMS}.",
     f"crs: «EPSG:4326» non è tra i valori possibili: {SYSTEMS}."),
    (f"{ITEMS}&bbox=9,9,1,1&bbox-crs={EPSG}3857",
     "bbox: its first corner must be lower than its second one in both axes.",
     "bbox: il primo angolo deve essere più basso del secondo su entrambi gli assi."),
    (f"{ITEMS}&bbox=1e30,1e30,2e30,2e30&bbox-crs={EPSG}32632",
     f"bbox: lies where {EPSG}32632 has no coordinates.",
     f"bbox: sta dove {EPSG}32632 non ha coordinate."),
    (f"{ITEMS}&datetime=2021-01-01/2020-01-01",
     "datetime: ends (2020-01-01) before it starts (2021-01-01).",
     "datetime: finisce (2020-01-01) prima di iniziare (2021-01-01)."),
    (f"{ITEMS}&datetime=../..", "datetime: needs at least one end that is not open.",
     "datetime: richiede almeno un estremo che non sia aperto."),
    (f"{ITEMS}&datetime=yesterday",
     "datetime: “yesterday” is not a moment; write it like 2019-06-01 or 2019-06-01T12:00:00Z.",
     "datetime: «yesterday» non è un momento; si scrive come 2019-06-01 o 2019-06-01T12:00:00Z."),
    (f"{ITEMS}&confirmed_since=2025-11",
     "confirmed_since: “2025-11” is not a moment; write it like 2019-06-01 or 2019-06-01T12:00:00Z.",
     "confirmed_since: «2025-11» non è un momento; si scrive come 2019-06-01 o 2019-06-01T12:00:00Z."),
    ("/torino/data/places.csv?confirmed_since=now",
     "confirmed_since: “now” is not a moment; write it like 2019-06-01 or 2019-06-01T12:00:00Z.",
     "confirmed_since: «now» non è un momento; si scrive come 2019-06-01 o 2019-06-01T12:00:00Z."),
    (f"{ITEMS}&properties=title,height",
     f"properties: “height” is not one of {SHOWN}.",
     f"properties: «height» non è tra i valori possibili: {SHOWN}."),
    (f"{ITEMS}&sortby=-height", f"sortby: “height” is not one of {SORTABLE}.",
     f"sortby: «height» non è tra i valori possibili: {SORTABLE}."),
    (f"{ITEMS}&sortby=id,kind,title,source", "sortby: names 4 properties; 3 are the most.",
     "sortby: nomina 4 proprietà; il massimo è 3."),
    (f"{ITEMS}&sortby=title&after=bm8",
     "after: is not a place in this list; follow the “next” link of the page before.",
     "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente."),
    (f"{ITEMS}&offset=10001", "offset: 10001 is not between 0 and 10000.",
     "offset: 10001 non è compreso tra 0 e 10000."),
]  # fmt: skip

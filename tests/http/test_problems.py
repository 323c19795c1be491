"""Whatever goes wrong is told in the reader's language, on a page and as problem+json."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app import identity
from app.brakes import Brake, attempt
from app.context import transaction
from app.errors import BadParameter, NotFound, Sentence
from tests.app.fragility.index_refusals import SAID as INDICES
from tests.app.moderation.refusals import ASKING, DECIDING
from tests.app.network.test_refusals import REFUSALS as RELATING
from tests.app.pages.test_catalog import refusals, translated
from tests.app.photos.refusals import PHOTOS
from tests.app.pinning.refusals import PINNING, TOO_FAST
from tests.app.places.refusals import WRITING
from tests.http.account_refusals import ALL as ACCOUNTS
from tests.http.area_refusals import REFUSED as AREAS
from tests.http.conftest import add_person, add_place, sign_in
from tests.http.filter_refusals import REFUSED
from tests.http.graph_refusals import FORM, GRAPH, LIMITS, PROGRAMS
from tests.http.overlay_refusals import REFUSED as OVERLAID
from tests.http.overlay_refusals import TOO_MANY as TOO_FAR
from tests.http.siting_refusals import OF_NUMBERS as SITED_NUMBERS
from tests.http.siting_refusals import REFUSED as SITED
from tests.http.test_doing_refusals import DOING
from tests.http.writing_refusals import REFUSED as WRITTEN

JSON, PAGE = "application/problem+json", "text/html; charset=utf-8"
ITEMS = "/ogc/collections/places/items?city=torino"
LOST = "01990000-0000-7000-8000-000000000000"
FORMATS = "geojson, geojsonl, csv, gpkg, fgb, parquet"
KINDS = "house, site, project, enterprise, event, story, place"
KNOWN = (
    "city, bbox, bbox-crs, crs, datetime, limit, offset, after, sortby, properties, filter, filter-lang, "
    "filter-crs, f, lang, kind, status, q, confirmed_since"
)

NEAR = "/torino/graph/near"
BAD_PARAMETERS = [
    (
        f"{NEAR}?lat=45",
        "lon: is needed: say from where, by lon and lat, by place or by shape.",
        "lon: è necessario: di’ da dove, con lon e lat, con place o con shape.",
    ),
    (
        f"{NEAR}?lon=7&lat=45&k=3&metres=10",
        "k: and metres cannot both be given: ask for the nearest, or for a distance.",
        "k: e metres non si possono dare insieme: chiedi i più vicini, oppure una distanza.",
    ),
    (
        f"{NEAR}?lon=7&lat=45&metres=-1",
        "metres: -1 is not between 0 and 50,000 metres.",
        "metres: -1 non è tra 0 e 50.000 metri.",
    ),
    (f"{NEAR}?lon=7&lat=45&k=0", "k: 0 is not between 1 and 100.", "k: 0 non è compreso tra 1 e 100."),
    (
        f"{NEAR}?lon=7&lat=45&metres=nan",
        "metres: “nan” is not a finite number.",
        "metres: «nan» non è un numero finito.",
    ),
    (
        f"{NEAR}?shape=CIRCLE(1)",
        "shape: is not well-known text, such as LINESTRING (7.67 45.07, 7.69 45.06).",
        "shape: non è well-known text, come LINESTRING (7.67 45.07, 7.69 45.06).",
    ),
    (
        f"{NEAR}?shape=POINT EMPTY",
        "shape: is not a point, a line or a polygon in degrees with at most 1000 vertices.",
        "shape: non è un punto, una linea o un poligono in gradi con al massimo 1000 vertici.",
    ),
    *REFUSED,
    (
        f"{ITEMS}&f=xml",
        "f: “xml” is not one of json, html.",
        "f: «xml» non è tra i valori possibili: json, html.",
    ),
    (
        "/torino/feed.atom?area=zones",
        "area: must be a layer and a code, such as zones/01.",
        "area: deve essere un livello e un codice, come zones/01.",
    ),
    (
        "/torino/data/difference?from=2026-01-01",
        "to: is needed: the day of a snapshot, such as 2026-11-22.",
        "to: è necessario: il giorno di un’istantanea, come 2026-11-22.",
    ),
    (
        "/torino/data/places.gpkg?compress=gzip",
        "compress: is for text; GeoPackage is compressed as it is.",
        "compress: vale per i testi; GeoPackage è già compresso.",
    ),
    (
        "/torino/data/zones.geojson?geometry=latlon",
        "geometry: is for CSV; GeoJSON has a place for shapes.",
        "geometry: vale per il CSV; GeoJSON ha già un posto per le forme.",
    ),
    (
        f"{ITEMS}&bbox=1,2,3,4,5",
        "bbox: needs 4 numbers (west,south,east,north) or 6 with heights, not 5.",
        "bbox: servono 4 numeri (ovest,sud,est,nord) oppure 6 con le quote, non 5.",
    ),
    (
        f"{ITEMS}&bbox=1,2,nan,4",
        "bbox: “nan” is not a finite number.",
        "bbox: «nan» non è un numero finito.",
    ),
    (f"{ITEMS}&bbox=a,2,3,4", "bbox: “a” is not a number.", "bbox: «a» non è un numero."),
    (
        "/torino/pins?bbox=181.5,2,182,4",
        "bbox: 181.5 is not between -180 and 180 degrees.",
        "bbox: 181.5 non è compreso tra -180 e 180 gradi.",
    ),
    (
        "/torino/list?bbox=1,50,3,4",
        "bbox: its south (50) must not lie north of its north (4).",
        "bbox: il limite sud (50) non può trovarsi a nord del limite nord (4).",
    ),
    (
        "/torino/pins",
        "bbox: is needed: the view as west,south,east,north.",
        "bbox: è necessario: la vista come ovest,sud,est,nord.",
    ),
    (f"{ITEMS}&limit=0", "limit: 0 is not between 1 and 10000.", "limit: 0 non è compreso tra 1 e 10000."),
    (f"{ITEMS}&limit=-1", "limit: -1 is not between 1 and 10000.", "limit: -1 non è compreso tra 1 e 10000."),
    (
        f"{ITEMS}&limit=1e9",
        "limit: “1e9” is not a whole number.",
        "limit: «1e9» non è un numero intero.",
    ),
    (
        f"{ITEMS}&limit=--1",
        "limit: “--1” is not a whole number.",
        "limit: «--1» non è un numero intero.",
    ),
    (
        "/torino/pins?bbox=1,2,3,4&zoom=23",
        "zoom: 23 is not between 0 and 22.",
        "zoom: 23 non è compreso tra 0 e 22.",
    ),
    ("/torino/?page=21", "page: 21 is not between 1 and 20.", "page: 21 non è compreso tra 1 e 20."),
    (
        "/torino/?kind=castle",
        f"kind: “castle” is not one of {KINDS}.",
        f"kind: «castle» non è tra i valori possibili: {KINDS}.",
    ),
    (
        f"/torino/?kind=100%25+%25(word)s+{'x' * 40}",
        f"kind: “100% %(word)s {'x' * 26}” is not one of {KINDS}.",
        f"kind: «100% %(word)s {'x' * 26}» non è tra i valori possibili: {KINDS}.",
    ),
    (
        "/torino/areas/zones?sort=up",
        "sort: “up” is not one of code, high, low.",
        "sort: «up» non è tra i valori possibili: code, high, low.",
    ),
    (
        "/torino/areas/zones/hotspots",
        "indicator: has no hot spots: too few zones have a value, none of them touch, or all values are one.",
        "indicator: non ha punti caldi: troppo poche zone hanno un valore, nessuna tocca un’altra, oppure"
        " tutti i valori sono uguali.",
    ),
    (
        "/torino/areas/zones?%25s=red",
        "%s: is not known here; known are indicator, sort, lang.",
        "%s: non è un parametro di questo indirizzo; quelli possibili sono: indicator, sort, lang.",
    ),
    (
        f"{ITEMS}&colour=red",
        f"colour: is not known here; known are {KNOWN}.",
        f"colour: non è un parametro di questo indirizzo; quelli possibili sono: {KNOWN}.",
    ),
    (
        f"{ITEMS}&after=x",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        f"{ITEMS}&after={'f' * 16}.{'0' * 32}",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        "/ogc/collections/areas/items?city=torino&after=x",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        "/ogc/collections/areas/items?city=torino&after=zones/%00",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        f"/torino/search?q={'x' * 201}",
        "q: is 201 characters long; 200 are the most.",
        "q: è lungo 201 caratteri; il massimo è 200.",
    ),
    (
        "/ogc/collections/places/items",
        "city: this server holds several cities; say which of torino, milano.",
        "city: questo server ospita più città; scegli tra torino, milano.",
    ),
]
TOO_MANY = (
    "bbox: more than 5000 places are in it under these filters, too many for one map to take away;"
    " take fewer: zoom in, or choose by kind, status or words.",
    "bbox: sotto questi filtri contiene più di 5000 luoghi, troppi per una mappa da portare via;"
    " prendine di meno: ingrandisci, oppure scegli per tipo, stato o parole.",
)
COLLECTIONS = "places, houses, sites, projects, enterprises, events, areas"
NOT_FOUND = [
    (
        "/torino/still-true/nothing",
        "This link is not good, or not good any more: it works once, for 30 days. Whoever signs in can"
        " confirm a place on its own page.",
        "Questo link non è valido, o non lo è più: funziona una volta sola, per 30 giorni. Chi accede può"
        " confermare un luogo sulla pagina del luogo stesso.",
    ),
    (
        "/torino/feed.atom?area=zones/99",
        "There is no area “zones/99” in this city.",
        "In questa città non c’è nessuna area «zones/99».",
    ),
    (
        "/torino/data/snapshots/2026-13-01/places.csv",
        "There is no snapshot of “2026-13-01”; the snapshots are of: –.",
        "Non c’è nessuna istantanea del «2026-13-01»; le istantanee sono del: –.",
    ),
    (
        "/torino/tiles/places/23/0/0",
        "There is no level 23 of tiles: levels go from 0 to 22.",
        "Non c’è nessun livello 23 di tessere: i livelli vanno da 0 a 22.",
    ),
    (
        "/torino/tiles/places/1/2/0",
        "There is no tile 1/2/0: rows and columns of this level go from 0 to 1.",
        "Non c’è nessuna tessera 1/2/0: righe e colonne di questo livello vanno da 0 a 1.",
    ),
    (
        "/ogc/tileMatrixSets/Square",
        "There is no tile matrix set “Square” here; there is WebMercatorQuad.",
        "Qui non c’è nessuna matrice di tessere «Square»; c’è WebMercatorQuad.",
    ),
    (
        "/torino/data/moons.csv",
        "There is no data set “moons” in this city; the data sets are: places, bare, zones.",
        "In questa città non c’è nessun insieme di dati «moons»; gli insiemi sono: places, bare, zones.",
    ),
    (
        "/torino/data/places.xls",
        f"There is no format “xls” here; the formats are: {FORMATS}.",
        f"Qui non c’è nessun formato «xls»; i formati sono: {FORMATS}.",
    ),
    (
        "/atlantis/",
        "There is no city “atlantis” here; the cities are: torino, milano.",
        "Qui non c’è nessuna città «atlantis»; le città sono: torino, milano.",
    ),
    (
        "/ogc/collections/places/items?city=atlantis",
        "There is no city “atlantis” here; the cities are: torino, milano.",
        "Qui non c’è nessuna città «atlantis»; le città sono: torino, milano.",
    ),
    (
        f"/torino/places/{LOST}",
        f"There is no place {LOST} here; it may have been removed.",
        f"Qui non c’è nessun luogo {LOST}; potrebbe essere stato rimosso.",
    ),
    (
        f"/ogc/collections/places/items/{LOST}?city=torino",
        f"There is no place {LOST} here; it may have been removed.",
        f"Qui non c’è nessun luogo {LOST}; potrebbe essere stato rimosso.",
    ),
    (
        "/ogc/collections/castles",
        f"There is no collection “castles” here; the collections are: {COLLECTIONS}.",
        f"Qui non c’è nessuna collezione «castles»; le collezioni sono: {COLLECTIONS}.",
    ),
    (
        "/torino/ogc/collections/areas-zones/items/99",
        "There is no area “99” in this collection.",
        "In questa collezione non c’è nessuna area «99».",
    ),
    (
        "/torino/areas/moons",
        "There is no area layer “moons” in this city; the layers are: bare, zones.",
        "In questa città non c’è nessun livello di aree «moons»; i livelli sono: bare, zones.",
    ),
    (
        "/milano/areas/zones",
        "This city has no area layer yet.",
        "Questa città non ha ancora nessun livello di aree.",
    ),
    (
        "/torino/areas/zones?indicator=luck",
        "There is no indicator “luck” for zones; the indicators are: residents.",
        "Per zones non c’è nessun indicatore «luck»; gli indicatori sono: residents.",
    ),
    (
        "/torino/areas/bare",
        "There is no indicator for bare yet.",
        "Per bare non c’è ancora nessun indicatore.",
    ),
    (
        "/torino/nothing/%25(path)s",
        "There is nothing at “/torino/nothing/%(path)s”; check how the address is written.",
        "A «/torino/nothing/%(path)s» non c’è nulla; controlla come è scritto l’indirizzo.",
    ),
]
NO_CITY = ("There is no city here yet.", "Qui non c’è ancora nessuna città.")
NO_ADDRESS = ("email: “ada” is not an e-mail address.", "email: «ada» non è un indirizzo e-mail.")
NO_FILE = (
    "There is no file “x.csv” in this snapshot.",
    "In questa istantanea non c’è nessun file «x.csv».",
)
"""Asked for in test_snapshots.py, where there is a snapshot."""
BUSY = (
    "4 downloads are under way here, which is as many as there may be; please try again in half a minute.",
    "Qui sono già in corso 4 scaricamenti, il massimo possibile; riprova tra mezzo minuto.",
)
FORBIDDEN = (
    "You are not allowed to do this: Read everything that is public: the map, its lists, the data.",
    "Questo non ti è consentito: Leggere tutto ciò che è pubblico: la mappa, gli elenchi, i dati.",
)
SIGN_IN_NEEDED = (
    "This needs an account: Read everything that is public: the map, its lists, the data.",
    "Per questo serve un account: Leggere tutto ciò che è pubblico: la mappa, gli elenchi, i dati.",
)
BAD_TOKEN = (
    "This token is not known here, has expired, or was taken back.",
    "Questo token non è noto qui, è scaduto o è stato revocato.",
)
FORM_EXPIRED = (
    "This form was not sent from its own page, or its page is too old; open the page again and send it "
    "once more.",
    "Questo modulo non è stato inviato dalla sua pagina, oppure la pagina è troppo vecchia; riapri la pagina "
    "e invialo di nuovo.",
)
TOO_OFTEN = (
    "This was tried too often; please try again in 15 minutes.",
    "Troppi tentativi; riprova tra 15 minuti.",
)
UNEXPECTED = (
    "Something went wrong on our side; it was noted, and nothing was changed.",
    "Qualcosa non ha funzionato, per colpa nostra; è stato annotato e nulla è cambiato.",
)
STATUSES = {
    400: ("This request cannot be understood.", "Non è possibile capire questa richiesta."),
    413: (
        "What was sent is larger than this server takes.",
        "Ciò che è stato inviato è più grande di quanto questo server accetti.",
    ),
    414: (
        "The address is longer than this server takes.",
        "L’indirizzo è più lungo di quanto questo server accetti.",
    ),
    418: ("This request cannot be answered.", "Non è possibile rispondere a questa richiesta."),
    429: (
        "These are too many requests at once; please try again in a moment.",
        "Troppe richieste tutte insieme; riprova tra un momento.",
    ),
    500: UNEXPECTED,
    503: (
        "The database cannot be reached, or took too long; please try again in a moment.",
        "La banca dati non è raggiungibile o ha impiegato troppo tempo; riprova tra un momento.",
    ),
}


def ask(client: FlaskClient, address: str, language: str, accept: str, method: str = "GET") -> TestResponse:
    return client.open(address, method=method, headers={"Accept-Language": language, "Accept": accept})


def read(page: TestResponse) -> str:
    """What a reader reads on a page."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", page.get_data(as_text=True)))


def told(client: FlaskClient, address: str, language: str, method: str = "GET") -> tuple[int, str]:
    """The status and the sentence of a problem, which its page says in the same words."""
    problem = ask(client, address, language, "application/json", method)
    page = ask(client, address, language, "text/html", method)
    for answer, kind in ((problem, JSON), (page, PAGE)):
        assert answer.content_type == kind
        assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert problem.headers["Content-Language"] == language
    assert page.status_code == problem.status_code
    assert problem.json is not None
    detail: str = problem.json["detail"]
    assert f"\n{detail}\n" in read(page)
    assert f'<html lang="{language}">' in page.get_data(as_text=True)
    switch = r'<nav class="languages".*?</nav>'  # each of its links is in its language
    words = re.sub(switch, "", page.get_data(as_text=True), flags=re.DOTALL)
    assert 'lang="' not in words.replace(f'<html lang="{language}">', "")
    return problem.status_code, detail


def english_left(client: FlaskClient, address: str, method: str = "GET") -> list[str]:
    """The English texts of the catalog that stand on the Italian page."""
    lines = read(ask(client, address, "it", "text/html", method)).splitlines()
    return [line for line in lines if line not in translated().get(line, (line,))]


@pytest.fixture
def furnished(torino: Connection) -> Connection:
    """A layer of areas with an indicator, and one without; and a place."""
    add_place(torino, accuracy_m=12)
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names)
        VALUES (1272, 'bare', '{"it": "Zone"}'), (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        SELECT 1272, layer, '01', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)) FROM unnest(ARRAY['bare', 'zones']) AS layer;
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'residents', 'residents', 'zones', '{"it": "Residenti"}', '{"it": "n"}', 2011, 0,
            'a test', 'CC0-1.0')"""
    )
    return torino


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize(
    ("address", "english", "italian"), BAD_PARAMETERS, ids=[case[0] for case in BAD_PARAMETERS]
)
def test_a_bad_parameter_is_told_in_the_readers_language(
    client: FlaskClient, address: str, english: str, italian: str
) -> None:
    assert told(client, address, "en") == (400, english)
    assert told(client, address, "it") == (400, italian)
    assert english_left(client, address) == []
    assert client.get(address).json["parameter"] == english.split(":")[0]


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize(("address", "english", "italian"), NOT_FOUND, ids=[case[0] for case in NOT_FOUND])
def test_what_is_not_there_is_told_in_the_readers_language(
    client: FlaskClient, address: str, english: str, italian: str
) -> None:
    assert told(client, address, "en") == (404, english)
    assert told(client, address, "it") == (404, italian)
    assert english_left(client, address) == []


def test_a_city_that_is_not_here_yet_is_told_so(app: Flask) -> None:
    for address in ("/torino/", "/ogc/collections/places/items"):
        assert told(app.test_client(), address, "en") == (404, NO_CITY[0])
        assert told(app.test_client(), address, "it") == (404, NO_CITY[1])


def test_what_is_not_allowed_is_told_with_the_permission_that_it_needs(
    client: FlaskClient, torino: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "may", lambda _roles, _permission: False)
    sign_in(client, torino, add_person(torino))

    assert told(client, "/torino/", "en") == (403, FORBIDDEN[0])
    assert told(client, "/torino/", "it") == (403, FORBIDDEN[1])
    assert english_left(client, "/torino/") == []


@pytest.mark.parametrize(("language", "sentence"), [("en", SIGN_IN_NEEDED[0]), ("it", SIGN_IN_NEEDED[1])])
def test_a_visitor_is_asked_to_sign_in(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    monkeypatch.setattr(identity, "may", lambda _roles, _permission: False)

    problem = ask(client, "/torino/?kind=site", language, "application/json")
    assert (problem.status_code, problem.json["detail"]) == (401, sentence)
    assert problem.headers["WWW-Authenticate"] == 'Bearer realm="Cortile"'
    page = ask(client, "/torino/?kind=site", language, "text/html")
    assert (page.status_code, page.headers["Location"]) == (303, "/login?next=%2Ftorino%2F%3Fkind%3Dsite")
    assert ask(client, "/torino/map.html", language, "text/html", "GET").headers["Cache-Control"] == (
        "private, no-store"
    )


def test_a_token_that_is_not_good_is_told(client: FlaskClient) -> None:
    for language, sentence in zip(("en", "it"), BAD_TOKEN, strict=True):
        headers = {"Authorization": "Bearer cortile_x", "Accept-Language": language}
        answer = client.get("/torino/pins?bbox=7,45,8,46", headers=headers)
        assert (answer.status_code, answer.json["detail"]) == (401, sentence)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_form_without_its_token_is_told(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/form", view_func=lambda: "written", methods=["POST"])
    for language, sentence in zip(("en", "it"), FORM_EXPIRED, strict=True):
        answer = client.post("/form", data={"a": "b"}, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json["detail"]) == (400, sentence)


def test_what_was_tried_too_often_is_told_and_when_to_come_back(app: Flask, client: FlaskClient) -> None:
    brake = Brake("a test", 1, timedelta(minutes=15))

    def tried() -> str:
        with transaction() as db:
            attempt(db, brake, "ada", "secret", datetime.now(UTC))
        return "done"

    app.add_url_rule("/try", view_func=tried)
    assert client.get("/try").text == "done"
    assert told(client, "/try", "en") == (429, TOO_OFTEN[0])
    assert told(client, "/try", "it") == (429, TOO_OFTEN[1])
    assert english_left(client, "/try") == []
    assert 600 <= int(client.get("/try").headers["Retry-After"]) <= 901


def test_one_download_too_many_is_told_and_when_to_come_back(app: Flask, client: FlaskClient) -> None:
    held = [app.extensions["cortile"].gate.download() for _ in range(4)]
    address = "/torino/data/places.csv"

    assert told(client, address, "en") == (503, BUSY[0])
    assert told(client, address, "it") == (503, BUSY[1])
    assert english_left(client, address) == []
    assert client.get(address).headers["Retry-After"] == "30"
    held[0].give_back()
    held[0].give_back()
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200, "a download gives its ticket back"
    assert told(client, "/torino/", "en", "POST")[0] == 405, "and small requests go on meanwhile"


def test_too_many_places_for_a_file_are_refused_and_one_fewer_are_not(
    client: FlaskClient, torino: Connection
) -> None:
    torino.exec_driver_sql(
        """INSERT INTO places (city_id, id, kind, status, language, source, licence, recorded_at,
            lon, lat, morton, geom)
        SELECT 1272, gen_random_uuid(), 'project', 'active', 'it', 'a test', 'CC0-1.0', '2026-01-02',
            7.68, 45.07, 0, ST_SetSRID(ST_MakePoint(7.68, 45.07), 4326) FROM generate_series(1, 5000)"""
    )
    assert client.get("/torino/map.html").status_code == 200
    add_place(torino)
    assert told(client, "/torino/map.html", "en") == (400, TOO_MANY[0])
    assert told(client, "/torino/map.html", "it") == (400, TOO_MANY[1])
    assert english_left(client, "/torino/map.html") == []


def test_every_refusal_in_the_code_is_asked_for_here() -> None:
    asked = [english for _, english, _ in BAD_PARAMETERS + NOT_FOUND]
    asked += [NO_CITY[0], FORBIDDEN[0], BUSY[0], TOO_MANY[0], NO_FILE[0]]
    asked += [TOO_FAST[0], *(english for _, english, _ in PINNING)]
    asked += [english for *_, english, _ in WRITTEN]
    asked += [english for english, _ in (*WRITING, *DECIDING, *ASKING, *PHOTOS, *RELATING, *DOING)]
    asked += [english for *_, english, _ in (*GRAPH, *PROGRAMS, *LIMITS, *FORM, *OVERLAID, *AREAS, *SITED)]
    asked += [*INDICES, *SITED_NUMBERS, TOO_FAR[0]]
    asked += [SIGN_IN_NEEDED[0], BAD_TOKEN[0], FORM_EXPIRED[0], TOO_OFTEN[0], NO_ADDRESS[0]]
    asked += [english for english, _ in ACCOUNTS]

    for sentence in refusals():
        pattern = ".+".join(map(re.escape, re.split(r"%\(\w+\)s", sentence)))
        assert any(re.fullmatch(f"(\\S+: )?{pattern}", english) for english in asked), sentence


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_method_that_an_address_does_not_take_is_told(client: FlaskClient, method: str) -> None:
    english = f"This address does not answer {method} requests."
    italian = f"Questo indirizzo non risponde alle richieste {method}."

    assert told(client, "/torino/", "en", method) == (405, english)
    assert told(client, "/torino/", "it", method) == (405, italian)
    assert english_left(client, "/torino/", method) == []
    assert "GET" in client.post("/torino/").headers["Allow"]


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_of_http_has_a_sentence_of_ours(app: Flask, client: FlaskClient, status: int) -> None:
    app.add_url_rule("/fails", view_func=lambda: abort(status, "In words for programmers."))

    assert told(client, "/fails", "en") == (status, STATUSES[status][0])
    assert told(client, "/fails", "it") == (status, STATUSES[status][1])
    assert english_left(client, "/fails") == []


def test_what_nobody_foresaw_is_told_without_a_word_of_it(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    app.add_url_rule("/fails", view_func=lambda: 1 / 0)

    assert told(client, "/fails", "en") == (500, UNEXPECTED[0])
    assert told(client, "/fails", "it") == (500, UNEXPECTED[1])
    assert "ZeroDivisionError" in caplog.text


def test_a_sentence_without_values_is_told_to_the_letter() -> None:
    assert str(NotFound("100% of %(this)s is a file's.")) == "100% of %(this)s is a file's."


def test_values_are_put_in_once_and_only_sentences_of_ours_are_translated() -> None:
    error = BadParameter("%s", "%(word)s is %(what)s.", word="%(what)s", what=Sentence("wrong"))
    italian = {"%(word)s is %(what)s.": "%(word)s è %(what)s.", "wrong": "sbagliato"}

    assert str(error) == "%s: %(what)s is wrong."
    assert error.said(italian.__getitem__) == "%s: %(what)s è sbagliato."


def test_a_language_that_was_chosen_counts_for_problems_too(client: FlaskClient) -> None:
    address = "/torino/nothing?lang=it"

    assert ask(client, address, "en", "application/json").json["detail"].startswith("A «/torino/nothing»")
    client.get("/torino/?lang=it")
    assert '<html lang="it">' in ask(client, "/torino/?kind=x", "en", "text/html").get_data(as_text=True)

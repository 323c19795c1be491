"""The columns of what can be downloaded: name, type, and what each means in both languages. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

TEXT, NUMBER, TIME, JSON, TRUTH, GEOMETRY = "text", "number", "time", "json", "boolean", "geometry"
TIMES = 'to_char({0}, \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sql` gives it, `texts` explains it by language, `unit` and `source` say more of a figure."""

    name: str
    kind: str
    sql: str
    texts: dict[str, str]
    unit: str = ""
    source: str = ""
    licence: str = ""

    @property
    def written(self) -> str:
        """SQL for the column as CSV has it: times after ISO 8601, in UTC."""
        return f'{TIMES.format(self.sql) if self.kind == TIME else self.sql} AS "{self.name}"'


def _column(name: str, kind: str, texts: tuple[str, str], sql: str = "") -> Column:
    return Column(name, kind, sql or name, {"en": texts[0], "it": texts[1]})


SOURCE = _column(
    "source",
    TEXT,
    (
        "Who made the record; to be named wherever it is used.",
        "Chi ha prodotto il dato; da citare ovunque lo si usi.",
    ),
)
LICENCE = _column(
    "licence",
    TEXT,
    (
        "The terms under which this record may be used; an SPDX identifier where there is one.",
        "I termini d’uso di questo dato; un identificatore SPDX, dove esiste.",
    ),
)
RECORDED = _column(
    "recorded_at",
    TIME,
    ("Since when Cortile has known this version (UTC).", "Da quando Cortile conosce questa versione (UTC)."),
)

PLACES = (
    _column(
        "id",
        TEXT,
        (
            "The identifier of the place, a UUID; it never changes.",
            "L’identificatore del luogo, un UUID; non cambia mai.",
        ),
    ),
    _column(
        "kind",
        TEXT,
        (
            "What the place is: house (neighbourhood house), site (in need of care), project, enterprise"
            " (community enterprise), event, story, or place (anything else).",
            "Che cosa è il luogo: house (Casa del Quartiere), site (luogo da curare), project (progetto),"
            " enterprise (impresa di comunità), event (evento), story (storia) o place (altro).",
        ),
    ),
    _column(
        "status",
        TEXT,
        (
            "Where it stands: proposed, active or ended.",
            "A che punto è: proposed (proposto), active (attivo) o ended (concluso).",
        ),
    ),
    _column(
        "title", TEXT, ("Its name; empty where nobody gave it one.", "Il nome; vuoto se nessuno l’ha dato.")
    ),
    _column("summary", TEXT, ("A description in a few sentences.", "Una descrizione in poche frasi.")),
    _column(
        "language",
        TEXT,
        (
            "The language of title and summary, an ISO 639-1 code.",
            "La lingua di titolo e descrizione, un codice ISO 639-1.",
        ),
    ),
    _column(
        "translations",
        JSON,
        (
            "Title and summary in other languages, as a JSON object by language.",
            "Titolo e descrizione in altre lingue, come oggetto JSON per lingua.",
        ),
    ),
    _column("address", TEXT, ("The postal address.", "L’indirizzo.")),
    _column("website", TEXT, ("A web address about the place.", "Un indirizzo web che parla del luogo.")),
    _column(
        "accuracy_m",
        NUMBER,
        (
            "How far off the position can be, in metres; empty: not known.",
            "Di quanto la posizione può essere imprecisa, in metri; vuoto: non si sa.",
        ),
    ),
    _column(
        "valid_from",
        TIME,
        (
            "From when it is true in the world, included (UTC); empty: always, or not known.",
            "Da quando è vero nel mondo, compreso (UTC); vuoto: da sempre, o non si sa.",
        ),
        "lower(valid)",
    ),
    _column(
        "valid_to",
        TIME,
        (
            "Until when it is true in the world, excluded (UTC); empty: still, or not known.",
            "Fino a quando è vero nel mondo, escluso (UTC); vuoto: tuttora, o non si sa.",
        ),
        "upper(valid)",
    ),
    SOURCE,
    LICENCE,
    RECORDED,
    _column(
        "confirmed_at",
        TIME,
        (
            "When somebody last said that it is as described, by writing or confirming it (UTC);"
            " empty: nobody yet.",
            "Quando qualcuno ha detto l’ultima volta che è come descritto, scrivendolo o confermandolo (UTC);"
            " vuoto: ancora nessuno.",
        ),
    ),
)

AREAS = (
    _column("layer", TEXT, ("The layer that the area belongs to.", "Il livello a cui l’area appartiene.")),
    _column(
        "code",
        TEXT,
        (
            "The official code of the area; text, because it may begin with a zero.",
            "Il codice ufficiale dell’area; testo, perché può iniziare con uno zero.",
        ),
    ),
    _column("name", TEXT, ("The official name, where there is one.", "Il nome ufficiale, dove esiste.")),
    _column(
        "approximate",
        TRUTH,
        (
            "Whether the boundary is only drawn approximately, instead of surveyed.",
            "Se il confine è solo disegnato in modo approssimato, anziché rilevato.",
        ),
    ),
    SOURCE,
    LICENCE,
    RECORDED,
)

LAT = _column("lat", NUMBER, ("Latitude in degrees, WGS 84.", "Latitudine in gradi, WGS 84."))
LON = _column("lon", NUMBER, ("Longitude in degrees, WGS 84.", "Longitudine in gradi, WGS 84."))
GEOMETRY_TEXTS = {
    "en": "The shape, in longitude and latitude (WGS 84, OGC:CRS84).",
    "it": "La forma, in longitudine e latitudine (WGS 84, OGC:CRS84).",
}
SHAPE = Column("geometry", GEOMETRY, "geom", GEOMETRY_TEXTS)


def free_name(wish: str, taken: Iterable[str]) -> str:
    """`wish`, or `wish` with a bar behind it until no other column is called so."""
    names = {name.lower() for name in taken}
    while wish.lower() in names:
        wish += "_"
    return wish


WORDS = {
    "licence": {
        "en": "Every record says its source and its licence.",
        "it": "Ogni dato dice la sua fonte e la sua licenza.",
    },
    "nothing": {"en": "Nothing answers to these filters.", "it": "Nulla corrisponde a questi filtri."},
}
"""What files say of themselves."""

"""What a caller of the graph can ask wrongly, or too largely, each with the sentence that answers it."""

GRAPHS = "/torino/graph"
NOWHERE = "01990000-0000-7000-8000-000000000000"

GRAPH: list[tuple[str, str, str]] = [
    (
        f"{GRAPHS}/gaps?minutes=5&metres=400",
        "minutes: and metres cannot both be given: ask for a walk, or for a distance.",
        "minutes: e metres non si possono dare insieme: chiedi una camminata o una distanza.",
    ),
    (
        f"{GRAPHS}/gaps?minutes=5&kind=house",
        "kind: house cannot be asked for with minutes.",
        "kind: house non si può chiedere insieme a minutes.",
    ),
    (
        f"{GRAPHS}/way?from={NOWHERE}&to={NOWHERE}",
        "to: is the same place as from: there is no way to go.",
        "to: è lo stesso luogo di from: non c’è via da fare.",
    ),
]
"""Sentences that answer programs, and stand on a page as well."""

PROGRAMS: list[tuple[str, str, str]] = [
    (
        f"{GRAPHS}/near?place=here",
        "place: is not the identifier of a place.",
        "place: non è l’identificativo di un luogo.",
    ),
    (
        f"{GRAPHS}/edges",
        "bbox: is needed: say for which view, as west,south,east,north.",
        "bbox: è necessario: indica per quale area, come ovest,sud,est,nord.",
    ),
    (
        f"{GRAPHS}/walk?from=here&to=7.68,45.07",
        "from: is needed: a longitude and a latitude, such as 7.68,45.07, or the identifier of a place.",
        "from: è necessario: una longitudine e una latitudine, come 7.68,45.07, oppure l’identificativo di un"
        " luogo.",
    ),
    (
        f"{GRAPHS}/way?from={NOWHERE}",
        "to: is needed: the identifier of a place.",
        "to: è necessario: l’identificativo di un luogo.",
    ),
    (
        f"{GRAPHS}/ego",
        "place: is needed: the identifier of a place.",
        "place: è necessario: l’identificativo di un luogo.",
    ),
]
"""Sentences that answer programs only: a page takes the city's own view, or asks which place."""

LIMITS: list[tuple[str, str, str, str]] = [
    (
        "app.network.edges:MOST_EDGES",
        f"{GRAPHS}/islands?over=neighbours",
        "over: asks for more than 0 edges, which is too much for one answer. Take all of them away as"
        " network.csv, or ask over relations only.",
        "over: chiede più di 0 archi, troppi per una risposta. Prendili tutti come network.csv, o chiedi solo"
        " lungo le relazioni.",
    ),
    (
        "app.network.edges:MOST_PLACES",
        f"{GRAPHS}/bridges?over=both",
        "over: asks for the neighbours of more than 0 places, which is too much for one answer. Take all"
        " edges away as network.csv, or ask over relations only.",
        "over: chiede i vicini di più di 0 luoghi, troppi per una risposta. Prendi tutti gli archi come"
        " network.csv, o chiedi solo lungo le relazioni.",
    ),
    (
        "app.network.files:MOST_PLACES",
        f"{GRAPHS}/network.json",
        "bbox: asks for more than 0 places, which is too much for one file. Ask for a smaller box, or take"
        " all edges away as network.csv and the places as data/places.csv.",
        "bbox: chiede più di 0 luoghi, troppi per un file. Chiedi un riquadro più piccolo, o prendi tutti gli"
        " archi come network.csv e i luoghi come data/places.csv.",
    ),
    (
        "app.network.paths:MOST_LOOKED_AT",
        f"{GRAPHS}/way?from={{place}}&to={{other}}",
        "to: is too far: more than 0 places would have to be looked at. Ask for a nearer place, or over"
        " relations only.",
        "to: è troppo lontano: si dovrebbero guardare più di 0 luoghi. Chiedi un luogo più vicino, o solo"
        " lungo le relazioni.",
    ),
    (
        "app.network.gaps:MOST_HOUSES",
        f"{GRAPHS}/gaps?minutes=5",
        "minutes: more than 0 houses are on the map; ask for metres.",
        "minutes: ci sono più di 0 case sulla mappa; chiedi i metri.",
    ),
    (
        "app.network.walking:MOST_LOOKED_AT",
        f"{GRAPHS}/reach?place={{place}}&minutes=5",
        "minutes: more than 0 places lie around; ask for fewer minutes, or for one kind.",
        "minutes: ci sono più di 0 luoghi intorno; chiedi meno minuti o un solo tipo.",
    ),
]
"""Limits, each with what goes beyond it where it is 0; `{place}` and `{other}` are two places."""

FORM: list[tuple[dict[str, str], str, str]] = [
    (
        {"kind": "supports", "other": "here"},
        "other: “here” is not an identifier.",
        "other: «here» non è un identificativo.",
    ),
]
"""What is wrong in the form that proposes a relation."""

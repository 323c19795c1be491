"""What can be asked wrongly of siting, what-if and drawn areas, each with the sentence that answers it."""

SQUARE = "7.61,45.06;7.62,45.06;7.62,45.07;7.61,45.07"
CROSSED = "7.61,45.06;7.62,45.07;7.62,45.06;7.61,45.07"
LOST = "01990000-0000-7000-8000-000000000000"
WHERE = "siting?layer=zone&indicator=renting"
REFUSED: list[tuple[str, str, str]] = [
    (
        f"{WHERE}&p=10",
        "p: 10 is more than the candidates: there are 9 to choose from.",
        "p: 10 sono più dei candidati: si può scegliere tra 9.",
    ),
    (f"{WHERE}&p=0", "p: 0 is not between 1 and 20.", "p: 0 non è compreso tra 1 e 20."),
    (
        f"{WHERE}&objective=profit",
        "objective: “profit” is not one of people, reach, cover.",
        "objective: «profit» non è tra i valori possibili: people, reach, cover.",
    ),
    (
        f"{WHERE}&candidates=sites,areas",
        "candidates: can be sites or areas, not both.",
        "candidates: può essere sites oppure areas, non tutti e due.",
    ),
    (
        f"{WHERE}&status=ended",
        "candidates: there is no site to choose from: ask for candidates=areas, the middle of each area.",
        "candidates: non c’è nessun luogo da curare tra cui scegliere:"
        " chiedi candidates=areas, il centro di ogni zona.",
    ),
    (
        "siting?layer=zone&indicator=same",
        "indicator: ranks nobody: no area with residents is more fragile than another by it.",
        "indicator: non mette in ordine nessuno: nessuna zona abitata è più fragile di un’altra.",
    ),
    (
        "siting?layer=district",
        "layer: “district” has no figure of residents to reach.",
        "layer: «district» non ha il numero dei residenti da raggiungere.",
    ),
    (
        f"{WHERE}&metres=-5",
        "metres: -5 is not between 10 and 50,000 metres; a thousand is written 1000.",
        "metres: -5 non è tra 10 e 50.000 metri; mille si scrive 1000.",
    ),
    (
        "what-if?layer=zone&lon=7.6&lat=45.06&metres=1.500",
        "metres: 1.5 is not between 10 and 50,000 metres; a thousand is written 1000.",
        "metres: 1.5 non è tra 10 e 50.000 metri; mille si scrive 1000.",
    ),
    (
        f"{WHERE}&metres=1_000",
        "metres: “1_000” is not a number.",
        "metres: «1_000» non è un numero.",
    ),
    (
        "drawn?layer=zone&polygon=7_0.61,45.06;7.62,45.06;7.62,45.07",
        "polygon: corner 1, “7_0.61,45.06”, is not a longitude and a latitude such as 7.68,45.07.",
        "polygon: il vertice 1, «7_0.61,45.06», non è una longitudine e una latitudine come 7.68,45.07.",
    ),
    (
        "what-if?layer=zone",
        "site: is needed: a place of the map, or a point by lon and lat.",
        "site: è necessario: un luogo della mappa, o un punto con lon e lat.",
    ),
    (
        f"what-if?layer=zone&site={LOST}&lon=7.6",
        "site: and lon and lat cannot both be given: name a place, or a point.",
        "site: e lon e lat non si possono dare insieme: indica un luogo o un punto.",
    ),
    (
        "what-if?layer=zone&site={house}",
        "site: is a house already: name another place.",
        "site: è già una casa: indica un altro luogo.",
    ),
    (
        "drawn?layer=zone",
        "polygon: is needed: its corners, such as 7.67,45.06;7.69,45.06;7.69,45.08.",
        "polygon: è necessario: i suoi vertici, come 7.67,45.06;7.69,45.06;7.69,45.08.",
    ),
    (
        "drawn?layer=zone&polygon=7.61,45.06;7.62;7.62,45.07",
        "polygon: corner 2, “7.62”, is not a longitude and a latitude such as 7.68,45.07.",
        "polygon: il vertice 2, «7.62», non è una longitudine e una latitudine come 7.68,45.07.",
    ),
    (
        "drawn?layer=zone&polygon=nan,45.06;7.62,45.06;7.62,45.07",
        "polygon: corner 1, “nan,45.06”, is not a longitude and a latitude such as 7.68,45.07.",
        "polygon: il vertice 1, «nan,45.06», non è una longitudine e una latitudine come 7.68,45.07.",
    ),
    (
        "drawn?layer=zone&polygon=7.61,45.06;7.62,45.06",
        "polygon: needs at least 3 corners, such as 7.67,45.06;7.69,45.06;7.69,45.08.",
        "polygon: servono almeno 3 vertici, come 7.67,45.06;7.69,45.06;7.69,45.08.",
    ),
    (
        f"drawn?layer=zone&polygon={CROSSED}",
        "polygon: crosses or touches itself at 7.61500,45.06500: draw its corners in turn.",
        "polygon: incrocia o tocca se stesso in 7.61500,45.06500: disegna i vertici in ordine.",
    ),
    (
        "drawn?layer=zone&polygon=7.61,45.06;7.62,45.06;7.63,45.06",
        "polygon: covers no ground: its corners lie on one line.",
        "polygon: non copre terreno: i suoi vertici stanno su una linea.",
    ),
    (
        "drawn?layer=zone&polygon=7.75,45.12;7.76,45.12;7.76,45.13",
        "polygon: covers no area of the layer zone.",
        "polygon: non copre nessuna zona del livello zone.",
    ),
    (
        "drawn?layer=zone&polygon=7.0,45.0;7.5,45.0;7.5,45.5;7.0,45.5",
        "polygon: covers 2180 square kilometres; 500 are the most.",
        "polygon: copre 2180 chilometri quadrati; il massimo è 500.",
    ),
    (
        "drawn?layer=zone&polygon=17.61,45.06;17.62,45.06;17.62,45.07",
        "polygon: lies outside torino and its surroundings.",
        "polygon: è fuori da torino e dai suoi dintorni.",
    ),
]
"""Of the town of test_overlay.py."""
OF_NUMBERS = [
    "more than %(most)s for %(areas)s areas are too many to compare: name a status, or a layer of"
    " larger areas.",
    "has %(count)s corners; %(most)s are the most.",
    "is not a polygon as GeoJSON, alone or in a feature.",
    "Others are asking where to build; please try again in some seconds.",
]
"""Sentences that test_siting.py provokes by other means."""

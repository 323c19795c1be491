"""What is said where an index cannot be made: English, Italian. `test_indices.py` provokes it."""

from typing import Any

from tests.app.fragility.zones import wanted

Refusal = tuple[dict[str, Any], int | None, str, str]
DRAFTS: list[Refusal] = [
    (
        wanted("a", "b", slug="Bad one"),
        None,
        "slug: “Bad one” must begin with a small letter and go on with small letters, digits, - and _, 58"
        " at the most.",
        "slug: «Bad one» deve cominciare con una lettera minuscola e continuare con lettere minuscole,"
        " cifre, - e _, al massimo 58.",
    ),
    (
        wanted("a", "b", names={}),
        None,
        "names: is needed: say what the index is called.",
        "names: è necessario: di’ come si chiama l’indice.",
    ),
    (
        wanted("a"),
        None,
        "indicators: choose from 2 to 40 indicators, not 1.",
        "indicators: scegli da 2 a 40 indicatori, non 1.",
    ),
    (
        wanted("a", "b", "a"),
        None,
        "indicators: “a” is named twice.",
        "indicators: «a» compare due volte.",
    ),
    (
        wanted("a", "neither"),
        None,
        "polarity_neither: say whether more of it means more fragile (1) or less (-1).",
        "polarity_neither: di’ se un valore più alto significa più fragile (1) o meno (-1).",
    ),
    (
        wanted(indicators=[{"series": "a", "weight": 1.5}, {"series": "b", "weight": "-0,5"}]),
        None,
        "weight_b: must not be negative.",
        "weight_b: non può essere negativo.",
    ),
    (
        wanted(indicators=[{"series": "a", "weight": 0.5}, {"series": "b", "weight": 0.4}]),
        None,
        "weights: must add up to 1, not to 0.9; leave all of them empty to weigh every indicator alike.",
        "weights: devono sommare a 1, non a 0.9; lasciali tutti vuoti per dare a ogni indicatore lo stesso"
        " peso.",
    ),
    (
        wanted(indicators=[{"series": "a", "weight": 1}, {"series": "b"}]),
        None,
        "weight_b: is needed, because other indicators have one; leave all of them empty to weigh every"
        " indicator alike.",
        "weight_b: è necessario, perché altri indicatori ne hanno uno; lasciali tutti vuoti per dare a"
        " ogni indicatore lo stesso peso.",
    ),
    (
        wanted(after="ivsm", items={"large_households": "large_households", "neet": "a"}),
        None,
        "incomplete: 2 of the 7 indicators of the list are there. Without: young_and_adult_single_parents,"
        " low_education, need_of_care, crowding, economic_hardship. Say that the index is to be computed"
        " all the same.",
        "incomplete: ci sono 2 dei 7 indicatori dell’elenco. Mancano: young_and_adult_single_parents,"
        " low_education, need_of_care, crowding, economic_hardship. Di’ che l’indice va calcolato lo"
        " stesso.",
    ),
    (
        wanted("a", "c", indicators=[{"series": "a"}, {"series": "c", "polarity": 1}]),
        None,
        "indicators: this layer has no series c; it has: a, b, empty, flat, large_households, neither,"
        " residents, sparse.",
        "indicators: questo livello non ha la serie c; ha: a, b, empty, flat, large_households, neither,"
        " residents, sparse.",
    ),
    (
        wanted("a", "b"),
        1991,
        "year: there is no data of 1991 for: a, b. All of the series have: 2021, 2011.",
        "year: non ci sono dati del 1991 per: a, b. Tutte le serie hanno: 2021, 2011.",
    ),
    (
        wanted("a", "flat"),
        2021,
        "year: there is no data of 2021 for: flat. All of the series have: 2011.",
        "year: non ci sono dati del 2021 per: flat. Tutte le serie hanno: 2011.",
    ),
    (
        wanted("a", "empty"),
        None,
        "indicators: no area has a value of: empty.",
        "indicators: nessuna zona ha un valore di: empty.",
    ),
    (
        wanted("a", "sparse"),
        None,
        "indicators: only 2 areas have every value and enough residents; 3 are needed.",
        "indicators: solo 2 zone hanno tutti i valori e abbastanza residenti; ne servono 3.",
    ),
    (
        wanted("a", "flat"),
        2011,
        "indicators: flat has one value everywhere: it ranks no area.",
        "indicators: flat ha lo stesso valore ovunque: non mette in graduatoria nessuna zona.",
    ),
    (
        wanted("x", "y", layer="bare", reference="residents", slug="bare"),
        None,
        "reference: the residents of this layer’s areas are not known.",
        "reference: i residenti delle zone di questo livello non sono noti.",
    ),
    (
        wanted("a", "b", slug="flat"),
        None,
        "slug: “flat” is the name of a figure already.",
        "slug: «flat» è già il nome di un dato.",
    ),
    (
        wanted("a", "b", slug="x"),  # of another layer: the name of a figure is one in the whole city
        None,
        "slug: “x” is the name of a figure already.",
        "slug: «x» è già il nome di un dato.",
    ),
    (
        wanted(indicators=["a", "b"]),
        None,
        "indicators: must each be a table: [[indicators]], then its series.",
        "indicators: devono essere ciascuno una tabella: [[indicators]], poi la sua serie.",
    ),
    (
        wanted(after="ivsm", items="x", incomplete=True),
        None,
        "items: must say of each item which series stands for it.",
        "items: deve dire per ogni voce quale serie la rappresenta.",
    ),
    (
        wanted(indicators=[{"series": "a", "wieght": 1}, {"series": "b", "polarity": []}]),
        None,
        "wieght: is not known here; known are series, polarity, weight.",
        "wieght: non è un parametro di questo indirizzo; quelli possibili sono: series, polarity, weight.",
    ),
    (
        wanted(method="svi", indicators=[{"series": "a", "weight": 0.4}, {"series": "b", "weight": 0.6}]),
        None,
        "weights: are not heeded by an SVI, which adds up ranks: leave all of them empty.",
        "weights: non contano in un SVI, che somma ranghi: lasciali tutti vuoti.",
    ),
    (
        wanted("x", "y", layer="bare"),
        None,
        "The index “need” scores the layer zones; give the new one another name.",
        "L’indice «need» riguarda il livello zones; dai un altro nome a quello nuovo.",
    ),
]
LOST: list[tuple[str, str, str]] = [
    (
        "/torino/fragility/indices/nowhere",
        "There is no index “nowhere” here; the indices are: need.",
        "Qui non c’è un indice «nowhere»; gli indici sono: need.",
    ),
    (
        "/torino/fragility/indices/need/versions/9",
        "“need” has no version 9; the versions are: 1.",
        "«need» non ha una versione 9; le versioni sono: 1.",
    ),
]
OUT_OF_SCALE = (
    "method: cannot be computed of these figures: one of them lies too far from all others"
    " for this method; choose another one.",
    "method: non si può calcolare con questi dati: uno è troppo lontano da tutti gli altri"
    " per questo metodo; scegline un altro.",
)
"""Many alike and one far off."""
TAKEN = (
    "The scores of 2011 would be called “need_2011”, and there is a figure of this name: give the index"
    " another name.",
    "I punteggi del 2011 si chiamerebbero «need_2011», e c’è già un dato con questo nome: dai all’indice un"
    " altro nome.",
)
SAID = [english for *_, english, _ in DRAFTS] + [english for _, english, _ in LOST]
SAID += [TAKEN[0], OUT_OF_SCALE[0]]

"""What a caller of the overlay can ask wrongly, each with the sentence that answers it."""

REFUSED: list[tuple[str, str, str]] = [
    (
        "counts?layer=wards",
        "layer: There is no area layer “wards” in this city; the layers are: zone, district.",
        "layer: In questa città non c’è nessun livello di aree «wards»; i livelli sono: zone, district.",
    ),
    (
        "gaps?layer=zone&indicator=rain",
        "indicator: There is no indicator “rain” for zone; the indicators are:"
        " owning, renting, residents, same.",
        "indicator: Per zone non c’è nessun indicatore «rain»; gli indicatori sono:"
        " owning, renting, residents, same.",
    ),
    (
        "gaps?layer=zone&indicator=elsewhere",
        "indicator: “elsewhere” is a figure of the layer district, not of zone.",
        "indicator: «elsewhere» è un dato del livello district, non di zone.",
    ),
    (
        "gaps?layer=zone&indicator=residents",
        "indicator: “residents” tells neither by more nor by less of it who is more fragile:"
        " no area is worst.",
        "indicator: di «residents» né il più né il meno dice chi è più fragile: nessuna zona è la peggiore.",
    ),
    (
        "places?layer=zone&area=99",
        "area: the layer has no area “99”.",
        "area: il livello non ha nessuna zona «99».",
    ),
    (
        "places?layer=zone&area=01&worst=0.2",
        "area: and worst cannot both be given: ask for one area, or for the worst ones.",
        "area: e worst non si possono dare insieme: chiedi una zona, o le peggiori.",
    ),
    (
        "places?layer=zone&indicator=renting&worst=1.5",
        "worst: 1.5 is not a share above 0 and up to 1.",
        "worst: 1.5 non è una quota maggiore di 0 e fino a 1.",
    ),
    (
        "far?layer=zone&indicator=renting&kind=house",
        "kind: house cannot be asked for: what is asked is how far the houses are.",
        "kind: house non si può chiedere: la domanda è quanto sono lontane le case.",
    ),
    (
        "far?layer=zone&indicator=renting&metres=400&minutes=5",
        "minutes: and metres cannot both be given: ask for a walk, or for a distance.",
        "minutes: e metres non si possono dare insieme: chiedi una camminata o una distanza.",
    ),
    (
        "far?layer=zone&indicator=renting&metres=1.500",
        "metres: 1.5 is not between 10 and 50,000 metres; a thousand is written 1000.",
        "metres: 1.5 non è tra 10 e 50.000 metri; mille si scrive 1000.",
    ),
    (
        "counts?layer=zone&after=77",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        "places?layer=zone&area=01&after=site",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        "far?layer=zone&area=01&after=site",
        "after: is not a place in this list; follow the “next” link of the page before.",
        "after: non è una posizione in questo elenco; segui il link «next» della pagina precedente.",
    ),
    (
        "counts?layer=zone&f=,",
        "f: “,” is not one of json, csv, html.",
        "f: «,» non è tra i valori possibili: json, csv, html.",
    ),
    (
        "counts?layer=zone&f=xml",
        "f: “xml” is not one of json, csv, html.",
        "f: «xml» non è tra i valori possibili: json, csv, html.",
    ),
]
"""Of a city with the layers `zone`, whose figures are owning, renting, residents and same, and `district`."""
TOO_MANY = (
    "kind: 8 places stand in these areas; 7 are measured at the most: ask for fewer kinds, fewer areas, or a"
    " status.",
    "kind: in queste zone ci sono 8 luoghi; se ne misurano al massimo 7: chiedi meno tipi, meno zone o uno"
    " stato.",
)
"""Where no more than 7 are measured."""

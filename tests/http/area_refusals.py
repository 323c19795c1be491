"""What can be asked wrongly of one area and of two, each with the sentence that answers it."""

REFUSED: list[tuple[str, int, str, str]] = [
    (
        "0",
        404,
        "There is no zone “0” in the layer zones; codes like it are: 01, 02, 03, 04, 05.",
        "Nel livello zones non c’è nessuna zona «0»; codici simili sono: 01, 02, 03, 04, 05.",
    ),
    (
        "q%00",
        404,
        "There is no zone “q\0” in the layer zones; the table at /torino/areas/zones has them all.",
        "Nel livello zones non c’è nessuna zona «q\0»; la tabella a /torino/areas/zones le ha tutte.",
    ),
    ("compare?a=01", 400, "b: is needed: the code of a zone.", "b: è necessario: il codice di una zona."),
    (
        "compare?a=01&b=01",
        400,
        "b: is the same zone as a: choose another one.",
        "b: è la stessa zona di a: scegline un’altra.",
    ),
    (
        "compare?a=77&b=01",
        400,
        "a: the layer has no area “77”.",
        "a: il livello non ha nessuna zona «77».",
    ),
    (
        "01?indicator=neither",
        400,
        "indicator: “neither” tells neither by more nor by less of it who is more fragile: no area is worst.",
        "indicator: di «neither» né il più né il meno dice chi è più fragile: nessuna zona è la peggiore.",
    ),
]
"""Under the layer `zones` of tests/app/fragility/zones.py."""

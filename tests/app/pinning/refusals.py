"""What the form of a place refuses: how it is provoked, English, Italian. test_pin_form.py sends each."""

PINNING = [
    ({"geometry": "{"}, "geometry: cannot be read as GeoJSON.", "geometry: non si può leggere come GeoJSON."),
    (
        {"place_id": "x"},
        "place_id: “x” is not a UUID of version 7.",
        "place_id: «x» non è un UUID della versione 7.",
    ),
    (
        {"nickname": "Bob"},
        "nickname: must stay empty: only robots fill it in.",
        "nickname: deve restare vuoto: solo i robot lo compilano.",
    ),
    (
        {"opened": "x"},
        "opened: is not as this server wrote it; open the form again.",
        "opened: non è come l’ha scritto questo server; riapri il modulo.",
    ),
    (
        {"opened": ""},
        "opened: is not as this server wrote it; open the form again.",
        "opened: non è come l’ha scritto questo server; riapri il modulo.",
    ),
]
TOO_FAST = (
    "opened: was just now: nobody writes so fast. Send it once more.",
    "opened: risale a un attimo fa: nessuno scrive così in fretta. Invia di nuovo.",
)

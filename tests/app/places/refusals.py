"""What is said where a contribution is refused: English, Italian. test_refusals.py provokes each."""

PLACE = "01990000-0000-7000-8000-000000000000"

WRITING = [
    ("geometry: is missing: say where the place is.", "geometry: manca: di’ dove si trova il luogo."),
    (
        "geometry: lies outside torino and its surroundings.",
        "geometry: è fuori da torino e dai suoi dintorni.",
    ),
    ("geometry: has more than 10000 vertices.", "geometry: ha più di 10000 vertici."),
    ("geometry: cannot be stored: it is empty.", "geometry: non si può registrare: è vuota."),
    ("title: must be a text.", "title: deve essere un testo."),
    (
        "title: has 301 characters; at most 300 are taken.",
        "title: ha 301 caratteri; se ne accettano al massimo 300.",
    ),
    (
        "title: holds a hidden character that turns the direction of writing; remove it.",
        "title: contiene un carattere nascosto che inverte la direzione della scrittura; toglilo.",
    ),
    (
        "title: holds a character that cannot be shown (U+0007); remove it.",
        "title: contiene un carattere che non si può mostrare (U+0007); toglilo.",
    ),
    (
        "kind: “castle” is not one of house, site, project, enterprise, event, story, place.",
        "kind: «castle» non è uno tra house, site, project, enterprise, event, story, place.",
    ),
    (
        "website: “ftp://x” is not a web address; write it like https://example.org.",
        "website: «ftp://x» non è un indirizzo web; scrivilo come https://example.org.",
    ),
    ("accuracy_m: “far” is not a number.", "accuracy_m: «far» non è un numero."),
    (
        "accuracy_m: must be between 0 and 100,000 metres.",
        "accuracy_m: deve essere tra 0 e 100,000 metri.",
    ),
    (
        "blur_m: must be one of 50, 100, 250, 500, 1000 metres, or 0 for the exact position.",
        "blur_m: deve essere uno tra 50, 100, 250, 500, 1000 metri, oppure 0 per la posizione esatta.",
    ),
    (
        "translations: must be an object of titles and summaries by language.",
        "translations: deve essere un oggetto di titoli e descrizioni per lingua.",
    ),
    (
        "valid_from: “soon” is not a day; write it like 2026-05-31.",
        "valid_from: «soon» non è un giorno; scrivilo come 2026-05-31.",
    ),
    ("valid_to: is before the beginning.", "valid_to: viene prima dell’inizio."),
    (
        "Somebody has changed this place since you opened it (you saw revision 1, it is at 2); nothing of"
        " what you wrote is lost: compare, and send it again.",
        "Qualcuno ha modificato questo luogo da quando l’hai aperto (hai visto la revisione 1, ora è alla 2);"
        " nulla di ciò che hai scritto è perso: confronta e invia di nuovo.",
    ),
    (
        "This change was made to revision 1, and the place is at revision 2 by now: it cannot be taken over"
        " as it is.",
        "Questa modifica è stata fatta alla revisione 1 e ora il luogo è alla revisione 2: non si può"
        " accettare così com’è.",
    ),
    ("This place has no revision 9.", "Questo luogo non ha una revisione 9."),
    (
        f"No change {PLACE} waits here; somebody may have decided about it.",
        f"Nessuna modifica {PLACE} è in attesa qui; forse qualcuno ha già deciso.",
    ),
    (
        f"The identifier {PLACE} belongs to another place already; nothing was changed.",
        f"L’identificativo {PLACE} appartiene già a un altro luogo; nulla è stato modificato.",
    ),
]

"""What is said where a photo is refused: English, Italian. test_refusals.py provokes each."""

LOST = "01990000-0000-7000-8000-000000000000"

SENDING = [
    ("photo: is missing: choose a photo.", "photo: manca: scegli una foto."),
    (
        "photo_id: “mine” is not an identifier (a UUID).",
        "photo_id: «mine» non è un identificativo (un UUID).",
    ),
    ("regions: “a b c d” is not four numbers.", "regions: «a b c d» non sono quattro numeri."),
]
"""Of the pages; tests/http/test_photos.py provokes these."""

PHOTOS = [
    *SENDING,
    (
        "photo: is larger than 10 MB, which is the most that is taken; send a smaller one.",
        "photo: supera i 10 MB, il massimo accettato; inviane una più piccola.",
    ),
    (
        "photo: is not a photo that can be read here; send JPEG, PNG or WebP.",
        "photo: non è una foto leggibile qui; invia JPEG, PNG o WebP.",
    ),
    (
        "photo: has 8000 x 5126 pixels; at most 40 millions are taken.",
        "photo: ha 8000 x 5126 pixel; se ne accettano al massimo 40 milioni.",
    ),
    (
        "photo: is damaged and cannot be opened; send it again, or another one.",
        "photo: è danneggiata e non si apre; inviala di nuovo, o inviane un’altra.",
    ),
    (
        "photo: cannot be added: this place has 30 photos already.",
        "photo: non si può aggiungere: questo luogo ha già 30 foto.",
    ),
    (
        f"The identifier {LOST} belongs to another photo already; nothing was changed.",
        f"L’identificativo {LOST} appartiene già a un’altra foto; nulla è stato modificato.",
    ),
    (
        f"There is no photo {LOST} here; it may have been removed.",
        f"Qui non c’è la foto {LOST}; forse è stata rimossa.",
    ),
    (
        "regions: must lie inside the photo, in percent from 0 to 100.",
        "regions: devono stare dentro la foto, in percento da 0 a 100.",
    ),
    (
        "regions: are more than 50; draw larger ones.",
        "regions: sono più di 50; disegnane di più grandi.",
    ),
    (
        "Many photos are being worked on; please send yours again in a moment.",
        "Si sta lavorando a molte foto; invia di nuovo la tua tra un momento.",
    ),
]

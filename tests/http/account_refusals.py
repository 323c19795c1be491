"""What is said where something of an account is refused: English, Italian. Its importers provoke it."""

NOWHERE = "01990000-0000-7000-8000-000000000000"
SENT = [
    (
        f"/account/sessions/{NOWHERE}/end",
        {},
        "You have no open session like this; it may have ended.",
        "Non hai nessuna sessione aperta come questa; forse è terminata.",
    ),
    (
        f"/account/tokens/{NOWHERE}/revoke",
        {},
        "You have no token like this; it may have been taken back.",
        "Non hai nessun token come questo; forse è stato revocato.",
    ),
    (
        "/account/tokens",
        {"name": " ", "scopes": ["read"], "days": "30"},
        "name: is needed: say what the token is for.",
        "name: è necessario: di’ a che cosa serve il token.",
    ),
    (
        "/account/tokens",
        {"name": "QGIS", "days": "30"},
        "scopes: is needed: say what the token may do.",
        "scopes: è necessario: di’ che cosa può fare il token.",
    ),
    (
        "/account/tokens",
        {"name": "one too many", "scopes": ["read"], "days": "30"},
        "name: you have 20 tokens, which is the most; take one back.",
        "name: hai 20 token, il massimo; revocane uno.",
    ),
]
SHOWN = [
    (
        "This identity belongs to another account; sign out, and sign in with it.",
        "Questa identità appartiene a un altro account; esci, e accedi con essa.",
    ),
    (
        "Your provider does not say that your e-mail address is yours. Make an account here first; then "
        "sign in with the provider while you are signed in.",
        "Il tuo fornitore non dice che l’indirizzo e-mail è tuo. Crea prima un account qui; poi accedi con "
        "il fornitore mentre sei connesso.",
    ),
    (
        "The account with your e-mail address is not confirmed yet; open the link in its mail first.",
        "L’account con il tuo indirizzo e-mail non è ancora confermato; apri prima il link nella sua e-mail.",
    ),
]
NO_PROVIDER = (
    "No provider for signing in is set up here.",
    "Qui non è configurato nessun fornitore per l’accesso.",
)
NO_MAIL = (
    "A mail could not be sent just now; please try again in a few minutes.",
    "In questo momento non è stato possibile inviare un’e-mail; riprova tra qualche minuto.",
)
ALL = [*((english, italian) for _, _, english, italian in SENT), *SHOWN, NO_PROVIDER, NO_MAIL]

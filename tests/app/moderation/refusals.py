"""What is said where a decision is refused: English, Italian. test_refusals.py provokes each."""

LOST = "01990000-0000-7000-8000-000000000000"

DECIDING = [
    (
        "action: “merge” is nothing that can be decided.",
        "action: «merge» non è una decisione possibile.",
    ),
    ("reason: “dull” is not one of the reasons.", "reason: «dull» non è uno dei motivi."),
    (
        "reason: is needed: whoever wrote this is told why.",
        "reason: è necessario: a chi ha scritto si dice il perché.",
    ),
    ("words: are needed: what do you want to ask?", "words: sono necessarie: che cosa vuoi chiedere?"),
    (
        "item: “house:1” is nothing that can be decided about.",
        "item: «house:1» non è qualcosa su cui decidere.",
    ),
    (
        "item: at most 100 can be decided at once.",
        "item: se ne possono decidere al massimo 100 alla volta.",
    ),
    (
        f"There is nothing to decide about at place:{LOST}.",
        f"Non c’è nulla da decidere a place:{LOST}.",
    ),
    (
        "This cannot be done any more: somebody has decided already (it is public now). Nothing was changed.",
        "Non si può più fare: qualcuno ha già deciso (ora è pubblico). Nulla è stato modificato.",
    ),
    (
        "This cannot be done any more: somebody has decided already (it is merged now). Nothing was changed.",
        "Non si può più fare: qualcuno ha già deciso (ora è unito a un altro). Nulla è stato modificato.",
    ),
    (
        "Something else was decided about this since; decide anew instead.",
        "Nel frattempo è stato deciso altro; decidi di nuovo.",
    ),
    ("This cannot be undone; decide anew instead.", "Questo non si può annullare; decidi di nuovo."),
    (
        "This was undone already; nothing was changed.",
        "Questo è già stato annullato; nulla è stato modificato.",
    ),
    (
        "This place was changed again since; restore the version that you want instead.",
        "Nel frattempo questo luogo è stato modificato ancora; ripristina la versione che vuoi.",
    ),
    (f"There is no decision {LOST} here.", f"Qui non c’è nessuna decisione {LOST}."),
    (
        "These places cannot be merged: they are one already.",
        "Questi luoghi non si possono unire: sono già uno solo.",
    ),
    (
        "The place that stays is not public, and the other one is: publish it first, or keep the other.",
        "Il luogo che resta non è pubblico, mentre l’altro lo è: prima pubblicalo, oppure tieni l’altro.",
    ),
    ("This place is not merged with another one any more.", "Questo luogo non è più unito a un altro."),
    ("This place is yours already.", "Questo luogo è già tuo."),
    (
        "You have claimed this place already; somebody will look at it.",
        "Hai già rivendicato questo luogo; qualcuno lo esaminerà.",
    ),
    (
        "Somebody has objected to this decision already; it is being looked at again.",
        "Qualcuno ha già fatto ricorso contro questa decisione; la si sta riesaminando.",
    ),
    (
        "There is nothing to object to any more: this decision was taken back, or granted all.",
        "Non c’è più nulla contro cui fare ricorso: questa decisione è stata annullata o ha accolto tutto.",
    ),
]

ASKING = [
    ("item: is needed: choose at least one.", "item: è necessario: scegli almeno una cosa."),
    ("batch: is not an identifier.", "batch: non è un identificativo."),
    ("place: “nix” is no place; give its address.", "place: «nix» non è un luogo; dai il suo indirizzo."),
    (
        "reason: is missing: without it nobody can decide.",
        "reason: manca: senza non si può decidere.",
    ),
    (
        "email: “me” is not an e-mail address.",
        "email: «me» non è un indirizzo e-mail.",
    ),
    (
        "This link is not good, or not good any more: one can object for 90 days.",
        "Questo collegamento non è valido, o non lo è più: si può fare ricorso per 90 giorni.",
    ),
]
"""What the forms say, beside the above; tests/http/test_asking.py provokes each."""

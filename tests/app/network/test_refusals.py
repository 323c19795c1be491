"""Each refusal of a relation is said in both languages."""

from collections.abc import Callable
from uuid import UUID

from app.errors import CortileError
from app.places import service as places
from tests.app.network.conftest import ANNA, CARLA, MODERATOR, Web
from tests.app.network.test_relations import day
from tests.app.places.test_refusals import said, telling
from tests.http.conftest import TORINO

__all__ = ["said"]

LOST = UUID("01990000-0000-7000-8000-000000000000")
REFUSALS = [
    (
        "kind: beside is not one of part_of, hosted_by, supports, regenerates, organised_by, about.",
        "kind: beside non è tra part_of, hosted_by, supports, regenerates, organised_by, about.",
    ),
    (
        "head: is the same place: a place has no relation with itself.",
        "head: è lo stesso luogo: un luogo non ha relazioni con se stesso.",
    ),
    (
        "head: is not of a kind that goes with this: A project, a community enterprise or a house regenerates"
        " a site.",
        "head: non è di un tipo adatto: Un progetto, un’impresa di comunità o una Casa rigenera un luogo"
        " da curare.",
    ),
    ("note: is longer than 500 characters.", "note: supera i 500 caratteri."),
    ("until: is not after since.", "until: non è dopo since."),
    (
        f"There is no place {LOST} here; it may have been removed.",
        f"Qui non c’è nessun luogo {LOST}; potrebbe essere stato rimosso.",
    ),
    ("This relation is there already.", "Questa relazione c’è già."),
    (
        "Only an owner of one of the two places, or a moderator, can do this.",
        "Può farlo solo chi è titolare di uno dei due luoghi, o chi modera.",
    ),
    (
        "end: is not after the beginning, 2020-01-01.",
        "end: non è dopo l’inizio, 2020-01-01.",
    ),
    (
        "This relation is proposed already, so that cannot be done to it any more.",
        "Questa relazione è già proposta: non si può più fare.",
    ),
    (
        "The identifier {made} belongs to another relation already; nothing was changed.",
        "L’identificativo {made} appartiene già a un’altra relazione; nulla è stato modificato.",
    ),
    (
        "There is no relation {made} here; it may have been removed.",
        "Qui non c’è nessuna relazione {made}; potrebbe essere stata rimossa.",
    ),
    (
        "This would close a circle: the one is a part of the other already.",
        "Si chiuderebbe un cerchio: l’uno fa già parte dell’altro.",
    ),
]


def test_each_is_said_in_both_languages(
    web: Web,
    said: Callable[[CortileError], tuple[str, str]],
) -> None:
    told: list[CortileError] = []
    event, house = web.event, web.house
    for kind, head, fields in (
        ("beside", house, {}),
        ("hosted_by", event, {}),
        ("regenerates", house, {}),
        ("hosted_by", house, {"note": "x" * 501}),
        ("hosted_by", house, {"since": day(2020), "until": day(2019)}),
        ("hosted_by", LOST, {}),
    ):
        with telling(told):
            web.propose(event, kind, head, **fields)
    made = web.propose(event, "hosted_by", house, since=day(2020))
    with telling(told):
        web.propose(event, "hosted_by", house)
    with telling(told):
        web.do("confirm", made, CARLA)
    for end in (day(2019), day(2021)):
        with telling(told):
            web.do("end", made, ANNA, end)
    with telling(told):
        web.propose(event, "organised_by", house, id=made.id)
    with web.desk.database.transaction() as db:
        places.moderate(db, TORINO, [house], "hidden")
    with telling(told):
        web.do("confirm", made, ANNA)
    one, other = web.place("site"), web.place("site")
    web.propose(one, "part_of", other, MODERATOR)
    with telling(told):
        web.propose(other, "part_of", one, MODERATOR)

    expected = [tuple(text.replace("{made}", str(made.id)) for text in both) for both in REFUSALS]
    assert [said(error) for error in told] == expected

"""The properties of a place: what a feature says of it, what a filter may ask and a page be sorted by."""

from app.cql.properties import Property, Type
from app.tables.places import KINDS, STATUSES

PROPERTIES = (
    Property("id", Type.IDENTIFIER, "id", {"en": "Identifier", "it": "Identificativo"}, shown=False),
    Property("geometry", Type.GEOMETRY, "geom", {"en": "Geometry", "it": "Geometria"}, shown=False),
    Property("kind", Type.TEXT, "kind", {"en": "Kind", "it": "Tipo"}, KINDS),
    Property("status", Type.TEXT, "status", {"en": "Status", "it": "Stato"}, STATUSES),
    Property("title", Type.TEXT, "title", {"en": "Title", "it": "Titolo"}),
    Property("summary", Type.TEXT, "summary", {"en": "Summary", "it": "Descrizione"}, sortable=False),
    Property("language", Type.TEXT, "language", {"en": "Language of the texts", "it": "Lingua dei testi"}),
    Property("translations", Type.OBJECT, "translations", {"en": "Translations", "it": "Traduzioni"}),
    Property("address", Type.TEXT, "address", {"en": "Address", "it": "Indirizzo"}),
    Property("website", Type.TEXT, "website", {"en": "Website", "it": "Sito web"}, sortable=False),
    Property(
        "accuracy_m",
        Type.NUMBER,
        "accuracy_m",
        {"en": "Accuracy of the position in metres", "it": "Accuratezza della posizione in metri"},
    ),
    Property("valid", Type.PERIOD, "valid", {"en": "When it is true", "it": "Quando è vero"}, shown=False),
    Property("valid_from", Type.INSTANT, "lower(valid)", {"en": "True from", "it": "Vero da"}),
    Property("valid_to", Type.INSTANT, "upper(valid)", {"en": "True until", "it": "Vero fino a"}),
    Property("source", Type.TEXT, "source", {"en": "Source", "it": "Fonte"}),
    Property("licence", Type.TEXT, "licence", {"en": "Licence", "it": "Licenza"}),
    Property("recorded_at", Type.INSTANT, "recorded_at", {"en": "Recorded", "it": "Registrato"}),
    Property(
        "confirmed_at",
        Type.INSTANT,
        "confirmed_at",
        {"en": "Last confirmed", "it": "Confermato l’ultima volta"},
    ),
)

"""The method of an index in words, in both languages: kept with each version, as it was said then. Pure."""

from collections.abc import Mapping
from typing import Any

from app.fragility.indices.rules import Definition

_IT, _EN = "it", "en"
METHOD_NAMES = {
    "ampi": {_EN: "AMPI (adjusted Mazziotta-Pareto)", _IT: "AMPI (Mazziotta-Pareto corretto)"},
    "mpi": {_EN: "MPI (Mazziotta-Pareto)", _IT: "MPI (Mazziotta-Pareto)"},
    "mean": {_EN: "mean, from lowest to highest", _IT: "media, dal minimo al massimo"},
    "geometric": {_EN: "geometric mean", _IT: "media geometrica"},
    "z": {_EN: "mean of standard scores", _IT: "media dei punteggi standard"},
    "ranks": {_EN: "mean of percentile ranks", _IT: "media dei ranghi percentili"},
    "svi": {_EN: "SVI (ranks added up by theme)", _IT: "SVI (ranghi sommati per tema)"},
}
METHOD_WORDS = {
    "ampi": {
        _EN: "Each indicator is put on a scale around 100, which is the reference, about 70 where it is"
        " least fragile and 130 where it is most. The score of a zone is the mean of its indicators, plus"
        " the more the further they lie apart: where one trouble is very great, the others do not make up"
        " for it.",
        _IT: "Ogni indicatore è riportato su una scala attorno a 100, che è il riferimento: circa 70 dove"
        " è meno fragile, 130 dove lo è di più. Il punteggio di una zona è la media dei suoi indicatori,"
        " più qualcosa quanto più sono lontani fra loro: dove un problema è molto grande, gli altri non lo"
        " compensano.",
    },
    "mpi": {
        _EN: "Each indicator gets the mean 100 and the standard deviation 10. The score of a zone is the"
        " mean of its indicators, plus the more the further they lie apart.",
        _IT: "Ogni indicatore ha media 100 e deviazione standard 10. Il punteggio di una zona è la media"
        " dei suoi indicatori, più qualcosa quanto più sono lontani fra loro.",
    },
    "mean": {
        _EN: "Each indicator goes from 0, the least fragile zone, to 100, the most fragile. The score of a"
        " zone is their mean: a great trouble is made up for where another is small.",
        _IT: "Ogni indicatore va da 0, la zona meno fragile, a 100, la più fragile. Il punteggio di una"
        " zona è la loro media: un problema grande è compensato dove un altro è piccolo.",
    },
    "geometric": {
        _EN: "Each indicator goes from 1, the least fragile zone, to 100, the most fragile. The score of a"
        " zone is their geometric mean.",
        _IT: "Ogni indicatore va da 1, la zona meno fragile, a 100, la più fragile. Il punteggio di una"
        " zona è la loro media geometrica.",
    },
    "z": {
        _EN: "Each indicator is told in standard deviations from its mean. The score of a zone is their"
        " mean.",
        _IT: "Ogni indicatore è espresso in deviazioni standard dalla sua media. Il punteggio di una zona"
        " è la loro media.",
    },
    "ranks": {
        _EN: "For each indicator, the share of the other zones that are less fragile, from 0 to 1. The"
        " score of a zone is their mean.",
        _IT: "Per ogni indicatore, la quota delle altre zone che sono meno fragili, da 0 a 1. Il punteggio"
        " di una zona è la loro media.",
    },
    "svi": {
        _EN: "For each indicator, the share of the other zones that are less fragile; these are added up"
        " in each theme and ranked again, and so are the themes. The score says which share of the zones"
        " is less fragile.",
        _IT: "Per ogni indicatore, la quota delle altre zone che sono meno fragili; queste si sommano in"
        " ogni tema e si mettono di nuovo in graduatoria, e così i temi. Il punteggio dice quale quota"
        " delle zone è meno fragile.",
    },
}
METHOD_SOURCES = {
    "ampi": (
        "M. Mazziotta, A. Pareto (2018), Social Indicators Research 136, 967–976",
        "https://doi.org/10.1007/s11205-017-1577-5",
    ),
    "mpi": (
        "P. De Muro, M. Mazziotta, A. Pareto (2011), Social Indicators Research 104, 1–18",
        "https://doi.org/10.1007/s11205-010-9727-z",
    ),
    "svi": (
        "B. E. Flanagan et al. (2011), J. of Homeland Security and Emergency Management 8, 3",
        "https://doi.org/10.2202/1547-7355.1792",
    ),
}
HANDBOOK = (
    "OECD, JRC (2008), Handbook on constructing composite indicators",
    "https://doi.org/10.1787/9789264043466-en",
)
_REFERENCE = {
    "areas": {_EN: "100 is the mean of the zones.", _IT: "100 è la media delle zone."},
    "residents": {
        _EN: "100 is the mean of the zones, each counted by its residents.",
        _IT: "100 è la media delle zone, ciascuna contata per i suoi residenti.",
    },
}
_GOALPOSTS = {
    "years": {
        _EN: "The scale goes over all years of which there are data, so that scores of different years"
        " compare.",
        _IT: "La scala copre tutti gli anni di cui ci sono dati, perché i punteggi di anni diversi si"
        " possano confrontare.",
    },
    "year": {_EN: "", _IT: ""},
}
_FEW = {
    "left_out": {
        _EN: "Zones with fewer than {0} residents have no score, and change none.",
        _IT: "Le zone con meno di {0} residenti non hanno punteggio, e non cambiano quello delle altre.",
    },
    "marked": {
        _EN: "Zones with fewer than {0} residents have a score like the others, and are marked.",
        _IT: "Le zone con meno di {0} residenti hanno un punteggio come le altre, e sono segnate.",
    },
}
_MISSING = {
    _EN: "A zone that lacks a value has no score.",
    _IT: "Una zona a cui manca un valore non ha punteggio.",
}


def method_in_words(definition: Definition) -> dict[str, str]:
    """How the index is computed, by language."""
    adjusted = definition.method == "ampi"
    said: dict[str, str] = {}
    for language in (_IT, _EN):
        parts = [METHOD_WORDS[definition.method][language]]
        if adjusted:
            parts += [_REFERENCE[definition.reference][language]]
        parts += [_GOALPOSTS[definition.goalposts][language]]
        parts += [_FEW[definition.few_residents][language].format(definition.few_below), _MISSING[language]]
        said[language] = " ".join(part for part in parts if part)
    return said


UNITS: Mapping[str, Any] = {_EN: "points", _IT: "punti"}
"""The unit of a score; what it is a score of stands in the description."""


def method_source(method: str) -> tuple[str, str]:
    """Where the method is written: words, and a link."""
    return METHOD_SOURCES.get(method, HANDBOOK)

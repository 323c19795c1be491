"""Composite indices of areas: from indicators of different units to one score, and what stands behind it.

Values are (areas, indicators) arrays or DataFrames, NaN for no data. Steps: make numbers of few people steady
(`smoothing`), bring indicators onto one scale (`normalise`), put them together (`aggregate`, or `svi` for the
method of CDC/ATSDR), take the score apart (`explain`), and ask how far it depends on the choices
(`uncertainty`).

>>> ampi([[10.0, 1.0], [20.0, 3.0], [30.0, 2.0]], polarity=[1, 1]).round(2).tolist()
[70.0, 116.96, 116.96]
"""

from geo.fragility.aggregate import ampi, arithmetic, geometric, mpi, penalised
from geo.fragility.checked import CDC_NO_DATA, without_marker
from geo.fragility.components import Components, principal_components
from geo.fragility.explain import Explanation, explain
from geo.fragility.normalise import ampi_scale, goalposts, min_max, mpi_scale, percentile_ranks, z_scores
from geo.fragility.smoothing import Smoothed, Suppressed, smoothed, smoothed_locally, suppressed
from geo.fragility.svi import Svi, svi
from geo.fragility.uncertainty import Choices, Uncertainty, uncertainty

__all__ = [
    "CDC_NO_DATA",
    "Choices",
    "Components",
    "Explanation",
    "Smoothed",
    "Suppressed",
    "Svi",
    "Uncertainty",
    "ampi",
    "ampi_scale",
    "arithmetic",
    "explain",
    "geometric",
    "goalposts",
    "min_max",
    "mpi",
    "mpi_scale",
    "penalised",
    "percentile_ranks",
    "principal_components",
    "smoothed",
    "smoothed_locally",
    "suppressed",
    "svi",
    "uncertainty",
    "without_marker",
    "z_scores",
]

"""Composite indices beside what others have published."""

import libpysal
import numpy as np
import numpy.typing as npt
import pytest

from geo.fragility import (
    geometric,
    min_max,
    percentile_ranks,
    principal_components,
    smoothed,
    smoothed_locally,
    svi,
    z_scores,
)
from geo.graph import Graph

Floats = npt.NDArray[np.float64]

# OECD and JRC, "Handbook on constructing composite indicators" (2008), table A.2, page 152: patents,
# royalties, internet, exports, telephones (log), electricity (log), schooling, university of the Technology
# Achievement Index. Beside them, table 15, page 87, for schooling: rank, z-score, min-max; and table 38, page
# 116: the rank by the geometric mean (GME).
TECHNOLOGY = """
Finland        187 125.6 200.2 50.7 3.08 4.15 10   27.4  15  0.26 0.59   2
United States  289 130   179.1 66.2 3.00 4.07 12   13.9  23  1.52 1.00   1
Sweden         271 156.6 125.8 59.7 3.10 4.14 11.4 15.3  19  1.14 0.88   3
Japan          994 64.6  49    80.8 3.00 3.86 9.5  10    12 -0.06 0.49   4
Korea          779 9.8   4.8   66.7 2.97 3.65 10.8 23.2  17  0.76 0.76  16
Netherlands    189 151.2 136   50.9 3.02 3.77 9.4  9.5    9 -0.12 0.47   5
United Kingdom 82  134   57.4  61.9 3.02 3.73 9.4  14.9   9 -0.12 0.47   6
Canada         31  38.6  108   48.7 2.94 4.18 11.6 14.2  20  1.27 0.92  13
Australia      75  18.2  125.9 16.2 2.94 3.94 10.9 25.3  18  0.83 0.78  14
Singapore      8   25.5  72.3  74.9 2.95 3.83 7.1  24.2   1 -1.58 0.00  18
Germany        235 36.8  41.2  64.2 2.94 3.75 10.2 14.4  16  0.38 0.63   8
Norway         103 20.2  193.6 19   3.12 4.39 11.9 11.2  22  1.46 0.98  11
Ireland        106 110.3 48.6  53.6 2.97 3.68 9.4  12.3   9 -0.12 0.47   7
Belgium        72  73.9  58.9  47.6 2.91 3.86 9.3  13.6   8 -0.19 0.45   9
New Zealand    103 13    146.7 15.4 2.86 3.91 11.7 13.1  21  1.33 0.94  17
Austria        165 14.8  84.2  50.3 2.99 3.79 8.4  13.6   6 -0.76 0.27  12
France         205 33.6  36.4  58.9 2.97 3.80 7.9  12.6   5 -1.08 0.16  10
Israel         74  43.6  43.2  45   2.96 3.74 9.6  11    14  0.00 0.51  15
Spain          42  8.6   21    53.4 2.86 3.62 7.3  15.6   4 -1.46 0.04  19
Italy          13  9.8   30.4  51   3.00 3.65 7.2  13     3 -1.52 0.02  21
Czech Republic 28  4.2   25    51.7 2.75 3.68 9.5  8.2   12 -0.06 0.49  23
Hungary        26  6.2   21.6  63.5 2.73 3.46 9.1  7.7    7 -0.31 0.41  22
Slovenia       105 4     20.3  49.5 2.84 3.71 7.1  10.6   1 -1.58 0.00  20
"""

# CDC/ATSDR, Social Vulnerability Index 2020, the 67 counties of Pennsylvania among each other: below 150 % of
# poverty, unemployed, burdened by housing costs, without diploma, uninsured (EP_POV150, EP_UNEMP, EP_HBURD,
# EP_NOHSDP, EP_UNINSUR, in percent), then SPL_THEME1, RPL_THEME1 and F_THEME1.
PENNSYLVANIA = """
13.8 3.9 22.9 10.8 5.6 1.9698 .2424 0   17.9 4.9 24.5 5.2 3.8 1.5152 .1667 0
21.0 5.5 20.4 8.2 4.1 1.8333 .197 0   17.7 5.1 21.9 6.2 3.8 1.394 .1364 0
21.4 4.5 19.8 11.3 6.9 2.5758 .5455 0   19.0 5.6 26.2 12.8 6.2 3.5152 .9242 1
22.9 4.7 23.5 8.3 5.1 2.3029 .3636 0   22.9 4.7 22.0 10.2 6.6 2.8181 .6667 0
9.7 4.2 23.8 5.7 4.1 1.0152 .0606 0   13.2 4.6 19.4 4.6 3.3 .5455 0 0
22.4 5.2 20.5 8.0 4.1 1.8031 .1818 0   31.3 10.2 24.7 8.7 3.2 3.0757 .7576 2
18.9 5.1 25.0 10.3 4.5 2.5 .4545 0   24.2 4.1 29.2 5.5 5.6 2.5304 .4848 1
10.4 4.1 21.5 5.7 5.0 .9697 .0455 0   26.2 6.0 20.7 9.4 7.1 3.212 .803 1
24.9 7.4 21.5 11.9 5.3 3.4393 .8788 1   24.5 5.8 25.2 10.2 9.3 3.8787 .9697 1
21.9 4.5 23.1 9.2 4.9 2.1515 .3333 0   23.9 5.8 20.7 10.1 8.3 3.212 .803 0
12.7 3.5 21.8 7.1 5.4 1.1818 .0909 0   19.1 4.4 25.5 9.0 5.5 2.3029 .3636 0
15.9 6.2 28.0 6.8 4.9 2.3788 .4242 1   18.4 6.0 16.0 7.0 2.6 1.2425 .1061 0
25.0 5.4 26.2 8.5 4.5 2.8939 .6818 0   26.8 7.3 22.8 11.2 4.6 3.4545 .8939 2
26.4 5.4 18.8 16.3 5.7 3.2273 .8333 2   17.4 3.9 21.5 11.2 9.2 2.3636 .3939 1
19.5 5.2 19.5 10.7 6.2 2.5 .4545 0   21.6 4.9 18.5 12.4 3.6 2.0152 .303 0
20.0 5.4 18.2 10.2 4.6 2.0 .2576 0   25.8 7.2 25.5 9.2 7.4 3.8938 .9848 2
24.0 4.5 20.0 9.4 7.2 2.5757 .5303 0   19.5 2.8 19.5 16.9 11.5 2.5606 .5152 2
22.7 4.2 27.1 8.5 4.4 2.2273 .3485 1   15.8 3.6 25.2 14.4 11.7 2.9545 .7121 2
22.9 6.4 24.3 8.7 5.3 2.9847 .7273 0   18.3 4.9 25.5 12.3 8.5 3.2878 .8485 0
20.7 6.2 29.3 10.5 6.2 3.6515 .9394 1   23.6 6.0 24.2 9.8 5.4 3.1667 .7879 0
21.2 5.1 26.1 9.5 5.6 2.894 .697 0   27.1 6.5 21.4 8.2 4.1 2.5455 .5 1
23.0 5.8 20.7 10.1 5.6 2.7879 .6212 0   23.8 3.5 22.2 15.2 12.3 3.3182 .8636 2
18.4 6.2 27.9 10.4 7.0 3.5 .9091 1   9.8 4.5 23.1 5.6 3.5 .9395 .0303 0
18.1 1.7 23.7 8.9 6.0 1.9092 .2273 0   15.0 4.6 26.4 8.7 4.5 1.8636 .2121 0
22.7 4.2 21.5 10.9 4.4 2.1212 .3182 0   16.1 3.4 18.5 11.9 9.1 2.0151 .2879 0
33.5 8.8 35.4 14.3 7.6 4.7727 1.0 4   16.1 7.8 29.0 7.6 5.5 2.8029 .6515 2
23.9 6.8 22.0 11.1 6.7 3.6515 .9394 1   22.4 5.2 22.6 10.6 5.2 2.7879 .6212 0
18.6 2.5 19.5 13.3 10.6 2.3788 .4242 2   20.0 4.8 19.0 11.2 5.9 2.3636 .3939 0
19.5 5.0 21.6 10.1 7.0 2.6514 .5606 0   20.9 6.1 24.1 9.5 6.0 3.0758 .7727 0
23.3 5.2 24.1 8.6 6.9 3.0 .7424 0   17.7 2.9 23.3 12.2 9.5 2.6667 .5758 1
23.6 6.6 19.6 9.0 5.6 2.7424 .6061 0   22.1 4.4 17.4 6.8 4.7 1.3032 .1212 0
15.4 5.4 19.3 6.5 3.7 1.0455 .0758 0   19.4 5.1 24.5 10.0 5.6 2.6668 .5909 0
16.0 4.7 20.2 5.2 3.2 .788 .0152 0   17.4 4.9 21.4 7.2 4.6 1.4242 .1515 0
15.4 4.6 24.5 9.7 5.0 2.0001 .2727 0
"""


def technology() -> tuple[Floats, Floats]:
    """The eight indicators of 23 countries, and what is published of them."""
    rows = np.array([line.split()[-12:] for line in TECHNOLOGY.strip().splitlines()], dtype=float)
    return rows[:, :8], rows[:, 8:]


def test_schooling_is_normalised_as_in_table_15_of_the_handbook() -> None:
    values, published = technology()
    schooling = values[:, [6]]
    assert percentile_ranks(schooling)[:, 0] * 22 + 1 == pytest.approx(published[:, 0])
    # Two decimals are published. With a deviation by n the United States would have 1.55.
    assert z_scores(schooling)[:, 0] == pytest.approx(published[:, 1], abs=0.00501)
    assert min_max(schooling)[:, 0] == pytest.approx(published[:, 2], abs=0.00501)


def test_eigenvalues_are_those_of_table_16_of_the_handbook() -> None:
    found = principal_components(technology()[0])
    # The published ones come from logarithms with more decimals than table A.2 has.
    assert found.eigenvalues == pytest.approx([3.3, 1.7, 1.0, 0.9, 0.5, 0.3, 0.2, 0.1], abs=0.06)
    assert found.shares * 100 == pytest.approx([41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9], abs=0.15)


def test_the_geometric_mean_ranks_countries_as_in_table_38_of_the_handbook() -> None:
    values, published = technology()
    scores = geometric(values)
    assert [1 + (scores > score).sum() for score in scores] == published[:, 3].tolist()


def test_a_theme_of_cdc_comes_out_as_published() -> None:
    table = np.array(PENNSYLVANIA.split(), dtype=float).reshape(67, 8)
    found = svi(table[:, :5], ["socioeconomic"] * 5)
    assert found.theme_sums[:, 0] == pytest.approx(table[:, 5], abs=1e-9)
    assert found.theme_ranks[:, 0] == pytest.approx(table[:, 6], abs=1e-9)
    assert found.theme_flags[:, 0].tolist() == table[:, 7].tolist()


def st_louis() -> tuple[Floats, Floats, Graph]:
    """Homicides and people of 78 counties around St. Louis, and who borders on whom."""
    example = libpysal.examples.load_example("stl")
    table = libpysal.io.open(example.get_path("stl_hom.csv"), "r")
    weights = libpysal.io.open(example.get_path("stl.gal"), "r").read()
    edges = [(a, b, 1.0) for a in weights.id_order for b in weights[a]]
    graph = Graph.from_edges(edges, ids=weights.id_order)
    return np.array(table[:, 10], float), np.array(table[:, 13], float), graph


def test_empirical_bayes_gives_the_rates_that_esda_publishes() -> None:
    events, people, graph = st_louis()
    # The docstrings of esda 2.9, esda.smoothing.Empirical_Bayes and Spatial_Empirical_Bayes.
    everywhere = [2.36718950e-05, 4.54539167e-05, 4.78114019e-05, 2.76907146e-05, 6.58989323e-05]
    around = [4.01485749e-05, 3.62437513e-05, 4.93034844e-05, 5.09387329e-05, 3.72735210e-05]
    assert smoothed(events, people).rates[:5] == pytest.approx(everywhere, rel=1e-8)
    assert smoothed_locally(events, people, graph).rates[:5] == pytest.approx(around, rel=1e-8)

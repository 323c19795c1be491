"""The notebooks run from the first cell to the last against the demonstration city, as a reader runs them."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.browser.conftest import Served, served  # noqa: F401 - a fixture

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SAID = {
    "01-places-and-areas": (
        r"^26 places$",
        r"^94 areas of the layer statistical-zones, 94 of them approximate$",
        r"of 6 projects stand in an area",
        r"^median of all areas: \d+\.\d%$",
    ),
    "02-a-map": (r"^26 places over 94 areas: map.html has [23]\d\d kB$",),
    "03-the-synthetic-city": (
        r"^20,000 places$",
        r"^The fullest 1% of the squares hold [3-9]\d% of the places.$",
        r"^as they were made: \d,\d{3} m; by Morton code: \d{1,3} m$",
    ),
    "04-the-spatial-graph": (
        r"^three nearest: 78 edges; within 1.5 km: \d+; Gabriel: \d\d$",
        r"^components, Gabriel: 1$",
        r"^[\d,]+ m to the nearest other on average: R = \d\.\d\d, z = -?\d\.\d$",
        r"^12 sites, 8 houses$",
        r"^the server agrees on all 12; the loneliest site is \d,\d{3} m from a house$",
        r"^26 places and \d\d edges of [\d,]+ m in the middle: graph.html$",
    ),
    "05-fragile-areas": (
        r"^94 areas, 94 of them approximate. Boundaries: .+\)$",
        r"^91 scores are those of the server; left out: 02, 09bis, 86$",
        r"^among the worst fifth in nine of ten of 500 runs: .*\b78\b",
        r"^the server says the same of 91 of 91 areas$",
        r"^2\d of 26 places stand in \d\d areas, as the server says$",
        r"^the widest gap: 76, \d,\d{3} m from a house$",
        r"^870,420 residents \(ISTAT, 15th Population and Housing Census 2011\), of whom$",
        r"^covered: \d\d.\d% today, \d\d.\d% with three more; optimal, in",
        r"^\d+ hot spots and 3 proposed houses: fragile-areas.html has \d{3} kB$",
    ),
}
"""What each notebook prints, as regular expressions of its lines."""


def test_every_notebook_is_run() -> None:
    assert sorted(SAID) == sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SAID)
def test_a_notebook_runs(
    name: str,
    served: Served,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORTILE_URL", served.url)
    for variable in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / "jupyter"))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()

    printed = "".join(
        output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output
    )
    for line in SAID[name]:
        assert re.search(line, printed, re.MULTILINE), (line, printed)
    shown = [output for output in notebook.cells[-1].get("outputs", []) if "data" in output]
    assert name.startswith("01") or "text/html" in shown[-1]["data"], "the map is shown in the notebook"

"""Numbers as people write them: 45.07, 45,07, 1.234,56 and 1,234.56. Pure."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# What pyarrow reads as a number; words such as nan count, because "not finite" is another complaint.
_NUMBER = r"(?i)^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf|infinity)$"


def parse_numbers(column: pa.ChunkedArray | pa.Array) -> tuple[Floats, Flags]:
    """The numbers of a column of texts or numbers.

    Returns two (n,) arrays: the values, NaN where there is none, and whether a text is no number. The last
    of `.` and `,` in a text that has both is its decimal sign; a lone comma is one too.
    """
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan), np.zeros(len(column), dtype=bool)
    try:
        return _floats(pc.cast(column, pa.float64())), np.zeros(len(column), dtype=bool)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _parse_carefully(pc.cast(column, pa.string()))


def _parse_carefully(texts: pa.ChunkedArray) -> tuple[Floats, Flags]:
    plain = pc.replace_substring_regex(texts, r"[\s'’\x{00a0}\x{202f}]+", "")
    plain = pc.if_else(pc.equal(plain, ""), None, plain)
    european = pc.match_substring_regex(
        plain, r"^[^,]*,[^,.]*$"
    )  # one comma, and nothing but digits after it
    plain = pc.if_else(
        european,
        pc.replace_substring(pc.replace_substring(plain, ".", ""), ",", "."),
        pc.if_else(pc.match_substring_regex(plain, r",.*\."), pc.replace_substring(plain, ",", ""), plain),
    )
    good = pc.fill_null(pc.match_substring_regex(plain, _NUMBER), False)
    bad = np.asarray(pc.and_(pc.invert(good), pc.is_valid(plain)))
    return _floats(pc.cast(pc.if_else(good, plain, None), pa.float64())), bad


def _floats(column: pa.ChunkedArray | pa.Array) -> Floats:
    values: Floats = np.array(
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy(),
        dtype=np.float64,
    )
    return values

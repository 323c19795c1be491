"""What a serving process asks of its runtime, once, when everything is loaded."""

import ctypes
import gc

# The numbers of <malloc.h>, and how many bytes the process may keep.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST_BODY, KEPT = 32 << 20, 64 << 20


def settle() -> None:
    """Keep the memory of large bodies, and look through what was loaded at start no more.

    glibc gives half a megabyte back to the kernel after each page of a thousand features, and the next page
    pays for having it zeroed: a third of the time that the request takes. Where there is no glibc, nothing
    changes.
    """
    keep = getattr(ctypes.CDLL(None), "mallopt", None)
    if keep is not None:
        keep(M_MMAP_THRESHOLD, LARGEST_BODY)
        keep(M_TRIM_THRESHOLD, KEPT)
    gc.freeze()

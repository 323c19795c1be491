"""How long what a visitor sent is kept, and how much of it may wait for its link to be opened. Pure."""

from datetime import timedelta

UNCONFIRMED_DAYS = 7
"""So long a link is good to confirm; what nobody confirmed is removed then, with its photo."""
ERASED_DAYS = 90
"""So long after the decision the address is kept: as long as one can object to it."""
UNCONFIRMED, ERASED = timedelta(days=UNCONFIRMED_DAYS), timedelta(days=ERASED_DAYS)
MOST_OPEN = 5
"""So many unopened links one address may have: nobody's letter box is filled by somebody else."""

"""The demonstration city, Torino, from `data/`."""

from sqlalchemy import Connection


def load_demonstration_city(db: Connection) -> None:
    """Load what `data/` holds; the caller owns the transaction, as the role that owns the tables."""

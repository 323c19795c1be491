"""The API for data, after OGC API - Features: every address is on `blueprint`."""

from app.publish.ogc import about, contributions, views, writing
from app.publish.ogc.asked import blueprint

__all__ = ["about", "blueprint", "contributions", "views", "writing"]

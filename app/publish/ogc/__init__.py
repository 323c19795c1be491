"""The read API, after OGC API - Features: every address is on `blueprint`."""

from app.publish.ogc import about, views
from app.publish.ogc.asked import blueprint

__all__ = ["about", "blueprint", "views"]

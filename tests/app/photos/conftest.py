"""The city to write places in, for their photos."""

from tests.app.places.conftest import *  # noqa: F403 - its fixtures

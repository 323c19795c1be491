"""Settings of the property tests."""

from hypothesis import settings

# A busy machine makes a test slow, not wrong.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")

"""The examples in the docstrings of geo/ give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import geo

MODULES = [found.name for found in pkgutil.walk_packages(geo.__path__, "geo.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0

"""Reminders: who has a place on the map is asked by mail, once in a while, whether it is still as told."""

"""Visitors: they pin without an account, confirm by a link in a mail, and see by it what became of it."""

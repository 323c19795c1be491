"""The commands that are of no one subject; `app.cli` says which is where."""

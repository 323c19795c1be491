"""The competitors, served as their documents advise, with two workers, over a view of our table.

The view lets through what our pages let through and shows the same columns, so that every side answers the
same question with the same attributes; the indexes are those of the table, which has a GiST index on all
geometries and the key (city_id, id).
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import make_url

from app.cluster import SERVING_ROLE
from app.tables.places import VISIBLE
from benchmarks.competitors.environments import environment
from benchmarks.files import CITY_ID
from benchmarks.stage import WORKERS, Stage, free_port, wait_for

SCHEMA = "competitors"
COLUMNS = (
    "id, kind, status, title, summary, language, translations, address, website, accuracy_m,"
    " lower(valid) AS valid_from, upper(valid) AS valid_to, source, licence, recorded_at,"
    " confirmed_at, geom"
)


@contextmanager
def view(stage: Stage, database: str) -> Iterator[None]:
    """The view `competitors.places` for the length of the block."""
    stage.run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", database)
    stage.run(f"CREATE SCHEMA {SCHEMA}", database)
    stage.run(
        f"CREATE VIEW {SCHEMA}.places AS SELECT {COLUMNS} FROM public.places"
        f" WHERE city_id = {CITY_ID} AND {VISIBLE}",
        database,
    )
    stage.run(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {SERVING_ROLE}", database)
    stage.run(f"GRANT SELECT ON {SCHEMA}.places TO {SERVING_ROLE}", database)
    try:
        yield
    finally:
        stage.run(f"DROP SCHEMA {SCHEMA} CASCADE", database)


@contextmanager
def tipg(stage: Stage, database: str) -> Iterator[str]:
    """tipg under uvicorn."""
    parts = _parts(stage, database)
    settings = {
        "DATABASE_URL": "postgresql://{user}@{socket}:{port}/{dbname}".format(
            socket=quote(parts["host"], safe=""), **parts
        ),
        "TIPG_DB_SCHEMAS": json.dumps([SCHEMA]),
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_TABLE_CONFIG__COMPETITORS_PLACES__PK": "id",
        "TIPG_TABLE_CONFIG__COMPETITORS_PLACES__GEOMCOL": "geom",
        "TIPG_CATALOG_TTL": "86400",
    }
    port = free_port()
    program = environment(stage, "tipg") / "uvicorn"
    words: list[str | Path] = [program, "tipg.main:app", "--port", str(port), "--workers", str(WORKERS)]
    quiet = ["--log-level", "warning", "--no-access-log"]
    with _running([*words, *quiet], settings, f"http://127.0.0.1:{port}/healthz"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def pygeoapi(stage: Stage, database: str) -> Iterator[str]:
    """pygeoapi under gunicorn, with its PostgreSQL provider."""
    port = free_port()
    programs = environment(stage, "pygeoapi")
    folder = stage.folder / "competitors"
    described = folder / "pygeoapi.json"  # JSON is YAML
    described.write_text(json.dumps(_pygeoapi(_parts(stage, database), port)), "utf-8")
    settings = {"PYGEOAPI_CONFIG": str(described), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml")}
    made: list[str | Path] = [
        programs / "pygeoapi",
        "openapi",
        "generate",
        described,
        "--output-file",
        settings["PYGEOAPI_OPENAPI"],
    ]
    subprocess.run(made, env={**os.environ, **settings}, check=True, capture_output=True)
    words: list[str | Path] = [
        programs / "gunicorn",
        "pygeoapi.flask_app:APP",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        str(WORKERS),
    ]
    with _running([*words, "--log-level", "error"], settings, f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}"


def _pygeoapi(parts: Mapping[str, Any], port: int) -> dict[str, Any]:
    """The configuration: nothing but what it asks for, and our table."""
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": parts["host"],
            "port": parts["port"],
            "dbname": parts["dbname"],
            "user": parts["user"],
            "password": "",
            "search_path": [SCHEMA, "public"],
        },
        "id_field": "id",
        "table": "places",
        "geom_field": "geom",
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 10_000},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "x", "description": "x", "keywords": ["x"], "keywords_type": "theme",
                "terms_of_service": "x", "url": "https://example.org",
            },
            "license": {"name": "x", "url": "https://example.org"},
            "provider": {"name": "x", "url": "https://example.org"},
            "contact": {"name": "x"},
        },
        "resources": {
            "places": {
                "type": "collection",
                "title": "places",
                "description": "places",
                "keywords": ["x"],
                "links": [],
                "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
                "providers": [provider],
            }
        },
    }  # fmt: skip


def _parts(stage: Stage, database: str) -> dict[str, str]:
    url = make_url(stage.serving(database))
    return {
        "host": str(url.query["host"]),
        "port": str(url.query["port"]),
        "user": str(url.username),
        "dbname": str(url.database),
    }


@contextmanager
def _running(words: list[str | Path], settings: Mapping[str, str], answers: str) -> Iterator[None]:
    process = subprocess.Popen(
        words, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(answers, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)

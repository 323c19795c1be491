"""A city with a handful of zones, whose figures are so few that an index of them is a hand calculation."""

from typing import Any

from sqlalchemy import Connection

ZONES = """INSERT INTO cities (id, slug, names, languages, time_zone, metric_srid, home, extent)
    SELECT id, slug, jsonb_build_object('it', slug, 'en', slug), '{it,en}', 'Europe/Rome', 32632,
        ST_MakeEnvelope(7.57, 45.0, 7.78, 45.14, 4326), ST_MakeEnvelope(6.5, 44.6, 8.3, 45.7, 4326)
    FROM (VALUES (1272, 'torino'), (15146, 'milano')) AS city (id, slug);
INSERT INTO area_layers (city_id, slug, names, position)
    SELECT city, layer, jsonb_build_object('it', layer, 'en', layer), place
    FROM unnest(ARRAY[1272, 15146]) AS city, (VALUES ('zones', 0), ('bare', 1)) AS told (layer, place);
INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
    SELECT city, layer, '0' || n, 'Zona ' || n, 'a test', 'CC0-1.0', '2026-01-02',
        ST_Multi(ST_MakeEnvelope(7.6 + n * 0.01, 45, 7.61 + n * 0.01, 45.1, 4326))
    FROM unnest(ARRAY[1272, 15146]) AS city, unnest(ARRAY['zones', 'bare']) AS layer,
        generate_series(1, 5) AS n;
INSERT INTO indicators (city_id, slug, series, layer, names, units, year, polarity, source, licence)
    SELECT city, slug, series, layer, jsonb_build_object('en', upper(series), 'it', upper(series)),
        '{"en": "n"}', year, polarity, 'a test', 'CC0-1.0'
    FROM unnest(ARRAY[1272, 15146]) AS city, (VALUES
        ('residents', 'residents', 'zones', 2011, 0), ('a', 'a', 'zones', 2011, 1),
        ('b', 'b', 'zones', 2011, 1), ('a_2021', 'a', 'zones', 2021, 1),
        ('b_2021', 'b', 'zones', 2021, 1), ('flat', 'flat', 'zones', 2011, 1),
        ('empty', 'empty', 'zones', 2011, 1), ('sparse', 'sparse', 'zones', 2011, 1),
        ('neither', 'neither', 'zones', 2011, 0), ('large_households', 'large_households', 'zones', 2011, 1),
        ('x', 'x', 'bare', 2011, 1), ('y', 'y', 'bare', 2011, 1)
    ) AS told (slug, series, layer, year, polarity);
INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
    SELECT city, indicator, '0' || n, value, '2026-01-02'
    FROM unnest(ARRAY[1272, 15146]) AS city, (VALUES
        ('residents', ARRAY[500, 500, 1000, 150, 500]),
        ('a', ARRAY[10, 20, 30, 1000, 15]), ('b', ARRAY[1, 3, 2, 50, NULL]),
        ('a_2021', ARRAY[50, 20, 30, 1000, 15]), ('b_2021', ARRAY[1, 3, 2, 50, 2]),
        ('flat', ARRAY[7, 7, 7, 7, 7]), ('sparse', ARRAY[1, 2, NULL, NULL, NULL]),
        ('neither', ARRAY[1, 2, 3, 4, 5]), ('large_households', ARRAY[1, 2, 3, 4, 5]),
        ('x', ARRAY[1, 2, 3, 4, 5]), ('y', ARRAY[5, 2, 3, 1, 5])
    ) AS told (indicator, all_values), unnest(all_values) WITH ORDINALITY AS one (value, n)
    WHERE value IS NOT NULL"""
"""Zone 04 has few residents and would, if it counted, set every scale; zone 05 lacks b in 2011."""


def fill(db: Connection) -> None:
    """Torino with its zones, and Milano with the same, whose figures no index of Torino may count."""
    db.exec_driver_sql(ZONES)
    db.exec_driver_sql("UPDATE indicator_values SET value = value * n FROM generate_series(3, 3) AS n"
        " WHERE city_id = 15146")  # fmt: skip


def wanted(*series: str, **about: Any) -> dict[str, Any]:
    """What a definition file says of an index of these series."""
    return {
        "slug": "need",
        "layer": "zones",
        "names": {"it": "Bisogno", "en": "Need"},
        "goalposts": "year",
        "runs": 50,
        "indicators": [{"series": each} for each in series],
        **about,
    }

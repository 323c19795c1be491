"""The table of a layer: each figure stands in it once."""

import re

from flask.testing import FlaskClient
from sqlalchemy import Connection


def test_residents_stand_beside_a_figure_but_not_beside_themselves(
    client: FlaskClient, torino: Connection
) -> None:
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)));
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        SELECT 1272, slug, slug, 'zones', '{"en": "Figure"}', '{"en": "n"}', 2011, 0, 'a test', 'CC0-1.0'
        FROM unnest(ARRAY['residents', 'renting']) AS slug;
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 4321, '2026-01-02'), (1272, 'renting', '01', 17, '2026-01-02')"""
    )

    def cells(indicator: str) -> list[str]:
        page = client.get(f"/torino/areas/zones?lang=en&indicator={indicator}").get_data(as_text=True)
        return re.findall(r"4,321", re.sub(r"<[^>]+>", " ", page))

    assert cells("residents") == ["4,321"]
    assert cells("renting") == ["4,321"]

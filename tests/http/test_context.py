"""What a request carries."""

from flask import Flask
from sqlalchemy import Connection

from app.context import reading


def test_who_reads_while_reading_has_the_same_connection_and_waits_for_nobody(
    app: Flask, torino: Connection
) -> None:
    with app.test_request_context("/"):
        with reading() as db, reading() as again:
            assert again is db
        with reading() as db:
            assert db.exec_driver_sql("SELECT 1").scalar_one() == 1

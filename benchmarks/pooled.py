"""The floor through the application's own pool: its processes ask the database, and serve nobody.

As many processes and threads as Cortile is served by. Each takes a connection from the pool for every
question, runs the prepared statement and gives the connection back.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context

from app.db import Database
from app.statements import row_of_bytes
from benchmarks.floor import WARM_UP_SECONDS, Question


def rate(url: str, questions: Sequence[Question], workers: int, threads: int, seconds: int) -> float:
    """Answers a second of `workers` processes with `threads` each, that ask the questions for `seconds`."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        asked = [
            processes.submit(_asked, url, [*questions[number:], *questions[:number]], threads, seconds)
            for number in range(workers)
        ]
        return sum(each.result() for each in asked)


def _asked(url: str, questions: Sequence[Question], threads: int, seconds: int) -> float:
    database = Database(url, size=threads, timeout_ms=0)
    with ThreadPoolExecutor(threads) as people:
        each = [people.submit(_alone, database, questions, number, seconds) for number in range(threads)]
        answers = sum(one.result() for one in each)
    database.close()
    return answers


def _alone(database: Database, questions: Sequence[Question], first: int, seconds: int) -> float:
    asked = islice(cycle(questions), first, None)
    _until(database, asked, WARM_UP_SECONDS)
    return _until(database, asked, seconds) / seconds


def _until(database: Database, questions: "islice[Question]", seconds: int) -> int:
    end, answers = time.perf_counter() + seconds, 0
    for question in questions:
        with database.reading() as db:
            row_of_bytes(db, question.sql, question.parameters)
        answers += 1
        if time.perf_counter() > end:
            break
    return answers

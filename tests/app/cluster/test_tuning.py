"""The server's configuration follows the machine."""

import pytest

from app.tuning import Machine, options, this_machine


@pytest.mark.parametrize(
    ("memory", "buffers"),
    [(1024, "256MB"), (8192, "2048MB"), (16384, "4096MB"), (65536, "4096MB"), (64, "32MB")],
)
def test_a_quarter_of_the_memory_up_to_four_gibibytes(memory: int, buffers: str) -> None:
    assert options(Machine(memory, 2, 8192), 4, False)["shared_buffers"] == buffers


def test_every_connection_of_the_application_fits_with_room_for_people() -> None:
    assert int(options(Machine(8192, 64, 8192), 256, False)["max_connections"]) >= 256 + 10


def test_little_shared_memory_as_in_a_container_is_not_relied_on() -> None:
    assert options(Machine(8192, 2, 64), 4, False)["dynamic_shared_memory_type"] == "mmap"
    assert "dynamic_shared_memory_type" not in options(Machine(8192, 2, 4096), 4, False)


def test_only_a_throwaway_server_may_lose_what_it_acknowledged() -> None:
    machine = Machine(8192, 2, 8192)
    assert options(machine, 4, True)["fsync"] == "off"
    assert not {"fsync", "full_page_writes", "synchronous_commit"} & options(machine, 4, False).keys()


def test_this_machine_has_memory_and_cores() -> None:
    machine = this_machine()
    assert machine.memory > 100
    assert machine.cores >= 1

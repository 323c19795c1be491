"""PostgreSQL's configuration, fit for the machine that it runs on."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1 << 20
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
SHARED_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Machine:
    """What a server may use: memory and shared memory in MiB, and cores."""

    memory: int
    cores: int
    shared_memory: int


def this_machine() -> Machine:
    """The machine, or the container where one sets narrower limits."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in CGROUP_LIMITS:
        written = limit.read_text().strip() if limit.is_file() else ""
        if written.isdigit():
            memory = min(memory, int(written))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shared = shutil.disk_usage(SHARED_MEMORY).total if SHARED_MEMORY.is_dir() else memory
    return Machine(memory // MEBIBYTE, cores, shared // MEBIBYTE)


def options(machine: Machine, connections: int, throwaway: bool) -> dict[str, str]:
    """The options of the server, without those that say where it listens.

    `connections` is how many the application opens at most. A `throwaway` server may lose everything when the
    machine fails, and takes little memory, because several run side by side in tests.
    """
    memory = machine.memory
    chosen = {
        "max_connections": str(max(60, connections + 30)),
        "shared_buffers": f"{_between(32, memory // 4, 4096)}MB",
        "effective_cache_size": f"{_between(128, memory * 5 // 8, 1 << 20)}MB",
        "maintenance_work_mem": f"{_between(32, memory // 16, 1024)}MB",
        # A sort or hash takes this much, several of them at once in one connection: cautious where memory is.
        "work_mem": f"{_between(4, memory // (8 * max(connections, 10)), 64)}MB",
        "max_wal_size": "4GB",
        "min_wal_size": "128MB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        # Solid state disks: a page anywhere costs nearly what the next page costs.
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "max_parallel_workers": str(machine.cores),
        "max_parallel_workers_per_gather": str(machine.cores // 2),
        # Compiling takes longer than any of our short questions.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    if machine.shared_memory < 512:
        # Containers often get 64 MB there, where one parallel query asks for more.
        chosen["dynamic_shared_memory_type"] = "mmap"
    if throwaway:
        chosen |= {
            "shared_buffers": "128MB",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "autovacuum_naptime": "1h",
            "max_wal_size": "1GB",
        }
    return chosen


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))

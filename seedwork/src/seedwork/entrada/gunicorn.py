"""Settings of gunicorn that every HTTP process shares; the command line may override them."""

from typing import Any

from prometheus_client import multiprocess

worker_class = "gthread"
workers = 1
threads = 8
graceful_timeout = 4
timeout = 30
# A socket under $HOME that nobody here uses, and that a container may not write.
control_socket_disable = True


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the live gauges of a worker that is gone."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

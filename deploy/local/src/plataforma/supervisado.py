"""supervisord, for as long as whoever started it lives.

Its standard input is a pipe that the runner holds open: however the runner ends, also by kill -9, the pipe
closes, and supervisord stops everything in order.
"""

import os
import signal
import sys
import threading

from supervisor import supervisord


def _seguir_al_padre() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_seguir_al_padre, daemon=True).start()
    supervisord.main(["-n", "-s", "-c", sys.argv[1]])

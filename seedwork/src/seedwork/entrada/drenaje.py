"""Whether this process is on its way out: who serves says so, and who answers asks. Imports nothing of ours."""

import threading

PARANDO = threading.Event()
"""Set from SIGTERM on."""

"""Whether this process has been told to stop; it may go on serving for a while. Imports nothing of ours."""

import threading

PARANDO = threading.Event()
"""Set from SIGTERM on."""

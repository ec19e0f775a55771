"""How a process stops: what has to end in how long, and whether it was told to. Imports nothing of ours."""

import threading

PLAZO_S = 5.0
"""Seconds in which a process has ended, once it was told to stop and has drained (contract §5)."""
PETICIONES_S = 4.2
"""Of these, seconds that a server's requests have: who waits for the broker has its answer in 4."""
TAREAS_S = 4.5
"""Of these, seconds that a worker's tasks have."""
TRAZAS_S = 0.4
"""Of these, seconds that the last spans of a trace have, once all that is done."""
PARANDO = threading.Event()
"""Set from SIGTERM on; a server goes on serving for a while."""

"""What can go wrong while the platform starts or runs, told to the person at the terminal."""


class ErrorPlataforma(Exception):
    """The run can't go on. The message names the part, the reason and, where there is one, the remedy."""


class PuertoOcupado(ErrorPlataforma):
    """A port that the run needs is somebody else's; the message names whose part it was for, and the remedy."""


class Interrumpida(Exception):
    """A signal asked the run to stop (Ctrl-C, SIGTERM or SIGHUP)."""

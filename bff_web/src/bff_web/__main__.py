"""``python -m bff_web``: becomes gunicorn, which serves the door."""

import os
import tempfile

from bff_web.config import Config
from seedwork.entrada.config import cargar
from seedwork.entrada.logs import apartar_salida


def main() -> None:
    """Check the settings, then give this process to gunicorn."""
    config = cargar(Config)
    # The workers count into files of this folder, and /metrics adds them up.
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="bff-metricas-")
    # Only now: what counts looks for that folder when it is imported.
    from seedwork.entrada.gunicorn import servir

    servir(
        "bff_web.composicion:crear_app()",
        f"--bind={config.bff_host}:{config.bff_puerto}",
        f"--workers={config.bff_trabajadores}",
        f"--threads={config.bff_hilos}",
        "--keep-alive=30",
    )


if __name__ == "__main__":
    apartar_salida()
    main()

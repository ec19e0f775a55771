"""``python -m bff_web``: serves the door. ``python -m bff_web preparar``: makes the topics."""

import sys

from bff_web.config import Config
from seedwork.entrada import multiproceso
from seedwork.entrada.config import cargar
from seedwork.entrada.logs import apartar_salida


def preparar() -> None:
    """Make what commands are published to, whether or not a service is there: each keeps what it is given.

    Where the broker asks who is who, PULSAR_TOKEN_ADMIN is needed for that, and permissions are granted, too; the
    door's own token would not do. Ends with exit code 1, and one line, when the broker does not take it.
    """
    from seedwork.entrada import provisionar
    from seedwork.infraestructura.aprovisionamiento import Aprovisionador

    provisionar.main(Aprovisionador.topicos)


def main() -> None:
    """Check the settings, then serve."""
    config = cargar(Config)
    # The workers count into files of one folder, and /metrics adds them up.
    multiproceso.nombrar()
    # Only now: what counts looks for that folder when it is imported.
    from seedwork.entrada.conexiones import Limites, direcciones
    from seedwork.entrada.servidor import Ajustes, servir

    limites = Limites(
        inactividad_s=config.bff_inactividad_s,
        hilos=config.bff_hilos,
        subidas=config.bff_subidas,
        descargas=config.bff_descargas,
        corrientes=config.bff_corrientes,
        proxies=config.proxies,
    )
    ajustes = Ajustes(
        direcciones=direcciones(config.bff_host, config.bff_puerto),
        trabajadores=config.bff_trabajadores,
        drenaje_s=config.drenaje_s,
        conexiones=config.bff_conexiones,
        limites=limites,
        tls=config.tls,
    )
    servir("bff_web.composicion:crear_app()", ajustes)


if __name__ == "__main__":
    apartar_salida()
    match sys.argv[1:]:
        case []:
            main()
        case ["preparar"]:
            preparar()
        case otros:
            sys.exit(f"no hay ninguna orden «{' '.join(otros)}»: solo «preparar», o ninguna")

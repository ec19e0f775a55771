"""How a process comes to keep spans: by its settings."""

from seedwork.aplicacion import trazas
from seedwork.entrada.config import ConfigBase


def configurar(servicio: str, config: ConfigBase, *, de_fuera: bool = False) -> None:
    """Keep this process's spans where its settings name a collector; where not, the library is not even loaded.

    Args:
        servicio: who makes them.
        config: the settings.
        de_fuera: whether its callers are anybody (:class:`seedwork.infraestructura.trazas.TrazadorOtlp`).
    """
    if config.trazas_otlp:
        from seedwork.infraestructura.trazas import TrazadorOtlp

        trazas.usar(TrazadorOtlp(servicio, config.trazas_otlp, config.trazas_muestreo, de_fuera=de_fuera))

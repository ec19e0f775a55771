"""As many workers of a service as it says that it wants: what a group of machines does by the same metric."""

import http.client
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from plataforma.sondas import ABRIDOR, SEGUNDOS

METRICA = "saludtech_instancias_deseadas"
"""What each service tells at `/metrics`, its API included (contract §7)."""


@dataclass(frozen=True)
class Escalado:
    """A service whose workers are started and stopped by its metric.

    Attributes:
        servicio: its name, as the metric has it.
        trabajadores: their parts' names: the first one always runs, the last one comes and goes first.
        metricas: the address of its API's metrics, which tell also while no worker runs.
    """

    servicio: str
    trabajadores: Sequence[str]
    metricas: str

    def cambios(self, deseados: int, detenidos: Collection[str]) -> tuple[list[str], list[str]]:
        """Which workers are to be started, and which to be stopped, so that so many run.

        Args:
            deseados: how many.
            detenidos: those that do not run, since nobody wanted them.
        """
        quedan, sobran = self.trabajadores[:deseados], self.trabajadores[deseados:]
        return [n for n in quedan if n in detenidos], [n for n in sobran if n not in detenidos]

    def deseados(self) -> int | None:
        """How many are to run; None where nobody tells now: then it stays as it is."""
        try:
            with ABRIDOR.open(self.metricas, timeout=SEGUNDOS) as respuesta:
                texto = respuesta.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        for familia in text_string_to_metric_families(texto):
            for muestra in familia.samples:
                if muestra.name == METRICA and muestra.labels.get("servicio") == self.servicio:
                    return max(1, min(len(self.trabajadores), int(muestra.value)))
        return None

"""The contract's rules for a platform at rest (§2 to §5), written down anew: none of the services' code is used here.

A rule is a pure function ``Evidencia -> Iterable[Hallazgo]``; its docstring says what it holds the platform to, and
where the contract does. Each has its damaged evidence in ``tests/auditor/test_reglas.py``.
"""

from collections.abc import Callable, Iterable, Sequence

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Hallazgo
from tests.auditor.reglas import comandos, imagenes, mensajes, notificaciones, sagas, servicios, suscripciones

Regla = Callable[[Evidencia], Iterable[Hallazgo]]

REGLAS: Sequence[Regla] = (
    *mensajes.REGLAS,
    *comandos.REGLAS,
    *sagas.REGLAS,
    *suscripciones.REGLAS,
    *servicios.REGLAS,
    *notificaciones.REGLAS,
    *imagenes.REGLAS,
)


def juzgar(evidencia: Evidencia) -> list[Hallazgo]:
    """Everything that is not as it ought to be."""
    return [hallazgo for regla in REGLAS for hallazgo in regla(evidencia)]

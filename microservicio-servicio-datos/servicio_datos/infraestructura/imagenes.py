"""How many anonymised images there are, by modality."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from seedwork.aplicacion.transaccion import Inscripcion, Transaccion
from seedwork.infraestructura.transaccion_sql import TransaccionSQL
from servicio_datos.dominio.catalogo import clave_modalidad

# In the order of the arrays: two transactions lock the rows that both change in one order.
_SUMAR = sa.text("""
    INSERT INTO imagenes_por_modalidad AS conocida (modalidad, cuantas)
    SELECT modalidad, cuantas
    FROM unnest(CAST(:modalidades AS text[]), CAST(:cuantas AS bigint[])) WITH ORDINALITY
        AS nueva (modalidad, cuantas, orden)
    ORDER BY orden
    ON CONFLICT (modalidad) DO UPDATE SET cuantas = conocida.cuantas + excluded.cuantas
""")


class Cuenta(Inscripcion, ABC):
    """Adds up what a batch counts, and writes it at the end."""

    def __init__(self, transaccion: Transaccion) -> None:
        super().__init__(transaccion)
        self._contadas: list[str] = []

    def contar(self, modalidad: str) -> None:
        """One more image of a modality, as its image spells it."""
        self._contadas.append(modalidad)
        self._regresos.append(self._contadas.pop)

    def volcar(self) -> None:
        """Add what was counted to what is known."""
        sumas: Counter[str] = Counter()
        for modalidad, cuantas in Counter(self._contadas).items():
            if clave := clave_modalidad(modalidad):
                sumas[clave] += cuantas
        if sumas:
            self._sumar(sumas)

    @abstractmethod
    def _sumar(self, sumas: Mapping[str, int]) -> None:
        """So many more of each modality, by its key."""


class ImagenesSQL(Cuenta):
    """Writes with one statement. It locks rows that every batch changes: let it be the last write."""

    def __init__(self, transaccion: TransaccionSQL) -> None:
        super().__init__(transaccion)
        self._transaccion = transaccion

    def _sumar(self, sumas: Mapping[str, int]) -> None:
        claves = sorted(sumas)
        self._transaccion.ejecutar(_SUMAR, {"modalidades": claves, "cuantas": [sumas[c] for c in claves]})

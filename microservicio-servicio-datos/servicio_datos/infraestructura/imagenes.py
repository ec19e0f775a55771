"""How many anonymised images there are, by modality."""

from collections import Counter

import sqlalchemy as sa

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


class ImagenesSQL:
    """Adds up what a batch counts, and writes it with one statement."""

    def __init__(self, conexion: sa.Connection) -> None:
        self._conexion = conexion
        self._contadas: Counter[str] = Counter()

    def contar(self, modalidad: str) -> None:
        """One more image of a modality, as its image spells it."""
        self._contadas[modalidad] += 1

    def volcar(self) -> None:
        """Add what was counted to what is known. It locks rows that every batch changes: let it be the last write."""
        sumas: Counter[str] = Counter()
        for modalidad, cuantas in self._contadas.items():
            if clave := clave_modalidad(modalidad):
                sumas[clave] += cuantas
        if sumas:
            claves = sorted(sumas)
            self._conexion.execute(_SUMAR, {"modalidades": claves, "cuantas": [sumas[c] for c in claves]})

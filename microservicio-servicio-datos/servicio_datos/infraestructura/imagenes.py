"""The anonymised images that were heard of: how many by modality, and of those with a file what a release needs."""

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa

from seedwork.aplicacion.transaccion import Inscripcion, Transaccion
from seedwork.infraestructura.tabla import Fila
from seedwork.infraestructura.transaccion_sql import TransaccionSQL
from servicio_datos.dominio.catalogo import clave_de_modalidad
from servicio_datos.dominio.publicacion import Clase, Imagen

# In the order of the arrays, all of them: two transactions lock the rows that both change in one order.
_SUMAR = sa.text("""
    INSERT INTO imagenes_por_modalidad AS conocida (modalidad, cuantas, con_archivo)
    SELECT modalidad, cuantas, con_archivo
    FROM unnest(CAST(:modalidades AS text[]), CAST(:cuantas AS bigint[]), CAST(:con_archivo AS bigint[]))
        WITH ORDINALITY AS nueva (modalidad, cuantas, con_archivo, orden)
    ORDER BY orden
    ON CONFLICT (modalidad) DO UPDATE
        SET cuantas = conocida.cuantas + excluded.cuantas, con_archivo = conocida.con_archivo + excluded.con_archivo
""")
_CLASIFICAR = sa.text("""
    INSERT INTO clases (id, modalidad, patologia, region, banda_de_edad, sexo, mes)
    SELECT * FROM json_to_recordset(:clases)
        AS nueva (id text, modalidad text, patologia text, region text, banda_de_edad text, sexo text, mes text)
    ORDER BY id
    ON CONFLICT (id) DO NOTHING
""")
# One that is said again as it was waits for nothing; nor does one that is not to be released.
_ANOTAR = sa.text("""
    INSERT INTO imagenes AS conocida (id, secuencia, clase, seudonimo, sha256, octetos, tipo, sin_emisor, pendiente)
    SELECT *, NOT sin_emisor FROM json_to_recordset(:imagenes) AS nueva (
        id text, secuencia bigint, clase text, seudonimo text, sha256 text, octetos bigint, tipo text,
        sin_emisor boolean)
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET secuencia = excluded.secuencia, clase = excluded.clase,
        seudonimo = excluded.seudonimo, sha256 = excluded.sha256, octetos = excluded.octetos,
        tipo = excluded.tipo, sin_emisor = excluded.sin_emisor,
        pendiente = NOT excluded.sin_emisor AND (conocida.pendiente OR conocida.sin_emisor
            OR (excluded.clase, excluded.seudonimo, excluded.sha256)
                IS DISTINCT FROM (conocida.clase, conocida.seudonimo, conocida.sha256))
        WHERE excluded.secuencia > conocida.secuencia
    RETURNING id, xmax <> 0 AS ya_conocida
""")
_CADUCAN = sa.text("""
    UPDATE publicadas
    SET caduca = imagenes.sin_emisor OR (publicadas.clase, publicadas.seudonimo, publicadas.sha256)
        IS DISTINCT FROM (imagenes.clase, imagenes.seudonimo, imagenes.sha256)
    FROM imagenes WHERE imagenes.id = ANY(:ids) AND id_imagen = imagenes.id AND hasta IS NULL
""")

Sumas = Mapping[str, tuple[int, int]]
"""By the key of a modality, how many images, and how many of them have a file."""


class Cuaderno(Inscripcion, ABC):
    """Gathers what a batch tells of images, and writes it at the end."""

    def __init__(self, transaccion: Transaccion) -> None:
        super().__init__(transaccion)
        self._contadas: list[tuple[str, bool]] = []
        self._anotadas: list[Imagen] = []

    def contar(self, modalidad: str, *, con_archivo: bool) -> None:
        """One more image of a modality, as its image spells it."""
        self._contadas.append((modalidad, con_archivo))
        self._regresos.append(self._contadas.pop)

    def conocer(self, imagen: Imagen) -> None:
        """This is known of an image that has a file."""
        self._anotadas.append(imagen)
        self._regresos.append(self._anotadas.pop)

    def volcar(self) -> None:
        """Add what was gathered to what is known."""
        if self._anotadas:
            # Of an image that came twice, the later one: a statement changes a row once.
            ultimas = {i.id: i for i in sorted(self._anotadas, key=lambda i: i.secuencia)}
            self._guardar(ultimas.values())
        sumas: dict[str, tuple[int, int]] = {}
        for (modalidad, con_archivo), cuantas in Counter(self._contadas).items():
            if hallada := clave_de_modalidad(modalidad):
                antes, con = sumas.get(hallada, (0, 0))
                sumas[hallada] = antes + cuantas, con + cuantas * con_archivo
        if sumas:
            self._sumar(sumas)

    @abstractmethod
    def _guardar(self, imagenes: Collection[Imagen]) -> None:
        """These are known now, each in its class."""

    @abstractmethod
    def _sumar(self, sumas: Sumas) -> None:
        """So many more of each modality."""


class ImagenesSQL(Cuaderno):
    """Writes with one statement a table. The last locks rows that every batch changes: let it be the last write."""

    def __init__(self, transaccion: TransaccionSQL) -> None:
        super().__init__(transaccion)
        self._transaccion = transaccion

    def _guardar(self, imagenes: Collection[Imagen]) -> None:
        clases = {i.clase.id: fila_de_clase(i.clase) for i in imagenes}
        self._transaccion.ejecutar(_CLASIFICAR, {"clases": json.dumps(list(clases.values()))})
        anotadas = self._transaccion.ejecutar(_ANOTAR, {"imagenes": json.dumps([fila_de_imagen(i) for i in imagenes])})
        if cambiadas := [fila.id for fila in anotadas if fila.ya_conocida]:
            self._transaccion.ejecutar(_CADUCAN, {"ids": cambiadas})

    def _sumar(self, sumas: Sumas) -> None:
        claves = sorted(sumas)
        cuantas, con_archivo = zip(*(sumas[c] for c in claves), strict=True)
        valores = {"modalidades": claves, "cuantas": list(cuantas), "con_archivo": list(con_archivo)}
        self._transaccion.ejecutar(_SUMAR, valores)


def fila_de_clase(clase: Clase) -> Fila:
    """A class's columns, as far as an image tells them."""
    return {"id": clase.id, **asdict(clase)}


def fila_de_imagen(imagen: Imagen) -> Fila:
    """An image's columns, but for whether it waits."""
    return {**asdict(imagen), "clase": imagen.clase.id}

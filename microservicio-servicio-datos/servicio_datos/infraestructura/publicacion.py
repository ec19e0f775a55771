"""Releases: each class's next step, and each data set's next version (ADR 41). One worker at a time is at it."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import Any

import sqlalchemy as sa

from seedwork.infraestructura.transaccion_sql import insertar
from servicio_datos.dominio.publicacion import Entrada, Publicada, siguiente
from servicio_datos.infraestructura import tablas

_CERROJO = sa.select(sa.func.pg_advisory_xact_lock(0x5A41))
_C, _D, _I, _P, _X = (
    tabla.c for tabla in (tablas.clases, tablas.datasets, tablas.imagenes, tablas.publicadas, tablas.composiciones)
)

# What waits of few patients waits: it is not looked at again and again.
_DEBIDAS = sa.text("""
    SELECT clase FROM imagenes WHERE pendiente GROUP BY clase HAVING count(DISTINCT seudonimo) >= :k
    UNION
    SELECT clase FROM publicadas WHERE caduca AND hasta IS NULL GROUP BY clase HAVING count(DISTINCT seudonimo) >= :k
""")
_PASO = sa.text("SELECT paso FROM clases WHERE id = :clase")
_PUBLICADAS = sa.text("SELECT id_imagen, sha256, seudonimo, desde, hasta FROM publicadas WHERE clase = :clase")
# Locked, in their keys' order: who hears of images anew changes them, and then what was released of them.
_CANDIDATAS = sa.text("""
    SELECT id, sha256, seudonimo, octetos, tipo FROM imagenes
    WHERE clase = :clase AND NOT sin_emisor ORDER BY id FOR NO KEY UPDATE
""")
_QUITAR = sa.text(
    "UPDATE publicadas SET hasta = :paso WHERE clase = :clase AND hasta IS NULL AND id_imagen = ANY(:ids)"
)
_AVANZAR = sa.text("""
    UPDATE clases SET paso = :paso, k = :k, imagenes = :imagenes,
        ultima = (SELECT coalesce(max(orden), 0) FROM publicadas WHERE clase = :clase)
    WHERE id = :clase
""")
_YA_NO_ESPERAN = sa.text("""
    UPDATE imagenes SET pendiente = false FROM publicadas AS suya
    WHERE imagenes.clase = :clase AND imagenes.pendiente AND suya.clase = :clase AND suya.hasta IS NULL
        AND suya.id_imagen = imagenes.id AND suya.sha256 = imagenes.sha256 AND suya.seudonimo = imagenes.seudonimo
""")

_DATASETS = sa.select(tablas.datasets).order_by(_D.codigo)
_ULTIMA = sa.text("SELECT max(version) FROM versiones WHERE dataset = :dataset")
_VERSION = sa.text("""
    INSERT INTO versiones (dataset, version, k, imagenes, huella, pacientes_retenidos, sin_emisor, sin_archivo)
    VALUES (:dataset, :version, least(:k, :k_menor), :imagenes, :huella, :pacientes_retenidos, :sin_emisor,
        CASE WHEN CAST(:modalidad AS text) IS NOT NULL THEN coalesce((
            SELECT (cuantas - con_archivo) / :k * :k FROM imagenes_por_modalidad WHERE modalidad = :modalidad
        ), 0) END)
""")
_HUELLAS = sa.text("""
    SELECT publicadas.sha256 FROM composiciones AS suya JOIN publicadas
        ON publicadas.clase = suya.clase AND publicadas.orden <= suya.ultima
        AND publicadas.desde <= suya.paso AND (publicadas.hasta IS NULL OR publicadas.hasta > suya.paso)
    WHERE suya.dataset = :dataset AND suya.hasta IS NULL
    ORDER BY publicadas.sha256 COLLATE "C"
""")
_K_MENOR = sa.select(sa.func.min(_X.k)).where(_X.dataset == sa.bindparam("dataset"), _X.hasta.is_(None))


class PublicadorSQL:
    """Releases what may be.

    Args:
        motor: the service's own database; for its own connection, with time enough.
        k: the fewest patients that may be told from the others.
    """

    def __init__(self, motor: sa.Engine, k: int) -> None:
        self._motor = motor
        self._k = k

    def publicar(self, sigue: Callable[[], bool] = lambda: True) -> None:
        """One pass: a short transaction for each class that may have a step to make, and for each data set.

        Args:
            sigue: whether to go on; asked before each of them.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is in trouble; what was released until then is.
        """
        with self._motor.connect() as conexion:
            debidas = conexion.scalars(_DEBIDAS, {"k": self._k}).all()
            datasets = conexion.execute(_DATASETS).mappings().all()
        pendientes: Iterable[tuple[Callable[[sa.Connection, Any], None], Any]] = chain(
            ((self._avanzar, clase) for clase in debidas), ((self._versionar, dataset) for dataset in datasets)
        )
        for hacer, que in pendientes:
            if not sigue():
                return
            with self._motor.begin() as conexion:
                # Whoever else is at it has made the step by now, or has not begun.
                conexion.execute(_CERROJO)
                hacer(conexion, que)

    def _avanzar(self, conexion: sa.Connection, clase: str) -> None:
        publicadas = [
            Publicada(Entrada(f.id_imagen, f.sha256, f.seudonimo), f.desde, f.hasta)
            for f in conexion.execute(_PUBLICADAS, {"clase": clase})
        ]
        filas = {Entrada(f.id, f.sha256, f.seudonimo): f for f in conexion.execute(_CANDIDATAS, {"clase": clase})}
        nuevo = siguiente(publicadas, filas.keys(), self._k)
        if nuevo is not None:
            actual = {p.entrada for p in publicadas if p.hasta is None}
            paso = conexion.scalars(_PASO, {"clase": clase}).one() + 1
            _quitar(conexion, clase, paso, actual - nuevo)
            _poner(conexion, clase, paso, {e: filas[e] for e in nuevo - actual})
            conexion.execute(_AVANZAR, {"clase": clase, "paso": paso, "k": self._k, "imagenes": len(nuevo)})
        conexion.execute(_YA_NO_ESPERAN, {"clase": clase})

    def _versionar(self, conexion: sa.Connection, dataset: sa.RowMapping) -> None:
        codigo, suya = dataset["codigo"], _es_de(dataset)
        ultima = conexion.scalars(_ULTIMA, {"dataset": codigo}).one()
        version = (ultima or 0) + 1
        vigente = sa.and_(_X.clase == _C.id, _X.paso == _C.paso)
        abierta = sa.and_(_X.dataset == codigo, _X.hasta.is_(None))
        fuera = sa.update(tablas.composiciones).where(
            abierta, ~sa.exists().where(vigente, _C.imagenes > 0, suya).correlate(tablas.composiciones)
        )
        dentro = sa.select(sa.literal(codigo), _C.id, sa.literal(version), _C.paso, _C.k, _C.imagenes, _C.ultima).where(
            _C.imagenes > 0, suya, ~sa.exists().where(abierta, vigente).correlate(tablas.clases)
        )
        columnas = ["dataset", "clase", "desde", "paso", "k", "imagenes", "ultima"]
        cambios = conexion.execute(fuera.values(hasta=version)).rowcount
        cambios += conexion.execute(sa.insert(tablas.composiciones).from_select(columnas, dentro)).rowcount
        if ultima is not None and not cambios:
            return
        resumen, imagenes = hashlib.sha256(), 0
        for sha256 in conexion.scalars(_HUELLAS, {"dataset": codigo}, execution_options={"yield_per": 10_000}):
            resumen.update(f"{sha256}\n".encode())
            imagenes += 1
        retenidos = sa.select(sa.func.count(_I.seudonimo.distinct())).where(_I.pendiente, _I.clase == _C.id, suya)
        sin_emisor = sa.select(sa.func.count()).where(_I.sin_emisor, _I.clase == _C.id, suya)
        conexion.execute(
            _VERSION,
            {
                "dataset": codigo,
                "version": version,
                "k": self._k,
                "k_menor": conexion.scalars(_K_MENOR, {"dataset": codigo}).one(),
                "imagenes": imagenes,
                "huella": resumen.hexdigest(),
                # One patient more or less is nobody's to see.
                "pacientes_retenidos": conexion.scalars(retenidos).one() // self._k * self._k,
                "sin_emisor": conexion.scalars(sin_emisor).one() // self._k * self._k,
                "modalidad": dataset["modalidad"],
            },
        )


def _quitar(conexion: sa.Connection, clase: str, paso: int, idas: Collection[Entrada]) -> None:
    if idas:
        conexion.execute(_QUITAR, {"clase": clase, "paso": paso, "ids": [e.id_imagen for e in idas]})


def _poner(conexion: sa.Connection, clase: str, paso: int, nuevas: dict[Entrada, sa.Row[Any]]) -> None:
    if nuevas:
        filas = [
            {
                "clase": clase,
                "desde": paso,
                "id_imagen": e.id_imagen,
                "sha256": e.sha256,
                "octetos": fila.octetos,
                "tipo": fila.tipo,
                "seudonimo": e.seudonimo,
            }
            for e, fila in nuevas.items()
        ]
        insertar(conexion, tablas.publicadas, filas)


def _es_de(dataset: sa.RowMapping) -> sa.ColumnElement[bool]:
    """Whether a class is one that a data set is made of."""
    return sa.and_(
        sa.true(), *(_C[c] == dataset[c] for c in ("modalidad", "patologia", "region") if dataset[c] is not None)
    )

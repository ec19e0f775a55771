"""The reading side on PostgreSQL: what the queries show, straight from the tables."""

import re
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas.servicio_datos import (
    ArchivoPublicado,
    ClasePublicada,
    Dataset,
    Experto,
    ImagenesDeDataset,
    ImagenPublicada,
    ListarImagenesDeDataset,
    ListarServiciosDatos,
    ManifiestoDeDataset,
    Nube,
    ObtenerArchivoDeDataset,
    ObtenerManifiestoDeDataset,
    PaginaServiciosDatos,
    ServicioDatos,
)
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import en_texto
from seedwork.infraestructura.consultas import (
    TAMANO_PAGINA,
    CursorInvalido,
    LecturaDeComandos,
    Lista,
    escribir_cursor,
    leer_cursor,
)
from servicio_datos.aplicacion.lectura import Lectura
from servicio_datos.dominio.servicio_datos import INICIADO
from servicio_datos.infraestructura import tablas

_S, _E, _N, _D = tablas.servicios_datos.c, tablas.expertos.c, tablas.nubes.c, tablas.datasets.c
_V, _X, _C, _P = tablas.versiones.c, tablas.composiciones.c, tablas.clases.c, tablas.publicadas.c

# What is released, not what is known: whoever saw a number go up by one would see one patient's image come in.
_DE_SU_ULTIMA = (
    sa.select(_V.imagenes)
    .where(_V.dataset == _D.codigo)
    .order_by(_V.version.desc())
    .limit(1)
    .correlate(tablas.datasets)
    .scalar_subquery()
)
_CON_CATALOGO = (
    sa.select(
        tablas.servicios_datos,
        _E.nombres,
        _E.apellidos,
        _N.nombre.label("nube_nombre"),
        _N.tipo.label("nube_tipo"),
        _D.nombre.label("dataset_nombre"),
        _DE_SU_ULTIMA.label("dataset_imagenes"),
    )
    .join(tablas.expertos, _E.codigo == _S.experto_codigo)
    .join(tablas.nubes, _N.codigo == _S.nube_codigo)
    .join(tablas.datasets, _D.codigo == _S.dataset_codigo)
)
_UNO = _CON_CATALOGO.where(_S.id == sa.bindparam("id"))

_LISTA = Lista(
    ListarServiciosDatos,
    _CON_CATALOGO,
    _S.orden,
    {
        "cliente": _S.cliente_codigo,
        "suscripcion": _S.id_suscripcion,
        "estado": _S.estado,
    },
    dueno=_S.cliente_codigo,
)

# Whoever's subscription has ended sees the data set no more.
_VERSION = (
    sa.select(tablas.versiones)
    .join(tablas.servicios_datos, _S.dataset_codigo == _V.dataset)
    .where(_S.id == sa.bindparam("id"), _S.estado == INICIADO)
)
_LA_ULTIMA = _VERSION.order_by(_V.version.desc()).limit(1)
_ESTA_VERSION = _VERSION.where(_V.version == sa.bindparam("version", type_=sa.Integer))

_SUYAS = sa.and_(
    _X.dataset == sa.bindparam("dataset"),
    _X.desde <= sa.bindparam("version", type_=sa.Integer),
    sa.or_(_X.hasta.is_(None), _X.hasta > sa.bindparam("version", type_=sa.Integer)),
)
_CLASES = (
    sa.select(_C.modalidad, _C.patologia, _C.region, _C.banda_de_edad, _C.sexo, _C.mes, _X.imagenes)
    .join(tablas.composiciones, _C.id == _X.clase)
    .where(_SUYAS)
    .order_by(_C.modalidad, _C.patologia, _C.region, _C.banda_de_edad, _C.sexo, _C.mes)
)
# Class by class: where a page ends, no further class is looked at. What came to a class after its step is not read.
_DE_CLASE = (
    sa.select(_P.orden, _P.id_imagen, _P.sha256, _P.octetos)
    .where(
        _P.clase == _X.clase,
        _P.orden <= _X.ultima,
        _P.desde <= _X.paso,
        sa.or_(_P.hasta.is_(None), _P.hasta > _X.paso),
        _P.orden > sa.case((_X.clase == sa.bindparam("clase"), sa.bindparam("orden", type_=sa.BigInteger)), else_=0),
    )
    .order_by(_P.orden)
    .limit(TAMANO_PAGINA + 1)
    .lateral("suyas")
)
_PAGINA = (
    sa.select(_X.clase, _DE_CLASE)
    .select_from(tablas.composiciones)
    .join(_DE_CLASE, sa.true())
    .where(_SUYAS, _X.clase >= sa.bindparam("clase"))
    .order_by(_X.clase, _DE_CLASE.c.orden)
    .limit(TAMANO_PAGINA + 1)
)
# An image may have been released anew, as another file: the last version that has it counts.
_ARCHIVO = (
    sa.select(_P.id_imagen, _P.sha256, _P.octetos, _P.tipo)
    .select_from(tablas.servicios_datos)
    .join(tablas.composiciones, _X.dataset == _S.dataset_codigo)
    .join(
        tablas.publicadas,
        sa.and_(
            _P.clase == _X.clase,
            _P.orden <= _X.ultima,
            _P.desde <= _X.paso,
            sa.or_(_P.hasta.is_(None), _P.hasta > _X.paso),
        ),
    )
    .where(_S.id == sa.bindparam("id"), _S.estado == INICIADO, _P.id_imagen == sa.bindparam("id_imagen"))
    .order_by(_X.desde.desc())
    .limit(1)
)


def _suyo(acceso: Acceso) -> sa.ColumnElement[bool]:
    """That a data service is within reach: its client's."""
    cliente = acceso.propio("cliente")
    if cliente is None:
        return sa.true()
    return _S.cliente_codigo == cliente if cliente else sa.false()


def _legible(acceso: Acceso) -> sa.ColumnElement[bool]:
    """That a data service's data set is: its client's, or a researcher's whom the service names."""
    investigador = acceso.propio("investigador")
    return sa.or_(_suyo(acceso), _S.investigadores.contains([investigador])) if investigador else _suyo(acceso)


@dataclass(frozen=True, slots=True)
class _Lugar:
    """Where a page of a version begins: after this one."""

    version: int
    clase: str = ""
    orden: int = 0

    def cursor(self, consulta: ListarImagenesDeDataset, acceso: Acceso) -> str:
        """The cursor of that page."""
        return escribir_cursor(f"{self.version}.{self.clase}.{self.orden}", type(consulta), _de(consulta, acceso))

    @classmethod
    def leer(cls, cursor: str, consulta: ListarImagenesDeDataset, acceso: Acceso) -> "_Lugar":
        """Of the version that the query names, where it names one.

        Raises:
            CursorInvalido: it is none that a page of the version gave out to that reader.
        """
        version, clase, orden = leer_cursor(cursor, type(consulta), _de(consulta, acceso)).split(".")
        if _numero(consulta.version) not in (None, int(version)):
            raise CursorInvalido(cursor)
        return cls(int(version), clase, int(orden))


def _de(consulta: ListarImagenesDeDataset, acceso: Acceso) -> dict[str, str | None]:
    """What a page's cursor is of: the service, and who reads its data set."""
    return {"id": consulta.id_servicio_datos, **{rol: acceso.propio(rol) for rol in ("cliente", "investigador")}}


class LecturaServicioDatos(LecturaDeComandos, Lectura):
    """Reads on a connection of their own; they lock nothing."""

    def servicio_datos(self, id: str, acceso: Acceso) -> ServicioDatos | None:
        """One data service."""
        with self._motor.connect() as conexion:
            fila = conexion.execute(_UNO.where(_suyo(acceso)), {"id": id}).mappings().one_or_none()
        return None if fila is None else _mostrar(fila)

    def servicios(self, consulta: ListarServiciosDatos, acceso: Acceso) -> PaginaServiciosDatos:
        """A page of data services."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta, acceso.propio("cliente"))
        return PaginaServiciosDatos(elementos=[_mostrar(fila) for fila in filas], siguiente=siguiente)

    def imagenes(self, consulta: ListarImagenesDeDataset, acceso: Acceso) -> ImagenesDeDataset | None:
        """A page of a version of a data service's data set.

        Raises:
            CursorInvalido: the cursor is none that a page of the version gave out to that reader.
        """
        pedida = _numero(consulta.version)
        lugar = None if consulta.cursor is None else _Lugar.leer(consulta.cursor, consulta, acceso)
        with self._motor.connect() as conexion:
            fila = _version(conexion, consulta.id_servicio_datos, lugar.version if lugar else pedida, acceso)
            if fila is None:
                return None
            valores = {"dataset": fila["dataset"], **asdict(lugar or _Lugar(fila["version"]))}
            filas = conexion.execute(_PAGINA, valores).mappings().all()
        visibles = filas[:TAMANO_PAGINA]
        hay_mas = len(filas) > TAMANO_PAGINA
        return ImagenesDeDataset(
            id_servicio_datos=consulta.id_servicio_datos,
            dataset=fila["dataset"],
            version=fila["version"],
            k=fila["k"],
            pacientes_retenidos=fila["pacientes_retenidos"],
            elementos=[
                ImagenPublicada(id_imagen=f["id_imagen"], sha256=f["sha256"], octetos=f["octetos"]) for f in visibles
            ],
            siguiente=_Lugar(fila["version"], visibles[-1]["clase"], visibles[-1]["orden"]).cursor(consulta, acceso)
            if hay_mas
            else None,
        )

    def manifiesto(self, consulta: ObtenerManifiestoDeDataset, acceso: Acceso) -> ManifiestoDeDataset | None:
        """What a version of it is."""
        with self._motor.connect() as conexion:
            fila = _version(conexion, consulta.id_servicio_datos, _numero(consulta.version), acceso)
            if fila is None:
                return None
            clases = conexion.execute(_CLASES, {"dataset": fila["dataset"], "version": fila["version"]})
            return ManifiestoDeDataset(
                id_servicio_datos=consulta.id_servicio_datos,
                dataset=fila["dataset"],
                version=fila["version"],
                fecha=en_texto(fila["fecha"]),
                k=fila["k"],
                imagenes=fila["imagenes"],
                pacientes_retenidos=fila["pacientes_retenidos"],
                sin_archivo=fila["sin_archivo"],
                sin_emisor=fila["sin_emisor"],
                huella=fila["huella"],
                clases=[ClasePublicada(**clase) for clase in clases.mappings()],
            )

    def archivo(self, consulta: ObtenerArchivoDeDataset, acceso: Acceso) -> ArchivoPublicado | None:
        """Which file is an image's, of the last version that has it."""
        cual = {"id": consulta.id_servicio_datos, "id_imagen": consulta.id_imagen}
        with self._motor.connect() as conexion:
            fila = conexion.execute(_ARCHIVO.where(_legible(acceso)), cual).mappings().one_or_none()
        if fila is None:
            return None
        return ArchivoPublicado(
            estado="PUBLICADA",
            sha256=fila["sha256"],
            octetos=fila["octetos"],
            tipo=fila["tipo"] or None,
            id_imagen=fila["id_imagen"],
        )


def _numero(version: str | None) -> int | None:
    """The number that a version is asked for by; 0, which none has, for what is no number."""
    if version is None:
        return None
    return int(version) if re.fullmatch(r"[1-9]\d{0,8}", version, re.ASCII) else 0


def _version(conexion: sa.Connection, id: str, version: int | None, acceso: Acceso) -> sa.RowMapping | None:
    """A version of the data set of a service that is at work, or the last one."""
    legible = _legible(acceso)
    if version is None:
        return conexion.execute(_LA_ULTIMA.where(legible), {"id": id}).mappings().one_or_none()
    return conexion.execute(_ESTA_VERSION.where(legible), {"id": id, "version": version}).mappings().one_or_none()


def _mostrar(fila: sa.RowMapping) -> ServicioDatos:
    return ServicioDatos(
        id_servicio_datos=fila["id"],
        estado=fila["estado"],
        motivo=motivos.texto(fila["motivo"]),
        detalle=fila["detalle"],
        id_suscripcion=fila["id_suscripcion"],
        experto=Experto(codigo=fila["experto_codigo"], nombres=fila["nombres"], apellidos=fila["apellidos"]),
        nube=Nube(codigo=fila["nube_codigo"], nombre=fila["nube_nombre"], tipo=fila["nube_tipo"]),
        dataset=Dataset(
            codigo=fila["dataset_codigo"], nombre=fila["dataset_nombre"], imagenes=fila["dataset_imagenes"]
        ),
        investigadores=fila["investigadores"],
    )

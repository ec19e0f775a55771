"""The reading side on PostgreSQL: what the queries show, straight from the tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from contratos import motivos
from contratos.consultas import procesamiento as contrato
from contratos.consultas.procesamiento import (
    ArchivoDeImagen,
    Imagen,
    InformeDeImagen,
    ListarImagenes,
    ListarImagenesDePaquete,
    ListarPaquetes,
    PaginaImagenes,
    PaginaPaquetes,
    Paquete,
    VistaDeImagen,
)
from contratos.procesamiento import ConsultaAnonimizacion
from procesamiento.aplicacion.lectura import Lectura
from procesamiento.dominio.archivo import DESCARTADA
from procesamiento.dominio.condiciones import Condicion
from procesamiento.dominio.imagen import APARTADAS, RECHAZADA, decidible
from procesamiento.infraestructura import tablas
from seedwork.aplicacion.identidad import Acceso
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.infraestructura import bd, outbox
from seedwork.infraestructura.consultas import LecturaDeComandos, Lista

_I = tablas.imagenes.c
_A = tablas.archivos.c
_V = tablas.archivos_por_ver.c
# Of what is kept apart alone, row by row: what it takes to clean it after all, None once the original is gone; and
# whether an operator had it deleted.
_DECISION = (
    sa.case(
        (
            _I.estado.in_(APARTADAS),
            sa.select(_V.metadatos.is_not(None)).where(_V.id == _I.id).correlate(tablas.imagenes).scalar_subquery(),
        )
    ).label("limpiable"),
    sa.case(
        (
            _I.estado.in_(APARTADAS),
            sa.select(_A.decisiones.path_exists(f'$.*.decision ? (@ == "{DESCARTADA}")'))
            .where(_A.id == _I.id)
            .correlate(tablas.imagenes)
            .scalar_subquery(),
        )
    ).label("descartada"),
)
_IMAGEN = sa.select(tablas.imagenes, *_DECISION)
# Of an image that came as a file there is an outcome, or something to be seen, or both.
_INFORME = (
    sa.select(
        _I.id,
        _I.estado,
        _I.motivo,
        _A.resultado_sha256,
        _A.resultado_octetos,
        _A.tipo,
        _A.informe,
        _A.decisiones,
        _V.conservar_hasta,
    )
    .join_from(tablas.imagenes, tablas.archivos, _I.id == _A.id, isouter=True)
    .join(tablas.archivos_por_ver, _I.id == _V.id, isouter=True)
    .where(sa.or_(_A.id.is_not(None), _V.id.is_not(None)))
)


def _nombrado(sha256: sa.Column[Any], octetos: sa.Column[Any], tipo: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """A file of an image's, where it has that."""
    columnas = (_I.id, _I.estado, sha256.label("sha256"), octetos.label("octetos"), tipo.label("tipo"))
    return sa.select(*columnas).join_from(tablas.imagenes, tablas.archivos, _I.id == _A.id, isouter=True)


_ARCHIVO = _nombrado(_A.resultado_sha256, _A.resultado_octetos, _A.tipo)
_VISTA = _nombrado(
    _A.vista_sha256, _A.vista_octetos, sa.case((_A.vista_sha256.is_not(None), sa.literal_column("'image/png'")))
)


def _suya(acceso: Acceso, tabla: sa.Table, id: str) -> sa.ColumnElement[bool]:
    """That a row is of that id, and within reach."""
    clinica, es = acceso.propio("clinica"), tabla.c.id == id
    return es if clinica is None else sa.and_(es, tabla.c.clinica == clinica, tabla.c.clinica != "")


def _por_indice(columna: sa.Column[Any], valor: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """That a column has a value; a text's index holds the beginning of it."""
    if columna is _I.estado:
        return columna == valor
    largo: sa.ColumnElement[int] = sa.literal_column(str(tablas.LARGO_INDEXADO))
    return sa.and_(sa.func.left(columna, largo) == sa.func.left(valor, largo), columna == valor)


_LISTA = Lista(
    ListarImagenes,
    _IMAGEN,
    _I.orden,
    {
        "modalidad": _I.modalidad,
        "patologia": _I.patologia,
        "region": _I.region_anatomica,
        "estado": _I.estado,
    },
    dueno=_I.clinica,
    igual=_por_indice,
)


_P = tablas.paquetes.c
_M = tablas.miembros.c
_PAQUETE = sa.select(tablas.paquetes)
_PAQUETES = Lista(ListarPaquetes, _PAQUETE, _P.orden, {"estado": _P.estado}, dueno=_P.clinica)
# What is known of an image is shown where it is what the package counts: under its id may be another's content, or
# another's image. No index can look for what is not distinct: each is found by its id, not among all of its clinic's.
_DE_PAQUETE = Lista(
    ListarImagenesDePaquete,
    sa.select(
        _M.imagen.label("id"),
        _M.orden,
        _M.estado,
        _M.motivo,
        _M.paquete,
        *(c for c in _I if c.name not in ("id", "orden", "estado", "motivo", "paquete", "secuencia", "huella")),
        *_DECISION,
    )
    .join_from(tablas.miembros, tablas.paquetes, _P.id == _M.paquete)
    .join(
        tablas.imagenes,
        sa.and_(
            _I.id == _M.imagen,
            _I.clinica.is_not_distinct_from(_P.clinica),
            _I.estado == _M.estado,
            _M.estado != RECHAZADA,
        ),
        isouter=True,
    ),
    _M.orden,
    {"id_paquete": _M.paquete, "estado": _M.estado},
    dueno=_P.clinica,
)


class LecturaProcesamiento(LecturaDeComandos, Lectura):
    """Reads on a connection of their own; they lock nothing, and those of an image and of its file are written down.

    Args:
        motor: this service's database.
        condiciones: the allow-list by code, for the names.
    """

    def __init__(self, motor: sa.Engine, condiciones: Mapping[str, Condicion]) -> None:
        super().__init__(motor)
        # What is one statement is its own transaction: durable when it returns, in one round trip.
        self._por_sentencia = motor.execution_options(isolation_level="AUTOCOMMIT")
        self._condiciones = condiciones

    def imagen(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> Imagen | None:
        """One image, and the fact of it in the outbox: one statement (ADR 10).

        Raises:
            sqlalchemy.exc.DBAPIError: the database can't show it, or can't take it down.
        """
        propia = _suya(acceso, tablas.imagenes, id)
        contar = _al_outbox(sobre, hecho, sa.select().select_from(tablas.imagenes).where(propia))
        consulta = _IMAGEN.where(propia).add_cte(contar)
        with self._por_sentencia.connect() as conexion:
            fila = conexion.execute(consulta).mappings().one_or_none()
        return None if fila is None else self._mostrar(fila)

    def informe(self, id: str, acceso: Acceso) -> InformeDeImagen | None:
        """What was done to an image's file."""
        propia = _suya(acceso, tablas.imagenes, id)
        with self._por_sentencia.connect() as conexion:
            fila = conexion.execute(_INFORME.where(propia)).mappings().one_or_none()
        if fila is None:
            return None
        hecho = fila["informe"] or {}
        return InformeDeImagen(
            id_imagen=fila["id"],
            estado=fila["estado"],
            motivo=motivos.texto(fila["motivo"]),
            sha256=fila["resultado_sha256"],
            octetos=fila["resultado_octetos"],
            tipo=fila["tipo"],
            motor=hecho.get("motor"),
            perfil=hecho.get("perfil"),
            edicion=hecho.get("edicion"),
            opciones=hecho.get("opciones", []),
            version_clave=hecho.get("version_de_clave"),
            acciones=[contrato.AccionHecha(**accion) for accion in hecho.get("acciones", [])],
            avisos=hecho.get("avisos", []),
            regiones=[",".join(map(str, region)) for region in hecho.get("regiones", [])],
            despejadas=hecho.get("despejadas", []),
            decisiones=[
                contrato.DecisionTomada(id_comando=id_comando, **tomada)
                for id_comando, tomada in sorted((fila["decisiones"] or {}).items(), key=lambda par: par[1]["ocurrida"])
            ],
            original_hasta=_instante(fila["conservar_hasta"]),
        )

    def archivo(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> ArchivoDeImagen | None:
        """Which file, and the fact of it in the outbox where there is one: one statement, likewise."""
        suyo = _ARCHIVO.where(_suya(acceso, tablas.imagenes, id))
        fila = self._nombrar(suyo, _al_outbox(sobre, hecho, suyo.where(_A.resultado_sha256.is_not(None))))
        return None if fila is None else ArchivoDeImagen(**fila)

    def vista(self, id: str, acceso: Acceso, sobre: Sobre, hecho: ConsultaAnonimizacion) -> VistaDeImagen | None:
        """Which picture, likewise."""
        suya = _VISTA.where(_suya(acceso, tablas.imagenes, id))
        fila = self._nombrar(suya, _al_outbox(sobre, hecho, suya.where(_A.vista_sha256.is_not(None))))
        return None if fila is None else VistaDeImagen(**fila)

    def _nombrar(self, suyo: sa.Select[Any], contar: sa.CTE) -> dict[str, Any] | None:
        with self._por_sentencia.connect() as conexion:
            fila = conexion.execute(suyo.add_cte(contar)).mappings().one_or_none()
        if fila is None:
            return None
        propios = dict(fila)
        return {"id_imagen": propios.pop("id"), **propios}

    def imagenes(self, consulta: ListarImagenes, acceso: Acceso) -> PaginaImagenes:
        """A page of images."""
        with self._motor.connect() as conexion:
            filas, siguiente = _LISTA.pagina(conexion, consulta, acceso.propio("clinica"))
        return PaginaImagenes(elementos=[self._mostrar(fila) for fila in filas], siguiente=siguiente)

    def paquete(self, id: str, acceso: Acceso) -> Paquete | None:
        """One package."""
        propio = _suya(acceso, tablas.paquetes, id)
        with self._por_sentencia.connect() as conexion:
            fila = conexion.execute(_PAQUETE.where(propio)).mappings().one_or_none()
        return None if fila is None else _mostrar_paquete(fila)

    def paquetes(self, consulta: ListarPaquetes, acceso: Acceso) -> PaginaPaquetes:
        """A page of packages."""
        with self._motor.connect() as conexion:
            filas, siguiente = _PAQUETES.pagina(conexion, consulta, acceso.propio("clinica"))
        return PaginaPaquetes(elementos=[_mostrar_paquete(fila) for fila in filas], siguiente=siguiente)

    def imagenes_de_paquete(self, consulta: ListarImagenesDePaquete, acceso: Acceso) -> PaginaImagenes | None:
        """A page of a package's images."""
        propio = _suya(acceso, tablas.paquetes, consulta.id_paquete)
        with self._motor.connect() as conexion:
            filas, siguiente = _DE_PAQUETE.pagina(conexion, consulta, acceso.propio("clinica"))
            if not filas and conexion.execute(_PAQUETE.where(propio)).one_or_none() is None:
                return None
        return PaginaImagenes(elementos=[self._mostrar(fila) for fila in filas], siguiente=siguiente)

    def _mostrar(self, fila: sa.RowMapping) -> Imagen:
        return Imagen(
            id_imagen=fila["id"],
            estado=fila["estado"],
            motivo=motivos.texto(fila["motivo"]),
            seudonimo_paciente=fila["seudonimo_paciente"],
            modalidad=fila["modalidad"],
            patologia=fila["patologia"],
            region_anatomica=fila["region_anatomica"],
            formato_imagen=fila["formato_imagen"],
            fuente_de_datos=fila["fuente_de_datos"],
            condiciones=[self._condicion(codigo) for codigo in fila["condiciones"] or ()],
            fecha_ingesta=fila["fecha_ingesta"] or None,
            version_clave=fila["version_clave"],
            id_paquete=fila["paquete"],
            recibida=_instante(fila["recibida"]),
            decidida=_instante(fila["decidida"]),
            descartada=bool(fila["descartada"]),
            decidible=decidible(
                fila["estado"], fila["motivo"], limpiable=fila["limpiable"], descartada=bool(fila["descartada"])
            ),
            aviso=contrato.AVISO,
        )

    def _condicion(self, codigo: str) -> contrato.Condicion:
        conocida = self._condiciones.get(codigo)
        return contrato.Condicion(codigo=codigo, nombre=conocida.nombre if conocida else codigo)


def _mostrar_paquete(fila: sa.RowMapping) -> Paquete:
    decididas = fila["hechas"] + fila["cuarentena"] + fila["fallidas"]
    return Paquete(
        id_paquete=fila["id"],
        estado=fila["estado"],
        motivo=motivos.texto(fila["motivo"]),
        detalle=fila["detalle"],
        total=fila["total"],
        hechas=fila["hechas"],
        cuarentena=fila["cuarentena"],
        fallidas=fila["fallidas"],
        pendientes=fila["total"] - decididas,
        recibido=_instante(fila["recibido"]),
    )


def _instante(cuando: datetime | None) -> str | None:
    return None if cuando is None else en_texto(cuando)


def _al_outbox(sobre: Sobre, hecho: ConsultaAnonimizacion, visto: sa.Select[Any]) -> sa.CTE:
    """The outbox row of a fact, if there is a row of what is looked at."""
    columnas = {c: sa.literal(v, bd.outbox.c[c].type) for c, v in outbox.a_fila(sobre, hecho).items() if v is not None}
    fila = visto.with_only_columns(*columnas.values(), maintain_column_froms=True)
    return sa.insert(bd.outbox).from_select(list(columnas), fila).cte("auditoria")

"""This service's repositories: how images, files, packages and their members become rows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import Any

from procesamiento import NOMBRE
from procesamiento.aplicacion.puertos import Unidad
from procesamiento.aplicacion.traducciones import TRADUCCIONES
from procesamiento.dominio.anonimizacion import Anonimizador, DatosAnonimos, Huella
from procesamiento.dominio.archivo import Archivo, ArchivoPorVer
from procesamiento.dominio.imagen import ImagenAnonimizada
from procesamiento.dominio.paquete import Miembro, MiembroPorDecir, Paquete, PaquetePorAbrir
from seedwork.infraestructura.repositorio import Mapeo, Repositorio, mapeo_llano
from seedwork.infraestructura.tabla import Fila, TransaccionConTablas

_DATOS = tuple(c.name for c in fields(DatosAnonimos) if c.name != "antecedentes_con_riesgo_residual")
"""What is kept of them: the history's words are in no table but the outbox."""
_SIN_DATOS: Fila = dict.fromkeys(_DATOS)


def _fila_de_imagen(imagen: ImagenAnonimizada) -> Fila:
    """A column per attribute; those of the data are null where there is none, but for what it is known again by."""
    fila: Fila = {
        "id": imagen.id,
        "secuencia": imagen.secuencia,
        "estado": imagen.estado,
        "motivo": imagen.motivo,
        "clinica": imagen.clinica,
        "paquete": imagen.paquete,
        "recibida": imagen.recibida,
        "decidida": imagen.decidida,
        **_SIN_DATOS,
    }
    datos, pedido = imagen.datos, imagen.pedido
    if pedido is not None:
        fila |= {"version_clave": pedido.version, "huella": pedido.valor}
    if datos is not None:
        fila |= {c: getattr(datos, c) for c in _DATOS}
        fila["condiciones"] = list(datos.condiciones)
    return fila


def _imagen_de(fila: Mapping[str, Any]) -> ImagenAnonimizada:
    datos = pedido = None
    if fila["huella"] is not None and fila["seudonimo_paciente"] is None:
        pedido = Huella(fila["version_clave"], bytes(fila["huella"]))
    elif fila["huella"] is not None:
        propios = {c: fila[c] for c in _DATOS}
        propios |= {"condiciones": tuple(fila["condiciones"]), "huella": bytes(fila["huella"])}
        datos = DatosAnonimos(**propios)
    return ImagenAnonimizada(
        id=fila["id"],
        secuencia=fila["secuencia"],
        estado=fila["estado"],
        motivo=fila["motivo"],
        clinica=fila["clinica"],
        paquete=fila["paquete"],
        recibida=fila["recibida"],
        decidida=fila["decidida"],
        datos=datos,
        pedido=pedido,
    )


_IMAGEN = Mapeo(_fila_de_imagen, _imagen_de)
_ARCHIVO = mapeo_llano(Archivo, salvo=("secuencia",))
_POR_VER = mapeo_llano(ArchivoPorVer, salvo=("secuencia",))
_MIEMBRO = mapeo_llano(Miembro, salvo=("secuencia",))
_POR_DECIR = mapeo_llano(MiembroPorDecir, salvo=("secuencia",))
_PAQUETE = mapeo_llano(Paquete)
_POR_ABRIR = mapeo_llano(PaquetePorAbrir, salvo=("secuencia",))


class _Paquetes(Repositorio[Paquete]):
    """The packages. What a batch mentions is locked when the first of them is needed, all of it, by their ids: a batch
    whose images count nowhere yet waits for no package, and two that count take turns."""

    def __init__(self, transaccion: TransaccionConTablas) -> None:
        super().__init__(transaccion, transaccion.tablas["paquetes"], _PAQUETE, sujeto="id_paquete")
        self._mencionados: set[str] = set()

    def precargar(self, ids: Collection[str], /) -> None:
        """These may be needed."""
        self._mencionados.update(ids)

    def obtener(self, id: str, /) -> Paquete | None:
        """As of any repository."""
        if id not in self._vistos and id not in self._ausentes:
            ids, self._mencionados = {id, *self._mencionados} - self._ausentes, set()
            super().precargar(ids)
        return super().obtener(id)


class UnidadProcesamiento(Unidad):
    """This service's unit of work, on tables."""

    def __init__(
        self, transaccion: TransaccionConTablas, anonimizador: Anonimizador, admite: Callable[[str, bool], bool]
    ) -> None:
        super().__init__(transaccion, NOMBRE, TRADUCCIONES)
        self.imagenes = Repositorio(transaccion, transaccion.tablas["imagenes"], _IMAGEN, sujeto="id_imagen")
        self.archivos = Repositorio(transaccion, transaccion.tablas["archivos"], _ARCHIVO)
        self.por_ver = Repositorio(transaccion, transaccion.tablas["archivos_por_ver"], _POR_VER)
        self.miembros = Repositorio(transaccion, transaccion.tablas["miembros"], _MIEMBRO)
        self.por_decir = Repositorio(transaccion, transaccion.tablas["miembros_por_decir"], _POR_DECIR)
        self.paquetes = _Paquetes(transaccion)
        self.por_abrir = Repositorio(transaccion, transaccion.tablas["paquetes_por_abrir"], _POR_ABRIR)
        self.anonimizador = anonimizador
        self.admite = admite

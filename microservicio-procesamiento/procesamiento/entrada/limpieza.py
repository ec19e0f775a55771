"""The cleaning of files: what the process does that reads them (:mod:`anonimizacion.empleado`)."""

import hashlib
import json
import mmap
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

from anonimizacion import formatos
from anonimizacion.modelo import DUDAS, Formato, Limpia, Motivo, Octetos, Opciones, Remitente
from anonimizacion.seudonimos import Seudonimizador
from contratos import motivos
from procesamiento.dominio.anonimizacion import RETIRADO
from procesamiento.dominio.archivo import Resultado
from procesamiento.dominio.imagen import CUARENTENA, FALLIDA
from procesamiento.dominio.metadatos import Completos, MetadatosImagen
from seedwork.aplicacion.almacen import ORIGINALES, RESULTADOS, NoEsta, SinAlmacen
from seedwork.dominio.reglas import es_fecha
from seedwork.dominio.textos import PACIENTE, PUBLICADO, TipoTexto
from seedwork.infraestructura.almacen import TROZO, AlmacenDeObjetos, Referencias

if TYPE_CHECKING:
    from anonimizacion.dicom.descripcion import Descripcion


@dataclass(frozen=True, kw_only=True)
class Taller:
    """What files are cleaned with.

    Attributes:
        almacen: the store's address.
        referencias: the addresses below which originals may lie besides.
        clave: the key in force, and its version.
        memoria: octets that the process may have in all.
        maximo: octets that an original may have.
        leer_texto: whether text burned into pictures is read, and blacked out; else what may have any is kept apart.
        peso_y_talla: whether clean files keep the patient's weight and size.
    """

    almacen: str
    referencias: tuple[str, ...]
    clave: bytes = field(repr=False)
    version: int
    memoria: int
    maximo: int
    leer_texto: bool
    peso_y_talla: bool = False

    @cached_property
    def propio(self) -> AlmacenDeObjetos:
        """The platform's own store; whoever cleans one file after another keeps its connections."""
        return AlmacenDeObjetos(self.almacen)

    @cached_property
    def _ajenos(self) -> Referencias:
        return Referencias(self.propio, self.referencias)

    def lugar(self, uri: str) -> tuple[AlmacenDeObjetos, str] | None:
        """The store, and the name in it, of an original that may be fetched; None for any other."""
        nombre = self.propio.nombre(uri)
        if nombre is not None and nombre.startswith(ORIGINALES):
            return self.propio, nombre
        return self._ajenos.lugar(uri)

    def opciones(self, despejadas: frozenset[Motivo]) -> Opciones:
        """How the engine is to clean a file of which a person has settled these doubts."""
        return Opciones(peso_y_talla=self.peso_y_talla, leer_texto=self.leer_texto, despejadas=despejadas)

    def admite(self, uri: str, referida: bool) -> bool:
        """Whether what was sent, or only named, may be fetched from there."""
        return (self._ajenos if referida else self).lugar(uri) is not None


@dataclass(frozen=True, kw_only=True)
class Encargo:
    """A file to be cleaned.

    Attributes:
        emisor: who issued the patient's number where the file does not say; empty where nobody knows.
        paquete: the package that it came in, if it did.
        metadatos: what its sender told of it then; the file tells the rest.
    """

    uri: str = field(repr=False)
    sha256: str
    formato: str
    emisor: str
    id_paciente: str = field(repr=False)
    region_anatomica: str
    despejadas: frozenset[str] = frozenset()
    """The codes of what it was kept apart for, and a person has settled."""
    paquete: str | None = None
    metadatos: MetadatosImagen | None = field(default=None, repr=False)

    def hacer(self, taller: "Taller") -> "Iterator[Hecho | Ausente]":
        """Clean it."""
        yield hacer(taller, self)


@dataclass(frozen=True, kw_only=True)
class Hecho:
    """What became of it: a clean file, or the state and the reason for none.

    Attributes:
        completos: of a file that came in a package, its metadata with what it told itself.
    """

    resultado: Resultado | None = None
    estado: str = ""
    motivo: str = ""
    informe: Mapping[str, Any] | None = None
    completos: Completos | None = None


@dataclass(frozen=True)
class Ausente:
    """The store was away: nothing is known of the file."""


def hacer(taller: Taller, encargo: Encargo) -> Hecho | Ausente:
    """Fetch an original, clean it and store the result under its content's name. Nothing of it is printed or raised but
    what ends the process."""
    lugar = taller.lugar(encargo.uri)
    if lugar is None:
        return Hecho(estado=FALLIDA, motivo=motivos.REFERENCIA_NO_PERMITIDA)
    try:
        with tempfile.TemporaryFile() as copia:
            if (falta := traer(*lugar, copia, encargo.sha256, taller.maximo)) is not None:
                return Hecho(estado=FALLIDA, motivo=falta)
            if not copia.tell():
                # No map is of nothing.
                return _limpiar(taller, encargo, b"")
            with mmap.mmap(copia.fileno(), 0, access=mmap.ACCESS_READ) as mapa, memoryview(mapa) as octetos:
                return _limpiar(taller, encargo, octetos)
    except NoEsta:
        return Hecho(estado=FALLIDA, motivo=motivos.ORIGINAL_AUSENTE)
    except SinAlmacen:
        return Ausente()


def traer(almacen: AlmacenDeObjetos, nombre: str, copia: IO[bytes], sha256: str, maximo: int) -> str | None:
    """Copy an original to this machine; answers why it can't be taken, a code, or None where it can."""
    resumen, octetos = hashlib.sha256(), 0
    for trozo in almacen.leer(nombre):
        octetos += len(trozo)
        if octetos > maximo:
            return motivos.DEMASIADO_GRANDE
        resumen.update(trozo)
        copia.write(trozo)
    copia.flush()
    return None if resumen.hexdigest() == sha256 else motivos.HUELLA_DISTINTA


def _limpiar(taller: Taller, encargo: Encargo, octetos: Octetos) -> Hecho:
    # The engine and its decoders are this process's alone: whoever only asks it does without some 60 MB.
    from anonimizacion.dicom.descripcion import Descripcion, describir
    from anonimizacion.motor import anonimizar

    formato = Formato(encargo.formato)
    de_paquete = encargo.metadatos is not None
    descripcion = describir(octetos) if de_paquete and formato is Formato.DICOM else Descripcion()
    if descripcion.numero and not encargo.id_paciente and not _como(PACIENTE, descripcion.numero):
        # Nobody could look for it anywhere else.
        return Hecho(estado=CUARENTENA, motivo=motivos.NUMERO_NO_ADMITIDO)
    dicho = encargo.emisor or descripcion.institucion
    # Of two packages that say nothing of where they come from, patients of one number are two people.
    emisor = dicho or (f"paquete:{encargo.paquete}" if de_paquete else "")
    remitente = Remitente(emisor, encargo.id_paciente or None, encargo.region_anatomica or None)
    despejadas = frozenset(duda for duda in DUDAS if duda.value in encargo.despejadas)
    opciones = taller.opciones(despejadas)
    respuesta = anonimizar(octetos, formato, Seudonimizador(taller.clave, taller.version), remitente, opciones)
    informe = json.loads(json.dumps(respuesta.informe.como_documento()))
    if not isinstance(respuesta, Limpia):
        return Hecho(estado=CUARENTENA, motivo=respuesta.motivo.value, informe=informe)
    completos = None
    if encargo.metadatos is not None:
        completos = _completar(encargo.metadatos, descripcion, emisor, respuesta.identifica)
        if completos.metadatos.falta_del_id() is not None:
            # What the file told shows it; nobody could tell before.
            return Hecho(estado=CUARENTENA, motivo=motivos.ID_REVELA_PACIENTE, informe=informe)
    almacen, sha256 = taller.propio, respuesta.sha256()
    # Also where it is there already: what nobody's row names yet must not be old, or the broom takes it.
    almacen.guardar(RESULTADOS + sha256, _trozos(respuesta.partes))
    vista_sha256, vista_octetos = _guardar_vista(almacen, respuesta)
    resultado = Resultado(
        sha256=sha256,
        octetos=respuesta.octetos,
        tipo=formatos.tipo(formato, respuesta.partes[0]).medio,
        uri=almacen.uri(RESULTADOS + sha256),
        seudonimo=respuesta.seudonimo,
        desplazamiento=respuesta.desplazamiento,
        banda_de_edad=respuesta.rasgos.banda_de_edad or "",
        sexo=respuesta.rasgos.sexo or "",
        mes=respuesta.rasgos.mes or "",
        emisor_conocido=bool(dicho or descripcion.emisor),
        vista_sha256=vista_sha256,
        vista_octetos=vista_octetos,
    )
    return Hecho(resultado=resultado, informe=informe, completos=completos)


def _guardar_vista(almacen: AlmacenDeObjetos, limpia: Limpia) -> tuple[str, int] | tuple[None, None]:
    """Store a small picture of it, under its content's name, where one can be made: whatever comes of that, the file is
    clean.

    Raises:
        SinAlmacen: the store is away.
    """
    try:
        png = limpia.vista()
    except Exception:  # Whatever a decoder raises, or too little memory.
        return None, None
    if png is None:
        return None, None
    sha256 = hashlib.sha256(png).hexdigest()
    almacen.guardar(RESULTADOS + sha256, [png])
    return sha256, len(png)


def _completar(
    metadatos: MetadatosImagen, descripcion: "Descripcion", emisor: str, identifica: Callable[[str], bool]
) -> Completos:
    def publicable(texto: str) -> str:
        # What its clean file does not say any more, nobody else says of it.
        return RETIRADO if identifica(texto) else _como(PUBLICADO, texto)

    tomados = {
        "modalidad": publicable(descripcion.modalidad),
        "region_anatomica": publicable(descripcion.region),
        "fuente_de_datos": publicable(descripcion.institucion),
        "id_paciente": _como(PACIENTE, descripcion.numero),
        "fecha_ingesta": descripcion.cuando if es_fecha(descripcion.cuando) else "",
    }
    return Completos(metadatos.completados(**tomados), descripcion.emisor or emisor)


def _como(tipo: TipoTexto, texto: str) -> str:
    """A text of the file as its kind is kept; empty where it is none of that kind."""
    try:
        return tipo.leer(texto)
    except ValueError:
        return ""


def _trozos(partes: tuple[Octetos, ...]) -> Iterator[bytes]:
    for parte in partes:
        for desde in range(0, len(parte), TROZO):
            yield bytes(parte[desde : desde + TROZO])

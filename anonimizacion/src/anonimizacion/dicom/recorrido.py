"""The walk: every element of a data set, at every depth, and what the table says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pydicom._uid_dict import UID_dictionary

from anonimizacion import icc
from anonimizacion.dicom import codigos, fechas, textos
from anonimizacion.dicom.elementos import IMAGENES, Codificacion, Conjunto, Elemento, Fragmentos, texto_de
from anonimizacion.dicom.escritor import escribir
from anonimizacion.dicom.lector import leer_secuencia_implicita
from anonimizacion.dicom.marcas import marcar
from anonimizacion.dicom.meta import cabecera
from anonimizacion.dicom.relleno import PALABRA, relleno, todos
from anonimizacion.dicom.tabla import (
    CODIGOS,
    ENUMERADOS,
    OCTETOS_QUE_QUEDAN,
    PESO_Y_TALLA,
    PRIVADO,
    TIPO_DE_IMAGEN,
    Accion,
    Regla,
    regla,
)
from anonimizacion.modelo import ApartarError, Informe, Motivo, Octetos, Opciones
from anonimizacion.paciente import Paciente
from anonimizacion.rastro import Rastro
from anonimizacion.seudonimos import Seudonimizador

_JUEGO = 0x00080005
_CONOCIDA = Codificacion(explicita=True)
"""Where an unknown representation (UN, always little endian) can be known by the dictionary."""
_CON_TEXTO = frozenset({"CS", "LO", "SH", "DS", "IS"})
_TEXTO_LARGO = 1 << 14
_EN_UTF8 = ("utf_8",)
_VR_TEXTUALES = frozenset("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split())  # noqa: SIM905
_UIDS = frozenset({"UI"})
_DE_OCTETOS, _EN_PALABRAS = frozenset({"OB", "OW"}), frozenset({"OW"})
"""Bytes in either of two representations; without any they are words of two (PS3.5 A.1)."""
_DEL_CENTRO = frozenset({0x00080080, 0x00080081, 0x00081040})
"""InstitutionName, its address and its department: they go, but name no person by themselves."""
_DE_REFERENCIA = frozenset({0x00081160, 0x0062000B, 0x0028135A, 0x0040A170})
"""The frames and segments that are meant, whether they lie alike, and the coded purpose."""


@dataclass(frozen=True, slots=True)
class _Queda:
    """A text that stays: where, and in which character sets."""

    conjunto: Conjunto
    tag: int
    ruta: str
    juegos: tuple[str, ...] | None

    @property
    def elemento(self) -> Elemento:
        return self.conjunto[self.tag]


class Recorrido:
    """One file's walk. It changes the data set that it is given."""

    def __init__(
        self,
        seudonimos: Seudonimizador,
        paciente: Paciente,
        opciones: Opciones,
        informe: Informe,
        *,
        codificacion: Codificacion,
    ) -> None:
        self._seudonimos = seudonimos
        self._paciente = paciente
        self._desplazamiento = seudonimos.desplazamiento(paciente)
        self._opciones = opciones
        self._acciones = informe.acciones
        self._avisos = informe.avisos
        self._codificacion = codificacion
        self._uids: dict[bytes, bytes] = {}
        self._juegos: tuple[str, ...] | None = None
        self._quedan: list[_Queda] = []
        self.rastro = Rastro(_PROPIO)
        self._de_personas = Rastro()

    @property
    def desplazamiento(self) -> timedelta:
        """How far the patient's dates are moved."""
        return self._desplazamiento

    def limpiar(self, datos: Conjunto) -> None:
        """Clean a whole data set."""
        self._conjunto(datos, "", None)
        self._mirar_lo_que_queda()

    def identifica(self, texto: str) -> bool:
        """Whether a text that was read from the file, behind its cleaning, holds what was taken out of it but the
        institution's own name: of the patient, the physicians, dates, numbers."""
        return self._de_personas.en(_con_llanos(texto.encode(), _EN_UTF8), en_cifras=True) or self._paciente.esta_en(
            texto
        )

    def _conjunto(self, conjunto: Conjunto, ruta: str, heredados: tuple[str, ...] | None) -> None:
        antes, self._juegos = self._juegos, self._juego(conjunto, heredados)
        try:
            if codigos.es_codigo(conjunto):
                for tag in CODIGOS & conjunto.keys():
                    self._contar(ruta, tag, regla(tag), Accion.CODIGO)
                if not codigos.limpiar(conjunto):
                    self._quedan.extend(_Queda(conjunto, t, ruta, self._juegos) for t in CODIGOS & conjunto.keys())
            for tag, elemento in list(conjunto.items()):
                if tag in CODIGOS:
                    continue
                suya = regla(tag)
                hecho = self._elemento(conjunto, tag, elemento, suya, ruta)
                self._contar(ruta, tag, suya, hecho)
        finally:
            self._juegos = antes

    def _juego(self, conjunto: Conjunto, heredados: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """The character sets in force; what declares none is taken out, and what is then not ASCII is no text."""
        if _JUEGO not in conjunto:
            return heredados
        declarados = textos.juegos(texto_de(conjunto, _JUEGO))
        if declarados is None:
            del conjunto[_JUEGO]
            self._avisos.add("JUEGO_DE_CARACTERES_DESCONOCIDO")
        return declarados

    def _contar(self, ruta: str, tag: int, suya: Regla, accion: Accion) -> None:
        self._acciones[ruta + suya.resumida if suya.resumida else _ruta(ruta, tag), accion] += 1

    def _elemento(self, conjunto: Conjunto, tag: int, elemento: Elemento, suya: Regla, ruta: str) -> Accion:
        """Do what the rule says, or what is left where that can't be; tells what was done."""
        accion = suya.accion
        if accion is Accion.QUITAR and self._opciones.peso_y_talla and tag in PESO_Y_TALLA:
            accion = Accion.CONSERVAR
        if accion is Accion.QUITAR:
            self._quitar(conjunto, tag, elemento, suya)
            return Accion.QUITAR
        if not self._como_dice_el_diccionario(elemento, suya):
            if tag in OCTETOS_QUE_QUEDAN and tag not in IMAGENES:
                # A signal, a shape or a table without its bytes would pass for a clean one.
                raise ApartarError(Motivo.ESTRUCTURA_INVALIDA)
            self._quitar(conjunto, tag, elemento, suya)
            return Accion.QUITAR
        if suya.nombrada and (accion is not Accion.FECHA or elemento.vr in ("DA", "DT")):
            self._recordar(tag, elemento)
        hecho = _HACER[accion](self, elemento, tag, ruta)
        if hecho is Accion.QUITAR:
            self._quitar(conjunto, tag, elemento, suya)
        elif hecho in _QUEDA_TEXTO and elemento.vr in _CON_TEXTO and elemento.valor:
            self._quedan.append(_Queda(conjunto, tag, ruta, self._juegos))
        return hecho

    def _quitar(self, conjunto: Conjunto, tag: int, elemento: Elemento, suya: Regla) -> None:
        if suya is not PRIVADO:
            self._recordar(tag, elemento)
        del conjunto[tag]

    def _recordar(self, tag: int, elemento: Elemento) -> None:
        """What is taken out is looked for in the end, at every depth of it."""
        valor = elemento.valor
        if isinstance(valor, Fragmentos):
            return
        if isinstance(valor, list):
            for item in valor:
                for suyo, dentro in item.items():
                    if regla(suyo).nombrada or isinstance(dentro.valor, list):
                        self._recordar(suyo, dentro)
        elif elemento.vr != "UI" or bytes(valor).strip(b" \0").decode("latin-1") not in UID_dictionary:
            rastros = (self.rastro,) if tag in _DEL_CENTRO else (self.rastro, self._de_personas)
            formas: list[Octetos] = [valor]
            if elemento.vr in _VR_TEXTUALES and not textos.de_ascii(bytes(valor)):
                formas += textos.llanos(bytes(valor), self._juegos)
            for rastro in rastros:
                for forma in formas:
                    rastro.anotar(elemento.vr, forma)

    def _como_dice_el_diccionario(self, elemento: Elemento, suya: Regla) -> bool:
        """Give an element the representation that the standard does; False where its bytes can't be that."""
        if elemento.vr in suya.vrs:
            return isinstance(elemento.valor, list) == (elemento.vr == "SQ") or isinstance(elemento.valor, Fragmentos)
        vrs = _EN_PALABRAS if suya.vrs == _DE_OCTETOS else suya.vrs
        if len(vrs) != 1 or self._codificacion != _CONOCIDA:
            return False
        (vr,) = vrs
        if elemento.vr == "UN" and not isinstance(elemento.valor, list | Fragmentos):
            if vr == "SQ":
                try:
                    elemento.valor = leer_secuencia_implicita(elemento.valor)
                except ApartarError:
                    return False
        elif vr not in _VR_TEXTUALES or elemento.vr not in _VR_TEXTUALES:
            return False
        elemento.vr = vr
        return True

    # --- What is done, by action: each changes the element, and tells what it did ---

    def _conservar(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        if ruta and tag in IMAGENES:
            # A picture inside of a sequence is nobody's that would look at it.
            return Accion.QUITAR
        if elemento.vr not in textos.COMPROBADAS:
            return Accion.CONSERVAR
        cabe = textos.que_cabe(elemento.vr, bytes(elemento.octetos))
        if cabe is None and tag == TIPO_DE_IMAGEN:
            # Every image has to have one, and its values are told apart by their places.
            partes = bytes(elemento.octetos).rstrip(b" \0").split(b"\\")
            cabe = b"\\".join(PALABRA if textos.que_cabe("CS", parte) is None else parte for parte in partes)
            self._contar(ruta, tag, regla(tag), Accion.RELLENAR)
        if cabe is None:
            return Accion.QUITAR
        elemento.valor = cabe
        return Accion.CONSERVAR

    def _vaciar(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        elemento.valor = [] if elemento.vr == "SQ" else b""
        return Accion.VACIAR

    def _rellenar(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        if not elemento.valor:
            return Accion.VACIAR
        elemento.valor = relleno(tag, elemento.vr).valor
        if elemento.vr in ("DA", "DT"):
            self.rastro.poner_fecha(bytes(elemento.octetos))
        return Accion.RELLENAR

    def _uid(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        partes = [parte.strip(b" \0") for parte in bytes(elemento.octetos).split(b"\\")]
        nuevas = [self._uid_de(parte) for parte in partes]
        elemento.valor = b"\\".join(nuevas)
        if nuevas == partes:
            return Accion.CONSERVAR
        for parte, nueva in zip(partes, nuevas, strict=True):
            if parte != nueva:
                self.rastro.anotar("UI", parte)
        return Accion.UID

    def _uid_de(self, uid: bytes) -> bytes:
        """What stands for a UID: itself where the standard registered it."""
        nuevo = self._uids.get(uid)
        if nuevo is None:
            texto = uid.decode("latin-1")
            nuevo = uid if not uid or texto in UID_dictionary else self._seudonimos.uid(texto).encode()
            self._uids[uid] = nuevo
        return nuevo

    def _solo_uid(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        """Of a sequence that refers to other instances only the references: UIDs, parts of an instance, what for."""
        dentro_de = _ruta(ruta, tag) + "/"
        for item in elemento.items:
            for otro, dentro in list(item.items()):
                suya = regla(otro)
                if suya.vrs != _UIDS and otro not in _DE_REFERENCIA:
                    self._quitar(item, otro, dentro, suya)
                    self._contar(dentro_de, otro, suya, Accion.QUITAR)
            self._conjunto(item, dentro_de, self._juegos)
        return Accion.SOLO_UID

    def _fecha(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        suya = regla(tag)
        if not suya.nombrada and elemento.vr in ("DA", "DT"):
            self._recordar(tag, elemento)
        movida = fechas.mover(elemento.vr, bytes(elemento.octetos), self._desplazamiento)
        if movida is None:
            if suya.si_no is Accion.VACIAR or not elemento.valor:
                elemento.valor = b""
                return Accion.VACIAR
            return Accion.QUITAR
        elemento.valor = movida
        if elemento.vr in ("DA", "DT"):
            self.rastro.poner_fecha(movida)
        return Accion.FECHA

    def _entrar(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        for item in elemento.items:
            self._conjunto(item, _ruta(ruta, tag) + "/", self._juegos)
        return Accion.ENTRAR

    def _rotulo(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        valor = bytes(elemento.octetos).strip(b" \0")
        elemento.valor = self._seudonimos.rotulo(valor.decode("latin-1")).encode() if valor else b""
        return Accion.ROTULO

    def _tecnico(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        palabra = textos.palabra(bytes(elemento.octetos), elemento.vr, self._juegos)
        if palabra is None:
            return Accion.QUITAR
        elemento.valor = palabra
        return Accion.TECNICO

    def _color(self, elemento: Elemento, tag: int, ruta: str) -> Accion:
        perfil = icc.limpiar(bytes(elemento.octetos))
        if perfil is None:
            return Accion.QUITAR
        elemento.valor = perfil
        return Accion.COLOR

    # --- What stays ---

    def _mirar_lo_que_queda(self) -> None:
        """What stays and holds an identifier that was taken out elsewhere, or the patient's number, is replaced."""
        palabras = [q for q in self._quedan if q.tag in q.conjunto and len(q.elemento.octetos) < _TEXTO_LARGO]
        if not self._identifica(
            b"\n".join(_con_llanos(bytes(q.elemento.octetos), q.juegos) for q in palabras), en_cifras=True
        ):
            return
        for queda in palabras:
            conjunto, tag, ruta, elemento = queda.conjunto, queda.tag, queda.ruta, queda.elemento
            en_cifras = elemento.vr not in ("DS", "IS")
            partes = bytes(elemento.octetos).split(b"\\")
            suyas = [
                not _consta(tag, parte) and self._identifica(_con_llanos(parte, queda.juegos), en_cifras=en_cifras)
                for parte in partes
            ]
            if not any(suyas):
                continue
            if en_cifras:
                limpias = [PALABRA if suya else parte for parte, suya in zip(partes, suyas, strict=True)]
                elemento.valor = b"\\".join(limpias)
                self._contar(ruta, tag, regla(tag), Accion.RELLENAR)
            else:
                del conjunto[tag]
                self._contar(ruta, tag, regla(tag), Accion.QUITAR)

    def _identifica(self, valor: bytes, *, en_cifras: bool) -> bool:
        # Of id00001 the core is 1 (contract §2), which every second measurement is.
        return self.rastro.en(valor, en_cifras=en_cifras) or (
            en_cifras and self._paciente.esta_en(valor.decode("latin-1"))
        )


def _con_llanos(valor: bytes, juegos: tuple[str, ...] | None) -> bytes:
    return valor if textos.de_ascii(valor) else b"\n".join((valor, *textos.llanos(valor, juegos)))


def sin_lo_que_consta(conjunto: Conjunto) -> Conjunto:
    """A clean data set without what is in it by right, and only there.

    Times are kept as they were, and identifiers are made of them (a procedure step's id "20190124.113933"); the
    standard's own words hold names.
    """
    hecho: Conjunto = {}
    for tag, elemento in conjunto.items():
        if isinstance(elemento.valor, list):
            hecho[tag] = Elemento(elemento.vr, [sin_lo_que_consta(item) for item in elemento.valor])
        elif tag in ENUMERADOS:
            partes = bytes(elemento.octetos).split(b"\\")
            hecho[tag] = Elemento(elemento.vr, b"\\".join(parte for parte in partes if not _consta(tag, parte)))
        elif elemento.vr != "TM":
            hecho[tag] = elemento
    return hecho


def _consta(tag: int, parte: bytes) -> bool:
    return parte.strip(b" \0") in ENUMERADOS.get(tag, ())


def _ruta(ruta: str, tag: int) -> str:
    return f"{ruta}{tag >> 16:04X},{tag & 0xFFFF:04X}"


def _propio() -> bytes:
    datos = todos()
    marcar(datos, pixeles_limpios=True)
    return b"".join((cabecera({}, ""), *escribir(datos, _CONOCIDA)))


_PROPIO = _propio()
_QUEDA_TEXTO = frozenset({Accion.CONSERVAR, Accion.TECNICO})
_HACER: dict[Accion, Callable[[Recorrido, Elemento, int, str], Accion]] = {
    Accion.CONSERVAR: Recorrido._conservar,
    Accion.VACIAR: Recorrido._vaciar,
    Accion.UID: Recorrido._uid,
    Accion.RELLENAR: Recorrido._rellenar,
    Accion.SOLO_UID: Recorrido._solo_uid,
    Accion.FECHA: Recorrido._fecha,
    Accion.ENTRAR: Recorrido._entrar,
    Accion.ROTULO: Recorrido._rotulo,
    Accion.TECNICO: Recorrido._tecnico,
    Accion.COLOR: Recorrido._color,
}

"""A DICOM file, from its bytes to clean ones."""

import unicodedata
from functools import partial

from pydicom._uid_dict import UID_dictionary

from anonimizacion.dicom import fechas, marcas, pixeles, textos
from anonimizacion.dicom.elementos import Conjunto, Elemento, texto_de
from anonimizacion.dicom.escritor import escribir
from anonimizacion.dicom.lector import leer
from anonimizacion.dicom.meta import cabecera
from anonimizacion.dicom.recorrido import Recorrido, sin_lo_que_consta
from anonimizacion.modelo import ApartarError, Informe, Limpia, Motivo, Octetos, Opciones, Rasgos, Remitente
from anonimizacion.paciente import Paciente
from anonimizacion.quemado import SIN_CERTEZA
from anonimizacion.seudonimos import Seudonimizador

_JUEGO, _CLASE, _INSTANCIA = 0x00080005, 0x00080016, 0x00080018
_ID, _EMISOR, _NACIMIENTO, _SEXO, _EDAD, _ESTUDIO = (
    0x00100020,
    0x00100021,
    0x00100030,
    0x00100040,
    0x00101010,
    0x00080020,
)
_MODALIDAD, _DOCUMENTO = 0x00080060, 0x00420011
_DIRECTORIO = "1.2.840.10008.1.3.10"
_AUDIO = "1.2.840.10008.5.1.4.1.1.9.4."
"""The beginning of the classes of voices and other sounds."""


def limpiar(
    octetos: Octetos, seudonimos: Seudonimizador, remitente: Remitente, opciones: Opciones, informe: Informe
) -> Limpia:
    """A DICOM file by the profile, written anew in its own transfer syntax (a deflated one inflated, and
    a compressed picture in RLE where pixels had to change).

    Args:
        octetos: the file.
        seudonimos: the key.
        remitente: who sent it, and as whose.
        opciones: what was chosen.
        informe: takes down what is done.

    Raises:
        ApartarError: it can't be cleaned for certain.
    """
    archivo = leer(octetos, opciones.maximo_inflado)
    datos = archivo.datos
    _comprobar_clase(datos)
    paciente = _paciente(datos, remitente)
    recorrido = Recorrido(seudonimos, paciente, opciones, informe, codificacion=archivo.codificacion)
    rasgos = _rasgos(datos, recorrido)
    imagen = pixeles.limpiar(archivo, opciones, informe)
    recorrido.rastro.anotar("LO", paciente.numero.encode())
    recorrido.limpiar(datos)
    if not texto_de(datos, _CLASE) or not texto_de(datos, _INSTANCIA):
        # They were there, in a representation that is not theirs.
        raise ApartarError(Motivo.SIN_IDENTIDAD_DICOM)
    if not imagen.sigue_entera(datos):
        raise ApartarError(Motivo.PIXELES_ILEGIBLES)
    if texto_de(datos, _MODALIDAD) == b"PT" and not opciones.peso_y_talla:
        informe.avisos.add("SUV_SIN_PESO")
    seudonimo = seudonimos.paciente(paciente)
    datos[_ID] = Elemento("LO", seudonimo.encode())
    # What a person looked at in the engine's stead, and what nobody looked at, the engine does not vouch for.
    pixeles_limpios = (
        imagen.tapada and Motivo.TEXTO_QUEMADO_POSIBLE not in informe.despejadas and not informe.avisos & SIN_CERTEZA
    )
    marcas.marcar(datos, pixeles_limpios=pixeles_limpios)
    if pixeles_limpios:
        informe.opciones.append("pixeles_limpios")
    partes = (cabecera(datos, imagen.sintaxis), *escribir(datos, archivo.codificacion))
    if recorrido.rastro.en_partes(partes) and recorrido.rastro.en_partes(
        (partes[0], *escribir(sin_lo_que_consta(datos), archivo.codificacion))
    ):
        raise ApartarError(Motivo.IDENTIFICADOR_EN_EL_RESULTADO)
    vista = partial(pixeles.vista, datos, imagen, archivo.codificacion.orden)
    return Limpia(partes, informe, seudonimo, recorrido.desplazamiento, rasgos, recorrido.identifica, vista)


def _comprobar_clase(datos: Conjunto) -> None:
    clase = texto_de(datos, _CLASE).decode("latin-1")
    if not clase or not texto_de(datos, _INSTANCIA):
        raise ApartarError(Motivo.SIN_IDENTIDAD_DICOM)
    # A directory's offsets would be false, a voice tells whose it is, and what a private class holds nobody knows.
    if clase == _DIRECTORIO or clase.startswith(_AUDIO) or UID_dictionary.get(clase, ("", ""))[1] != "SOP Class":
        raise ApartarError(Motivo.CLASE_NO_ADMITIDA)
    if _DOCUMENTO in datos:
        raise ApartarError(Motivo.DOCUMENTO_ENCAPSULADO)


def _paciente(datos: Conjunto, remitente: Remitente) -> Paciente:
    """Whose the file is (contract §8): its own number and issuer, else the sender's."""
    declarados = textos.juegos(texto_de(datos, _JUEGO))
    numero, emisor = (textos.leido(texto_de(datos, tag), declarados) for tag in (_ID, _EMISOR))
    pedido = (remitente.id_paciente or "").strip(" \0")
    if not numero and not pedido:
        raise ApartarError(Motivo.PACIENTE_DESCONOCIDO)
    if numero and pedido and unicodedata.normalize("NFC", numero) != unicodedata.normalize("NFC", pedido):
        raise ApartarError(Motivo.PACIENTE_DISTINTO)
    return Paciente(emisor or remitente.emisor, numero or pedido)


def _rasgos(datos: Conjunto, recorrido: Recorrido) -> Rasgos:
    estudio, nacimiento = fechas.dia(texto_de(datos, _ESTUDIO)), fechas.dia(texto_de(datos, _NACIMIENTO))
    edad = fechas.anos(texto_de(datos, _EDAD))
    if edad is None and estudio is not None and nacimiento is not None and nacimiento <= estudio:
        edad = fechas.anos_entre(nacimiento, estudio)
    banda = None
    if edad is not None:
        desde = edad // 10 * 10
        banda = f"{fechas.EDAD_MAXIMA + 1}+" if edad > fechas.EDAD_MAXIMA else f"{desde}-{desde + 9}"
    sexo = texto_de(datos, _SEXO).decode("latin-1")
    mes = None
    if estudio is not None:
        mes = (estudio + recorrido.desplazamiento).strftime("%Y-%m")
    return Rasgos(banda, sexo if sexo in ("F", "M", "O") else None, mes)

"""Rules about images."""

import unicodedata
from collections import Counter
from collections.abc import Iterator

from tests.auditor.evidencia import Evidencia
from tests.auditor.hallazgos import Clase, Hallazgo, hallar

from contratos.procesamiento import AnonimizacionRechazada, AnonimizarImagen, ImagenAnonimizada


def cada_imagen_es_un_registro(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§2: an image sent twice is one record, and one event tells of it; one that was applied is there.

    A refused one is RECHAZADA only where nothing was anonymised under its id; a refusal tells of it.
    """
    contadas = Counter(m.id_imagen for m in evidencia.mensajes(ImagenAnonimizada))
    anonimizadas = {id for id, estado in evidencia.imagenes.items() if estado == "ANONIMIZADA"}
    yield from hallar(Clase.DOBLADO, [id for id, n in contadas.items() if n > 1], "ImagenAnonimizada")
    yield from hallar(Clase.PERDIDO, anonimizadas - contadas.keys(), "no ImagenAnonimizada")
    yield from hallar(Clase.OTRO, contadas.keys() - anonimizadas, "ImagenAnonimizada without a record")
    aplicadas = {
        d.mensaje.id_imagen
        for d in evidencia.de(AnonimizarImagen)
        if (destino := evidencia.destinos.get(d.id)) and destino.estado == "APLICADO"
    }
    yield from hallar(Clase.PERDIDO, aplicadas - anonimizadas, "applied, and no such image")
    yield from hallar(Clase.OTRO, anonimizadas - aplicadas, "an image of no command")
    rechazadas = {m.id_imagen for m in evidencia.mensajes(AnonimizacionRechazada)}
    sin_motivo = evidencia.imagenes.keys() - anonimizadas - rechazadas
    yield from hallar(Clase.PERDIDO, sin_motivo, "RECHAZADA, and no AnonimizacionRechazada")


def cada_imagen_cuenta_una_vez_en_su_modalidad(evidencia: Evidencia) -> Iterator[Hallazgo]:
    """§1, §5: servicio-datos counts each image that was told once, by its modality without case and accents."""
    dichas = Counter(_llana(m.modalidad) for m in evidencia.mensajes(ImagenAnonimizada))
    debidas = {modalidad: n for modalidad, n in dichas.items() if 0 < len(modalidad) <= 200}
    contadas = evidencia.imagenes_contadas
    for modalidad in debidas.keys() | contadas.keys():
        hay, debe = contadas.get(modalidad, 0), debidas.get(modalidad, 0)
        if hay != debe:
            clase = Clase.PERDIDO if hay < debe else Clase.DOBLADO
            yield Hallazgo(clase, f"{hay} images counted, {debe} told: {modalidad}")


def _llana(texto: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(c))


REGLAS = (cada_imagen_es_un_registro, cada_imagen_cuenta_una_vez_en_su_modalidad)

"""Whose an image and a package are, and what becomes of another's command under their ids."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from contratos import Mensaje, motivos
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import (
    AnonimizacionRechazada,
    AnonimizarArchivo,
    AnonimizarPaquete,
    ArchivoPedido,
    DescartarImagen,
    LiberarImagen,
)
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.pruebas.memoria import abrir_en
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.identidad import Quien
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.sobres import recibido, sobre_nuevo

from .conftest import CLAVE, EnMemoria

NORTE = Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte")
SUR = Quien(id="sur-1", roles=frozenset({"clinica"}), clinica="sur")
OPERADOR = Quien(id="op-17", roles=frozenset({"operador"}))
CLIENTE = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")

ARCHIVO = ArchivoPedido(uri="file:///a/originales/0f", sha256="a" * 64, octetos=7)
CAMPOS = {c: getattr(ANONIMIZAR_IMAGEN, c) for c in ANONIMIZAR_IMAGEN.campos}
DE_ARCHIVO = AnonimizarArchivo(**CAMPOS, archivo=ARCHIVO)
DE_PAQUETE = AnonimizarPaquete(id_paquete="p-1", paquete=ARCHIVO)
DISTINTA = replace(ANONIMIZAR_IMAGEN, modalidad="otra")
ID = ANONIMIZAR_IMAGEN.id_imagen


class ConDuenos(EnMemoria):
    """It asks everybody who they are."""

    def pedir(self, quien: Quien | None, comando: Mensaje, id: str, clave: str | None = None) -> str | None:
        """Handle a command. Answers its refusal."""
        sujeto = getattr(comando, comando.nombre_sujeto)
        sobre = sobre_nuevo(
            comando, fuente="/x", sujeto=sujeto, id=id, quien=quien, clave_idempotencia=clave, entorno=self.entorno
        )
        abrir = abrir_en(self.almacen, self.anonimizador, lambda _uri, _referida: True)
        bus = Bus("procesamiento", abrir, MANEJADORES, rechazar_comando, PacienciaFija(), autenticada=True)
        assert not bus.procesar([recibido(sobre, comando)])
        rechazo: str | None = self.almacen.comandos[id].rechazo
        return rechazo

    def foto(self) -> Mapping[str, Any]:
        return deepcopy(dict(self.almacen.tablas))


@pytest.fixture
def servicio(anonimizador: Anonimizador) -> ConDuenos:
    return ConDuenos(anonimizador)


def test_el_numero_de_un_paciente_es_de_la_clinica_que_lo_envia(servicio: ConDuenos) -> None:
    """Not of the source that both of them name."""
    for quien in (NORTE, SUR, OPERADOR):
        assert servicio.pedir(quien, replace(ANONIMIZAR_IMAGEN, id_imagen=f"i-{quien.id}"), f"c-{quien.id}") is None
    clave, numero = Seudonimizador(CLAVE, 2), ANONIMIZAR_IMAGEN.id_paciente
    emisores = {"i-norte-1": "norte", "i-sur-1": "sur", "i-op-17": ANONIMIZAR_IMAGEN.fuente_de_datos}
    for id, emisor in emisores.items():
        datos = servicio.imagenes[id].datos
        assert datos is not None and datos.seudonimo_paciente == clave.paciente(Paciente(emisor, numero))
    assert [servicio.imagenes[id].clinica for id in emisores] == ["norte", "sur", ""]


@pytest.mark.parametrize("suya", [ANONIMIZAR_IMAGEN, DE_ARCHIVO], ids=["metadatos", "archivo"])
@pytest.mark.parametrize("otra", [ANONIMIZAR_IMAGEN, DE_ARCHIVO, DISTINTA], ids=["metadatos", "archivo", "distinta"])
def test_lo_que_otra_clinica_pide_bajo_su_id_no_cambia_ni_dice_nada(
    servicio: ConDuenos, suya: Mensaje, otra: Mensaje
) -> None:
    """The same content, or another; whatever became of it: one reason, and an event of the command alone."""
    servicio.pedir(NORTE, suya, "c-1")
    antes, dicho = servicio.foto(), len(servicio.publicado)
    assert servicio.pedir(SUR, otra, "c-2") == motivos.ID_NO_DISPONIBLE
    assert servicio.foto() == antes
    (rechazo,) = servicio.publicado[dicho:]
    assert rechazo == (AnonimizacionRechazada(id_imagen="", id_comando="c-2", motivo="ID_NO_DISPONIBLE"), "c-2", 1)


def test_ni_por_otro_motivo_se_dice_de_lo_ajeno(servicio: ConDuenos) -> None:
    """A key that is another command's refuses it before anybody looks at whose the image is."""
    servicio.pedir(NORTE, ANONIMIZAR_IMAGEN, "c-1")
    servicio.pedir(SUR, replace(ANONIMIZAR_IMAGEN, id_imagen="i-2"), "c-2", "k")
    antes, dicho = servicio.foto(), len(servicio.publicado)
    assert servicio.pedir(SUR, ANONIMIZAR_IMAGEN, "c-3", "k") == motivos.CLAVE_DE_IDEMPOTENCIA_REUTILIZADA
    assert servicio.foto() == antes
    (rechazo,) = servicio.publicado[dicho:]
    assert isinstance(rechazo.mensaje, AnonimizacionRechazada)
    assert (rechazo.sujeto, rechazo.mensaje.id_imagen) == ("c-3", "")


def test_una_imagen_rechazada_es_de_quien_la_envio(servicio: ConDuenos) -> None:
    assert servicio.pedir(NORTE, replace(ANONIMIZAR_IMAGEN, fecha_ingesta="ayer"), "c-1") == motivos.DATOS_INVALIDOS
    assert (servicio.imagenes[ID].estado, servicio.imagenes[ID].clinica) == ("RECHAZADA", "norte")
    assert servicio.pedir(SUR, ANONIMIZAR_IMAGEN, "c-2") == motivos.ID_NO_DISPONIBLE
    # Whoever may all puts it right: it is still that clinic's, and so is its patient.
    assert servicio.pedir(OPERADOR, ANONIMIZAR_IMAGEN, "c-3") is None
    datos = servicio.imagenes[ID].datos
    assert servicio.imagenes[ID].clinica == "norte" and datos is not None
    paciente = Paciente("norte", ANONIMIZAR_IMAGEN.id_paciente)
    assert datos.seudonimo_paciente == Seudonimizador(CLAVE, 2).paciente(paciente)


def test_lo_que_no_es_de_ninguna_clinica_no_es_de_quien_pregunta(servicio: ConDuenos) -> None:
    servicio.pedir(OPERADOR, ANONIMIZAR_IMAGEN, "c-1")
    assert servicio.pedir(SUR, ANONIMIZAR_IMAGEN, "c-2") == motivos.ID_NO_DISPONIBLE
    assert servicio.pedir(OPERADOR, ANONIMIZAR_IMAGEN, "c-3") is None


@pytest.mark.parametrize(
    "otro", [DE_PAQUETE, replace(DE_PAQUETE, paquete=replace(ARCHIVO, sha256="b" * 64))], ids=["mismo", "distinto"]
)
def test_un_paquete_igual(servicio: ConDuenos, otro: AnonimizarPaquete) -> None:
    assert servicio.pedir(NORTE, DE_PAQUETE, "c-1") is None
    antes = servicio.foto()
    assert antes["paquetes"]["p-1"]["clinica"] == "norte"
    assert servicio.pedir(SUR, otro, "c-2") == motivos.ID_NO_DISPONIBLE
    # Its own event tells, of the command alone.
    (dicho,) = servicio.publicado
    assert dicho.mensaje == AnonimizacionRechazada(id_comando="c-2", motivo=motivos.ID_NO_DISPONIBLE)
    assert (servicio.foto(), dicho.sujeto) == (antes, "c-2")
    assert servicio.pedir(NORTE, DE_PAQUETE, "c-3") is None


@pytest.mark.parametrize("quien", [None, CLIENTE], ids=["nadie", "un cliente"])
@pytest.mark.parametrize("comando", [ANONIMIZAR_IMAGEN, DISTINTA, DE_ARCHIVO, DE_PAQUETE])
def test_quien_no_puede_no_deja_rastro_en_lo_que_hay_ni_en_lo_que_no(
    servicio: ConDuenos, quien: Quien | None, comando: Mensaje
) -> None:
    for antes_hay in (False, True):
        if antes_hay:
            servicio.pedir(NORTE, ANONIMIZAR_IMAGEN, "c-1")
            servicio.pedir(NORTE, DE_PAQUETE, "c-2")
        antes, dicho = servicio.foto(), len(servicio.publicado)
        assert servicio.pedir(quien, comando, f"c-{antes_hay}") == motivos.NO_AUTORIZADO
        assert servicio.foto() == antes
        assert all(p.sujeto == f"c-{antes_hay}" for p in servicio.publicado[dicho:])


@pytest.mark.parametrize("orden", [LiberarImagen, DescartarImagen])
def test_de_lo_apartado_decide_un_operador_y_nadie_mas(servicio: ConDuenos, orden: Any) -> None:
    """Not even the clinic whose it is, nor is that told of the image."""
    servicio.pedir(NORTE, DE_ARCHIVO, "c-1")
    antes = servicio.foto()
    comando = orden(id_imagen=ID, operador="op-1", razon="La miré.")
    for n, quien in enumerate((NORTE, SUR, CLIENTE, None)):
        assert servicio.pedir(quien, comando, f"d-{n}") == motivos.NO_AUTORIZADO
    assert servicio.foto() == antes
    assert {p.sujeto for p in servicio.publicado} == {"d-0", "d-1", "d-2", "d-3"}
    assert servicio.pedir(OPERADOR, comando, "d-9") == motivos.NADA_QUE_DECIDIR


def test_lo_que_se_guarda_para_despues_sabe_quien_lo_pidio(servicio: ConDuenos) -> None:
    """What unpacks and what cleans go on in its name: the commands of a package's files bear it, and its issuer."""
    servicio.pedir(NORTE, DE_ARCHIVO, "c-1")
    servicio.pedir(NORTE, DE_PAQUETE, "c-2")
    (por_ver,) = servicio.almacen.tablas["archivos_por_ver"].values()
    (por_abrir,) = servicio.almacen.tablas["paquetes_por_abrir"].values()
    assert por_ver["metadatos"]["clinica"] == "norte"
    assert por_abrir["sobre"]["quien"] == ["user", "norte-1", '{"roles":["clinica"],"clinica":"norte"}']


def test_un_id_que_lleva_el_numero_del_paciente_no_queda_en_la_auditoria(servicio: ConDuenos) -> None:
    """Nothing is ever removed from there."""
    con_numero = replace(ANONIMIZAR_IMAGEN, id_imagen=f"rx-{ANONIMIZAR_IMAGEN.id_paciente}")
    assert servicio.pedir(NORTE, con_numero, "c-1") == motivos.ID_REVELA_PACIENTE
    assert servicio.pedir(NORTE, DISTINTA, "c-2") is None
    assert [(a.recurso, a.motivo) for a in servicio.almacen.auditoria.values()] == [
        ("c-1", motivos.ID_REVELA_PACIENTE),
        (ID, None),
    ]

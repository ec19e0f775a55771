"""What each message is about, what else it names, and in which order it is delivered."""

import dataclasses
import typing
from operator import attrgetter

import pytest

from contratos import Mensaje, mensaje
from contratos.esquemas import publicados

MENSAJES = publicados()
cada_mensaje = pytest.mark.parametrize("tipo", MENSAJES, ids=lambda tipo: tipo.__name__)

DE = {
    "suscripciones": {"id_suscripcion", "cliente_codigo"},
    "servicio-datos": {"id_servicio_datos"},
    "procesamiento": {"id_imagen", "id_paquete"},
    "notificaciones": {"id_notificacion"},
    "sagas": {"id_suscripcion"},
    "bff": set(),
}
"""What the messages of each context are about; those of a new one, of one thing."""
DE_PAQUETES = {"AnonimizarPaquete", "PaqueteCompletado", "PaqueteRechazado"}
"""Of procesamiento's, those about a package; the others are about an image."""

DE_CLIENTES = {"ExportarCliente", "SuprimirCliente", "ComandoClienteRechazado"}
"""Of suscripciones', those about a client; the others are about a subscription."""

DE_UNA_COSA_O_DE_OTRA = {"AnonimizacionRechazada", "AccesoNegado"}
"""About the image, or about the command where the image's id may not be told; and about whatever was asked for."""

SIN_SU_ID = {"CrearSuscripcion", "CrearServicioDatos"}
"""Their fields are the business's (contract §3); the id that the door made is the envelope's alone."""


@cada_mensaje
def test_dice_de_que_trata_y_es_lo_propio_de_su_contexto(tipo: type[Mensaje]) -> None:
    del_contexto = {t.nombre_sujeto for t in MENSAJES if t.contexto == tipo.contexto} - {""}
    assert del_contexto == DE.get(tipo.contexto, del_contexto)
    assert len(del_contexto) == len(DE.get(tipo.contexto, {""}))
    if tipo.__name__ in DE_UNA_COSA_O_DE_OTRA:
        assert tipo.nombre_sujeto == ""
    elif tipo.contexto == "procesamiento":
        assert tipo.nombre_sujeto == ("id_paquete" if tipo.__name__ in DE_PAQUETES else "id_imagen")
    elif tipo.contexto == "suscripciones":
        assert tipo.nombre_sujeto == ("cliente_codigo" if tipo.__name__ in DE_CLIENTES else "id_suscripcion")
    else:
        assert {tipo.nombre_sujeto} == del_contexto


@cada_mensaje
def test_su_sujeto_es_un_campo_suyo_y_obligatorio_donde_la_carga_lo_tiene(tipo: type[Mensaje]) -> None:
    if not tipo.nombre_sujeto or tipo.__name__ in SIN_SU_ID:
        assert tipo.nombre_sujeto not in tipo.campos
    else:
        assert typing.get_type_hints(tipo)[tipo.nombre_sujeto] is str
        assert tipo.reglas[tipo.nombre_sujeto] == dataclasses.replace(
            tipo.reglas[tipo.nombre_sujeto], requerido=True, forma="id", de=frozenset()
        )


@cada_mensaje
def test_lo_que_menciona_esta_en_la_carga_y_no_es_su_sujeto(tipo: type[Mensaje]) -> None:
    for nombre, campo in tipo.menciona.items():
        assert nombre in set().union(*DE.values())
        assert nombre != tipo.nombre_sujeto
        assert attrgetter(campo)(tipo()) == ""


def test_quien_menciona_algo_mas() -> None:
    assert {t.__name__: dict(t.menciona) for t in MENSAJES if t.menciona} == {
        "CrearServicioDatos": {"id_suscripcion": "suscripcion.codigo"},
        "AnonimizarArchivo": {"id_paquete": "id_paquete"},
    }


def test_solo_las_imagenes_se_reparten_y_todo_lo_demas_guarda_su_orden() -> None:
    """Any number of workers share the images, whose facts are each on their own; nobody else's order may be lost."""
    compartidos = {t.__name__ for t in MENSAJES if t.entrega == "compartida"}
    assert compartidos == {t.__name__ for t in MENSAJES if t.contexto == "procesamiento"}
    assert {t.entrega for t in MENSAJES} == {"ordenada", "compartida"}


def test_solo_lo_que_se_reparte_tiene_particiones() -> None:
    assert {t.__name__: t.particiones for t in MENSAJES if t.particiones} == {
        "AnonimizarArchivo": 4,
        "AnonimizarImagen": 4,
    }
    assert all(t.entrega == "compartida" for t in MENSAJES if t.particiones)


def test_sin_decir_de_que_trata_no_hay_mensaje() -> None:
    with pytest.raises(TypeError, match="sujeto"):
        mensaje("pruebas-sujetos", "evento")  # type: ignore[call-arg]

"""What a command makes of an image, and what of it stays nowhere."""

from datetime import datetime

import pytest

from contratos.procesamiento import AnonimizacionRechazada, ImagenAnonimizada
from procesamiento.aplicacion.comandos.anonimizar_imagen import rechazar_comando
from procesamiento.dominio.anonimizacion import RETIRADO, Anonimizador
from procesamiento.dominio.seudonimos import Seudonimizador
from seedwork.pruebas.cuerpos import ANONIMIZAR_IMAGEN

from .conftest import CLAVE, Unidad


def test_el_cuerpo_de_hoy_queda_sin_paciente_ni_texto_libre(unidad):
    assert unidad.mandar() is None
    imagen = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen]
    assert imagen.estado == "ANONIMIZADA"
    assert imagen.datos.seudonimo_paciente.startswith("v1:")
    assert imagen.datos.condiciones == ("E14",)
    assert (imagen.datos.modalidad, imagen.datos.patologia) == ("Rayos X", "Neumonía")
    [(evento, sujeto, secuencia)] = unidad.publicado
    assert isinstance(evento, ImagenAnonimizada)
    assert (sujeto, secuencia) == (ANONIMIZAR_IMAGEN.id_imagen, 1)
    for rastro in (repr(imagen), repr(evento), repr(ANONIMIZAR_IMAGEN)):
        assert ANONIMIZAR_IMAGEN.id_paciente not in rastro
        assert ANONIMIZAR_IMAGEN.antecedentes not in rastro
        assert ANONIMIZAR_IMAGEN.fecha_ingesta not in rastro


def test_la_misma_imagen_otra_vez_no_cambia_nada(unidad):
    unidad.mandar("c-1")
    assert unidad.mandar("c-2") is None
    assert len(unidad.publicado) == 1


@pytest.mark.parametrize("campo", ["modalidad", "antecedentes", "id_paciente", "fecha_ingesta"])
def test_otro_contenido_con_el_mismo_id_se_rechaza(unidad, campo):
    unidad.mandar("c-1")
    antes = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen].datos
    otro = {"fecha_ingesta": "2024-02-01T09:10:01"}.get(campo, "otro-valor")
    assert unidad.mandar("c-2", **{campo: otro}) == "CONTENIDO_DISTINTO"
    imagen = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.datos) == ("ANONIMIZADA", antes)
    rechazo = AnonimizacionRechazada(id_imagen=imagen.id, id_comando="c-2", motivo="CONTENIDO_DISTINTO")
    assert unidad.publicado[1:] == [(rechazo, imagen.id, 2)]


@pytest.mark.parametrize(
    "campos",
    [
        {"modalidad": "a\0b"},
        {"patologia": "x" * 4001},
        {"antecedentes": "x" * 4001},
        {"region_anatomica": "a\nb"},
        {"antecedentes": "a\x00b"},
        {"fuente_de_datos": "a\x85b"},
        {"id_paciente": "con espacio"},
        {"id_paciente": "x" * 129},
        {"id_paciente": ".."},
        {"id_paciente": ""},
        {"fecha_ingesta": ""},
        {"fecha_ingesta": "ayer"},
        {"fecha_ingesta": "2024-02-30 00:00:00"},
        {"fecha_ingesta": "0001-01-01 00:00:00"},
    ],
)
def test_lo_que_no_cumple_el_contrato_queda_rechazado_sin_su_contenido(unidad, campos):
    assert unidad.mandar(**campos) == "DATOS_INVALIDOS"
    imagen = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.motivo, imagen.datos) == ("RECHAZADA", "DATOS_INVALIDOS", None)
    rechazo = AnonimizacionRechazada(id_imagen=imagen.id, id_comando="c-1", motivo="DATOS_INVALIDOS")
    assert unidad.publicado == [(rechazo, imagen.id, 1)]


def test_una_imagen_rechazada_puede_volver_bien_y_nunca_al_reves(unidad):
    unidad.mandar("c-1", fecha_ingesta="ayer")
    assert unidad.mandar("c-2") is None
    assert unidad.mandar("c-3", fecha_ingesta="ayer") == "DATOS_INVALIDOS"
    imagen = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.motivo, imagen.secuencia) == ("ANONIMIZADA", None, 3)


@pytest.mark.parametrize(
    ("id_imagen", "motivo"),
    [
        ("", "DATOS_INVALIDOS"),
        (".", "DATOS_INVALIDOS"),
        ("..", "DATOS_INVALIDOS"),
        ("a/b", "DATOS_INVALIDOS"),
        ("a\n", "DATOS_INVALIDOS"),
        ("x" * 129, "DATOS_INVALIDOS"),
        (f"rx-{ANONIMIZAR_IMAGEN.id_paciente.upper()}", "ID_REVELA_PACIENTE"),
        (f"rx-{ANONIMIZAR_IMAGEN.id_paciente.replace('-', '')}", "ID_REVELA_PACIENTE"),
    ],
)
def test_un_id_que_no_sirve_no_queda_en_ninguna_parte(unidad, id_imagen, motivo):
    assert unidad.mandar(id_imagen=id_imagen) == motivo
    assert not unidad.imagenes.todos
    rechazo = AnonimizacionRechazada(id_imagen="", id_comando="c-1", motivo=motivo)
    assert unidad.publicado == [(rechazo, "c-1", 1)]


def test_sin_antecedentes_tambien_vale(unidad):
    assert unidad.mandar(antecedentes="") is None
    assert unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen].datos.condiciones == ()


@pytest.mark.parametrize("texto", ["Sala de CC-79.123.456", "rx cc-79.123.456x", "Sala 79123456 CC79123456"])
def test_un_texto_con_el_id_del_paciente_se_retira(unidad, texto):
    unidad.mandar(id_paciente="CC-79.123.456", fuente_de_datos=texto)
    datos = unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen].datos
    assert (datos.fuente_de_datos, datos.modalidad) == (RETIRADO, "Rayos X")


def test_un_id_de_paciente_corto_no_retira_textos(unidad):
    unidad.mandar(id_paciente="nor")
    assert unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen].datos.fuente_de_datos == "Hospital del norte"


@pytest.mark.parametrize(
    ("llega", "despues"),
    [
        ("2024-02-01 09:10:00", "2024-02-03 10:10:00"),
        ("2024-02-01T09:10:00Z", "2024-02-03T10:10:00Z"),
        ("2024-02-01T09:10:00.250-05:00", "2024-02-03T10:10:00.250-05:00"),
    ],
)
def test_las_fechas_de_un_paciente_guardan_su_distancia(unidad, llega, despues):
    unidad.mandar(id_imagen="i-1", fecha_ingesta=llega)
    unidad.mandar(id_imagen="i-2", fecha_ingesta=despues)
    una, otra = (datetime.fromisoformat(unidad.imagenes.todos[i].datos.fecha_ingesta) for i in ("i-1", "i-2"))
    assert otra - una == datetime.fromisoformat(despues) - datetime.fromisoformat(llega)
    assert unidad.imagenes.todos["i-1"].datos.fecha_ingesta.endswith("Z") == llega.endswith("Z")
    assert una.time() == datetime.fromisoformat(llega).time()
    assert una.date() < datetime.fromisoformat(llega).date()


def test_un_dia_sin_hora_sigue_siendo_un_dia(unidad):
    unidad.mandar(fecha_ingesta="2024-02-01")
    assert len(unidad.imagenes.todos[ANONIMIZAR_IMAGEN.id_imagen].datos.fecha_ingesta) == len("2024-02-01")


def test_con_otra_clave_se_reconoce_lo_que_hizo_la_anterior(reconocedor):
    vieja, nueva = Seudonimizador(CLAVE, 1), Seudonimizador(CLAVE[::-1], 2)
    unidad = Unidad(Anonimizador({1: vieja}, reconocedor))
    unidad.mandar()
    unidad.anonimizador = Anonimizador({1: vieja, 2: nueva}, reconocedor)
    assert unidad.mandar("c-2") is None
    unidad.mandar("c-3", id_imagen="i-2")
    assert unidad.imagenes.todos["i-2"].datos.seudonimo_paciente.startswith("v2:")
    unidad.anonimizador = Anonimizador({2: nueva}, reconocedor)
    assert unidad.mandar("c-4") == "CONTENIDO_DISTINTO"


def test_el_rechazo_de_una_clave_reutilizada_no_deja_registro(unidad):
    rechazar_comando(ANONIMIZAR_IMAGEN, unidad, "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA")
    assert not unidad.imagenes.todos
    [(evento, sujeto, secuencia)] = unidad.publicado
    assert (evento.id_imagen, sujeto, secuencia) == (ANONIMIZAR_IMAGEN.id_imagen, unidad.sobre.id, 1)
    unidad.mandar("c-2")
    assert [(s, n) for _, s, n in unidad.publicado[1:]] == [(ANONIMIZAR_IMAGEN.id_imagen, 1)]

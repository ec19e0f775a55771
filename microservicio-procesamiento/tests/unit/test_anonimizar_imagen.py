"""What a command makes of an image, and what of it stays nowhere."""

from datetime import datetime

import pytest

from anonimizacion.seudonimos import Seudonimizador
from contratos import motivos
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import AnonimizacionRechazada, ImagenAnonimizada
from procesamiento.aplicacion.comandos.anonimizar_imagen import anonimizar_imagen
from procesamiento.dominio.anonimizacion import RETIRADO, Anonimizador
from seedwork.dominio.errores import ReglaViolada

from .conftest import CLAVE, EnMemoria, pedido

HUELLA_DE_LA_VERSION_1 = "583161c4dd6cf06a9761d7d5ddbf135194020089e159a76ca56cfc222c8e750c"
"""Of the contract's example under ``CLAVE``, made when pseudonyms were of numbers alone."""


def test_el_cuerpo_de_hoy_queda_sin_paciente_ni_texto_libre(servicio):
    assert servicio.mandar() is None
    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert imagen.estado == "ANONIMIZADA"
    assert imagen.datos.seudonimo_paciente.startswith("v2:")
    assert imagen.datos.condiciones == ("E14",)
    assert (imagen.datos.modalidad, imagen.datos.patologia) == ("Rayos X", "Neumonía")
    [(evento, sujeto, secuencia)] = servicio.publicado
    assert isinstance(evento, ImagenAnonimizada)
    assert (sujeto, secuencia) == (ANONIMIZAR_IMAGEN.id_imagen, 1)
    assert evento.mes == imagen.datos.fecha_ingesta[:7]
    assert (evento.banda_de_edad, evento.sexo, evento.uri, evento.sha256, evento.octetos) == ("", "", "", "", 0)
    for rastro in (repr(imagen), repr(evento), repr(ANONIMIZAR_IMAGEN)):
        assert ANONIMIZAR_IMAGEN.id_paciente not in rastro
        assert ANONIMIZAR_IMAGEN.antecedentes not in rastro
        assert ANONIMIZAR_IMAGEN.fecha_ingesta not in rastro


def test_la_misma_imagen_otra_vez_no_cambia_nada(servicio):
    servicio.mandar("c-1")
    assert servicio.mandar("c-2") is None
    assert len(servicio.publicado) == 1


@pytest.mark.parametrize("campo", ["modalidad", "antecedentes", "id_paciente", "fecha_ingesta"])
def test_otro_contenido_con_el_mismo_id_se_rechaza(servicio, campo):
    servicio.mandar("c-1")
    antes = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen].datos
    otro = {"fecha_ingesta": "2024-02-01T09:10:01Z"}.get(campo, "otro-valor")
    assert servicio.mandar("c-2", **{campo: otro}) == "CONTENIDO_DISTINTO"
    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.datos) == ("ANONIMIZADA", antes)
    rechazo = AnonimizacionRechazada(id_imagen=imagen.id, id_comando="c-2", motivo="CONTENIDO_DISTINTO")
    assert servicio.publicado[1:] == [(rechazo, imagen.id, 2)]


@pytest.mark.parametrize(
    "campos",
    [
        {"modalidad": "a\0b"},
        {"patologia": "x" * 101},
        {"patologia": "Neumoni\u0301a"},
        {"patologia": "Neumonía <b>"},
        {"modalidad": "Rayos  X"},
        {"formato_imagen": ""},
        {"antecedentes": "x" * 4001},
        {"antecedentes": ""},
        {"antecedentes": " Diabético"},
        {"region_anatomica": "a\nb"},
        {"antecedentes": "a\x00b"},
        {"fuente_de_datos": "a\x85b"},
        {"id_paciente": "con blanco "},
        {"id_paciente": "a\tb"},
        {"id_paciente": "a\u200bb"},
        {"id_paciente": "x" * 129},
        {"id_paciente": ""},
        {"fecha_ingesta": ""},
        {"fecha_ingesta": "ayer"},
        {"fecha_ingesta": "2024-02-01"},
        {"fecha_ingesta": "2024-02-01T09:10:00"},
        {"fecha_ingesta": "2024-02-30 00:00:00"},
        {"fecha_ingesta": "0001-01-01 00:00:00"},
    ],
)
def test_lo_que_no_cumple_el_contrato_queda_rechazado_sin_su_contenido(servicio, campos):
    assert servicio.mandar(**campos) == "DATOS_INVALIDOS"
    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.motivo, imagen.datos) == ("RECHAZADA", "DATOS_INVALIDOS", None)
    rechazo = AnonimizacionRechazada(id_imagen=imagen.id, id_comando="c-1", motivo="DATOS_INVALIDOS")
    assert servicio.publicado == [(rechazo, imagen.id, 1)]


def test_una_imagen_rechazada_puede_volver_bien_y_nunca_al_reves(servicio):
    servicio.mandar("c-1", fecha_ingesta="ayer")
    assert servicio.mandar("c-2") is None
    assert servicio.mandar("c-3", fecha_ingesta="ayer") == "DATOS_INVALIDOS"
    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
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
def test_un_id_que_no_sirve_no_queda_en_ninguna_parte(servicio, id_imagen, motivo):
    assert servicio.mandar(id_imagen=id_imagen) == motivo
    assert not servicio.imagenes
    rechazo = AnonimizacionRechazada(id_imagen="", id_comando="c-1", motivo=motivo)
    assert servicio.publicado == [(rechazo, "c-1", 1)]


@pytest.mark.parametrize("numero", ["..", "CC 79.123.456", "Peña^Ana/3", "Ñ-1", "x" * 128])
def test_el_numero_de_un_paciente_es_lo_que_su_hospital_escriba(servicio, numero):
    assert servicio.mandar(id_paciente=numero) is None


def test_nada_es_desde_un_ano_posterior_a_la_ingesta(servicio):
    for ano, id in ((2024, "c-1"), (2025, "c-2")):
        servicio.mandar(id, id_imagen=f"i-{ano}", antecedentes=f"VIH desde {ano}", fecha_ingesta="2024-02-01 09:10:00")
    assert [servicio.imagenes[f"i-{ano}"].datos.condiciones for ano in (2024, 2025)] == [("B24",), ()]


def test_los_antecedentes_pueden_tener_lineas(servicio):
    assert servicio.mandar(antecedentes="Diabético.\n\tFumador.") is None


@pytest.mark.parametrize(
    "texto",
    [
        "Sala de CC-79.123.456",
        "rx 79.123.456-x",
        "Sala 79123456",
        "CC79123456",
        "Sala 7912\ufe0f3456",
        "Sala 7912\u034f3456",
        "Sala 7912\u03013456",
        "Sala 7912\u31643456",
        "Sala ٧٩١٢٣٤٥٦",
    ],
)
def test_un_texto_con_el_numero_del_paciente_se_retira(servicio, texto):
    servicio.mandar(id_paciente="CC-79.123.456", fuente_de_datos=texto)
    datos = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen].datos
    assert (datos.fuente_de_datos, datos.modalidad) == (RETIRADO, "Rayos X")


def test_los_ceros_de_un_numero_no_esconden_lo_demas(servicio):
    assert servicio.mandar(id_imagen="RX-1234", id_paciente="0001234") == "ID_REVELA_PACIENTE"
    assert servicio.mandar("c-2", id_paciente="0001234", modalidad="TAC 1234") is None
    assert servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen].datos.modalidad == RETIRADO


@pytest.mark.parametrize("numero", ["nor", "norte", "2024", "2024.01.15"])
def test_una_palabra_o_un_ano_no_retiran_textos(servicio, numero):
    servicio.mandar(id_paciente=numero, fuente_de_datos="Hospital del norte, 2024/01/15")
    assert servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen].datos.fuente_de_datos == "Hospital del norte, 2024/01/15"


def test_el_mismo_numero_en_dos_hospitales_son_dos_pacientes(servicio):
    for i, fuente in enumerate(("Hospital del norte", "Hospital del sur", "Hospital del norte")):
        servicio.mandar(f"c-{i}", id_imagen=f"i-{i}", id_paciente="1024", fuente_de_datos=fuente)
    norte, sur, otra = (servicio.imagenes[f"i-{i}"].datos for i in range(3))
    assert norte.seudonimo_paciente == otra.seudonimo_paciente != sur.seudonimo_paciente
    assert norte.fecha_ingesta == otra.fecha_ingesta != sur.fecha_ingesta


@pytest.mark.parametrize(
    ("llega", "despues"),
    [
        ("2024-02-01 09:10:00", "2024-02-03 10:10:00"),
        ("2024-02-01T09:10:00Z", "2024-02-03T10:10:00Z"),
        ("2024-02-01T09:10:00.250-05:00", "2024-02-03T10:10:00.250-05:00"),
    ],
)
def test_las_fechas_de_un_paciente_guardan_su_distancia(servicio, llega, despues):
    servicio.mandar(id_imagen="i-1", fecha_ingesta=llega)
    servicio.mandar("c-2", id_imagen="i-2", fecha_ingesta=despues)
    una, otra = (datetime.fromisoformat(servicio.imagenes[i].datos.fecha_ingesta) for i in ("i-1", "i-2"))
    assert otra - una == datetime.fromisoformat(despues) - datetime.fromisoformat(llega)
    assert servicio.imagenes["i-1"].datos.fecha_ingesta.endswith("Z") == llega.endswith("Z")
    assert una.time() == datetime.fromisoformat(llega).time()
    assert una.date() < datetime.fromisoformat(llega).date()


def test_con_otra_clave_se_reconoce_lo_que_hizo_la_anterior(reconocedor):
    vieja, nueva = Seudonimizador(CLAVE, 2), Seudonimizador(CLAVE[::-1], 3)
    servicio = EnMemoria(Anonimizador({2: vieja}, reconocedor))
    servicio.mandar()
    servicio.usar(Anonimizador({2: vieja, 3: nueva}, reconocedor))
    assert servicio.mandar("c-2") is None
    servicio.mandar("c-3", id_imagen="i-2")
    assert servicio.imagenes["i-2"].datos.seudonimo_paciente.startswith("v3:")
    servicio.usar(Anonimizador({3: nueva}, reconocedor))
    assert servicio.mandar("c-4") == "CONTENIDO_DISTINTO"


def test_lo_que_se_hizo_sin_emisor_se_lee_como_es_y_se_reconoce(servicio, reconocedor):
    """A record of version 1, as it lies in databases: its pseudonym is of the number alone, its fingerprint of today's
    form."""
    servicio.usar(Anonimizador({1: Seudonimizador(CLAVE, 1)}, reconocedor))
    servicio.mandar("c-1")
    antes = servicio.imagenes
    assert antes[ANONIMIZAR_IMAGEN.id_imagen].datos.huella.hex() == HUELLA_DE_LA_VERSION_1
    servicio.usar(Anonimizador({1: Seudonimizador(CLAVE, 1), 2: Seudonimizador(CLAVE, 2)}, reconocedor))
    assert servicio.mandar("c-2") is None
    assert servicio.mandar("c-3", modalidad="TAC") == "CONTENIDO_DISTINTO"
    assert servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen].datos == antes[ANONIMIZAR_IMAGEN.id_imagen].datos


def sin_registro(id_comando: str, motivo: str, id_imagen: str = ANONIMIZAR_IMAGEN.id_imagen) -> tuple[object, str, int]:
    """A refusal that is told of the command alone."""
    return AnonimizacionRechazada(id_imagen=id_imagen, id_comando=id_comando, motivo=motivo), id_comando, 1


def test_el_rechazo_de_una_clave_reutilizada_no_deja_registro(servicio):
    servicio.mandar("c-1", clave="k", id_imagen="otra")
    assert servicio.mandar("c-2", clave="k") == "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA"
    assert set(servicio.imagenes) == {"otra"}
    assert servicio.publicado[1:] == [sin_registro("c-2", "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA")]
    servicio.mandar("c-3")
    assert [(s, n) for _, s, n in servicio.publicado[2:]] == [(ANONIMIZAR_IMAGEN.id_imagen, 1)]


@pytest.mark.parametrize("campos", [{}, {"fecha_ingesta": "ayer"}], ids=["anonimizada", "rechazada"])
def test_de_una_imagen_conocida_una_clave_reutilizada_no_cambia_nada(servicio, campos):
    servicio.mandar("c-1", clave="k", **campos)
    antes = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert servicio.mandar("c-2", clave="k", modalidad="TAC") == "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA"
    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.motivo, imagen.datos) == (antes.estado, antes.motivo, antes.datos)
    rechazo, _, _ = sin_registro("c-2", "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA")
    assert servicio.publicado[1:] == [(rechazo, imagen.id, 2)]


def test_un_comando_descartado_no_deja_registro(servicio):
    assert servicio.bus.descartar(servicio.recibido(pedido("c-1")))
    assert not servicio.imagenes
    assert servicio.publicado == [sin_registro("c-1", "COMANDO_DESCARTADO")]
    assert servicio.mandar("c-1") == "COMANDO_DESCARTADO"
    assert servicio.mandar("c-2") is None
    assert servicio.publicado[1].secuencia == 1


@pytest.mark.parametrize("conocida", [False, True])
def test_un_comando_cuyo_sujeto_es_otra_imagen_se_rechaza_sin_tocar_ninguna(servicio, conocida):
    """It was ordered, and perhaps made to wait, behind those of another image."""
    if conocida:
        servicio.mandar("c-0")
    antes, dicho = servicio.imagenes, servicio.publicado
    assert servicio.mandar("c-1", sujeto="otra", modalidad="TAC") == "DATOS_INVALIDOS"
    assert servicio.imagenes == antes
    assert servicio.publicado == [*dicho, sin_registro("c-1", "DATOS_INVALIDOS", id_imagen="")]


def test_una_imagen_rechazada_en_un_lote_deja_enteras_a_sus_vecinas(servicio, anonimizador):
    """Each is as if it had come alone: records, events, sequences and fates."""
    vecinas = [pedido(f"c-{i}", id_imagen=f"i-{i}", antecedentes="asma") for i in range(3)]
    malas = [
        pedido("m-1", id_imagen="m-1", fecha_ingesta="ayer"),
        pedido("m-2", id_imagen="a/b"),
        pedido("m-3", id_imagen="i-0", modalidad="TAC"),
        pedido("m-4", id_imagen="i-1", fecha_ingesta="ayer"),
    ]
    lote = [vecinas[0], malas[0], vecinas[1], malas[1], malas[2], malas[3], vecinas[2]]
    solas = EnMemoria(anonimizador)
    de_una_en_una = [solas.mandar_lote(p)[0] for p in lote]

    assert servicio.mandar_lote(*lote) == de_una_en_una
    assert [r for r in de_una_en_una if r] == [
        "DATOS_INVALIDOS",
        "DATOS_INVALIDOS",
        "CONTENIDO_DISTINTO",
        "DATOS_INVALIDOS",
    ]
    assert servicio.imagenes == solas.imagenes
    assert servicio.publicado == solas.publicado
    assert {i: (im.estado, im.secuencia) for i, im in servicio.imagenes.items()} == {
        "i-0": ("ANONIMIZADA", 2),
        "i-1": ("ANONIMIZADA", 2),
        "i-2": ("ANONIMIZADA", 1),
        "m-1": ("RECHAZADA", 1),
    }


@pytest.mark.parametrize("juntos", [True, False], ids=["en un lote", "en dos"])
@pytest.mark.parametrize("conocida", [False, True])
def test_lo_que_un_comando_cambio_antes_de_ser_rechazado_queda_como_estaba(servicio, anonimizador, conocida, juntos):
    """No handler of today refuses after it has changed something. One that will is as one that refuses first."""

    def a_tiempo(comando, unidad):
        if comando.modalidad == "TAC":
            raise ReglaViolada(motivos.DATOS_INVALIDOS)
        anonimizar_imagen(comando, unidad)

    def tarde(comando, unidad):
        anonimizar_imagen(comando, unidad)
        if comando.modalidad == "TAC":
            unidad.publicar(ImagenAnonimizada(id_imagen=comando.id_imagen), sujeto=comando.id_imagen)
            unidad.anotar_aplicado()
            raise ReglaViolada(motivos.DATOS_INVALIDOS)

    previos = [[pedido("c-0", fecha_ingesta="ayer")]] if conocida else []
    rechazado, aceptado = pedido("c-1", modalidad="TAC"), pedido("c-2")
    lotes = [*previos, [rechazado, aceptado]] if juntos else [*previos, [rechazado], [aceptado]]
    sin_cambiar = EnMemoria(anonimizador)
    for este, manejador in ((sin_cambiar, a_tiempo), (servicio, tarde)):
        este.usar(anonimizador, manejador)
        rechazos = [rechazo for lote in lotes for rechazo in este.mandar_lote(*lote)]
        assert rechazos[-2:] == ["DATOS_INVALIDOS", None]

    imagen = servicio.imagenes[ANONIMIZAR_IMAGEN.id_imagen]
    assert (imagen.estado, imagen.motivo, imagen.datos.modalidad) == ("ANONIMIZADA", None, "Rayos X")
    assert servicio.imagenes == sin_cambiar.imagenes
    assert servicio.publicado == sin_cambiar.publicado
    assert [n for _, _, n in servicio.publicado] == list(range(1, imagen.secuencia + 1))

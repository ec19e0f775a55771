"""An image's metadata, from the command to its record: once, and without the patient."""

import secrets
from urllib.parse import urlencode

import pytest
from tests.saga.bases import filas, volcado
from tests.saga.espera import hasta
from tests.saga.negocio import CUERPO_IMAGEN, Negocio
from tests.saga.plataforma_viva import Plataforma
from tests.saga.topicos import publicado

from contratos.procesamiento import AnonimizacionRechazada, ImagenAnonimizada

pytestmark = pytest.mark.integracion

RUTAS = ["/procesar/procesar-imagen", "/procesamiento/procesar-imagen"]


def test_el_cuerpo_de_hoy_enviado_por_ambas_rutas_es_un_solo_registro(negocio: Negocio, plataforma: Plataforma) -> None:
    enviadas = [negocio.envia_imagen(ruta) for ruta in RUTAS for _ in range(2)]

    for enviada in enviadas:
        enviada.su_comando_queda("APLICADO")
    registro = enviadas[0].queda("ANONIMIZADA")

    assert {e.id for e in enviadas} == {CUERPO_IMAGEN["id_imagen"]}
    assert len(filas(plataforma.bases["procesamiento"], f"SELECT 1 FROM imagenes WHERE id = '{enviadas[0].id}'")) == 1
    assert registro["modalidad"] == "Rayos X"
    assert registro["region_anatomica"] == "Cráneo"
    assert [c["nombre"] for c in registro["condiciones"]] and "antecedentes" not in registro
    assert registro["seudonimo_paciente"] != CUERPO_IMAGEN["id_paciente"]
    assert registro["fecha_ingesta"][:10] != CUERPO_IMAGEN["fecha_ingesta"][:10]


@pytest.mark.parametrize("ruta", RUTAS)
def test_el_mismo_paciente_tiene_el_mismo_seudonimo_y_otro_paciente_otro(negocio: Negocio, ruta: str) -> None:
    paciente, marca = f"p-{secrets.token_hex(6)}", secrets.token_hex(6)
    una = negocio.envia_imagen(ruta, id_imagen=f"{marca}-1", id_paciente=paciente)
    otra = negocio.envia_imagen(ruta, id_imagen=f"{marca}-2", id_paciente=paciente)
    ajena = negocio.envia_imagen(ruta, id_imagen=f"{marca}-3", id_paciente=f"q-{secrets.token_hex(6)}")

    seudonimos = [i.queda("ANONIMIZADA")["seudonimo_paciente"] for i in (una, otra, ajena)]

    assert seudonimos[0] == seudonimos[1] != seudonimos[2]


def test_el_mismo_numero_en_dos_hospitales_son_dos_pacientes(negocio: Negocio) -> None:
    marca = secrets.token_hex(6)
    norte, sur = (
        negocio.envia_imagen(id_imagen=f"{marca}-{i}", id_paciente="1024", fuente_de_datos=fuente).queda("ANONIMIZADA")
        for i, fuente in enumerate(("Hospital del norte", "Hospital del sur"))
    )

    assert norte["seudonimo_paciente"] != sur["seudonimo_paciente"]


def test_un_uid_que_encierra_el_numero_por_azar_se_acepta(negocio: Negocio) -> None:
    marca = secrets.randbelow(10**9)
    imagen = negocio.envia_imagen(id_imagen=f"1.2.840.113619.6041234119.{marca}", id_paciente="1234")

    assert imagen.queda("ANONIMIZADA")["estado"] == "ANONIMIZADA"


def test_solo_lo_que_la_historia_afirma_del_paciente_se_publica(negocio: Negocio) -> None:
    """One of each class of hard histories, and a plain one, from the door to the query."""
    historias = {
        "Diabetes: no": [],
        "VIH: no reactivo": [],
        "HTA (-), DM2 (-)": [],
        "Niega: HTA, DM, asma": [],
        "Antecedentes familiares: diabetes. Hipertensión.": [],
        "Madre diabética e hipertensa": [],
        "Contacto con TBC pulmonar BK+": [],
        "¿Tuberculosis?": [],
        "Tamizaje de cáncer de mama": [],
        "Vacunada contra hepatitis B": [],
        "Se solicita TAC para descartar linfoma": [],
        "Prótesis bipolar de cadera": [],
        "Hipertensión intracraneal": [],
        "Niega dia\u00adbetes": [],
        "Riesgo de infarto de miocardio": [],
        "Feto con síndrome de Down": [],
        "Tiene VIH desde 2010. No se confirmó.": [],
        "Artritis reumatoide, VIH seronegativa.": [],
        "Vive con paciente VIH positivo.": [],
        "ANTECEDENTES FAMILIARES Y\nPERSONALES: Diabetes": [],
        "Diabetes no\nControlado con losartán.": [],
        "Fuma 0 cigarrillos al día.": [],
        "Diabetes en 2039.": [],
        "Cáncer de mamá.": [],
        "Hipertensa controlada con losartán, diabetes tipo 2 desde 2010": ["E11", "I10"],
    }
    marca = secrets.token_hex(6)
    enviadas = [
        negocio.envia_imagen(id_imagen=f"{marca}-{i}", antecedentes=historia) for i, historia in enumerate(historias)
    ]

    registros = [enviada.queda("ANONIMIZADA") for enviada in enviadas]

    halladas = [[c["codigo"] for c in registro["condiciones"]] for registro in registros]
    assert dict(zip(historias, halladas, strict=True)) == historias


def test_otro_contenido_con_el_mismo_id_se_rechaza_y_no_cambia_lo_que_hay(negocio: Negocio) -> None:
    id_imagen = f"img-{secrets.token_hex(6)}"
    antes = negocio.envia_imagen(id_imagen=id_imagen).queda("ANONIMIZADA")

    otra = negocio.envia_imagen(id_imagen=id_imagen, patologia="Fractura")

    motivo = otra.su_comando_queda("RECHAZADO")["motivo"]
    assert motivo == "Ya existe una imagen con ese identificador y otro contenido."
    assert otra.queda("ANONIMIZADA") == antes


def test_nada_del_paciente_queda_en_la_base_ni_en_los_eventos_ni_en_los_registros(
    negocio: Negocio, plataforma: Plataforma
) -> None:
    marca = secrets.token_hex(8)
    numero = 10**9 + secrets.randbelow(9 * 10**9)
    paciente, vecina, id_imagen = f"CANARIO-{numero}", f"canarinez{marca}", f"img-{secrets.token_hex(6)}"
    datos = {"id_paciente": paciente, "antecedentes": f"Diabético; vive con {vecina}", "id_imagen": id_imagen}
    negocio.envia_imagen(**datos).queda("ANONIMIZADA")
    negocio.envia_imagen(**datos | {"patologia": "Fractura"}).su_comando_queda("RECHAZADO")
    punteado = f"{numero:,}".replace(",", ".")
    for delatora in (paciente, f"x-{paciente}", f"RX-{numero}-x", f"RX-{punteado}"):
        negocio.envia_imagen(**datos | {"id_imagen": delatora}).su_comando_queda("RECHAZADO")
    cabeza, cola = str(numero)[:4], str(numero)[4:]
    arabigo = "".join(chr(0x660 + int(c)) for c in str(numero))
    sala = {
        "modalidad": f"TAC {numero}",
        "fuente_de_datos": f"Sala {punteado}",
        "patologia": f"Control {cabeza}\ufe0f{cola}",
        "region_anatomica": f"Sala {cabeza}\u3164{cola}",
        "formato_imagen": arabigo,
    }
    retirada = negocio.envia_imagen(**datos | sala | {"id_imagen": f"img-{marca}"})
    registro = retirada.queda("ANONIMIZADA")
    assert {c: registro[c] for c in sala} == dict.fromkeys(sala, "RETIRADO")
    invalida = negocio.envia("/procesar/procesar-imagen", {**CUERPO_IMAGEN, **datos, "formato_imagen": 7})
    assert invalida.codigo == 422

    dichos = publicado(plataforma.servidores.pulsar_url, ImagenAnonimizada.topico) + publicado(
        plataforma.servidores.pulsar_url, AnonimizacionRechazada.topico
    )
    guardado = volcado(plataforma.bases["procesamiento"])
    registrado = plataforma.registros().encode()

    assert id_imagen.encode() in dichos, "the events were really read"
    assert id_imagen.encode() in guardado
    for nombre, donde in {"los eventos": dichos, "la base": guardado, "los registros": registrado}.items():
        for secreto in (paciente, paciente.lower(), str(numero), punteado, vecina, *sala.values()):
            assert secreto.encode() not in donde, f"{secreto} está en {nombre}"


def test_una_imagen_se_halla_escriba_quien_escriba_su_texto_como_lo_escriba(negocio: Negocio) -> None:
    marca = secrets.token_hex(6)
    imagen = negocio.envia_imagen(id_imagen=f"img-{marca}", modalidad=f" Ecografi\u0301a  {marca}\u00a0")
    assert imagen.queda("ANONIMIZADA")["modalidad"] == f"Ecografía {marca}"
    for escrita in (f"Ecografía {marca}", f"Ecografi\u0301a   {marca} "):
        pagina = negocio.pregunta(f"/procesar/imagenes?{urlencode({'modalidad': escrita})}").cuerpo
        assert [elemento["id_imagen"] for elemento in pagina["elementos"]] == [imagen.id]


def test_quien_solo_cuenta_las_imagenes_no_escribe_una_linea_por_cada_una(
    negocio: Negocio, plataforma: Plataforma
) -> None:
    marca = secrets.token_hex(6)
    for n in range(3):
        negocio.envia_imagen(id_imagen=f"img-{marca}-{n}", modalidad=marca).queda("ANONIMIZADA")
    contadas = f"SELECT 1 FROM imagenes_por_modalidad WHERE modalidad = '{marca}' AND cuantas = 3"
    hasta(lambda: filas(plataforma.bases["servicio_datos"], contadas), "servicio-datos las cuenta")
    lineas = (plataforma.logs / "servicio-datos.log").read_text("utf-8").splitlines()
    assert [linea for linea in lineas if ImagenAnonimizada.tipo in linea] == []

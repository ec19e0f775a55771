"""Commands at the door: what is taken, what is refused and why, and under which ids."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bff_web.comandos import FUENTE
from bff_web.composicion import componer
from bff_web.config import Config
from contratos import Mensaje
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.pulsar import SinConfirmacion
from seedwork.pruebas.cuerpos import ANONIMIZAR_IMAGEN, CREAR_SUSCRIPCION, IMAGEN, SUSCRIPCION

CREAR = "/suscripciones/suscripcion-comando"
PROCESAR = "/procesar/procesar-imagen"

Cambio = Callable[[Any], object]


class PublicadorEnMemoria:
    """Keeps what is published; as a broker that is away, confirms nothing."""

    def __init__(self) -> None:
        self.publicados: list[tuple[Sobre, Mensaje]] = []
        self.ausente = False

    def publicar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
        assert espera < 5
        self.publicados.append((sobre, mensaje))
        if self.ausente:
            raise SinConfirmacion("ausente")


@pytest.fixture(scope="module")
def compartido() -> PublicadorEnMemoria:
    return PublicadorEnMemoria()


@pytest.fixture
def publicador(compartido: PublicadorEnMemoria) -> PublicadorEnMemoria:
    compartido.publicados.clear()
    compartido.ausente = False
    return compartido


@pytest.fixture(scope="module")
def puerta(compartido: PublicadorEnMemoria) -> FlaskClient:
    return cliente(compartido)


def cliente(publicador: PublicadorEnMemoria, secreto: str = "secreto de las pruebas") -> FlaskClient:
    return componer(Config.model_validate({"idempotencia_secreto": secreto}), publicador, lambda: None).test_client()


def enviar(
    puerta: FlaskClient,
    ruta: str,
    cuerpo: str | bytes | dict[str, Any],
    tipo: str = "application/json",
    **cabeceras: str,
) -> TestResponse:
    datos = json.dumps(cuerpo) if isinstance(cuerpo, dict) else cuerpo
    nombres = {nombre.replace("_", "-"): valor for nombre, valor in cabeceras.items()}
    return puerta.post(ruta, data=datos, content_type=tipo, headers=nombres)


def cambiada(texto: str, cambio: Cambio) -> dict[str, Any]:
    cuerpo: dict[str, Any] = copy.deepcopy(json.loads(texto))
    cambio(cuerpo)
    return cuerpo


def errores(respuesta: TestResponse) -> dict[str, str]:
    assert respuesta.status_code == 422
    assert respuesta.content_type == "application/problem+json"
    assert respuesta.json is not None
    return {e["campo"]: e["motivo"] for e in respuesta.json["errores"]}


def test_la_suscripcion_de_los_clientes_de_hoy_se_acepta(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    respuesta = enviar(puerta, CREAR, SUSCRIPCION)
    assert respuesta.status_code == 202
    cuerpo = respuesta.json
    assert cuerpo is not None
    assert set(cuerpo) == {"id_comando", "id_suscripcion", "estado", "consulta", "comando"}
    assert cuerpo["estado"] == "ACEPTADO"
    assert cuerpo["consulta"] == respuesta.headers["Location"] == f"/suscripciones/{cuerpo['id_suscripcion']}"
    assert cuerpo["comando"] == f"/suscripciones/comandos/{cuerpo['id_comando']}"
    [(sobre, mensaje)] = publicador.publicados
    assert (sobre.id, sobre.sujeto, sobre.correlacion) == (
        cuerpo["id_comando"],
        cuerpo["id_suscripcion"],
        cuerpo["id_comando"],
    )
    assert (sobre.fuente, sobre.clave_idempotencia) == (FUENTE, None)
    assert sobre.traza is not None
    assert mensaje == CREAR_SUSCRIPCION


@pytest.mark.parametrize("ruta", [PROCESAR, "/procesamiento/procesar-imagen"])
@pytest.mark.parametrize(
    "tipo",
    ["json/application", "aplication/json", "application/json; charset=utf-8", "application/vnd.saludtech+json"],
)
def test_la_imagen_de_los_clientes_de_hoy_se_acepta(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, ruta: str, tipo: str
) -> None:
    respuesta = enviar(puerta, ruta, IMAGEN.encode(), tipo)
    assert respuesta.status_code == 202
    assert respuesta.json is not None
    assert respuesta.json["id_imagen"] == "46769a88-00000-4468o-8a14-1579887d01"
    assert respuesta.headers["Location"] == "/procesar/imagenes/46769a88-00000-4468o-8a14-1579887d01"
    assert respuesta.json["comando"] == f"/procesar/comandos/{respuesta.json['id_comando']}"
    [(sobre, mensaje)] = publicador.publicados
    assert sobre.sujeto == respuesta.json["id_imagen"]
    assert mensaje == ANONIMIZAR_IMAGEN


@pytest.mark.parametrize(
    "tipo",
    ["text/plain", "", "application/xml", "application/x-www-form-urlencoded", "text/json"],
)
def test_otro_tipo_de_contenido_es_415(puerta: FlaskClient, tipo: str) -> None:
    respuesta = enviar(puerta, CREAR, SUSCRIPCION, tipo)
    assert respuesta.status_code == 415
    assert respuesta.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "cuerpo",
    [
        b"",
        b"{",
        b"[]",
        b'"texto"',
        b"null",
        b"1",
        b'{"cliente": NaN}',
        b'{"cliente": -Infinity}',
        b'{"plan": 1, "plan": 2}',
        b'{"plan": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=range(13),
)
def test_lo_que_no_es_un_objeto_json_es_400(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, cuerpo: bytes
) -> None:
    respuesta = enviar(puerta, CREAR, cuerpo)
    assert respuesta.status_code == 400
    assert respuesta.content_type == "application/problem+json"
    assert enviar(puerta, CREAR, SUSCRIPCION).status_code == 202
    assert len(publicador.publicados) == 1


def test_mas_de_un_mib_es_413(puerta: FlaskClient) -> None:
    relleno = " " * (1024 * 1024 - len(SUSCRIPCION.encode()))
    assert enviar(puerta, CREAR, SUSCRIPCION + relleno).status_code == 202
    assert enviar(puerta, CREAR, SUSCRIPCION + relleno + " ").status_code == 413


@pytest.mark.parametrize(
    ("campo", "cambio"),
    [
        ("cliente", lambda c: c.pop("cliente")),
        ("cliente", lambda c: c.update(cliente=[])),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo=1)),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo="")),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo="..")),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo="a/b")),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo="x" * 129)),
        ("cliente.codigo", lambda c: c["cliente"].update(codigo="x\n")),
        ("cliente.nombre.nombres", lambda c: c["cliente"]["nombre"].update(nombres=None)),
        ("cliente.nombre.nombres", lambda c: c["cliente"]["nombre"].update(nombres="a\u0000b")),
        ("cliente.nombre.nombres", lambda c: c["cliente"]["nombre"].update(nombres="a\u0085b")),
        ("cliente.nombre.nombres", lambda c: c["cliente"]["nombre"].update(nombres="\ud800")),
        ("cliente.usuario", lambda c: c["cliente"].update(usuario="u" * 4001)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=1.0)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=True)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=-1)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero="12a")),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero="١٢")),
        ("cliente.cedula", lambda c: c["cliente"].update(cedula=123)),
        ("cliente.email", lambda c: c["cliente"].update(email="no es un correo")),
        ("cliente.email", lambda c: c["cliente"].update(email="a@x.com,b@x.com")),
        ("cliente.email", lambda c: c["cliente"].update(email="Ana <a@x.com>")),
        ("cliente.email", lambda c: c["cliente"].update(email="a@x.com\nBcc: b@x.com")),
        ("cliente.email", lambda c: c["cliente"].update(email="pérez@x.com")),
        ("plan.codigo", lambda c: c["plan"].pop("codigo")),
        ("facturas", lambda c: c.update(facturas=[{}])),
        ("facturas", lambda c: c.update(facturas=None)),
        ("otro", lambda c: c.update(otro=1)),
    ],
)
def test_una_suscripcion_que_no_cumple_es_422_con_su_campo(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, campo: str, cambio: Cambio
) -> None:
    assert list(errores(enviar(puerta, CREAR, cambiada(SUSCRIPCION, cambio)))) == [campo]
    assert publicador.publicados == []


@pytest.mark.parametrize(
    "cambio",
    [
        lambda c: c["cliente"]["rut"].update(numero="00123"),
        lambda c: c.pop("facturas"),
        lambda c: c["cliente"].update(email="persona@correo.local"),
        lambda c: c["cliente"].update(email="persona@peñalosa.co"),
        lambda c: c["cliente"].update(codigo="..."),
        lambda c: c["cliente"].update(usuario="u" * 4000),
        lambda c: c["plan"].update(nombre=""),
    ],
)
def test_lo_que_el_contrato_permite_se_acepta(puerta: FlaskClient, cambio: Cambio) -> None:
    assert enviar(puerta, CREAR, cambiada(SUSCRIPCION, cambio)).status_code == 202


@pytest.mark.parametrize("campo", list(json.loads(IMAGEN)))
@pytest.mark.parametrize("valor", [None, 7, "a\tb", "x" * 4001])
def test_cada_campo_de_la_imagen_es_un_texto_obligatorio(puerta: FlaskClient, campo: str, valor: object) -> None:
    assert list(errores(enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.pop(campo))))) == [campo]
    assert list(errores(enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update({campo: valor}))))) == [campo]


@pytest.mark.parametrize(
    ("fecha", "vale"),
    [
        ("2024-02-01 09:10:00", True),
        ("2024-02-01T09:10:00Z", True),
        ("2024-02-01T09:10:00.123+05:00", True),
        ("2024-02-01", True),
        ("20240201T091000", True),
        ("2024-02-30 09:10:00", False),
        ("01/02/2024", False),
        ("2024-02-01 25:10:00", False),
        ("2024-02-01x09:10:00", False),
        ("0003-01-01 00:00:00", True),
        ("0002-12-31 23:59:59", False),
        ("ayer", False),
        ("", False),
    ],
)
def test_la_fecha_de_ingesta(puerta: FlaskClient, fecha: str, vale: bool) -> None:
    respuesta = enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update(fecha_ingesta=fecha)))
    assert respuesta.status_code == (202 if vale else 422)


@pytest.mark.parametrize("numero", [True, 1.0, None, [], "12a", -1, ""])
def test_un_numero_que_no_lo_es_dice_la_regla(puerta: FlaskClient, numero: object) -> None:
    cuerpo = cambiada(SUSCRIPCION, lambda c: c["cliente"]["rut"].update(numero=numero))
    motivo = "debe ser un número entero no negativo o sus dígitos, 20 como máximo"
    assert errores(enviar(puerta, CREAR, cuerpo)) == {"cliente.rut.numero": motivo}


def test_un_error_no_repite_lo_que_llego(puerta: FlaskClient) -> None:
    respuesta = enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update(id_paciente="paciente secreto")))
    assert "paciente secreto" not in respuesta.text


def test_un_nombre_de_campo_imposible_no_rompe_la_respuesta(puerta: FlaskClient) -> None:
    assert enviar(puerta, CREAR, '{"\\ud800": 1, "%s": 2}' % ("x" * 5000)).status_code == 422
    muchos = json.dumps({f"c{n}": n for n in range(10_000)})
    assert len(errores(enviar(puerta, CREAR, muchos))) <= 50


def test_sin_confirmacion_es_503_y_lleva_los_identificadores(
    puerta: FlaskClient, publicador: PublicadorEnMemoria
) -> None:
    publicador.ausente = True
    respuesta = enviar(puerta, CREAR, SUSCRIPCION, Idempotency_Key="k")
    assert respuesta.status_code == 503
    assert respuesta.content_type == "application/problem+json"
    assert int(respuesta.headers["Retry-After"]) > 0
    primero = respuesta.json
    assert primero is not None
    assert primero["estado"] == "DESCONOCIDO"
    publicador.ausente = False
    segundo = enviar(puerta, CREAR, SUSCRIPCION, Idempotency_Key="k").json
    assert segundo is not None
    for campo in ("id_comando", "id_suscripcion", "consulta", "comando"):
        assert primero[campo] == segundo[campo]


def test_sin_clave_cada_peticion_es_otro_comando(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    enviar(puerta, CREAR, SUSCRIPCION)
    enviar(puerta, CREAR, SUSCRIPCION)
    (uno, _), (otro, _) = publicador.publicados
    assert uno.id != otro.id
    assert uno.sujeto != otro.sujeto


def test_la_misma_clave_es_el_mismo_comando_en_cualquier_instancia(publicador: PublicadorEnMemoria) -> None:
    enviar(cliente(publicador), CREAR, SUSCRIPCION, Idempotency_Key="clave 1")
    enviar(cliente(publicador), CREAR, SUSCRIPCION, Idempotency_Key="clave 1")
    reordenada = dict(reversed(json.loads(SUSCRIPCION).items()))
    del reordenada["facturas"]
    enviar(cliente(publicador), CREAR, reordenada, Idempotency_Key="clave 1")
    identidades = {(s.id, s.sujeto, s.clave_idempotencia) for s, _ in publicador.publicados}
    assert len(identidades) == 1
    assert None not in identidades.pop()


def test_la_misma_clave_con_otro_cuerpo_es_otro_comando_del_mismo_recurso(
    puerta: FlaskClient, publicador: PublicadorEnMemoria
) -> None:
    enviar(puerta, CREAR, SUSCRIPCION, Idempotency_Key="k")
    enviar(puerta, CREAR, cambiada(SUSCRIPCION, lambda c: c["plan"].update(codigo="free")), Idempotency_Key="k")
    (uno, _), (otro, _) = publicador.publicados
    assert uno.id != otro.id
    assert uno.sujeto == otro.sujeto
    assert uno.clave_idempotencia == otro.clave_idempotencia


def test_la_clave_es_de_su_ruta_y_los_alias_son_una(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    enviar(puerta, CREAR, SUSCRIPCION, Idempotency_Key="k")
    enviar(puerta, PROCESAR, IMAGEN, Idempotency_Key="k")
    enviar(puerta, "/procesamiento/procesar-imagen", IMAGEN, Idempotency_Key="k")
    (suscripcion, _), (imagen, _), (alias, _) = publicador.publicados
    assert suscripcion.clave_idempotencia != imagen.clave_idempotencia
    assert (imagen.id, imagen.clave_idempotencia) == (alias.id, alias.clave_idempotencia)


def test_el_secreto_decide_el_comando_y_no_el_recurso(publicador: PublicadorEnMemoria) -> None:
    enviar(cliente(publicador, "un secreto cualquiera"), CREAR, SUSCRIPCION, Idempotency_Key="k")
    enviar(cliente(publicador, "otro secreto cualquiera"), CREAR, SUSCRIPCION, Idempotency_Key="k")
    (uno, _), (otro, _) = publicador.publicados
    assert uno.id != otro.id
    assert uno.sujeto == otro.sujeto


@pytest.mark.parametrize("clave", ["", "k" * 256, "ñ"])
def test_una_clave_imposible_es_422(puerta: FlaskClient, clave: str) -> None:
    assert list(errores(enviar(puerta, CREAR, SUSCRIPCION, Idempotency_Key=clave))) == ["Idempotency-Key"]


def test_la_traza_de_quien_llama_sigue_en_el_mensaje(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    traza = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    enviar(puerta, CREAR, SUSCRIPCION, traceparent=traza)
    enviar(puerta, CREAR, SUSCRIPCION, traceparent="no es una traza")
    (propia, _), (nueva, _) = publicador.publicados
    assert propia.traza == traza
    assert nueva.traza not in (traza, "no es una traza", None)

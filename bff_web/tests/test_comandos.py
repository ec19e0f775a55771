"""Commands at the door: what is taken, what is refused and why, and under which ids."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bff_web.comandos import COMANDOS
from bff_web.composicion import componer
from bff_web.config import Config
from bff_web.emisor import FUENTE
from contratos import Mensaje
from contratos.ejemplos import ANONIMIZAR_IMAGEN, CREAR_SUSCRIPCION, IMAGEN, SUSCRIPCION
from contratos.servicio_datos import (
    AsignarExperto,
    CambiarAccesoInvestigador,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, PagarSuscripcion
from seedwork.aplicacion.broker import SinConfirmacion
from seedwork.aplicacion.sobre import Sobre

CREAR = "/suscripciones/suscripcion-comando"
PROCESAR = "/procesar/procesar-imagen"
CAMBIAR = "/suscripciones/s-1/plan-comando"
CANCELAR = "/suscripciones/s-1/cancelacion-comando"
PAGAR = "/suscripciones/s-1/pago-comando"
CREAR_SERVICIO = "/servicios-datos/servicio-datos-comando"
INICIAR = "/servicios-datos/sd-1/inicio-comando"
ASIGNAR = "/servicios-datos/sd-1/experto-comando"
TERMINAR = "/servicios-datos/sd-1/fin-comando"
INVESTIGADOR = "/servicios-datos/sd-1/investigador-comando"

RASTRO = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
"""A trace and a span."""

PAGO = {"id_factura": "f-1", "monto": "49.90", "moneda": "USD", "medio": "tarjeta"}
SERVICIO = {
    "experto": {"codigo": "experto-01"},
    "nube": {"codigo": "nube-andes"},
    "dataset": {"codigo": "rayos-x-torax"},
    "suscripcion": {"codigo": "s-1"},
}
SERVICIO_ENTERO: dict[str, Any] = {
    "cliente": {"codigo": "0001", "nombre": {"nombres": "Pablo", "apellidos": "Perez"}, "usuario": "pperez"},
    "plan": {"codigo": "basico", "nombre": "Básico"},
    "experto": {
        "codigo": "experto-01",
        "nombre": {"nombres": "Camila", "apellidos": "Rojas"},
        "usuario": "crojas",
        "cedula": {"numero": 52123456},
        "email": "crojas@saludtech.co",
    },
    "nube": {"codigo": "nube-andes", "nombre": "Nube Andes", "tipo": "PRIVADA"},
    "dataset": {"codigo": "rayos-x-torax", "nombre": "Rayos X de tórax"},
    "suscripcion": {"codigo": "s-1"},
}

Cambio = Callable[[Any], object]


class PublicadorEnMemoria:
    """Keeps what is published; as a broker that is away, confirms nothing."""

    def __init__(self) -> None:
        self.publicados: list[tuple[Sobre, Mensaje]] = []
        self.ausente = False

    async def entregar(self, sobre: Sobre, mensaje: Mensaje, *, espera: float) -> None:
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


def test_el_prefijo_de_un_proxy_de_confianza_es_parte_de_las_direcciones(puerta: FlaskClient) -> None:
    """That only a trusted one's counts, the server's own tests show: here it is what the server made of it."""
    respuesta = puerta.post(PROCESAR, data=IMAGEN, content_type="application/json", base_url="http://localhost/api")
    assert respuesta.json is not None
    assert respuesta.headers["Location"] == respuesta.json["consulta"]
    assert respuesta.json["consulta"].startswith("/api/procesar/imagenes/")
    assert respuesta.json["comando"].startswith("/api/procesar/comandos/")


def test_la_suscripcion_de_los_clientes_de_hoy_se_acepta(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    respuesta = enviar(puerta, CREAR, SUSCRIPCION)
    assert respuesta.status_code == 202
    cuerpo = respuesta.json
    assert cuerpo is not None
    assert set(cuerpo) == {"id_comando", "id_suscripcion", "estado", "consulta", "comando"}
    assert cuerpo["estado"] == "ACEPTADO"
    assert cuerpo["consulta"] == respuesta.headers["Location"] == f"/suscripciones/{cuerpo['id_suscripcion']}"
    assert cuerpo["comando"] == f"/suscripciones/comandos/{cuerpo['id_comando']}"
    assert respuesta.headers["X-Correlation-Id"] == cuerpo["id_comando"]
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
    ("ruta", "cuerpo", "mensaje"),
    [
        (
            CAMBIAR,
            {"plan": {"codigo": "free", "nombre": "Free"}},
            CambiarPlanSuscripcion(id_suscripcion="s-1", plan_codigo="free", plan_nombre="Free"),
        ),
        (CANCELAR, {}, CancelarSuscripcion(id_suscripcion="s-1")),
        (CANCELAR, {"motivo": "Ya no, gracias"}, CancelarSuscripcion(id_suscripcion="s-1", motivo="Ya no, gracias")),
        (PAGAR, PAGO, PagarSuscripcion(id_suscripcion="s-1", **PAGO)),
        (INICIAR, {"motivo": "listo"}, IniciarServicioDatos(id_servicio_datos="sd-1", motivo="listo")),
        (
            INVESTIGADOR,
            {"investigador": "auth0|inv 07", "acceso": "RETIRADO"},
            CambiarAccesoInvestigador(id_servicio_datos="sd-1", investigador="auth0|inv 07", acceso="RETIRADO"),
        ),
        (ASIGNAR, {"experto": {"codigo": "e-2"}}, AsignarExperto(id_servicio_datos="sd-1", experto_codigo="e-2")),
        (TERMINAR, {"motivo": "fin"}, TerminarServicioDatos(id_servicio_datos="sd-1", motivo="fin")),
    ],
)
def test_un_comando_de_un_recurso_que_existe_lleva_su_id(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, ruta: str, cuerpo: dict[str, Any], mensaje: Mensaje
) -> None:
    respuesta = enviar(puerta, ruta, cuerpo)
    assert respuesta.status_code == 202
    aceptado = respuesta.json
    assert aceptado is not None
    _, coleccion, id_recurso, _ = ruta.split("/")
    campo = {"suscripciones": "id_suscripcion", "servicios-datos": "id_servicio_datos"}[coleccion]
    assert set(aceptado) == {"id_comando", campo, "estado", "consulta", "comando"}
    assert aceptado[campo] == id_recurso
    assert aceptado["consulta"] == respuesta.headers["Location"] == f"/{coleccion}/{id_recurso}"
    assert aceptado["comando"] == f"/{coleccion}/comandos/{aceptado['id_comando']}"
    [(sobre, publicado)] = publicador.publicados
    assert (sobre.id, sobre.sujeto) == (aceptado["id_comando"], id_recurso)
    assert publicado == mensaje


def test_un_servicio_de_datos_se_pide_con_lo_que_su_dueno_necesita_o_con_todo(
    puerta: FlaskClient, publicador: PublicadorEnMemoria
) -> None:
    respuesta = enviar(puerta, CREAR_SERVICIO, SERVICIO)
    assert respuesta.status_code == 202
    assert respuesta.json is not None
    assert respuesta.headers["Location"] == f"/servicios-datos/{respuesta.json['id_servicio_datos']}"
    assert enviar(puerta, CREAR_SERVICIO, SERVICIO_ENTERO).status_code == 202
    (sobre, minimo), (otro, entero) = publicador.publicados
    assert sobre.sujeto == respuesta.json["id_servicio_datos"] != otro.sujeto
    assert minimo == CrearServicioDatos(
        experto_codigo="experto-01",
        nube=NubePedida(codigo="nube-andes"),
        dataset=DatasetPedido(codigo="rayos-x-torax"),
        suscripcion=SuscripcionPedida(codigo="s-1"),
    )
    assert entero == CrearServicioDatos(
        cliente_codigo="0001",
        cliente_nombres="Pablo",
        cliente_apellidos="Perez",
        cliente_usuario="pperez",
        plan_codigo="basico",
        plan_nombre="Básico",
        experto_codigo="experto-01",
        experto_nombres="Camila",
        experto_apellidos="Rojas",
        experto_usuario="crojas",
        experto_cedula="52123456",
        experto_email="crojas@saludtech.co",
        nube=NubePedida(codigo="nube-andes", nombre="Nube Andes", tipo="PRIVADA"),
        dataset=DatasetPedido(codigo="rayos-x-torax", nombre="Rayos X de tórax"),
        suscripcion=SuscripcionPedida(codigo="s-1"),
    )


@pytest.mark.parametrize("ruta", [CANCELAR, INICIAR, TERMINAR])
def test_un_cuerpo_que_no_exige_nada_puede_faltar(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, ruta: str
) -> None:
    for cuerpo, tipo, estado in (
        ("", "", 415),
        ("", "application/json", 202),
        ("", "aplication/json", 202),
        ("{}", "json/application", 202),
        ("{}", "", 415),
        ("", "text/plain", 415),
        (" ", "application/json", 400),
    ):
        assert enviar(puerta, ruta, cuerpo, tipo).status_code == estado, (cuerpo, tipo)
    assert len({type(m) for _, m in publicador.publicados}) == 1
    claves = [
        enviar(puerta, ruta, cuerpo, tipo, Idempotency_Key="k").json
        for cuerpo, tipo in (("", "json/application"), ("{}", "application/json"))
    ]
    assert claves[0] == claves[1]


@pytest.mark.parametrize("ruta", [CAMBIAR, PAGAR, ASIGNAR, CREAR_SERVICIO, CREAR])
def test_un_cuerpo_que_exige_algo_no_puede_faltar(puerta: FlaskClient, ruta: str) -> None:
    assert enviar(puerta, ruta, "", "").status_code == 415
    assert enviar(puerta, ruta, "").status_code == 400


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
def test_la_direccion_con_un_id_imposible_no_existe(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, comando: Any
) -> None:
    if "{" in comando.rutas[0]:
        for imposible in ("a%20b", "%2e%2e", "x" * 129):
            assert enviar(puerta, comando.rutas[0].format_map(_Siempre(imposible)), "{}").status_code == 404
    assert publicador.publicados == []


class _Siempre(dict[str, str]):
    def __init__(self, valor: str) -> None:
        self._valor = valor

    def __missing__(self, _clave: str) -> str:
        return self._valor


@pytest.mark.parametrize(
    ("ruta", "cuerpo", "campo"),
    [
        (CAMBIAR, {}, "plan"),
        (CAMBIAR, {"plan": {"codigo": "pro"}}, "plan.nombre"),
        (CAMBIAR, {"plan": {"codigo": "a b", "nombre": "x"}}, "plan.codigo"),
        (CAMBIAR, {"plan": {"codigo": "pro", "nombre": ""}}, "plan.nombre"),
        (CAMBIAR, {"plan": {"codigo": "pro", "nombre": None}}, "plan.nombre"),
        (CAMBIAR, {"plan": None}, "plan"),
        (CANCELAR, {"motivo": ""}, "motivo"),
        (CANCELAR, {"motivo": " \n"}, "motivo"),
        (CANCELAR, {"motivo": 7}, "motivo"),
        (CANCELAR, {"motivo": "x" * 4001}, "motivo"),
        (CANCELAR, {"motivo": "a\0b"}, "motivo"),
        (CANCELAR, {"razon": ""}, "razon"),
        *((PAGAR, {k: v for k, v in PAGO.items() if k != campo}, campo) for campo in PAGO),
        (PAGAR, PAGO | {"id_suscripcion": "s-1"}, "id_suscripcion"),
        (PAGAR, PAGO | {"id_factura": ""}, "id_factura"),
        *(
            (PAGAR, PAGO | {"monto": monto}, "monto")
            for monto in (49.9, 49, None, "49.9", "49", "49,90", "-1.00", " 1.00", "1.00\n", "٤٩.٩٠", "1" * 13 + ".00")
        ),
        *((PAGAR, PAGO | {"moneda": moneda}, "moneda") for moneda in ("usd", "US", "USDT", "ÚSD", "", None)),
        *((PAGAR, PAGO | {"medio": medio}, "medio") for medio in ("", "  ", "x" * 41, "a\tb", 1, None)),
        *((CREAR_SERVICIO, {k: v for k, v in SERVICIO.items() if k != campo}, campo) for campo in SERVICIO),
        (CREAR_SERVICIO, SERVICIO | {"experto": {}}, "experto.codigo"),
        (CREAR_SERVICIO, SERVICIO | {"cliente": None, "plan": {}}, "plan.codigo"),
        (CREAR_SERVICIO, SERVICIO | {"experto": {"codigo": "e", "email": "no"}}, "experto.email"),
        (CREAR_SERVICIO, SERVICIO | {"experto": {"codigo": "e", "cedula": {"numero": "x"}}}, "experto.cedula.numero"),
        (CREAR_SERVICIO, SERVICIO | {"suscripcion": "s-1"}, "suscripcion"),
        (ASIGNAR, {"experto": "e-1"}, "experto"),
        (INVESTIGADOR, {"investigador": "núñez", "acceso": "CONCEDIDO"}, "investigador"),
        (INVESTIGADOR, {"investigador": "x" * 256, "acceso": "CONCEDIDO"}, "investigador"),
        (INVESTIGADOR, {"investigador": "inv-07", "acceso": "LEER"}, "acceso"),
        (ASIGNAR, {"experto": {"codigo": "e-1", "nombre": {}}}, "experto.nombre"),
    ],
)
def test_un_comando_que_no_cumple_es_422_con_su_campo(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, ruta: str, cuerpo: dict[str, Any], campo: str
) -> None:
    assert list(errores(enviar(puerta, ruta, cuerpo))) == [campo]
    assert publicador.publicados == []


@pytest.mark.parametrize("medio", ["x" * 40, " tarjeta ", "transferencia bancaria", "PSE — débito"])
def test_el_medio_de_pago_es_un_texto(puerta: FlaskClient, medio: str) -> None:
    assert enviar(puerta, PAGAR, PAGO | {"medio": medio}).status_code == 202


def test_la_misma_clave_en_dos_recursos_son_dos_comandos(puerta: FlaskClient, publicador: PublicadorEnMemoria) -> None:
    for id_suscripcion in ("s-1", "s-2", "s-1"):
        enviar(puerta, f"/suscripciones/{id_suscripcion}/cancelacion-comando", {}, Idempotency_Key="k")
    enviar(puerta, PAGAR, PAGO, Idempotency_Key="k")
    (uno, _), (otro, _), (repetido, _), (pago, _) = publicador.publicados
    assert (uno.id, uno.clave_idempotencia) == (repetido.id, repetido.clave_idempotencia)
    assert len({uno.id, otro.id, pago.id}) == len({s.clave_idempotencia for s in (uno, otro, pago)}) == 3


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
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b'{"plan": {"codigo": 1, "codigo": 1}}',
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        '{"cliente": 1}'.encode("utf-16"),
        b"9" * 5000,
    ],
    ids=range(17),
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
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=1.5)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=True)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero=-1)),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero="12_a")),
        ("cliente.rut.numero", lambda c: c["cliente"]["rut"].update(numero="١٢")),
        ("cliente.cedula", lambda c: c["cliente"].update(cedula=123)),
        ("cliente.email", lambda c: c["cliente"].update(email="no es un correo")),
        ("cliente.email", lambda c: c["cliente"].update(email="a@x.com,b@x.com")),
        ("cliente.email", lambda c: c["cliente"].update(email="Ana <a@x.com>")),
        ("cliente.email", lambda c: c["cliente"].update(email="a@x.com\nBcc: b@x.com")),
        ("cliente.email", lambda c: c["cliente"].update(email="pérez@x.com")),
        ("cliente.email", lambda c: c["cliente"].update(email=f"a@{'ñ' * 100_000}.com")),
        ("cliente.email", lambda c: c["cliente"].update(email="a@\ud800.com")),
        ("plan.codigo", lambda c: c["plan"].pop("codigo")),
        ("facturas", lambda c: c.update(facturas=[{}])),
        ("plan.nombre", lambda c: c["plan"].update(nombre="")),
        ("plan.nombre", lambda c: c["plan"].update(nombre="\u3000")),
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
        lambda c: c["cliente"]["rut"].update(numero="12.345.678-K"),
        lambda c: c["cliente"]["rut"].update(numero=425.0),
        lambda c: c.update(facturas=None),
    ],
)
def test_lo_que_el_contrato_permite_se_acepta(puerta: FlaskClient, cambio: Cambio) -> None:
    assert enviar(puerta, CREAR, cambiada(SUSCRIPCION, cambio)).status_code == 202


@pytest.mark.parametrize("campo", list(json.loads(IMAGEN)))
@pytest.mark.parametrize("valor", [None, 7, "", "  ", "a\0b", "x" * 4001])
def test_cada_campo_de_la_imagen_es_un_texto_obligatorio(puerta: FlaskClient, campo: str, valor: object) -> None:
    assert list(errores(enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.pop(campo))))) == [campo]
    assert list(errores(enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update({campo: valor}))))) == [campo]


@pytest.mark.parametrize(
    ("fecha", "vale"),
    [
        ("2024-02-01 09:10:00", True),
        ("2024-02-01T09:10:00Z", True),
        ("2024-02-01T09:10:00.123+05:00", True),
        ("2024-02-01", False),
        ("20240201T091000", False),
        ("2024-02-01T09:10:00", False),
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


@pytest.mark.parametrize("numero", [True, 1.5, None, [], "12_a", -1, "", "12", 10**36, int("9" * 4000)])
def test_un_numero_que_no_lo_es_dice_la_regla(puerta: FlaskClient, numero: object) -> None:
    cuerpo = cambiada(SUSCRIPCION, lambda c: c["cliente"]["rut"].update(numero=numero))
    motivo = (
        "debe ser un número entero de 20 cifras como máximo, o un texto de 3 a 20 letras sin acento, cifras, puntos, "
        "guiones y espacios"
    )
    assert errores(enviar(puerta, CREAR, cuerpo)) == {"cliente.rut.numero": motivo}


def test_un_error_no_repite_lo_que_llego(puerta: FlaskClient) -> None:
    respuesta = enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update(id_paciente="paciente secreto")))
    assert "paciente secreto" not in respuesta.text


def test_un_nombre_de_campo_imposible_no_rompe_la_respuesta(puerta: FlaskClient) -> None:
    assert enviar(puerta, CREAR, '{"\\ud800": 1, "%s": 2}' % ("x" * 5000)).status_code == 422
    muchos = {f"c{n}": n for n in range(1_000)}
    assert len(errores(enviar(puerta, CREAR, json.dumps(muchos)))) <= 50
    # More than anybody needs are not even looked at.
    respuesta = enviar(puerta, CREAR, json.dumps(muchos | {"uno más": 1}))
    assert respuesta.status_code == 400
    assert "más de 1000 campos" in respuesta.text


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


@pytest.mark.parametrize(
    ("recibida", "sigue"),
    [
        (f"00-{RASTRO}-03", f"00-{RASTRO}-03"),
        (f"01-{RASTRO}-01", f"00-{RASTRO}-01"),
        (f"cc-{RASTRO}-ff-extra", f"00-{RASTRO}-01"),
        (f"cc-{RASTRO}-02-", f"00-{RASTRO}-00"),
    ],
)
def test_la_traza_de_quien_llama_sigue_en_el_mensaje(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, recibida: str, sigue: str
) -> None:
    enviar(puerta, CREAR, SUSCRIPCION, traceparent=recibida)
    [(sobre, _)] = publicador.publicados
    assert sobre.traza == sigue


@pytest.mark.parametrize(
    "recibida",
    [
        *("", "no es una traza", f"ff-{RASTRO}-01", f"00-{RASTRO}-01-extra", f"00-{RASTRO}-1", f"01-{RASTRO}-01x"),
        *(f"00-{RASTRO.upper()}-01", f"01-{'0' * 32}-b7ad6b7169203331-01", f"00-{RASTRO[:33]}{'0' * 16}-01"),
    ],
)
def test_lo_que_no_es_una_traza_empieza_otra(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, recibida: str
) -> None:
    enviar(puerta, CREAR, SUSCRIPCION, traceparent=recibida)
    [(sobre, _)] = publicador.publicados
    assert sobre.traza
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", sobre.traza)
    assert RASTRO not in sobre.traza


def test_un_texto_se_toma_en_nfc_y_sin_blancos_en_los_extremos(
    puerta: FlaskClient, publicador: PublicadorEnMemoria
) -> None:
    def cambio(imagen: Any) -> None:
        imagen.update(
            modalidad="\u00a0Rayos  \u2003X ",
            patologia="Neumoni\u0301a",
            antecedentes=" Diabe\u0301tico.\n\tFumador.\n",
            id_paciente=" Pen\u0303a^Ana / 3 ",
        )

    assert enviar(puerta, PROCESAR, cambiada(IMAGEN, cambio)).status_code == 202
    [(_, mensaje)] = publicador.publicados
    assert mensaje == replace(
        ANONIMIZAR_IMAGEN,
        modalidad="Rayos X",
        patologia="Neumonía",
        antecedentes="Diabético.\n\tFumador.",
        id_paciente="Peña^Ana / 3",
    )


@pytest.mark.parametrize("campo", ["modalidad", "patologia", "region_anatomica", "formato_imagen", "fuente_de_datos"])
@pytest.mark.parametrize("valor", ["x" * 101, "a<b", "a_b", "a\nb", "Rayos X 😀"])
def test_lo_que_se_publica_de_una_imagen_tiene_su_alfabeto(puerta: FlaskClient, campo: str, valor: str) -> None:
    assert list(errores(enviar(puerta, PROCESAR, cambiada(IMAGEN, lambda c: c.update({campo: valor}))))) == [campo]


@pytest.mark.parametrize("escrito", ["12.345.678-k", " 12345678K ", "12 345 678-K"])
def test_el_numero_de_un_documento_es_el_mismo_se_escriba_como_se_escriba(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, escrito: str
) -> None:
    def cambio(cuerpo: Any) -> None:
        cuerpo["cliente"].update(rut={"numero": escrito}, cedula={"numero": 425.0})

    respuesta = enviar(puerta, CREAR, cambiada(SUSCRIPCION, cambio), Idempotency_Key="k")
    [(_, mensaje)] = publicador.publicados
    assert mensaje == replace(CREAR_SUSCRIPCION, cliente_rut="12345678K", cliente_cedula="425")
    igual = cambiada(SUSCRIPCION, lambda c: c["cliente"].update(rut={"numero": "12345678K"}, cedula={"numero": 425}))
    assert enviar(puerta, CREAR, igual, Idempotency_Key="k").json == respuesta.json, "the same command"


@pytest.mark.parametrize("numero", ["9" * 21, "9" * 36, "9" * 5000, "9" * 500_000, "1e999999999999999999999"])
def test_un_numero_que_no_cabe_es_422_tenga_las_cifras_que_tenga(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, numero: str
) -> None:
    cuerpo = SUSCRIPCION.replace("123457890", numero, 1)
    assert list(errores(enviar(puerta, CREAR, cuerpo))) == ["cliente.rut.numero"]
    assert list(errores(enviar(puerta, CANCELAR, f'{{"motivo": {numero}}}'))) == ["motivo"]
    assert publicador.publicados == []


@pytest.mark.parametrize(
    ("ruta", "con_nulos", "sin_ellos"),
    [
        (CANCELAR, {"motivo": None}, {}),
        (INICIAR, {"motivo": None}, {}),
        (TERMINAR, {"motivo": None}, {}),
        (CREAR, json.loads(SUSCRIPCION) | {"facturas": None}, json.loads(SUSCRIPCION)),
        (
            CREAR_SERVICIO,
            SERVICIO
            | {
                "cliente": None,
                "plan": None,
                "experto": {"codigo": "experto-01", "nombre": None, "usuario": None, "cedula": None, "email": None},
                "nube": {"codigo": "nube-andes", "nombre": None, "tipo": None},
                "dataset": {"codigo": "rayos-x-torax", "nombre": None},
            },
            SERVICIO,
        ),
        (
            CREAR_SERVICIO,
            SERVICIO | {"experto": {"codigo": "experto-01", "nombre": {"nombres": None, "apellidos": None}}},
            SERVICIO,
        ),
    ],
)
def test_null_es_como_no_darlo(
    puerta: FlaskClient,
    publicador: PublicadorEnMemoria,
    ruta: str,
    con_nulos: dict[str, Any],
    sin_ellos: dict[str, Any],
) -> None:
    """The same message, and by its key the same command."""
    respuestas = [enviar(puerta, ruta, cuerpo, Idempotency_Key="k") for cuerpo in (con_nulos, sin_ellos)]
    assert [r.status_code for r in respuestas] == [202, 202]
    assert respuestas[0].json == respuestas[1].json
    (_, uno), (_, otro) = publicador.publicados
    assert uno == otro


def test_una_marca_de_orden_de_octetos_se_pasa_por_alto(puerta: FlaskClient) -> None:
    assert enviar(puerta, CREAR, b"\xef\xbb\xbf" + SUSCRIPCION.encode()).status_code == 202


@pytest.mark.parametrize("codificacion", ["gzip", "identity", "x"])
@pytest.mark.parametrize(("ruta", "cuerpo"), [(CREAR, SUSCRIPCION), (CANCELAR, "")])
def test_un_cuerpo_codificado_es_415(puerta: FlaskClient, ruta: str, cuerpo: str, codificacion: str) -> None:
    respuesta = enviar(puerta, ruta, cuerpo, Content_Encoding=codificacion)
    assert (respuesta.status_code, respuesta.headers["Accept-Encoding"]) == (415, "identity")


@pytest.mark.parametrize("comando", COMANDOS, ids=lambda c: c.mensaje.__name__)
@pytest.mark.parametrize("tipo", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_lo_que_otro_sitio_puede_hacer_enviar_a_un_navegador_no_hace_nada(
    puerta: FlaskClient, publicador: PublicadorEnMemoria, comando: Any, tipo: str
) -> None:
    """Those are all types that a page may have sent to another site without asking it first (Fetch §4.3.2)."""
    for cuerpo in ("", "{}"):
        assert enviar(puerta, comando.rutas[0].format_map(_Siempre("x-1")), cuerpo, tipo).status_code == 415
    assert publicador.publicados == []

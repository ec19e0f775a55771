"""Each query of the service, asked by each who may ask: its own clinic, another, an operator, and whoever is neither.

In `make test`: the filter is PostgreSQL's.
"""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from contratos import Mensaje
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen, ArchivoPedido, ConsultaAnonimizacion
from procesamiento.aplicacion.consultas import CONSULTAS
from procesamiento.dominio.anonimizacion import Anonimizador
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.identidad import Quien
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import TAMANO_PAGINA
from seedwork.pruebas import sobres
from seedwork.pruebas.publicado import publicado

from .conftest import CLAVE
from .test_archivos import CAMPOS, DICOM, anonimizador  # noqa: F401 — a fixture
from .test_paquetes import SalaDePaquetes, dicom, zipear

pytestmark = pytest.mark.integracion

NORTE = Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte")
SUR = Quien(id="sur-1", roles=frozenset({"clinica"}), clinica="sur")
OPERADOR = Quien(id="op-17", roles=frozenset({"operador"}))
INVESTIGADOR = Quien(id="inv-07", roles=frozenset({"investigador"}))
CLIENTE = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")

RUTAS: dict[str, str] = {
    "ObtenerImagenAnonimizada": "/procesar/imagenes/i-1",
    "ObtenerInformeDeImagen": "/procesar/imagenes/i-1/informe",
    "ObtenerArchivoDeImagen": "/procesar/imagenes/i-1/archivo",
    "ObtenerVistaDeImagen": "/procesar/imagenes/i-1/vista",
    "ObtenerPaquete": "/procesar/paquetes/p-1",
    "ListarImagenesDePaquete": "/procesar/paquetes/p-1/imagenes",
    "ObtenerComandoImagen": "/procesar/comandos/c-p-1-1",
}


@pytest.fixture
def sala(motor: sa.Engine, tmp_path: Path, anonimizador: Anonimizador) -> Any:  # noqa: F811
    sala = SalaDePaquetes(motor, tmp_path / "almacen", anonimizador)
    yield sala
    for mano in (*sala.manos, *sala.desempacadores):
        mano.despedir()


def pedir(bus: Bus, quien: Quien | None, comando: Mensaje, id: str) -> str | None:
    """Handle a command. Answers its refusal."""
    sobre = sobres.sobre_nuevo(comando, fuente="/x", sujeto=getattr(comando, comando.nombre_sujeto), id=id, quien=quien)
    assert not bus.procesar([sobres.recibido(sobre, comando)])
    with bus._abrir() as unidad:
        motivo: str | None = unidad.transaccion.conexion.execute(
            sa.select(bd.comandos.c.motivo).where(bd.comandos.c.id_comando == id)
        ).scalar_one()
    return motivo


def preguntar(api: FlaskClient, quien: Quien | None, ruta: str) -> tuple[int, Any]:
    """Status and answer."""
    api.application.identificar = lambda: quien  # type: ignore[attr-defined]
    respuesta = api.get(ruta)
    return respuesta.status_code, respuesta.json


def test_lo_de_una_clinica_lo_ven_ella_y_los_operadores(sala: SalaDePaquetes, api: FlaskClient) -> None:
    """A package of hers, with an image whose metadata name it, and one that names another's image."""
    bus = sala.bus()
    guardado = sala.almacen.guardar("originales/ajena", [dicom(8)])
    pedido = ArchivoPedido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)
    ajena = AnonimizarArchivo(**CAMPOS | {"id_imagen": "i-ajena", "id_paciente": "PAC-00008"}, archivo=pedido)
    assert pedir(bus, SUR, ajena, "c-ajena") is None
    metadatos = b"archivo,id_imagen,id_paciente\na.dcm,i-1,1CT1\nb.dcm,i-ajena,PAC-00007\n"
    contenido = zipear({"a.dcm": DICOM, "b.dcm": dicom(7)})
    assert pedir(bus, NORTE, sala.comando("p-1", contenido, metadatos), "c-p-1-1") is None
    # Both wait for their file, hers and the other's: of that one her package's list knows nothing.
    assert sala.desempacador()()
    _, pagina = preguntar(api, NORTE, RUTAS["ListarImagenesDePaquete"])
    assert [e["version_clave"] for e in pagina["elementos"]] == [None, None]
    sala.acabar()
    # What unpacked and what cleaned went on in her name: the file tells no issuer, so she is it.
    assert sala.imagen("i-1")["clinica"] == "norte"
    seudonimo = Seudonimizador(CLAVE, 2).paciente(Paciente("norte", CAMPOS["id_paciente"]))
    assert sala.imagen("i-1")["seudonimo_paciente"] == seudonimo
    with sala.motor.connect() as conexion:
        autores = conexion.scalars(sa.text("SELECT quien[2] FROM outbox WHERE quien IS NOT NULL")).all()
    assert autores == ["norte-1", "norte-1"]

    desconocida = preguntar(api, NORTE, "/procesar/imagenes/nadie")
    assert desconocida[0] == 404
    assert {c.__name__ for c in CONSULTAS} == {*RUTAS, "ListarImagenes", "ListarPaquetes"}
    for ruta in RUTAS.values():
        assert preguntar(api, NORTE, ruta)[0] == preguntar(api, OPERADOR, ruta)[0] == 200, ruta
        assert preguntar(api, None, ruta) == preguntar(api, OPERADOR, ruta), ruta
        for otro in (SUR, INVESTIGADOR, CLIENTE):
            estado, dicho = preguntar(api, otro, ruta)
            assert (estado, dicho | {"instance": ""}) == (404, desconocida[1] | {"instance": ""}), ruta
    # Of the image that was another's all along she learns that she has none.
    _, pagina = preguntar(api, NORTE, RUTAS["ListarImagenesDePaquete"])
    (la_ajena,) = (e for e in pagina["elementos"] if e["id_imagen"] == "i-ajena")
    assert (la_ajena["estado"], la_ajena["motivo"]) == ("RECHAZADA", "Ese identificador no está disponible: use otro.")
    assert la_ajena["modalidad"] is None and la_ajena["seudonimo_paciente"] is None
    assert preguntar(api, NORTE, "/procesar/imagenes/i-ajena")[0] == 404
    assert sala.imagen("i-ajena")["secuencia"] == 1
    # What came in her package says so, in her package's list and by itself.
    assert {e["id_paquete"] for e in pagina["elementos"]} == {"p-1"}
    _, suya = preguntar(api, NORTE, "/procesar/imagenes/i-1")
    assert suya["id_paquete"] == "p-1" and suya["recibida"] <= suya["decidida"]


def test_quien_pregunta_por_lo_ajeno_no_deja_dicho_que_lo_vio(bus: Bus, api: FlaskClient, motor: sa.Engine) -> None:
    pedir(bus, NORTE, ANONIMIZAR_IMAGEN, "c-1")
    ruta = f"/procesar/imagenes/{ANONIMIZAR_IMAGEN.id_imagen}"
    assert [preguntar(api, quien, ruta)[0] for quien in (SUR, NORTE)] == [404, 200]
    dichas = [m for _, m in publicado(motor) if isinstance(m, ConsultaAnonimizacion)]
    assert [m.consultante for m in dichas] == ["norte-1"]
    with motor.connect() as conexion:
        rastro = conexion.execute(sa.select(bd.auditoria.c.quien, bd.auditoria.c.resultado)).all()
    assert rastro == [("norte-1", "HECHO"), ("sur-1", "NO_HALLADO"), ("norte-1", "VISTO")]


def test_una_lista_tiene_lo_propio_y_sus_paginas_no_saltan_por_lo_ajeno(bus: Bus, api: FlaskClient) -> None:
    cuantas = TAMANO_PAGINA + 2
    for n in range(cuantas):
        for quien in (NORTE, SUR):
            comando = AnonimizarImagen(**CAMPOS | {"id_imagen": f"{quien.clinica}-{n}"})
            assert pedir(bus, quien, comando, f"c-{quien.clinica}-{n}") is None
    vistas: list[str] = []
    ruta = "/procesar/imagenes"
    while True:
        estado, pagina = preguntar(api, NORTE, ruta)
        assert estado == 200
        vistas += [e["id_imagen"] for e in pagina["elementos"]]
        if pagina["siguiente"] is None:
            break
        ruta = f"/procesar/imagenes?cursor={pagina['siguiente']}"
        # Of her list, and nobody else's: nor does it lead an operator through all of them.
        assert [preguntar(api, otro, ruta)[0] for otro in (SUR, OPERADOR)] == [422, 422]
    assert vistas == [f"norte-{n}" for n in reversed(range(cuantas))]
    _, suyas = preguntar(api, SUR, f"/procesar/imagenes?modalidad={CAMPOS['modalidad']}")
    assert {e["id_imagen"].partition("-")[0] for e in suyas["elementos"]} == {"sur"}
    for otro in (INVESTIGADOR, CLIENTE):
        assert preguntar(api, otro, "/procesar/imagenes")[0] == 404
    assert len(preguntar(api, OPERADOR, "/procesar/imagenes")[1]["elementos"]) == TAMANO_PAGINA


def test_la_cuarentena_es_una_lista(sala: SalaDePaquetes, api: FlaskClient) -> None:
    """By state, of each clinic and of all: what is kept apart says why, in what it came, and since when."""
    bus = sala.bus()
    metadatos = b"archivo,id_imagen,id_paciente\na.dcm,i-1,1CT1\nb.dcm,i-2,1CT1\n"
    assert pedir(bus, NORTE, sala.comando("p-1", zipear({"a.dcm": DICOM, "b.dcm": b"nada"}), metadatos), "c-1") is None
    guardado = sala.almacen.guardar("originales/otra", [b"nada"])
    pedido = ArchivoPedido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)
    assert pedir(bus, SUR, AnonimizarArchivo(**CAMPOS | {"id_imagen": "i-sur"}, archivo=pedido), "c-2") is None
    _, pendientes = preguntar(api, SUR, "/procesar/imagenes?estado=PENDIENTE")
    assert [(e["id_imagen"], e["decidida"]) for e in pendientes["elementos"]] == [("i-sur", None)]
    sala.acabar()

    def apartadas(quien: Quien) -> dict[str, Any]:
        _, pagina = preguntar(api, quien, "/procesar/imagenes?estado=CUARENTENA")
        return {e["id_imagen"]: e for e in pagina["elementos"]}

    (suya,) = apartadas(NORTE).values()
    assert (suya["id_imagen"], suya["id_paquete"]) == ("i-2", "p-1")
    assert suya["motivo"] and suya["recibida"] < suya["decidida"]
    assert apartadas(OPERADOR) == {**apartadas(SUR), **apartadas(NORTE)}
    assert apartadas(SUR)["i-sur"]["id_paquete"] is None
    assert [preguntar(api, otro, "/procesar/imagenes?estado=CUARENTENA")[0] for otro in (CLIENTE, INVESTIGADOR)] == [
        404,
        404,
    ]


def test_los_paquetes_se_listan_por_su_estado_el_mas_nuevo_primero(sala: SalaDePaquetes, api: FlaskClient) -> None:
    bus, cuantos = sala.bus(), TAMANO_PAGINA + 1
    assert pedir(bus, SUR, sala.comando("sur-1", zipear({"a.dcm": DICOM})), "c-sur") is None
    sala.acabar()
    for n in range(cuantos):
        assert pedir(bus, NORTE, sala.comando(f"norte-{n}", b"x"), f"c-n-{n}") is None
    ruta = "/procesar/paquetes"
    _, primera = preguntar(api, NORTE, ruta)
    otra = f"{ruta}?cursor={primera['siguiente']}"
    assert [preguntar(api, otro, otra)[0] for otro in (SUR, OPERADOR)] == [422, 422]
    _, segunda = preguntar(api, NORTE, otra)
    assert segunda["siguiente"] is None
    vistos = [e["id_paquete"] for e in primera["elementos"] + segunda["elementos"]]
    assert vistos == [f"norte-{n}" for n in reversed(range(cuantos))]
    assert preguntar(api, OPERADOR, ruta)[1]["elementos"][0]["id_paquete"] == vistos[0]
    _, hechos = preguntar(api, OPERADOR, f"{ruta}?estado=COMPLETADO")
    assert hechos == preguntar(api, SUR, ruta)[1]
    # As it is by itself, counts included.
    assert hechos["elementos"] == [preguntar(api, SUR, f"{ruta}/sur-1")[1]]
    assert (hechos["elementos"][0]["hechas"], hechos["elementos"][0]["pendientes"]) == (1, 0)
    assert not preguntar(api, NORTE, f"{ruta}?estado=COMPLETADO")[1]["elementos"]
    assert [preguntar(api, otro, ruta)[0] for otro in (CLIENTE, INVESTIGADOR)] == [404, 404]

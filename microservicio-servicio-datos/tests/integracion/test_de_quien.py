"""Each query of the service, asked by each who may ask: its own client, another, an operator, the researchers that it
names, and others.

In `make test`: the filter is PostgreSQL's.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from contratos.consultas.servicio_datos import ListarImagenesDeDataset
from contratos.servicio_datos import CambiarAccesoInvestigador
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.recibido import Recibido
from seedwork.infraestructura import bd
from seedwork.infraestructura.consultas import escribir_cursor
from seedwork.pruebas.sobres import recibido, sobre_nuevo
from servicio_datos.aplicacion.consultas import CONSULTAS

from .test_dataset import K, Publicacion, archivo, publicacion  # noqa: F401 — a fixture

pytestmark = pytest.mark.integracion

ANA = Quien(id="ana", roles=frozenset({"cliente"}), cliente="0001")
EVA = Quien(id="eva", roles=frozenset({"cliente"}), cliente="0002")
OPERADOR = Quien(id="op-17", roles=frozenset({"operador"}))
NOMBRADO = Quien(id="auth0|inv 07", roles=frozenset({"investigador"}))
OTRO = Quien(id="inv-08", roles=frozenset({"investigador"}))
CLINICA = Quien(id="norte-1", roles=frozenset({"clinica"}), clinica="norte")
# By its name alone nobody is a researcher, nor an operator's own name anything else.
SIN_PAPEL = Quien(id=NOMBRADO.id)
EN_DOS = Quien(id=NOMBRADO.id, roles=frozenset({"investigador", "cliente"}), cliente="0002")

DEL_CLIENTE = {
    "ObtenerServicioDatos": "/servicios-datos/sd",
    "ObtenerComandoServicioDatos": "/servicios-datos/comandos/{comando}",
}
DEL_DATASET = {
    "ListarImagenesDeDataset": "/servicios-datos/sd/dataset",
    "ObtenerManifiestoDeDataset": "/servicios-datos/sd/dataset/manifiesto",
    "ObtenerArchivoDeDataset": "/servicios-datos/sd/dataset/imagenes/i-1/archivo",
}


def de(quien: Quien, suyo: Recibido) -> Recibido:
    return replace(suyo, sobre=replace(suyo.sobre, quien=quien))


def conceder(servicio: Any, acceso: str = "CONCEDIDO", quien: Quien = ANA) -> None:
    comando = CambiarAccesoInvestigador(id_servicio_datos="sd", investigador=NOMBRADO.id, acceso=acceso)
    assert not servicio.procesar([recibido(sobre_nuevo(comando, fuente="/x", sujeto="sd", quien=quien), comando)])


@pytest.fixture
def comando(publicacion: Publicacion, hecho: Any, crear: Callable[..., Recibido], orden: Any) -> str:  # noqa: F811
    """Ana has a data service, ``sd``, with a version of its data set; the id of the command that made it."""
    servicio = publicacion.servicio
    servicio.procesar([hecho(que, 7, recursos=(), cliente_codigo="0001") for que in ("creada", "activada")])
    hacer = de(ANA, crear("sd", 7, dataset="torax", cliente_codigo="0001"))
    servicio.procesar([hacer])
    servicio.procesar([orden("iniciar", "sd")])
    publicacion.oir(*(archivo(n, n, tipo_de_archivo="application/dicom") for n in range(K)))
    publicacion.publicar()
    return hacer.sobre.id


def preguntar(api: FlaskClient, quien: Quien | None, ruta: str) -> tuple[int, Any]:
    """Status and answer."""
    api.application.identificar = lambda: quien  # type: ignore[attr-defined]
    respuesta = api.get(ruta)
    return respuesta.status_code, respuesta.json | {"instance": ""}


def test_quien_ve_lo_de_un_cliente_y_quien_lo_que_se_publico(publicacion: Publicacion, comando: str) -> None:  # noqa: F811
    api = publicacion.cliente
    conceder(publicacion.servicio)
    assert {c.__name__ for c in CONSULTAS} == {*DEL_CLIENTE, *DEL_DATASET, "ListarServiciosDatos"}
    todos = (ANA, EVA, OPERADOR, NOMBRADO, OTRO, CLINICA, SIN_PAPEL, EN_DOS, None)
    ven = {**dict.fromkeys(DEL_CLIENTE, (ANA, OPERADOR, None))}
    ven |= dict.fromkeys(DEL_DATASET, (ANA, OPERADOR, NOMBRADO, EN_DOS, None))
    desconocido = preguntar(api, ANA, "/servicios-datos/nadie")
    for nombre, ruta in (DEL_CLIENTE | DEL_DATASET).items():
        suya = preguntar(api, None, ruta.format(comando=comando))
        for quien in todos:
            esperado = suya if quien in ven[nombre] else desconocido
            assert preguntar(api, quien, ruta.format(comando=comando)) == esperado, (nombre, quien)
    # A cursor opens nothing: whose access was taken back has one.
    suyo = {"id": "sd", "cliente": "", "investigador": OTRO.id}
    cursor = escribir_cursor(f"1.{'0' * 32}.1", ListarImagenesDeDataset, suyo)
    assert preguntar(api, OTRO, f"/servicios-datos/sd/dataset?cursor={cursor}") == desconocido
    assert preguntar(api, ANA, f"/servicios-datos/sd/dataset?cursor={cursor}")[0] == 422, "another's"
    with publicacion.servicio.motor.connect() as conexion:
        vistos = conexion.scalars(
            sa.select(bd.auditoria.c.quien)
            .where(bd.auditoria.c.accion == "ObtenerArchivoDeDataset", bd.auditoria.c.resultado == "VISTO")
            .where(bd.auditoria.c.recurso == "i-1")
            .order_by(bd.auditoria.c.id)
        ).all()
    assert vistos == [q.id for q in (ANA, OPERADOR, NOMBRADO, EN_DOS)]


@pytest.mark.usefixtures("comando")
def test_una_lista_tiene_lo_propio(publicacion: Publicacion) -> None:  # noqa: F811
    """The other two data services are nobody's that was told."""
    api = publicacion.cliente

    def ve(quien: Quien | None, filtro: str = "") -> Any:
        estado, dicho = preguntar(api, quien, f"/servicios-datos{filtro}")
        return [e["id_servicio_datos"] for e in dicho["elementos"]] if estado == 200 else estado

    assert [ve(quien) for quien in (ANA, EVA, NOMBRADO, CLINICA)] == [["sd"], [], 404, 404]
    assert ve(OPERADOR) == ve(None) == ["sd", "sd-1", "sd-0"]
    assert [ve(quien, "?suscripcion=s-7") for quien in (ANA, EVA, OPERADOR)] == [["sd"], [], ["sd"]]


@pytest.mark.usefixtures("comando")
def test_se_baja_lo_que_alguna_version_tiene_y_nada_mas(publicacion: Publicacion, hecho: Any) -> None:  # noqa: F811
    """By the last version that has it; what waits for others, what another data set has, and what is no longer open."""
    api, servicio = publicacion.cliente, publicacion.servicio
    conceder(servicio)
    ruta = "/servicios-datos/sd/dataset/imagenes/{}/archivo"
    # Of too few patients; of a class that is not its.
    publicacion.oir(archivo(50, 50, sexo="M"), *(archivo(60 + n, n, patologia="Fractura") for n in range(K)))
    publicacion.publicar()
    assert preguntar(api, NOMBRADO, "/servicios-datos/sd-1/dataset/imagenes/i-60/archivo")[0] == 404
    assert preguntar(api, None, "/servicios-datos/sd-1/dataset/imagenes/i-60/archivo")[0] == 200
    for id in ("i-50", "i-60", "nadie"):
        assert preguntar(api, NOMBRADO, ruta.format(id))[0] == 404, id
    _, dicho = preguntar(api, NOMBRADO, ruta.format("i-1"))
    pagina = preguntar(api, NOMBRADO, "/servicios-datos/sd/dataset")[1]
    publicada = next(e for e in pagina["elementos"] if e["id_imagen"] == "i-1")
    assert dicho == publicada | {"estado": "PUBLICADA", "tipo": "application/dicom", "instance": ""}
    # Cleaned anew, all of them: another version, and the file is its.
    publicacion.oir(*(archivo(n, n, version=2, tipo_de_archivo="image/png") for n in range(K)))
    publicacion.publicar()
    assert preguntar(api, NOMBRADO, "/servicios-datos/sd/dataset")[1]["version"] == 2
    _, nuevo = preguntar(api, NOMBRADO, ruta.format("i-1"))
    assert nuevo["sha256"] != dicho["sha256"] and nuevo["tipo"] == "image/png"
    # Though it came to its own data set before that.
    assert preguntar(api, NOMBRADO, ruta.format("i-60"))[0] == 404
    # What an earlier version has, and no later one.
    publicacion.oir(*(archivo(n, n, version=3, sexo="M") for n in range(K)))
    publicacion.publicar()
    assert preguntar(api, NOMBRADO, ruta.format("i-1"))[0] == 200
    conceder(servicio, "RETIRADO")
    assert preguntar(api, NOMBRADO, ruta.format("i-1"))[0] == 404
    conceder(servicio)
    servicio.procesar([hecho("cancelada", 7)])
    assert [preguntar(api, quien, ruta.format("i-1"))[0] for quien in (NOMBRADO, ANA, OPERADOR)] == [404, 404, 404]

"""The released schemas are the code's, keep the contract's rules, and change only in compatible ways."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import fastavro
import pytest

from contratos import Mensaje, mensaje
from contratos.esquemas import CARPETA, archivo, generar, incompatibilidades, leer, publicados, texto
from contratos.procesamiento import AnonimizarPaquete
from contratos.servicio_datos import SuscripcionPedida
from seedwork.infraestructura import avro

RAIZ = Path(__file__).parents[2]
MENSAJES = publicados()
cada_mensaje = pytest.mark.parametrize("tipo", MENSAJES, ids=lambda tipo: tipo.__name__)


@cada_mensaje
def test_el_archivo_publicado_es_el_esquema_del_codigo(tipo: type[Mensaje]) -> None:
    assert archivo(tipo).read_text(encoding="utf-8") == texto(tipo.esquema), "python -m contratos esquemas"


def test_no_sobra_ningun_archivo() -> None:
    assert set(CARPETA.rglob("*.avsc")) == {archivo(tipo) for tipo in MENSAJES}


@cada_mensaje
def test_todo_campo_tiene_valor_por_defecto_y_no_hay_enumerados(tipo: type[Mensaje]) -> None:
    def recorrer(esquema: Any) -> None:
        if isinstance(esquema, list):
            for opcion in esquema:
                recorrer(opcion)
        elif isinstance(esquema, dict):
            assert esquema["type"] != "enum"
            for campo in esquema.get("fields", ()):
                assert "default" in campo, campo
                recorrer(campo["type"])
            recorrer(esquema.get("items", []))

    recorrer(tipo.esquema)
    fastavro.parse_schema(deepcopy(tipo.esquema))


def test_todo_lo_publicado_alguna_vez_es_compatible_con_lo_de_hoy() -> None:
    relativa = str(CARPETA.relative_to(RAIZ))
    # What a file held, once, and since which revision: most revisions have most files as they were.
    desde: dict[tuple[str, str], str] = {}
    for revision in _git("rev-list", "HEAD", "--", relativa).split():
        for linea in _git("ls-tree", "-r", revision, "--", relativa).splitlines():
            ficha, _, ruta = linea.partition("\t")
            desde[ruta, ficha.split()[2]] = revision
    for (ruta, contenido), revision in desde.items():
        publicado = json.loads(_git("cat-file", "blob", contenido))
        assert (RAIZ / ruta).exists(), f"{ruta}: what was released stays"
        assert incompatibilidades(publicado, leer(RAIZ / ruta)) == [], f"{ruta} since {revision}"


def test_un_registro_que_esta_dos_veces_se_escribe_una_y_se_compara_entero() -> None:
    paquete, metadatos = (AnonimizarPaquete.esquema["fields"][n] for n in (1, 2))
    assert paquete["type"]["name"] == "ArchivoPedido"
    assert metadatos["type"] == "co.saludtech.procesamiento.ArchivoPedido"
    assert metadatos["default"] == paquete["default"]
    dos_veces = deepcopy(AnonimizarPaquete.esquema)
    dos_veces["fields"][2]["type"] = deepcopy(paquete["type"])
    assert incompatibilidades(dos_veces, AnonimizarPaquete.esquema) == []
    dos_veces["fields"][2]["type"]["fields"][2]["type"] = "string"
    assert incompatibilidades(dos_veces, AnonimizarPaquete.esquema) == ["metadatos.octetos cambia de tipo"]


ESQUEMA: dict[str, Any] = {
    "type": "record",
    "name": "Prueba",
    "namespace": "co.saludtech.pruebas",
    "fields": [
        {"name": "id", "type": "string", "default": ""},
        {"name": "lista", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "quizas", "type": ["null", "string"], "default": None},
    ],
}


def _con(**campo: Any) -> dict[str, Any]:
    return {**ESQUEMA, "fields": [*ESQUEMA["fields"], campo]}


def _cambiando(nombre: str, **cambios: Any) -> dict[str, Any]:
    campos = [{**c, **cambios} if c["name"] == nombre else c for c in ESQUEMA["fields"]]
    return {**ESQUEMA, "fields": campos}


def _sin(nombre: str) -> dict[str, Any]:
    return {**ESQUEMA, "fields": [c for c in ESQUEMA["fields"] if c["name"] != nombre]}


@pytest.mark.parametrize(
    "nuevo",
    [ESQUEMA, _con(name="otro", type="long", default=0), _sin("quizas"), _cambiando("id", default="otro")],
    ids=["igual", "campo añadido", "campo quitado", "otro valor por defecto"],
)
def test_un_cambio_compatible_se_admite(nuevo: dict[str, Any]) -> None:
    assert incompatibilidades(ESQUEMA, nuevo) == incompatibilidades(nuevo, ESQUEMA) == []


INCOMPATIBLES = {
    "campo añadido sin valor por defecto": _con(name="otro", type="long"),
    "otro tipo": _cambiando("id", type="long", default=0),
    "promoción, que solo va en un sentido": _cambiando("id", type="bytes", default=""),
    "otro elemento": _cambiando("lista", type={"type": "array", "items": "long"}),
    "opción añadida": _cambiando("quizas", type=["null", "string", "long"]),
    "registro renombrado": {**ESQUEMA, "name": "Otra"},
    "otro espacio de nombres": {**ESQUEMA, "namespace": "co.saludtech.otro"},
}


@pytest.mark.parametrize("nuevo", INCOMPATIBLES.values(), ids=INCOMPATIBLES.keys())
def test_un_cambio_incompatible_se_descubre(nuevo: dict[str, Any]) -> None:
    assert incompatibilidades(ESQUEMA, nuevo)
    assert incompatibilidades(nuevo, ESQUEMA)


def test_generar_no_pisa_lo_publicado_con_un_cambio_incompatible(tmp_path: Path) -> None:
    generar(tmp_path)
    victima = archivo(MENSAJES[0], tmp_path)
    publicado = leer(victima)
    publicado["fields"][0] |= {"type": "long", "default": 0}
    victima.write_text(texto(publicado), encoding="utf-8")

    with pytest.raises(ValueError, match=MENSAJES[0].__name__):
        generar(tmp_path)
    assert leer(victima) == publicado


def test_generar_otra_vez_no_cambia_nada(tmp_path: Path) -> None:
    assert len(generar(tmp_path)) == len(MENSAJES)
    assert generar(tmp_path) == []


def _git(*orden: str) -> str:
    return subprocess.run(["git", *orden], cwd=RAIZ, capture_output=True, text=True, check=True).stdout


def test_un_valor_por_defecto_que_no_es_el_vacio_no_se_publica() -> None:
    with pytest.raises(TypeError, match=r"cuotas: su valor por defecto ha de ser el vacío"):

        @mensaje("pruebas-esquemas", "evento", sujeto="")
        class ConCuotas(Mensaje):
            """A reader of older bytes would be told 0, and the code says 1."""

            cuotas: int = 1


def test_una_lista_de_registros_vuelve_como_lo_que_era() -> None:
    @mensaje("pruebas-esquemas", "evento", sujeto="")
    class ConNubes(Mensaje):
        """Records inside a list."""

        nubes: tuple[SuscripcionPedida, ...] = ()

    valor = ConNubes(nubes=(SuscripcionPedida(codigo="a"), SuscripcionPedida(codigo="b")))
    assert avro.decodificar(ConNubes, avro.codificar(valor)) == valor


def test_quien_conoce_los_contratos_los_conoce_todos() -> None:
    """Nobody need name a context's module: a process that imports one message has the whole registry."""
    programa = "import contratos; print(*sorted({tipo.contexto for tipo in contratos.REGISTRO.values()}))"
    hecho = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, check=True)
    assert hecho.stdout.split() == sorted(carpeta.name for carpeta in CARPETA.iterdir())

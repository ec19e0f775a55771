"""What operators decide of files that were kept apart: real database, real process, a folder for the store.

In `make test`: who comes first, of operator, worker and broom, is PostgreSQL's to say.
"""

import io
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin

from contratos.procesamiento import (
    AnonimizarArchivo,
    ArchivoPedido,
    DescartarImagen,
    ImagenAnonimizada,
    ImagenApartada,
    ImagenLiberada,
    LiberarImagen,
    OriginalDescartado,
)
from procesamiento.aplicacion import desenlace
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.entrada.escoba import Escoba, Sobrantes
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.sobre import Sobre, en_texto
from seedwork.infraestructura import bd
from seedwork.pruebas import sobres
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.publicado import publicado

from .test_archivos import CAMPOS, DICOM, Sala, anonimizador, sala

pytestmark = pytest.mark.integracion
__all__ = ["anonimizador", "sala"]

NOMBRE = "RAMIREZ ELVIRA"
RAZON = "Lo que se lee es la escala, no de quién es."


def _png() -> bytes:
    hecho, textos = io.BytesIO(), PngImagePlugin.PngInfo()
    textos.add_text("Comment", NOMBRE)
    Image.effect_noise((64, 48), 30).save(hecho, "PNG", pnginfo=textos)
    return hecho.getvalue()


PNG = _png()
assert NOMBRE.encode() in PNG


def ordenar(
    sala: Sala, que: type[LiberarImagen | DescartarImagen], id: str, comando: str, cuando: str | None = None
) -> str | None:
    """An operator's command, handled. Answers its refusal; ``APLAZADO`` where it waits."""
    orden = que(id_imagen=id, operador="op-17", razon=RAZON)
    sobre = sobres.sobre_nuevo(orden, fuente="/saludtech/bff", sujeto=id, id=comando)
    sobre = replace(sobre, tiempo=cuando or sobre.tiempo)
    bus = Bus("procesamiento", sala.abrir, MANEJADORES, rechazar_comando, PacienciaFija())
    if bus.procesar([sobres.recibido(sobre, orden)]):
        return "APLAZADO"
    with sala.motor.connect() as conexion:
        consulta = sa.select(bd.comandos.c.motivo).where(bd.comandos.c.id_comando == comando)
        return conexion.execute(consulta).scalar_one()


def apartar(sala: Sala, id: str = "i-1") -> str:
    """A picture that may have text burned in, which nobody reads. Answers its original's name."""
    original = sala.mandar(id, PNG, formato_imagen="PNG")
    assert sala.mano(leer_texto=False)()
    assert (sala.imagen(id)["estado"], sala.imagen(id)["motivo"]) == ("CUARENTENA", "TEXTO_QUEMADO_POSIBLE")
    return original


def originales(sala: Sala) -> set[str]:
    return {o.nombre for o in sala.almacen.listar("originales/", datetime(2100, 1, 1, tzinfo=UTC))}


def barrer(sala: Sala) -> None:
    Escoba(sala.cola, sala.almacen, Sobrantes(), lambda ahora: ahora).vuelta()


def test_lo_liberado_se_limpia_otra_vez_sin_esa_duda_y_el_original_no_sale_nunca(sala: Sala, api: FlaskClient) -> None:
    original = apartar(sala)
    assert sala.por_ver("i-1")["metadatos"]["id_paciente"]  # what it takes to clean it after all
    assert ordenar(sala, LiberarImagen, "i-1", "c-2") is None
    assert (sala.imagen("i-1")["estado"], sala.imagen("i-1")["motivo"]) == ("PENDIENTE", None)
    assert api.get("/procesar/imagenes/i-1/archivo").json["sha256"] is None  # type: ignore[index]
    assert sala.mano(leer_texto=False)()
    archivo = sala.archivo("i-1")
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"
    assert sala.por_ver("i-1") == {}
    assert original not in originales(sala)
    assert NOMBRE.encode() not in b"".join(sala.almacen.leer(f"resultados/{archivo['resultado_sha256']}"))

    informe = api.get("/procesar/imagenes/i-1/informe").json
    assert informe is not None
    assert informe["despejadas"] == ["TEXTO_QUEMADO_POSIBLE"]
    (decision,) = informe["decisiones"]
    assert (decision["decision"], decision["motivo"]) == ("LIBERADA", "TEXTO_QUEMADO_POSIBLE")
    assert (decision["operador"], decision["razon"]) == ("op-17", RAZON)

    dichos = publicado(sala.motor)
    assert [type(m) for _, m in dichos] == [ImagenApartada, ImagenLiberada, ImagenAnonimizada]
    assert [p["ce_sequence"] for p, _ in dichos] == ["1", "2", "3"]
    assert [p["ce_causationid"] for p, _ in dichos] == ["c-i-1", "c-2", "c-2"]
    assert not any(RAZON in str(par) or "op-17" in str(par) for par in dichos)


def test_lo_que_no_es_una_duda_no_se_libera(sala: Sala) -> None:
    original = sala.mandar("i-1", b"no es un DICOM" * 100)
    assert sala.mano()()
    antes = sala.imagen("i-1"), sala.archivo("i-1")
    assert ordenar(sala, LiberarImagen, "i-1", "c-2") == "NO_ES_UNA_DUDA"
    despues = sala.imagen("i-1"), sala.archivo("i-1")
    assert despues[1] == antes[1]
    assert despues[0] == {**antes[0], "secuencia": 2}  # that it was refused is told
    assert originales(sala) == {original}


def test_donde_no_hay_nada_que_decidir_se_rechaza(sala: Sala) -> None:
    sala.mandar("pendiente")
    for numero, que in enumerate((LiberarImagen, DescartarImagen)):
        assert ordenar(sala, que, "pendiente", f"p-{numero}") == "NADA_QUE_DECIDIR"
    assert sala.mano()()
    for numero, que in enumerate((LiberarImagen, DescartarImagen)):
        assert ordenar(sala, que, "pendiente", f"a-{numero}") == "NADA_QUE_DECIDIR"
        assert ordenar(sala, que, "nadie", f"n-{numero}") == "APLAZADO"
    assert sala.imagen("pendiente")["estado"] == "ANONIMIZADA"


@pytest.mark.parametrize("que", [LiberarImagen, DescartarImagen])
def test_nadie_decide_de_lo_que_no_habia_mirado(sala: Sala, que: type[LiberarImagen | DescartarImagen]) -> None:
    """Before it came, that is to say, or of what it was kept apart for before somebody else had it tried once more."""
    antes = en_texto(datetime.now(UTC))
    apartar(sala)
    assert ordenar(sala, que, "i-1", "c-1", antes) == "NADA_QUE_DECIDIR"
    miro = en_texto(datetime.now(UTC))
    assert ordenar(sala, LiberarImagen, "i-1", "c-2") is None
    assert sala.mano(maximo=1)()
    assert sala.imagen("i-1")["estado"] == "FALLIDA"
    assert ordenar(sala, que, "i-1", "c-3", miro) == "NADA_QUE_DECIDIR"
    assert ordenar(sala, que, "i-1", "c-4") is None


def test_lo_fallido_se_intenta_como_la_primera_vez_y_de_los_intentos_de_antes_ninguno_vale(sala: Sala) -> None:
    sala.mandar("i-1")
    congelado = sala.cola.tomar(15.0)
    assert congelado is not None and congelado.sobre is not None
    sala.vencer()
    sala.mano(intentos=2, memoria=1)()  # the second attempt, whose process dies
    assert sala.imagen("i-1")["estado"] == "FALLIDA"
    assert ordenar(sala, LiberarImagen, "i-1", "c-2") is None
    sala.mano(intentos=2, memoria=1)()
    assert sala.imagen("i-1")["estado"] == "PENDIENTE"
    with sala.abrir() as unidad, unidad.mensaje(Sobre.de_datos(congelado.sobre), deshacible=False):
        assert not desenlace.apartado(unidad, "i-1", congelado.arriendo, "CUARENTENA", "X", None, timedelta(0))
    sala.vencer()
    sala.mano(intentos=2)()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"


def test_el_original_de_lo_descartado_se_borra_ya_y_la_imagen_queda_como_esta(sala: Sala, api: FlaskClient) -> None:
    apartar(sala)
    assert ordenar(sala, DescartarImagen, "i-1", "c-2") is None
    assert [sala.por_ver("i-1")[c] for c in ("metadatos", "sobre")] == [None, None]
    assert ordenar(sala, LiberarImagen, "i-1", "c-3") == "SIN_ORIGINAL"
    barrer(sala)
    assert originales(sala) == set()
    assert sala.por_ver("i-1") == {}
    assert (sala.imagen("i-1")["estado"], sala.imagen("i-1")["motivo"]) == ("CUARENTENA", "TEXTO_QUEMADO_POSIBLE")
    assert ordenar(sala, LiberarImagen, "i-1", "c-4") == "SIN_ORIGINAL"
    assert ordenar(sala, DescartarImagen, "i-1", "c-5") == "SIN_ORIGINAL"
    informe = api.get("/procesar/imagenes/i-1/informe").json
    assert informe is not None
    assert [d["decision"] for d in informe["decisiones"]] == ["DESCARTADA"]
    assert [type(m) for _, m in publicado(sala.motor)][:2] == [ImagenApartada, OriginalDescartado]


def test_de_lo_que_esta_por_referencia_se_olvida_donde(sala: Sala, tmp_path: Path) -> None:
    suyo = tmp_path / "clinica" / "a.png"
    suyo.parent.mkdir()
    suyo.write_bytes(PNG)
    base = suyo.parent.as_uri()
    sala.taller = replace(sala.taller, referencias=(base,))
    huella = sala.almacen.guardar("originales/copia", [PNG]).sha256
    sala.almacen.borrar("originales/copia")
    comando = AnonimizarArchivo(
        **{**CAMPOS, "id_imagen": "i-1", "formato_imagen": "PNG"},
        archivo=ArchivoPedido(uri=f"{base}/a.png", sha256=huella),
    )
    bus = Bus("procesamiento", sala.abrir, MANEJADORES, rechazar_comando, PacienciaFija())
    sobre = sobres.sobre_nuevo(comando, fuente="/x", sujeto="i-1", id="c-1")
    assert not bus.procesar([sobres.recibido(sobre, comando)])
    assert sala.mano(leer_texto=False)()
    assert ordenar(sala, DescartarImagen, "i-1", "c-2") is None
    barrer(sala)
    assert sala.por_ver("i-1") == {}
    assert suyo.read_bytes() == PNG


def test_la_escoba_no_toca_lo_que_alguien_libera_y_lo_que_ella_retira_nadie_lo_libera(
    sala: Sala, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = apartar(sala)
    with sala.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE archivos_por_ver SET conservar_hasta = now() - interval '1 s'"))
    # Its days are over, and the operator's transaction has it.
    with sala.abrir() as unidad:
        orden = LiberarImagen(id_imagen="i-1", operador="op-17", razon=RAZON)
        sobre = sobres.sobre_nuevo(orden, fuente="/x", sujeto="i-1", id="c-2")
        with unidad.mensaje(sobre):
            MANEJADORES[LiberarImagen](orden, unidad)
        unidad.volcar()
        barrer(sala)
        assert originales(sala) == {original}
    barrer(sala)
    assert originales(sala) == {original}
    assert (sala.imagen("i-1")["estado"], bool(sala.por_ver("i-1"))) == ("PENDIENTE", True)

    otro = apartar_otra(sala)
    with sala.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE archivos_por_ver SET conservar_hasta = now() WHERE id = 'i-2'"))
    assert [id for id, _ in sala.cola.retirar()] == ["i-2"]  # and its process ends here
    assert ordenar(sala, LiberarImagen, "i-2", "c-3") == "SIN_ORIGINAL"
    assert sala.imagen("i-2")["estado"] == "CUARENTENA"
    barrer(sala)
    assert otro not in originales(sala)
    assert sala.por_ver("i-2") == {}


def apartar_otra(sala: Sala) -> str:
    """Another one, while the first one waits for its turn."""
    with sala.motor.begin() as conexion:
        conexion.execute(
            sa.text("UPDATE archivos_por_ver SET proximo = now() + interval '1 hour' WHERE proximo IS NOT NULL")
        )
    return apartar(sala, "i-2")


@pytest.mark.parametrize("otra", [LiberarImagen, DescartarImagen])
def test_de_dos_operadores_a_la_vez_decide_uno(sala: Sala, otra: type[LiberarImagen | DescartarImagen]) -> None:
    apartar(sala)
    salida = threading.Barrier(2)

    def decidir(que: type[LiberarImagen | DescartarImagen], comando: str) -> str | None:
        salida.wait()
        return ordenar(sala, que, "i-1", comando)

    with ThreadPoolExecutor(2) as dos:
        rechazos = [f.result() for f in [dos.submit(decidir, LiberarImagen, "c-2"), dos.submit(decidir, otra, "c-3")]]
    assert rechazos.count(None) == 1
    assert {*rechazos} - {None} <= {"NADA_QUE_DECIDIR", "SIN_ORIGINAL"}
    assert len(sala.archivo("i-1")["decisiones"]) == 1


def test_la_base_no_deja_a_una_imagen_esperando_sin_original(sala: Sala) -> None:
    apartar(sala)
    for cambio in ("uri = NULL", "metadatos = NULL"):
        orden = sa.text(f"UPDATE archivos_por_ver SET proximo = now(), {cambio}")
        with pytest.raises(sa.exc.IntegrityError), sala.motor.begin() as conexion:
            conexion.execute(orden)


def test_de_lo_apartado_se_ofrece_lo_que_no_se_rechazaria_y_se_dice_si_se_descarto(
    sala: Sala, api: FlaskClient
) -> None:
    apartar(sala, "duda")
    for roto in ("rota", "vieja"):
        sala.mandar(roto, b"no es un DICOM" * 100)
        assert sala.mano()()

    def visto(id: str) -> tuple[bool, list[str]]:
        una = api.get(f"/procesar/imagenes/{id}").json
        (de_la_lista,) = [
            i
            for i in api.get("/procesar/imagenes?estado=CUARENTENA").json["elementos"]  # type: ignore[index]
            if i["id_imagen"] == id
        ]
        assert una == de_la_lista
        return una["descartada"], una["decidible"]

    assert visto("duda") == (False, ["LIBERAR", "DESCARTAR"])
    assert visto("rota") == visto("vieja") == (False, ["DESCARTAR"])
    with sala.motor.begin() as conexion:
        conexion.execute(sa.text("UPDATE archivos_por_ver SET conservar_hasta = now() WHERE id = 'vieja'"))
    barrer(sala)
    assert visto("vieja") == (False, [])
    assert ordenar(sala, DescartarImagen, "duda", "c-1") is None
    # While its original goes, and once it is gone.
    assert visto("duda") == (True, [])
    barrer(sala)
    assert visto("duda") == (True, [])
    for numero, (que, id) in enumerate(itertools.product((LiberarImagen, DescartarImagen), ("duda", "vieja"))):
        assert ordenar(sala, que, id, f"n-{numero}") is not None
    assert ordenar(sala, LiberarImagen, "rota", "r-1") is not None
    assert ordenar(sala, DescartarImagen, "rota", "r-2") is None
    assert visto("rota") == (True, [])


def test_los_operadores_hallan_lo_que_espera(sala: Sala, api: FlaskClient) -> None:
    apartar(sala)
    sala.mandar("i-2", DICOM)
    hallar: Callable[[str], list[str]] = lambda estado: [  # noqa: E731
        i["id_imagen"]
        for i in api.get(f"/procesar/imagenes?estado={estado}").json["elementos"]  # type: ignore[index]
    ]
    assert (hallar("CUARENTENA"), hallar("PENDIENTE"), hallar("FALLIDA")) == (["i-1"], ["i-2"], [])

"""An image's file on a whole platform: from the door to a clean file, and nothing of the original stays."""

import json
import secrets
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from tests.saga.bases import filas, volcado
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma

from contratos import motivos

pytestmark = pytest.mark.integracion

DICOM = Path(get_testdata_file("CT_small.dcm")).read_bytes()  # type: ignore[arg-type]
PACIENTE = "1CT1"


def _guardados(plataforma: Plataforma, que: str) -> dict[str, bytes]:
    return {a.name: a.read_bytes() for a in (plataforma.almacen / que).glob("*")}


def test_un_archivo_pasa_de_la_puerta_a_un_resultado_limpio(negocio: Negocio, plataforma: Plataforma) -> None:
    marca, cuidadora = secrets.token_hex(6), "Rosalba Quiñones"
    de_antes = _guardados(plataforma, "originales").keys()
    campos = {"id_imagen": f"{marca}-1", "id_paciente": PACIENTE, "antecedentes": f"Asmático, lo cuida {cuidadora}"}
    imagen = negocio.envia_archivo(DICOM, marca, **campos)
    otra_vez = negocio.envia_archivo(DICOM, marca, **campos)
    imagen.su_comando_queda("APLICADO")
    registro = imagen.queda("ANONIMIZADA")

    assert (otra_vez.id, otra_vez.id_comando) == (imagen.id, imagen.id_comando)
    assert registro["seudonimo_paciente"].startswith("v2:")
    ((huella,),) = filas(
        plataforma.bases["procesamiento"], f"SELECT resultado_sha256 FROM archivos WHERE id = '{imagen.id}'"
    )
    limpio = _guardados(plataforma, "resultados")[huella]
    assert limpio[128:132] == b"DICM"
    bajado = negocio.baja(imagen.id)
    assert (bajado.status, bajado.headers["ETag"], bajado.data) == (200, f'"{huella}"', limpio)
    tramo = negocio.baja(imagen.id, Range="bytes=128-131", If_Range=f'"{huella}"')
    assert (tramo.status, tramo.data) == (206, b"DICM")
    vista = negocio.baja(imagen.id, "vista")
    assert (vista.status, vista.headers["Content-Type"], vista.data[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
    assert negocio.baja(imagen.id, "vista", If_None_Match=vista.headers["ETag"]).status == 304
    assert b"CompressedSamples" not in limpio
    # The first copy goes with its outcome, the repeat's soon after its fate.
    hasta(lambda: not _guardados(plataforma, "originales").keys() - de_antes, "no queda ningún original")
    de_procesamiento = volcado(plataforma.bases["procesamiento"])
    assert cuidadora.encode() not in de_procesamiento
    assert b"CompressedSamples" not in de_procesamiento


def test_lo_que_no_es_lo_dicho_queda_en_cuarentena_y_los_demas_siguen(negocio: Negocio) -> None:
    marca = secrets.token_hex(6)
    mala = negocio.envia_archivo(b"GIF89a" * 1000, f"{marca}-a", id_imagen=f"{marca}-a")
    buena = negocio.envia_archivo(DICOM, f"{marca}-b", id_imagen=f"{marca}-b", id_paciente=PACIENTE)
    assert mala.queda("CUARENTENA")["motivo"] == motivos.texto(motivos.NO_ES_DEL_FORMATO)
    buena.queda("ANONIMIZADA")
    sin_archivo = negocio.baja(mala.id)
    assert (sin_archivo.status, json.loads(sin_archivo.data)["estado"]) == (404, "CUARENTENA")
    assert negocio.pregunta(json.loads(sin_archivo.data)["informe"]).codigo == 200
    assert negocio.baja(mala.id, "vista").status == 404
    informes = [negocio.pregunta(f"/procesar/imagenes/{i.id}/informe").cuerpo for i in (mala, buena)]
    assert [(i["estado"], i["sha256"] is None) for i in informes] == [("CUARENTENA", True), ("ANONIMIZADA", False)]
    assert informes[1]["acciones"] and PACIENTE not in str(informes)


def test_un_operador_halla_lo_apartado_y_decide(negocio: Negocio, plataforma: Plataforma) -> None:
    marca = secrets.token_hex(6)
    decision = {"operador": "op-17", "razon": "No es una imagen médica."}
    # It waits for the image that it is about, whichever comes first.
    liberar = negocio.ordena(f"/procesar/imagenes/{marca}/liberar", decision)
    imagen = negocio.envia_archivo(b"GIF89a" * 1000, marca, id_imagen=marca)
    imagen.queda("CUARENTENA")
    assert "no existe" not in str(liberar.queda("RECHAZADO"))
    apartadas = negocio.pregunta("/procesar/imagenes?estado=CUARENTENA").cuerpo["elementos"]
    assert imagen.id in {i["id_imagen"] for i in apartadas}
    (uri,) = filas(plataforma.bases["procesamiento"], f"SELECT uri FROM archivos_por_ver WHERE id = '{imagen.id}'")[0]
    original = uri.rpartition("/")[2]
    assert original in _guardados(plataforma, "originales")
    negocio.ordena(f"/procesar/imagenes/{imagen.id}/descartar", decision).queda("APLICADO")
    hasta(lambda: original not in _guardados(plataforma, "originales"), "el original se borra")
    informe = negocio.pregunta(f"/procesar/imagenes/{imagen.id}/informe").cuerpo
    assert [(d["decision"], d["operador"]) for d in informe["decisiones"]] == [("DESCARTADA", "op-17")]

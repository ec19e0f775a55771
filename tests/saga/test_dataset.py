"""A data set on a whole platform: files of enough patients go in at the door, and come out in a version."""

import base64
import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pycanon.anonymity import k_anonymity
from pydicom import dcmread
from pydicom.data import get_testdata_file
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.negocio import CUERPO_IMAGEN, Negocio, marca
from tests.saga.plataforma_viva import Plataforma
from tests.saga.test_planes import suscrita

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from plataforma.secretos import Secretos

pytestmark = pytest.mark.integracion

K = 5
DICOM = Path(get_testdata_file("CT_small.dcm"))  # type: ignore[arg-type]


def _de(paciente: str, clave: Seudonimizador) -> bytes:
    """A file of a woman of 93, made on the day that the key moves into August of 2023."""
    datos = dcmread(DICOM)
    dia = date(2023, 8, 15) - clave.desplazamiento(Paciente(str(CUERPO_IMAGEN["fuente_de_datos"]), paciente))
    datos.PatientID, datos.PatientSex, datos.PatientAge = paciente, "F", "093Y"
    datos.StudyDate = f"{dia:%Y%m%d}"
    hecho = io.BytesIO()
    datos.save_as(hecho)
    return hecho.getvalue()


def test_de_bastantes_pacientes_salen_en_una_version_y_de_menos_no(negocio: Negocio, plataforma: Plataforma) -> None:
    pedido = {"dataset": {"codigo": "rayos-x-torax"}}
    creado = negocio.crea_servicio(suscrita(negocio, "free").id, "experto-01", **pedido)
    creado.queda("APLICADO")
    servicio = f"/servicios-datos/{creado.aceptado['id_servicio_datos']}"
    assert negocio.pregunta(f"{servicio}/dataset").codigo == 404, "no está iniciado"
    negocio.ordena(f"{servicio}/inicio-comando", {}).queda("APLICADO")

    clave = Seudonimizador(base64.b64decode(Secretos(plataforma.almacen.parent / "secretos.json")["seudonimo"]), 2)
    propia = marca()

    def enviar(patologia: str, cuantos: int) -> list[str]:
        enviadas = []
        for n in range(cuantos):
            campos = {"id_imagen": f"{propia}-{cuantos}-{n}", "id_paciente": f"{propia}-{n}", "patologia": patologia}
            enviadas.append(negocio.envia_archivo(_de(f"{propia}-{n}", clave), campos["id_imagen"], **campos))
        for imagen in enviadas:
            imagen.queda("ANONIMIZADA")
        return sorted(imagen.id for imagen in enviadas)

    retenidas, bastantes = enviar("Asma", K - 1), enviar("Neumonía", K)

    def manifiesto() -> Any:
        return negocio.pregunta(f"{servicio}/dataset/manifiesto").cuerpo

    hasta(lambda: manifiesto()["imagenes"] == K, "hay una versión con las imágenes")
    dicho, pagina = manifiesto(), negocio.pregunta(f"{servicio}/dataset").cuerpo
    assert sorted(e["id_imagen"] for e in pagina["elementos"]) == bastantes
    assert not set(retenidas) & {e["id_imagen"] for e in pagina["elementos"]}
    (clase,) = dicho["clases"]
    assert clase == {
        "modalidad": "rayos x",
        "patologia": "neumonia",
        "region": "craneo",
        "banda_de_edad": "90+",
        "sexo": "F",
        "mes": "2023-08",
        "imagenes": K,
    }
    # What is told is what lies in the store.
    for e in pagina["elementos"]:
        limpio = (plataforma.almacen / "resultados" / e["sha256"]).read_bytes()
        assert (hashlib.sha256(limpio).hexdigest(), len(limpio)) == (e["sha256"], e["octetos"])
    lineas = "".join(sorted(f"{e['sha256']}\n" for e in pagina["elementos"]))
    assert hashlib.sha256(lineas.encode()).hexdigest() == dicho["huella"]

    # pycanon counts rows: one for each patient and class.
    columnas = ["modalidad", "patologia", "region", "banda_de_edad", "sexo", "mes"]
    de_quien = (
        f"SELECT DISTINCT {', '.join(columnas)}, seudonimo FROM publicadas JOIN celdas ON celdas.id = celda"
        " WHERE hasta IS NULL"
    )
    publicado = pd.DataFrame(filas(plataforma.bases["servicio_datos"], de_quien), columns=[*columnas, "seudonimo"])
    assert k_anonymity(publicado, columnas) >= dicho["k"] == K

    negocio.ordena(f"{servicio}/fin-comando", {}).queda("APLICADO")
    assert negocio.pregunta(f"{servicio}/dataset/manifiesto").codigo == 404

"""A data set on a whole platform: files of enough patients go in at the door, and come out in a version."""

import base64
import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pycanon.anonymity import k_anonymity
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid
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


def _de(paciente: str, clave: Seudonimizador, institucion: str = "") -> bytes:
    """A film of the chest of a woman of 93, made on the day that the key moves into August of 2023."""
    datos = dcmread(DICOM)
    emisor = institucion or str(CUERPO_IMAGEN["fuente_de_datos"])
    dia = date(2023, 8, 15) - clave.desplazamiento(Paciente(emisor, paciente))
    datos.PatientID, datos.PatientSex, datos.PatientAge = paciente, "F", "093Y"
    datos.StudyDate = f"{dia:%Y%m%d}"
    datos.InstitutionName = institucion
    return _pelicula(datos)


def _sin_mas(paciente: str) -> bytes:
    """A film of the chest that says neither whence nor when."""
    datos = dcmread(DICOM)
    datos.PatientID = paciente
    for atributo in ("InstitutionName", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        if atributo in datos:
            delattr(datos, atributo)
    return _pelicula(datos)


def _pelicula(datos: Dataset) -> bytes:
    datos.Modality, datos.BodyPartExamined = "DX", "CHEST"
    datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    hecho = io.BytesIO()
    datos.save_as(hecho)
    return hecho.getvalue()


def _paquete(*contenidos: bytes) -> tuple[str, bytes]:
    hecho = io.BytesIO()
    with zipfile.ZipFile(hecho, "w", zipfile.ZIP_DEFLATED) as archivo:
        for n, contenido in enumerate(contenidos):
            archivo.writestr(f"{n}.dcm", contenido)
    return "a.zip", hecho.getvalue()


def test_de_bastantes_pacientes_salen_en_una_version_y_de_menos_no(negocio: Negocio, plataforma: Plataforma) -> None:
    pedido = {"dataset": {"codigo": "rayos-x-torax"}}
    creado = negocio.crea_servicio(suscrita(negocio, "free").id, "experto-01", **pedido)
    creado.queda("APLICADO")
    servicio = f"/servicios-datos/{creado.aceptado['id_servicio_datos']}"
    assert negocio.pregunta(f"{servicio}/dataset").codigo == 404, "no está iniciado"
    negocio.ordena(f"{servicio}/inicio-comando", {}).queda("APLICADO")

    clave = Seudonimizador(base64.b64decode(Secretos(plataforma.almacen.parent / "secretos.json")["seudonimo"]), 2)
    propia = marca()

    def limpias(paquete: str, cuantas: int) -> list[str]:
        """The images of a package, once they are clean."""

        def vistas() -> list[str]:
            imagenes = negocio.pregunta(f"/procesar/paquetes/{paquete}/imagenes").cuerpo.get("elementos", [])
            hechas = [i["id_imagen"] for i in imagenes if i["estado"] == "ANONIMIZADA"]
            return hechas if len(hechas) == cuantas else []

        return hasta(vistas, "el paquete está limpio", segundos=60)

    # Of too few; and five packages of one patient's, of which nobody says who gave the number.
    retenidas = set()
    for n in range(K - 1):
        campos = {"id_imagen": f"{propia}-{n}", "id_paciente": f"{propia}-{n}", "region_anatomica": "Tórax"}
        retenidas.add(negocio.envia_archivo(_de(f"{propia}-{n}", clave), f"{propia}-{n}", **campos).id)
    for n in range(K):
        retenidas.update(limpias(negocio.envia_paquete(f"{propia}-{n}", paquete=_paquete(_sin_mas(propia))), 1))
    conocidas = f"SELECT id FROM imagenes WHERE id IN ({', '.join(map(repr, retenidas))})"
    hasta(lambda: len(filas(plataforma.bases["servicio_datos"], conocidas)) == 2 * K - 1, "se sabe de todas")
    # Of enough, in a package whose files alone say what they are.
    de_clinica = _paquete(*(_de(f"{propia}-{n}", clave, "CLINICA DEL NORTE") for n in range(K)))
    bastantes = sorted(limpias(negocio.envia_paquete(propia, paquete=de_clinica), K))

    def manifiesto() -> Any:
        return negocio.pregunta(f"{servicio}/dataset/manifiesto").cuerpo

    hasta(lambda: manifiesto()["imagenes"], "hay una versión con imágenes")
    dicho, pagina = manifiesto(), negocio.pregunta(f"{servicio}/dataset").cuerpo
    assert sorted(e["id_imagen"] for e in pagina["elementos"]) == bastantes
    assert (dicho["imagenes"], dicho["sin_emisor"]) == (K, K)
    assert negocio.pregunta(servicio).cuerpo["dataset"]["imagenes"] == K
    (clase,) = dicho["clases"]
    assert clase == {
        "modalidad": "rayos x",
        "patologia": "no indicada",
        "region": "torax",
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
        f"SELECT DISTINCT {', '.join(columnas)}, seudonimo FROM publicadas JOIN clases ON clases.id = clase"
        " WHERE hasta IS NULL"
    )
    publicado = pd.DataFrame(filas(plataforma.bases["servicio_datos"], de_quien), columns=[*columnas, "seudonimo"])
    assert k_anonymity(publicado, columnas) >= dicho["k"] == K

    negocio.ordena(f"{servicio}/fin-comando", {}).queda("APLICADO")
    assert negocio.pregunta(f"{servicio}/dataset/manifiesto").codigo == 404

"""A package on a whole platform: from the door to its last image, and no name of a file is anywhere.

In `make test`: door, broker, worker, its processes and the store, all real; the package is small.
"""

import io
import zipfile
from collections import Counter
from typing import Any

import pydicom
import pytest
from pydicom.data import get_testdata_file
from tests.saga.bases import volcado
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio, marca
from tests.saga.plataforma_viva import Plataforma

pytestmark = pytest.mark.integracion

PERSONA = "quispe-ana"


def _dicom(numero: str) -> bytes:
    datos = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    datos.PatientID = numero
    datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    salida = io.BytesIO()
    datos.save_as(salida)
    return salida.getvalue()


def _zip(**miembros: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido in miembros.items():
            archivo.writestr(f"{PERSONA}/{nombre}", contenido)
    return salida.getvalue()


def _acaba(negocio: Negocio, id: str) -> dict[str, Any]:
    def visto() -> dict[str, Any] | None:
        respuesta = negocio.pregunta(f"/procesar/paquetes/{id}")
        cuerpo: dict[str, Any] = respuesta.cuerpo
        return cuerpo if respuesta.codigo == 200 and cuerpo["estado"] in ("COMPLETADO", "RECHAZADO") else None

    return hasta(visto, "el paquete acaba", segundos=60)


def test_un_paquete_pasa_de_la_puerta_a_su_ultima_imagen(negocio: Negocio, plataforma: Plataforma) -> None:
    propia = marca()
    antes = {a.name for a in (plataforma.almacen / "originales").glob("*")}
    contenido = _zip(uno=_dicom(f"{propia}-1"), dos=_dicom(f"{propia}-2"), sin=_dicom(""), otro=b"no es imagen")
    dichos = f"archivo,id_imagen,id_paciente,patologia\n{PERSONA}/uno,i{propia},{propia}-1,Neumonía\n".encode()
    partes = {"paquete": (f"{PERSONA}.zip", contenido), "metadatos": ("m.csv", dichos)}
    id = negocio.envia_paquete(propia, **partes)
    assert negocio.envia_paquete(propia, **partes) == id
    fin = _acaba(negocio, id)
    assert [fin[c] for c in ("estado", "total", "hechas", "cuarentena", "fallidas", "pendientes")] == [
        *("COMPLETADO", 4, 2, 2, 0, 0)
    ]
    imagenes = negocio.pregunta(f"/procesar/paquetes/{id}/imagenes").cuerpo["elementos"]
    assert Counter(i["estado"] for i in imagenes) == {"ANONIMIZADA": 2, "CUARENTENA": 2}
    vista = negocio.pregunta(f"/procesar/imagenes/i{propia}").cuerpo
    assert (vista["estado"], vista["patologia"], vista["modalidad"]) == ("ANONIMIZADA", "Neumonía", "CT")
    # What was sent twice lies nowhere any more; what is in quarantine does.
    hasta(
        lambda: len({a.name for a in (plataforma.almacen / "originales").glob("*")} - antes) == 2,
        "de lo que se envió dos veces no queda nada",
    )
    limpio = negocio.baja(f"i{propia}")
    assert limpio.status == 200
    assert propia.encode() not in limpio.data
    for visto in (volcado(plataforma.bases["procesamiento"]), plataforma.registros().encode()):
        assert PERSONA.encode() not in visto


def test_un_paquete_que_no_se_toma_dice_por_que_y_no_deja_nada(negocio: Negocio, plataforma: Plataforma) -> None:
    propia = marca()
    antes = {a.name for a in (plataforma.almacen / "originales").glob("*")}
    dentro = _zip(uno=_dicom(f"{propia}-1"))
    id = negocio.envia_paquete(propia, paquete=("a.zip", _zip(uno=_dicom(f"{propia}-1"), dos=dentro)))
    fin = _acaba(negocio, id)
    assert (fin["estado"], fin["motivo"]) == ("RECHAZADO", "El paquete lleva dentro otro archivo comprimido.")
    assert negocio.pregunta(f"/procesar/paquetes/{id}/imagenes").cuerpo["elementos"] == []
    hasta(
        lambda: {a.name for a in (plataforma.almacen / "originales").glob("*")} <= antes,
        "no queda nada de lo que se envió",
    )

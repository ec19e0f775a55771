"""The command line on the whole platform: what a person types, and what a script reads."""

import json
import os
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import urllib3
from pydicom.data import get_testdata_file
from tests.saga.negocio import CUERPO_IMAGEN, Negocio
from tests.saga.plataforma_viva import Plataforma

from contratos import motivos

pytestmark = pytest.mark.integracion

CREAR = "/suscripciones/suscripcion-comando"
DICOM = Path(get_testdata_file("CT_small.dcm")).read_bytes()  # type: ignore[arg-type]


class Consola:
    """A shell, with the platform's address in its environment."""

    def __init__(self, bff: str) -> None:
        self._entorno = os.environ | {"SALUDTECH_URL": bff}

    def teclea(self, linea: str, *, entrada: str = "", codigo: int = 0) -> Any:
        """What `saludtech` answers as JSON. Raises AssertionError where it ends with another exit code."""
        hecho = subprocess.run(
            [sys.executable, "-m", "saludtech_cli", *shlex.split(linea), "--json"],
            input=entrada,
            env=self._entorno,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert hecho.returncode == codigo, hecho.stdout + hecho.stderr
        return json.loads(hecho.stdout) if hecho.stdout else None


@pytest.fixture
def consola(plataforma: Plataforma) -> Consola:
    return Consola(plataforma.bff)


def test_la_vida_de_una_suscripcion_desde_la_linea_de_comandos(consola: Consola, negocio: Negocio) -> None:
    cuerpo = negocio.cuerpo_suscripcion("pro")
    creada = consola.teclea("suscripcion crear --archivo - --clave unica --seguir", entrada=json.dumps(cuerpo))
    id = creada["id_suscripcion"]
    assert (creada["estado"], creada["saga"]["estado"]) == ("APLICADO", "COMPLETADA")
    assert consola.teclea(f"suscripcion ver {id}")["estado"] == "ACTIVA"
    assert consola.teclea(f"comando ver {creada['id_comando']}")["tipo"] == "CrearSuscripcion"

    assert consola.teclea(f"suscripcion pagar {id} --medio tarjeta --esperar")["estado"] == "APLICADO"
    assert consola.teclea(f"suscripcion pagar {id} --medio tarjeta", codigo=3) is None

    cambiada = consola.teclea(f"suscripcion cambiar-plan {id} basico --seguir")
    assert [p["paso"] for p in cambiada["saga"]["pasos"]][:2] == ["CAMBIAR", "ACTIVAR"]
    repetida = consola.teclea(f"suscripcion cambiar-plan {id} basico --esperar", codigo=1)
    assert repetida["motivo"] == "Ese plan ya es el de la suscripción."
    assert len(consola.teclea(f"suscripcion sagas {id}")["elementos"]) == 2

    recursos = "--experto experto-01 --nube nube-andes --dataset rayos-x-torax"
    servicio = consola.teclea(f"servicio crear --suscripcion {id} {recursos} --esperar")["id_servicio_datos"]
    consola.teclea(f"servicio iniciar {servicio} --esperar")
    consola.teclea(f"servicio asignar {servicio} experto-02 --esperar")
    assert consola.teclea(f"servicio ver {servicio}")["experto"]["codigo"] == "experto-02"
    consola.teclea(f"servicio terminar {servicio} --motivo listo --esperar")
    assert consola.teclea(f"servicio ver {servicio}")["detalle"] == "listo"

    consola.teclea(f"suscripcion cancelar {id} --motivo adiós --esperar")
    vista = consola.teclea(f"suscripcion ver {id}")
    assert (vista["estado"], vista["detalle"]) == ("CANCELADA", "adiós")
    assert consola.teclea(f"suscripcion cancelar {id} --esperar", codigo=1)["motivo"]


def test_muchas_imagenes_desde_un_archivo_de_lineas(consola: Consola) -> None:
    imagenes = [CUERPO_IMAGEN | {"id_imagen": f"linea-{n}", "id_paciente": f"paciente-{n}"} for n in range(30)]
    lineas = "".join(json.dumps(imagen) + "\n" for imagen in imagenes)
    resumen = consola.teclea("imagen enviar --lineas - --esperar", entrada=lineas)
    assert resumen == {"lineas": 30, "APLICADO": 30, "fallidas": []}
    assert consola.teclea("imagen ver linea-29")["estado"] == "ANONIMIZADA"
    assert consola.teclea("imagen ver linea-30", codigo=3) is None


@pytest.mark.parametrize("numero", ["123457890.00000000000000000001", "0.99999999999999999999", "1e-400", "9" * 5000])
def test_lo_que_la_puerta_rechaza_en_un_archivo_lo_rechaza_por_la_linea_de_comandos(
    plataforma: Plataforma, consola: Consola, negocio: Negocio, numero: str
) -> None:
    """Made a float on the way, each of these was another number, and taken."""
    cuerpo = negocio.cuerpo_suscripcion("free")
    cuerpo["cliente"]["rut"]["numero"] = "NUMERO"
    escrito = json.dumps(cuerpo).replace('"NUMERO"', numero)
    cabeceras = {"Content-Type": "application/json"}
    pedido = urllib3.request("POST", f"{plataforma.bff}{CREAR}", body=escrito, headers=cabeceras)
    assert pedido.status == 422
    assert [e["campo"] for e in pedido.json()["errores"]] == ["cliente.rut.numero"]
    assert consola.teclea("suscripcion crear --archivo -", entrada=escrito, codigo=2) is None


def test_una_carpeta_se_envia_y_sale_limpia(consola: Consola, tmp_path: Path) -> None:
    carpeta, metadatos = tmp_path / "Pérez Ana", tmp_path / "metadatos.csv"
    (carpeta / "serie 1").mkdir(parents=True)
    (carpeta / "serie 1" / "Pérez.dcm").write_bytes(DICOM)
    (carpeta / "notas.txt").write_text("Vive con su hija Rosalba.")
    metadatos.write_text("archivo,patologia,fuente_de_datos\nserie 1/Pérez.dcm,Neumonía,Hospital del sur\n")
    enviar = f"paquete enviar '{carpeta}' --metadatos {metadatos} --esperar --plazo 100 --clave un-estudio"
    dicho = consola.teclea(enviar)
    cuentas = {que: dicho["paquete"][que] for que in ("estado", "total", "hechas", "cuarentena", "fallidas")}
    assert cuentas == {"estado": "COMPLETADO", "total": 2, "hechas": 1, "cuarentena": 1, "fallidas": 0}

    id = dicho["id_paquete"]
    lista = consola.teclea(f"paquete imagenes {id} --todas")["elementos"]
    (limpia,) = (i for i in lista if i["estado"] == "ANONIMIZADA")
    assert (limpia["modalidad"], limpia["patologia"]) == ("CT", "Neumonía")
    (apartada,) = consola.teclea(f"paquete imagenes {id} --estado CUARENTENA")["elementos"]
    assert apartada["motivo"] == motivos.texto(motivos.NO_ES_DEL_FORMATO)
    assert {i["id_imagen"] for i in lista} == {limpia["id_imagen"], apartada["id_imagen"]}
    todo = json.dumps([dicho, lista], ensure_ascii=False)
    assert [palabra for palabra in ("Pérez", "Rosalba", "1CT1", "notas", "serie") if palabra in todo] == []
    consola.teclea(f"imagen archivo {limpia['id_imagen']} {tmp_path / 'limpio.dcm'}")
    limpio = (tmp_path / "limpio.dcm").read_bytes()
    assert (limpio[128:132], b"CompressedSamples" in DICOM, b"CompressedSamples" in limpio) == (b"DICM", True, False)
    assert consola.teclea(enviar) == dicho, "the same again changes nothing"


def test_un_paquete_con_un_nombre_que_no_se_admite_no_se_toma(consola: Consola, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "malo.zip", "w") as zip_:
        zip_.writestr("bueno.dcm", DICOM)
        zip_.writestr("../malo.dcm", DICOM)
    dicho = consola.teclea(f"paquete enviar {tmp_path / 'malo.zip'} --esperar --plazo 100", codigo=1)
    paquete = dicho["paquete"]
    assert (paquete["estado"], paquete["motivo"]) == ("RECHAZADO", motivos.texto(motivos.NOMBRE_NO_ADMITIDO))
    assert consola.teclea(f"paquete imagenes {dicho['id_paquete']}")["elementos"] == []

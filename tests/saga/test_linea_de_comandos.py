"""The command line on the whole platform: what a person types, and what a script reads."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import urllib3
from tests.saga.negocio import CUERPO_IMAGEN, Negocio
from tests.saga.plataforma_viva import Plataforma

pytestmark = pytest.mark.integracion

CREAR = "/suscripciones/suscripcion-comando"


class Consola:
    """A shell, with the platform's address in its environment."""

    def __init__(self, bff: str) -> None:
        self._entorno = os.environ | {"SALUDTECH_URL": bff}

    def teclea(self, linea: str, *, entrada: str = "", codigo: int = 0) -> Any:
        """What `saludtech` answers as JSON. Raises AssertionError where it ends with another exit code."""
        hecho = subprocess.run(
            [sys.executable, "-m", "saludtech_cli", *linea.split(), "--json"],
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

"""The images, and each profile on its own, from nothing until it is ready.

For `make test-contenedores`, like all of this folder: it needs a container engine.
"""

import json
import re

import pytest
from tests.contenedores.motor import Motor, exigir
from tests.despliegue.archivos import CONFIG, CONTENEDORES, PERFILES, PREPARATIVOS

from contratos import ejemplos

pytestmark = [pytest.mark.contenedores, pytest.mark.timeout(1800)]


@pytest.fixture
def limpio(motor: Motor, construidas: set[str]) -> Motor:
    motor.quitar()
    return motor


def test_cada_imagen_se_construye_una_vez_y_otra_construccion_no_deja_nada(motor: Motor, construidas: set[str]) -> None:
    propias = {f"saludtech/{objetivo}:local" for objetivo in CONFIG}
    assert propias <= construidas
    sin_nombre = motor.sin_nombre()
    antes = json.loads(exigir(motor.docker("image", "inspect", *sorted(propias))))
    for ficha in antes:
        motor.tiempos[f"{ficha['RepoTags'][0]}, in MB"] = ficha["Size"] / 1e6
        assert ficha["Config"]["User"] == "10001:10001"
    exigir(motor.compose("build"))
    despues = json.loads(exigir(motor.docker("image", "inspect", *sorted(propias))))
    assert [f["Id"] for f in despues] == [f["Id"] for f in antes]
    assert motor.sin_nombre() == sin_nombre


@pytest.mark.parametrize("perfil", [perfil for perfil in PERFILES if perfil not in ("all", "observabilidad")])
def test_un_perfil_solo_llega_a_estar_listo(limpio: Motor, perfil: str) -> None:
    limpio.tiempos[f"profile {perfil}"] = limpio.levantar(perfil)
    hallados = limpio.contenedores()
    assert set(hallados) == PERFILES[perfil]
    for nombre, (ficha,) in hallados.items():
        estado = ficha["State"]
        if nombre in PREPARATIVOS:
            assert (estado["Status"], estado["ExitCode"]) == ("exited", 0), nombre
        else:
            assert estado["Health"]["Status"] == "healthy", nombre
    publicados = {n for n in PERFILES[perfil] if "ports" in CONTENEDORES[n]}
    con_puerto = {n: f["HostConfig"]["PortBindings"] for n, (f,) in hallados.items() if f["HostConfig"]["PortBindings"]}
    assert set(con_puerto) == publicados
    assert {p["HostIp"] for puertos in con_puerto.values() for uno in puertos.values() for p in uno} <= {"127.0.0.1"}
    if "bff" in hallados:
        aceptado = limpio.pedir("/suscripciones/suscripcion-comando", ejemplos.SUSCRIPCION)
        assert aceptado["estado"] == "ACEPTADO", "no service is there, and what is accepted waits for it"


_DEL_LAZO = re.compile(r"(?:0{16}FFFF0000)?.{6}7F|0{24}01000000")
"""An address of the loopback, as the system's table of sockets writes it."""


def _escucha(motor: Motor, contenedor: str) -> set[int]:
    """The ports on which a container listens for others."""
    tabla = exigir(motor.en(contenedor, "sh", "-c", "cat /proc/net/tcp; cat /proc/net/tcp6 2>/dev/null || true"))
    filas = (linea.split() for linea in tabla.splitlines())
    donde = (fila[1].split(":") for fila in filas if fila[3] == "0A")
    return {int(puerto, 16) for direccion, puerto in donde if not _DEL_LAZO.fullmatch(direccion)}


def test_el_broker_solo_escucha_cifrado_tambien_cuando_ya_tiene_datos(limpio: Motor) -> None:
    """Its bookie asks nobody; with data it listens somewhere else than without."""
    limpio.levantar("pulsar")
    (ficha,) = limpio.contenedores()["pulsar"]
    assert _escucha(limpio, ficha["Id"]) == {6651, 8443}
    exigir(limpio.compose("restart", "pulsar", perfil="pulsar"))
    limpio.levantar("pulsar")
    assert _escucha(limpio, ficha["Id"]) == {6651, 8443}


def test_el_broker_conserva_lo_suyo_aunque_se_anuncie_con_otro_nombre(limpio: Motor) -> None:
    """For clients on this machine. Its bookie keeps its name: under another it is not let at what it kept."""
    topico = "persistent/public/default/guardado"
    limpio.levantar("pulsar")
    (ficha,) = limpio.contenedores()["pulsar"]
    quien = limpio.secreto("pulsar_token_administrador").read_text()
    hacer = f"curl -fsS -X PUT --cacert /run/secrets/ca.crt --header @- https://localhost:8443/admin/v2/{topico}"
    exigir(
        limpio.en(ficha["Id"], "sh", "-c", f"sed 's/^/Authorization: Bearer /' /run/secrets/administrador | {hacer}")
    )
    limpio.levantar("pulsar", PULSAR_ANUNCIADO="127.0.0.1")
    hallado = limpio.pedir(f"/lookup/v2/topic/{topico}", puerto="PULSAR_ADMIN_PUERTO", token=quien)
    assert hallado["brokerUrlTls"] == "pulsar+ssl://127.0.0.1:6651"
    assert not hallado.get("brokerUrl")
    assert f"persistent://{topico.partition('/')[2]}" in limpio.pedir(
        "/admin/v2/persistent/public/default", puerto="PULSAR_ADMIN_PUERTO", token=quien
    )

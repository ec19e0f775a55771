"""All of the platform in containers: what it does, what it outlives, what it keeps to itself, and who reaches whom.

For `make test-contenedores`: it needs a container engine. The tests share one platform; those that kill or stop it put
it back.
"""

import json
import re
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from deploy.compose import secretos
from pydicom.data import get_testdata_file
from tests.contenedores.motor import Motor, exigir, hasta
from tests.despliegue.archivos import BASES, CON_CORREO, CONTENEDORES, PREPARATIVOS, PROPIOS, imagen_de
from urllib3.filepost import encode_multipart_formdata

from contratos.procesamiento import AnonimizarImagen
from plataforma import identidad
from plataforma.servicios import SERVICIOS
from seedwork.infraestructura.topicos import topico_cartas

pytestmark = [pytest.mark.contenedores, pytest.mark.timeout(1800)]

TRABAJADORES = 3
IMAGENES = 300
ESCALA = ("--scale", f"procesamiento={TRABAJADORES}")
# A person as nobody else is called: any of it in a log, or in what `inspect` tells, is found.
PERSONA = {
    "nombres": "Zoraidamarcada",
    "apellidos": "Quintanillamarcada",
    "usuario": "zqmarcada",
    "email": "zmarcada@ejemplo-marcado.com",
    "rut": "918273645",
    "cedula": "564738291",
    "paciente": "hc-marcada-7700123456",
    "antecedentes": "Diabética. Vive en la calle marcada.",
}
SUSCRIPCION = json.dumps(
    {
        "cliente": {
            "codigo": "0001",
            "nombre": {"nombres": PERSONA["nombres"], "apellidos": PERSONA["apellidos"]},
            "usuario": PERSONA["usuario"],
            "rut": {"numero": int(PERSONA["rut"])},
            "cedula": {"numero": int(PERSONA["cedula"])},
            "email": PERSONA["email"],
        },
        "plan": {"codigo": "pro", "nombre": "PRO"},
        "facturas": [],
    }
)


def imagen(numero: int) -> str:
    return json.dumps(
        {
            "id_imagen": f"46769a88-0000-4468-8a14-{numero:012d}",
            "modalidad": "Rayos X",
            "patologia": "Neumonía",
            "region_anatomica": "Cráneo",
            "formato_imagen": "DICOM",
            "fuente_de_datos": "Hospital del norte",
            "antecedentes": PERSONA["antecedentes"],
            "id_paciente": PERSONA["paciente"],
            "fecha_ingesta": "2024-02-01 09:10:00",
        }
    )


@dataclass
class Plataforma:
    """All of it, as a client and an operator see it."""

    motor: Motor

    def suscribir(self) -> str:
        """A PRO subscription, all the way; gives its id."""
        id_suscripcion = str(self.enviar("/suscripciones/suscripcion-comando", SUSCRIPCION)["id_suscripcion"])
        hasta(lambda: self.suscripcion(id_suscripcion)["estado"] == "ACTIVA")
        hasta(lambda: self.servicios(id_suscripcion) == ["INICIADO"])
        return id_suscripcion

    def enviar(self, ruta: str, cuerpo: str) -> Any:
        """A command, until it is accepted, as a client repeats it after a 503."""
        return hasta(lambda: self.motor.pedir(ruta, cuerpo))

    def suscripcion(self, id_suscripcion: str) -> Any:
        return self.motor.pedir(f"/suscripciones/{id_suscripcion}")

    def servicios(self, id_suscripcion: str) -> list[str]:
        return [
            servicio["estado"]
            for servicio in self.motor.pedir(f"/servicios-datos?suscripcion={id_suscripcion}")["elementos"]
        ]

    def anonimizar(self, numero: int) -> Any:
        """An image, all the way; gives its record."""
        self.enviar("/procesar/procesar-imagen", imagen(numero))
        return hasta(lambda: self.anonimizada(numero))

    def anonimizada(self, numero: int) -> Any:
        registro = self.motor.pedir(f"/procesar/imagenes/{json.loads(imagen(numero))['id_imagen']}")
        return registro if registro["estado"] == "ANONIMIZADA" else None

    def uno(self, nombre: str) -> dict[str, Any]:
        """The first container of that name."""
        return self.motor.contenedores()[nombre][0]


@pytest.fixture(scope="module")
def plataforma(motor: Motor, construidas: set[str]) -> Iterator[Plataforma]:
    motor.quitar()
    motor.tiempos["profile all, three workers"] = motor.levantar("all", *ESCALA)
    yield Plataforma(motor)
    motor.quitar()


def test_los_dos_cuerpos_llegan_a_su_fin(plataforma: Plataforma) -> None:
    id_suscripcion = plataforma.suscribir()
    saga = hasta(lambda: plataforma.motor.pedir(f"/suscripciones/{id_suscripcion}/saga"))
    assert saga["estado"] == "COMPLETADA"
    cartas = hasta(lambda: _cartas(plataforma.motor))
    assert PERSONA["email"] in json.dumps(cartas)
    registro = plataforma.anonimizar(0)
    assert re.fullmatch(r"v\d+:[0-9a-f]{32}", registro["seudonimo_paciente"])
    assert PERSONA["paciente"] not in json.dumps(registro)


def test_tres_trabajadores_se_reparten_las_imagenes(plataforma: Plataforma) -> None:
    for numero in range(1, IMAGENES + 1):
        plataforma.enviar("/procesar/procesar-imagen", imagen(numero))
    hasta(lambda: all(plataforma.anonimizada(n) for n in (1, IMAGENES // 2, IMAGENES)))
    trabajadores = plataforma.motor.contenedores()["procesamiento"]
    assert len(trabajadores) == TRABAJADORES
    hasta(lambda: sum(_tratadas(plataforma.motor, t["Id"]) for t in trabajadores) >= IMAGENES)
    assert all(_tratadas(plataforma.motor, t["Id"]) > 0 for t in trabajadores)


def _cartas(motor: Motor) -> list[Any]:
    cartas: list[Any] = motor.pedir("/api/v1/messages", puerto="CORREO_WEB_PUERTO")["messages"]
    return cartas


def _tratadas(motor: Motor, contenedor: str) -> int:
    """How many images a worker has handled, by its own count."""
    programa = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:5031/metrics').read().decode())"
    medidas = exigir(motor.en(contenedor, "python", "-c", programa))
    cuentas = re.findall(
        rf'^saludtech_mensajes_total\{{.*tipo="{AnonimizarImagen.tipo}".*\}} (\S+)$', medidas, re.MULTILINE
    )
    return int(sum(map(float, cuentas)))


# --- What it outlives ---


@pytest.mark.parametrize("nombre", ["pulsar", "suscripciones-bd", "suscripciones", "procesamiento-relay", "bff"])
def test_lo_que_muere_de_golpe_vuelve_y_todo_sigue(plataforma: Plataforma, nombre: str) -> None:
    antes = plataforma.uno(nombre)
    plataforma.motor.matar(antes)

    def de_vuelta() -> bool:
        ficha = plataforma.uno(nombre)
        estado = ficha["State"]
        return ficha["RestartCount"] > antes["RestartCount"] and estado.get("Health", {}).get("Status") == "healthy"

    hasta(de_vuelta)
    plataforma.suscribir()
    plataforma.anonimizar(1000 + len(nombre))


def test_repetir_el_arranque_no_rehace_nada(plataforma: Plataforma) -> None:
    antes, sin_nombre = plataforma.motor.ids(), plataforma.motor.sin_nombre()
    for opciones in ((), ("--build",)):
        plataforma.motor.levantar("all", *ESCALA, *opciones)
        assert plataforma.motor.ids() == antes
        assert plataforma.motor.sin_nombre() == sin_nombre


def test_un_trabajador_mas_no_rehace_a_los_demas(plataforma: Plataforma) -> None:
    antes = plataforma.motor.ids()
    plataforma.motor.levantar("all", "--build", "--scale", f"procesamiento={TRABAJADORES + 1}")
    despues = plataforma.motor.ids()
    assert antes < despues
    assert len(despues - antes) == 1
    plataforma.motor.levantar("all", *ESCALA)
    assert plataforma.motor.ids() == antes


def test_sin_perfil_down_no_detiene_nada(plataforma: Plataforma) -> None:
    """What the operating guide warns of."""
    antes = plataforma.motor.contenedores()
    exigir(plataforma.motor.compose("down", perfil=None))
    despues = plataforma.motor.contenedores()
    assert {f["State"]["StartedAt"] for uno in despues.values() for f in uno if f["State"]["Running"]} == {
        f["State"]["StartedAt"] for uno in antes.values() for f in uno if f["State"]["Running"]
    }


def test_los_datos_siguen_tras_down_y_up(plataforma: Plataforma) -> None:
    motor = plataforma.motor
    id_suscripcion, registro = plataforma.suscribir(), plataforma.anonimizar(2000)
    hasta(lambda: len(_cartas(motor)) > 0)
    cartas = len(_cartas(motor))
    exigir(motor.compose("down"))
    assert motor.contenedores() == {}
    motor.tiempos["profile all, again on its data"] = motor.levantar("all", *ESCALA)
    assert plataforma.suscripcion(id_suscripcion)["estado"] == "ACTIVA"
    assert plataforma.servicios(id_suscripcion) == ["INICIADO"]
    assert plataforma.anonimizada(2000) == registro
    assert len(_cartas(motor)) >= cartas
    # What the broker holds is read too: the saga's view is made anew from its topic.
    rehecha = exigir(motor.operar("suscripciones", "saga", "reconstruir"))
    assert int(rehecha.split()[0]) > 0, rehecha
    assert motor.pedir(f"/suscripciones/{id_suscripcion}/saga")["estado"] == "COMPLETADA"
    plataforma.suscribir()


# --- What it keeps to itself ---

PUBLICOS = {
    *(nombre for nombre in secretos.nombres() if nombre.endswith((".crt", ".der"))),
    identidad.DESARROLLO_JWKS,
    identidad.PUERTA_CLAVE_PUBLICA,
}


def _lo_secreto(archivo: Path) -> str:
    """Of a file, what must be read nowhere else: a password, the first line of a key, a token."""
    texto = archivo.read_text()
    if texto.startswith("postgresql://"):
        return str(urlsplit(texto).password)
    if archivo.name == identidad.DESARROLLO_CLAVE:
        return str(json.loads(texto)["clave"]["d"])
    return texto.splitlines()[1 if "PRIVATE KEY" in texto else 0]


def test_ni_los_registros_ni_inspect_dicen_un_secreto_o_un_dato_de_una_persona(plataforma: Plataforma) -> None:
    motor = plataforma.motor
    registros = exigir(motor.compose("logs", "--no-color"))
    fichas = json.dumps(motor.contenedores())
    imagenes = sorted({c["image"] for c in CONTENEDORES.values()})
    de_las_imagenes = exigir(motor.docker("image", "inspect", *imagenes))
    historia = "".join(exigir(motor.docker("history", "--no-trunc", imagen)) for imagen in imagenes)
    assert all(nombre in registros for nombre in ("pulsar", "suscripciones-bd", "bff"))
    claves = {nombre: _lo_secreto(motor.secreto(nombre)) for nombre in secretos.nombres() - PUBLICOS}
    assert len(claves) == len(set(claves.values())) > len(SERVICIOS)
    for donde, texto in (
        ("logs", registros), ("inspect", fichas), ("images", de_las_imagenes), ("history", historia)
    ):  # fmt: skip
        hallados = [que for que, valor in (PERSONA | claves).items() if valor in texto]
        assert not hallados, f"{donde} tells {hallados}"


@pytest.mark.parametrize("nombre", sorted(set(CONTENEDORES) - PREPARATIVOS))
def test_cada_uno_tiene_lo_justo(plataforma: Plataforma, nombre: str) -> None:
    ficha = plataforma.uno(nombre)
    limites = ficha["HostConfig"]
    assert min(limites["Memory"], limites["NanoCpus"], limites["PidsLimit"]) > 0
    assert limites["LogConfig"]["Config"].keys() >= {"max-size", "max-file"}
    assert not limites["Privileged"]
    dicho = dict(
        linea.split(":\t", 1)
        for linea in exigir(plataforma.motor.en(ficha["Id"], "cat", "/proc/1/status")).splitlines()
        if ":\t" in linea
    )
    assert {dicho[c] for c in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")} == {"0" * 16}
    assert dicho["NoNewPrivs"] == "1"
    # Its image is made for root, whose folder its mail is in.
    assert (dicho["Uid"].split()[0] == "0") == (nombre == "correo")
    for lugar in ("/prueba", "/app/prueba" if nombre in PROPIOS else "/usr/prueba"):
        hecho = plataforma.motor.en(ficha["Id"], "touch", lugar, opciones=("--user=0",))
        assert hecho.returncode != 0
        assert "Read-only file system" in hecho.stderr


def test_un_archivo_llega_limpio_y_cada_uno_alcanza_lo_que_le_toca(plataforma: Plataforma) -> None:
    """The door writes what is sent, and can only read what was made of it; of the others only the worker has files."""
    motor = plataforma.motor
    dicom = Path(get_testdata_file("CT_small.dcm")).read_bytes()  # type: ignore[arg-type]
    campos = {**json.loads(imagen(3000)), "id_paciente": "1CT1", "archivo": ("de-la-cámara.dcm", dicom)}
    cuerpo, tipo = encode_multipart_formdata(campos)
    motor.traer("/procesar/imagenes", cuerpo, Content_Type=tipo, Idempotency_Key="archivo-3000")
    hasta(lambda: plataforma.anonimizada(3000))
    limpio = motor.traer(f"/procesar/imagenes/{campos['id_imagen']}/archivo")
    assert limpio[128:132] == b"DICM"
    assert b"CompressedSamples" in dicom
    assert b"CompressedSamples" not in limpio

    guion = """
ls -A /almacen/resultados 2>/dev/null | grep -q . && echo lee
for que in originales resultados; do
    touch /almacen/$que/prueba 2>/dev/null && rm /almacen/$que/prueba && echo $que
done
true"""
    puede = {
        nombre: set(exigir(motor.en(plataforma.uno(nombre)["Id"], "sh", "-c", guion)).split())
        for nombre in set(PROPIOS) - PREPARATIVOS
    }
    assert {nombre: que for nombre, que in puede.items() if que} == {
        "bff": {"lee", "originales"},
        "procesamiento": {"lee", "originales", "resultados"},
    }


# --- Who reaches whom ---

DESTINOS = {
    **dict.fromkeys(BASES, 5432),
    "pulsar": 6651,
    "correo": 1025,
    "bff": 5005,
    **{f"{s.nombre}-api": s.puerto for s in SERVICIOS.values()},
}


def _alcanzables(nombre: str) -> set[str]:
    """Whom a container is to reach: all that is no database, and its own service's; a database, its service."""
    if nombre in BASES:
        return {nombre, f"{nombre.removesuffix('-bd')}-api"}
    bases = {f"{imagen_de(nombre)}-bd"} & BASES if nombre in PROPIOS else set()
    return bases | (set(DESTINOS) - BASES)


@pytest.mark.parametrize("nombre", sorted({*BASES, "pulsar", "bff", *(s.nombre for s in SERVICIOS.values())}))
def test_cada_uno_alcanza_a_quien_necesita_y_a_nadie_mas(plataforma: Plataforma, nombre: str) -> None:
    assert {SERVICIOS[p].nombre for p in SERVICIOS if SERVICIOS[p].correo} == CON_CORREO
    contenedor = plataforma.uno(nombre)["Id"]
    guion = "".join(
        f"timeout 3 bash -c ': < /dev/tcp/{destino}/{puerto}' 2>/dev/null && echo {destino}; "
        for destino, puerto in DESTINOS.items()
    )
    alcanzados = set(exigir(plataforma.motor.en(contenedor, "bash", "-c", guion + "true")).split())
    assert alcanzados == _alcanzables(nombre)
    # A database's network leads nowhere: its routes have no default.
    rutas = exigir(plataforma.motor.en(contenedor, "cat", "/proc/net/route")).splitlines()[1:]
    assert any(ruta.split()[1] == "00000000" for ruta in rutas) == (nombre not in BASES)


# --- Who is let in, and how ---


@pytest.mark.parametrize("token", ["", "no.es.uno"])
def test_sin_un_token_que_valga_la_puerta_no_deja_pasar(plataforma: Plataforma, token: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as negado:
        plataforma.motor.pedir("/suscripciones", token=token)
    assert negado.value.code == 401
    assert negado.value.headers["WWW-Authenticate"].startswith("Bearer")


def _dice(plataforma: Plataforma, contenedor: str, programa: str) -> list[str]:
    """What a program answers in a container, with the secrets that are there."""
    return exigir(plataforma.motor.en(plataforma.uno(contenedor)["Id"], "python", "-c", programa)).split()


def test_un_servicio_no_es_la_puerta_para_otro(plataforma: Plataforma) -> None:
    """It reaches the other's API, knows it by its certificate, and is told nothing; in the clear it gets no answer."""
    programa = """
import http.client, ssl
contexto = ssl.create_default_context(cafile="/run/secrets/ca.crt")
for conexion in (
    http.client.HTTPSConnection("procesamiento-api", 5013, timeout=10, context=contexto),
    http.client.HTTPSConnection("procesamiento-api", 5013, timeout=10),
    http.client.HTTPConnection("procesamiento-api", 5013, timeout=10),
):
    try:
        conexion.request("GET", "/procesar/imagenes")
        print(conexion.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        print(type(error).__name__)
"""
    conocido, sin_autoridad, en_claro = _dice(plataforma, "suscripciones", programa)
    assert (conocido, sin_autoridad) == ("401", "SSLCertVerificationError")
    assert not en_claro.isdigit()


def test_en_el_broker_cada_uno_hace_lo_suyo_y_nada_mas(plataforma: Plataforma) -> None:
    """With its own token a service is heard where it speaks alone; without one, or in the clear, nobody is."""
    propio, ajeno = topico_cartas("suscripciones"), topico_cartas("procesamiento")
    programa = f"""
import logging, pulsar
callado = logging.Logger("callado")
callado.addHandler(logging.NullHandler())
token = open("/run/secrets/PULSAR_TOKEN").read()
for url, quien, topico in (
    ("pulsar+ssl://pulsar:6651", token, {propio!r}),
    ("pulsar+ssl://pulsar:6651", token, {ajeno!r}),
    ("pulsar+ssl://pulsar:6651", None, {propio!r}),
    ("pulsar://pulsar:6651", token, {propio!r}),
):
    cliente = pulsar.Client(
        url, authentication=quien and pulsar.AuthenticationToken(quien), operation_timeout_seconds=5,
        tls_trust_certs_file_path="/run/secrets/ca.crt", tls_validate_hostname=True,
        logger=callado,
    )
    try:
        cliente.create_producer(topico).close()
        print("SI")
    except pulsar.PulsarException as error:
        print(type(error).__name__)
    cliente.close()
"""
    suyo, de_otro, sin_token, en_claro = _dice(plataforma, "suscripciones", programa)
    assert suyo == "SI"
    assert de_otro == "AuthorizationError"
    # Its client tries again until its time is over.
    assert {sin_token, en_claro} <= {"AuthenticationError", "ConnectError", "Timeout"}


def test_una_base_solo_habla_cifrado_y_quien_trabaja_en_ella_no_es_su_dueno(plataforma: Plataforma) -> None:
    programa = """
import psycopg2
url = open("/run/secrets/DATABASE_URL").read()
for donde in (url, url.replace("verify-full", "disable")):
    try:
        with psycopg2.connect(donde) as conexion, conexion.cursor() as cursor:
            cursor.execute("ALTER TABLE comandos ADD COLUMN intrusa text")
    except psycopg2.Error as error:
        print("".join(c if c.isalnum() else "_" for c in str(error)))
"""
    alterar, en_claro = _dice(plataforma, "suscripciones", programa)
    assert "must_be_owner_of_table" in alterar
    assert "no_encryption" in en_claro

"""How a machine of deploy/gcp starts: its files as they come out, and the script that brings its secrets, run.

In `make check`: no server, no cloud; what the script asks is answered by a program of the test's own, in curl's place.
"""

import os
import re
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.despliegue.archivos import ETAPAS, PROPIOS
from tests.despliegue.nube import GRUPOS, LOCALES, NUBE, TEXTOS, argumentos_de_plantilla, bloque, el, rellenar, sangrar

GUION = NUBE / "arranque/secretos.sh"
_IMAGEN = "r-docker.pkg.dev/p/saludtech/{}:0123abc"


def _colector(nombre: str) -> str:
    grupo = GRUPOS[nombre]
    valores = {
        "grupo": nombre,
        "puerto": grupo["puerto"],
        "esquema": "https" if grupo["orden"] == ["api"] else "http",
        "proyecto": "p",
        "region": "r",
        "senal_de": f"{grupo['de']}-api",
    }
    assert set(valores) == argumentos_de_plantilla("colector.yaml.tftpl")
    return rellenar("colector.yaml.tftpl", valores)


def _maquina(nombre: str) -> dict[str, Any]:
    """A machine's cloud-init, as Terraform would make it."""
    grupo = GRUPOS[nombre]
    drenaje = int(grupo["entorno"].get("DRENAJE_S", 0))
    valores = {
        "grupo": nombre,
        "registro": "r-docker.pkg.dev",
        "orden": " ".join([_IMAGEN.format(grupo["de"]), *grupo["orden"]]),
        "puerto": grupo["puerto"],
        "parada_s": drenaje + 10,
        "plazo_parada_s": drenaje + 20,
        "entorno": sangrar("\n".join(f"{a}={v}" for a, v in grupo["entorno"].items())),
        "secretos": sangrar(
            "\n".join(f"{a} projects/p/secrets/{s}" for a, s in LOCALES["secretos_de"][grupo["de"]].items())
        ),
        "ca": sangrar("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"),
        "traer_secretos": sangrar(GUION.read_text(encoding="utf-8")),
        "colector": sangrar(_colector(nombre)),
    }
    assert set(valores) == argumentos_de_plantilla("maquina.yaml.tftpl")
    texto = rellenar("maquina.yaml.tftpl", valores)
    assert texto.startswith("#cloud-config\n")
    hecha: dict[str, Any] = yaml.safe_load(texto)
    return hecha


def _archivos(nombre: str) -> dict[str, str]:
    return {a["path"]: a["content"] for a in _maquina(nombre)["write_files"]}


def _ordenes(unidad: str, cual: str) -> list[list[str]]:
    juntas = unidad.replace("\\\n", " ")
    return [shlex.split(o) for o in re.findall(rf"^{cual}=-?(.*)$", juntas, re.MULTILINE)]


@pytest.mark.parametrize("nombre", GRUPOS)
def test_la_maquina_corre_su_proceso_como_compose_lo_corre(nombre: str) -> None:
    grupo, contenedor = GRUPOS[nombre], PROPIOS[nombre]
    unidad = _archivos(nombre)["/etc/systemd/system/saludtech.service"]
    (orden,) = _ordenes(unidad, "ExecStart")
    imagen = orden.index(_IMAGEN.format(grupo["de"]))
    assert orden[:2] == ["/usr/bin/docker", "run"]
    assert orden[imagen + 1 :] == contenedor.get("command", [])
    opciones = set(orden[2:imagen])
    assert {"--init", "--read-only", *(f"--tmpfs={c}" for c in contenedor["tmpfs"])} <= opciones
    assert {f"--cap-drop={c}" for c in contenedor["cap_drop"]} <= opciones
    assert {f"--security-opt={o}" for o in contenedor["security_opt"]} <= opciones
    assert f"--pids-limit={contenedor['deploy']['resources']['limits']['pids']}" in opciones
    assert f"--publish={grupo['puerto']}:{grupo['puerto']}" in opciones
    assert "--volume=/run/saludtech/secretos:/run/secrets:ro" in opciones
    # No end is the last one: what is not there yet, broker or database, is waited for.
    assert "\nRestart=always\n" in unidad and "\nStartLimitIntervalSec=0\n" in unidad


@pytest.mark.parametrize("nombre", GRUPOS)
def test_quien_se_detiene_tiene_tiempo_y_los_secretos_son_del_usuario_de_la_imagen(nombre: str) -> None:
    unidad = _archivos(nombre)["/etc/systemd/system/saludtech.service"]
    (parar,) = _ordenes(unidad, "ExecStop")
    (espera,) = (int(o.removeprefix("--time=")) for o in parar if o.startswith("--time="))
    (plazo,) = re.findall(r"^TimeoutStopSec=(\d+)$", unidad, re.MULTILINE)
    assert espera >= int(GRUPOS[nombre]["entorno"].get("DRENAJE_S", 0)) + 5
    # A machine that is told to go has 90 s.
    assert espera < int(plazo) < 90
    traer = next(o for o in _ordenes(unidad, "ExecStartPre") if "/etc/saludtech/secretos.sh" in o)
    (usuario,) = ETAPAS["comun"].las("USER")
    assert traer == [
        "/bin/bash",
        "/etc/saludtech/secretos.sh",
        "/etc/saludtech/secretos",
        "/run/saludtech/secretos",
        usuario.resto,
    ]


def test_terraform_da_a_las_plantillas_lo_que_aqui_se_les_da() -> None:
    texto = TEXTOS["grupos.tf"]
    assert 'join(" ", concat([local.imagenes[each.value.de]], each.value.orden))' in texto
    assert re.search(r"parada_s +=\s*local\.drenaje_s\[each\.key\] \+ 10\n", texto)
    assert re.search(r"plazo_parada_s +=\s*local\.drenaje_s\[each\.key\] \+ 20\n", texto)
    assert 'tonumber(lookup(g.entorno, "DRENAJE_S", "0"))' in texto


@pytest.mark.parametrize("nombre", GRUPOS)
def test_ningun_secreto_esta_en_los_archivos_de_la_maquina(nombre: str) -> None:
    archivos = _archivos(nombre)
    ajustes = LOCALES["secretos_de"][GRUPOS[nombre]["de"]]
    assert not [a for a in ajustes if re.search(rf"^{a}=", archivos["/etc/saludtech/entorno"], re.MULTILINE)]
    lineas = archivos["/etc/saludtech/secretos"].split("\n")[:-1]
    assert lineas == [f"{a} projects/p/secrets/{s}" for a, s in ajustes.items()]
    # Not on the command line either, where anybody on the machine reads.
    assert "--env=" not in archivos["/etc/systemd/system/saludtech.service"]


@pytest.mark.parametrize("nombre", GRUPOS)
def test_se_mide_lo_que_el_proceso_dice_y_la_senal_es_una_sola(nombre: str) -> None:
    archivos = _archivos(nombre)
    colector = yaml.safe_load(archivos["/etc/saludtech/colector.yaml"])
    (raspado,) = colector["receivers"]["prometheus"]["config"]["scrape_configs"]
    assert raspado["static_configs"] == [{"targets": [f"127.0.0.1:{GRUPOS[nombre]['puerto']}"]}]
    assert raspado["job_name"] == nombre
    # It looks at the certificate, too, with the authority that is mounted for it.
    assert raspado["scheme"] == ("https" if GRUPOS[nombre]["orden"] == ["api"] else "http")
    assert raspado["tls_config"] == {"ca_file": "/ca.crt"}
    assert "--volume=/etc/saludtech/ca.crt:/ca.crt:ro" in archivos["/etc/systemd/system/colector.service"]
    tuberias = colector["service"]["pipelines"]
    assert tuberias["metrics"]["exporters"] == ["googlemanagedprometheus"]
    assert tuberias["metrics/senal"]["exporters"] == ["googlecloud"]
    usados = {p for t in tuberias.values() for p in t["processors"]}
    assert usados == set(colector["processors"])
    (condicion,) = colector["processors"]["filter/senal"]["metrics"]["metric"]
    assert condicion == (
        'name != "saludtech_instancias_deseadas" or '
        f'resource.attributes["service.name"] != "{GRUPOS[nombre]["de"]}-api"'
    )
    puestos = {a["key"]: a["value"] for a in colector["processors"]["resource/senal"]["attributes"]}
    assert puestos == {"cloud.region": "r", "service.namespace": "saludtech", "service.instance.id": "grupo"}
    assert "resourcedetection" not in tuberias["metrics/senal"]["processors"], (
        "it would be the machine's, not the group's"
    )
    assert colector["exporters"]["googlecloud"]["metric"]["prefix"] == "custom.googleapis.com"


def test_el_grupo_lee_la_senal_que_el_colector_manda() -> None:
    escala = bloque(el("google_compute_region_autoscaler", "grupo"), "autoscaling_policy")
    (senal,) = escala["dynamic"][0]["metric"]["content"]
    assert senal["filter"] == (
        'resource.type = "generic_task" AND resource.labels.job = "${each.value.de}-api" '
        'AND metric.labels.servicio = "${each.value.de}"'
    )
    assert 'senal_de = "${each.value.de}-api"' in TEXTOS["grupos.tf"]
    assert "procesamiento-api" in GRUPOS


# --- The script that brings the secrets ---

_CURL = """#!/bin/bash
# Answers as the metadata server and Secret Manager do; keeps what stood on its command line.
echo "$*" >>"$DIARIO"
for url; do :; done
case $url in
  http://metadata.google.internal/*/token)
    [[ $* == *'Metadata-Flavor: Google'* ]] || exit 22
    echo '{"access_token":"ficha.de-hoy","expires_in":3599,"token_type":"Bearer"}' ;;
  https://secretmanager.googleapis.com/v1/projects/p/secrets/*/versions/latest:access)
    [[ $* == *'--header @-'* && $(cat) == 'Authorization: Bearer ficha.de-hoy' ]] || exit 22
    secreto=${url#*/secrets/}; archivo=$SECRETOS/${secreto%%/*}
    [ -e "$archivo" ] || exit 22
    printf '{\\n  "name": "%s",\\n  "payload": {\\n    "data": "%s",\\n    "dataCrc32c": "7"\\n  }\\n}\\n' \\
      "$url" "$(base64 -w0 "$archivo")" ;;
  *) exit 6 ;;
esac
"""


class _Guion:
    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        self.diario = carpeta / "diario"
        self.hechos = carpeta / "run/secretos"
        self._guardados = carpeta / "guardados"
        self._guardados.mkdir()
        programa = carpeta / "bin/curl"
        programa.parent.mkdir()
        programa.write_text(_CURL)
        programa.chmod(0o755)

    def guardar(self, **secretos: bytes) -> None:
        for nombre, valor in secretos.items():
            (self._guardados / nombre).write_bytes(valor)

    def correr(self, *lineas: str) -> subprocess.CompletedProcess[str]:
        lista = self.carpeta / "lista"
        lista.write_text("".join(f"{linea}\n" for linea in lineas))
        entorno = os.environ | {
            "PATH": f"{self.carpeta}/bin:{os.environ['PATH']}",
            "SECRETOS": str(self._guardados),
            "DIARIO": str(self.diario),
        }
        dueno = f"{os.getuid()}:{os.getgid()}"
        orden = ["bash", str(GUION), str(lista), str(self.hechos), dueno]
        return subprocess.run(orden, env=entorno, capture_output=True, text=True, check=False, timeout=30)


@pytest.fixture
def guion(tmp_path: Path) -> _Guion:
    return _Guion(tmp_path)


def test_cada_secreto_llega_a_un_archivo_que_solo_su_dueno_lee(guion: _Guion) -> None:
    url = b"postgresql://s:Abc123@10.0.0.3:5432/s?sslmode=require"
    guion.guardar(base=url, clave=b"+/=\n")
    for _ in range(2):  # and again, as after a restart
        hecho = guion.correr("DATABASE_URL projects/p/secrets/base", "SEUDONIMO_CLAVE projects/p/secrets/clave")
        assert (hecho.returncode, hecho.stdout, hecho.stderr) == (0, "", "")
    assert {a.name: a.read_bytes() for a in guion.hechos.iterdir()} == {
        "DATABASE_URL": url,
        "SEUDONIMO_CLAVE": b"+/=\n",
    }
    assert {stat.S_IMODE(a.stat().st_mode) for a in guion.hechos.iterdir()} == {0o400}
    assert stat.S_IMODE(guion.hechos.stat().st_mode) == 0o500


def test_la_ficha_no_esta_en_ninguna_linea_de_ordenes(guion: _Guion) -> None:
    guion.guardar(base=b"x")
    assert guion.correr("DATABASE_URL projects/p/secrets/base").returncode == 0
    diario = guion.diario.read_text()
    assert "versions/latest:access" in diario and "ficha" not in diario


@pytest.mark.parametrize("guardado", [None, b""], ids=["missing", "empty"])
def test_sin_un_secreto_no_empieza_nada_y_ninguno_se_dice(guion: _Guion, guardado: bytes | None) -> None:
    guion.guardar(primero=b"muy-secreto", **({"segundo": guardado} if guardado is not None else {}))
    hecho = guion.correr("PULSAR_TOKEN projects/p/secrets/primero", "SMTP_CLAVE projects/p/secrets/segundo")
    assert hecho.returncode != 0
    assert "muy-secreto" not in hecho.stdout + hecho.stderr
    assert not (guion.hechos / "SMTP_CLAVE").exists()

"""`saludtech anonimizar` on real files, in processes of its own; no server.

In make check, as the files are small; a process that does not end is waited for, twice, so that is in the long tier.
"""

import base64
import csv
import io
import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.data import get_testdata_file

from saludtech_cli import limpieza
from saludtech_cli.fallos import Codigo

NOMBRE = "perez-juana-79448812"
FUENTE = ("--fuente", "Hospital del norte")
MORTAL = """
import os, signal
from anonimizacion import motor

suyo = motor.anonimizar

def anonimizar(octetos, *resto):
    if b"QXMATA" in bytes(octetos):
        os.kill(os.getpid(), signal.SIGKILL)
    if b"QXDUERME" in bytes(octetos):
        signal.pause()
    return suyo(octetos, *resto)

motor.anonimizar = anonimizar
"""
"""A decoder that crashes: each process reads this file, as its sitecustomize, when it begins."""


def dicom(numero: int, **cambios: Any) -> bytes:
    datos = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    datos.PatientName, datos.PatientID = "PEREZ^JUANA", f"79-44{numero}812"
    datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.99.{numero}"
    for clave, valor in cambios.items():
        setattr(datos, clave, valor)
    salida = io.BytesIO()
    datos.save_as(salida)
    return salida.getvalue()


@pytest.fixture
def clave(tmp_path: Path) -> Path:
    ruta = tmp_path / "clave"
    ruta.write_text(base64.b64encode(bytes(range(32))).decode())
    return ruta


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    carpeta = tmp_path / "entrada"
    (carpeta / NOMBRE).mkdir(parents=True)
    for n in range(3):
        (carpeta / NOMBRE / f"{NOMBRE}-{n}.dcm").write_bytes(dicom(n))
    (carpeta / "notas.txt").write_text(f"De {NOMBRE}")
    (carpeta / "vacio.dcm").touch()
    return carpeta


def informe(salida: Path) -> Any:
    return json.loads((salida / "informe.json").read_text())


def todo(salida: Path) -> bytes:
    """Names and bytes of all that came out."""
    archivos = [r for r in salida.rglob("*") if r.is_file()]
    return b"\n".join([*(str(r.relative_to(salida)).encode() for r in archivos), *(r.read_bytes() for r in archivos)])


def empaquetar(carpeta: Path, zip_: Path) -> Path:
    with zipfile.ZipFile(zip_, "w", zipfile.ZIP_DEFLATED) as archivo:
        for ruta in sorted(carpeta.rglob("*")):
            archivo.write(ruta, ruta.relative_to(carpeta))
    return zip_


@pytest.mark.parametrize("en_zip", [False, True])
def test_salen_limpias_y_ni_los_nombres_de_los_archivos_dicen_nada(
    linea: Any, carpeta: Path, clave: Path, tmp_path: Path, en_zip: bool
) -> None:
    entrada = empaquetar(carpeta, tmp_path / f"{NOMBRE}.zip") if en_zip else carpeta
    salida, correspondencia = tmp_path / "salida", tmp_path / "correspondencia.csv"
    codigo = linea(
        *("anonimizar", str(entrada), str(salida), *FUENTE, "--clave", str(clave), "--procesos", "2", "--json"),
        *("--correspondencia", str(correspondencia)),
    )
    assert codigo == Codigo.RECHAZADO
    assert linea.json == {"archivos": 5, "ANONIMIZADA": 3, "CUARENTENA": 2, "FALLIDA": 0}
    assert {i["motivo"] for i in informe(salida)["imagenes"]} == {None, "NO_ES_DEL_FORMATO"}
    imagenes = list((salida / "imagenes").iterdir())
    assert len(imagenes) == 3
    for imagen in imagenes:
        leida = pydicom.dcmread(imagen)
        assert leida.PatientID.startswith("v2:")
        assert leida.pixel_array.size
    todo_junto = todo(salida).lower() + linea.salida.encode().lower() + linea.errores.encode().lower()
    for suyo in (b"perez", b"juana", b"79-44", b"notas.txt", b"vacio"):
        assert suyo not in todo_junto
    with (salida / "informe.csv").open(newline="") as abierto:
        filas = list(csv.DictReader(abierto))
    assert [fila["archivo"] for fila in filas if fila["archivo"]] == [
        i["archivo"] for i in informe(salida)["imagenes"] if i["archivo"]
    ]
    # To the sender alone, who asked for it.
    assert NOMBRE in correspondencia.read_text()
    assert correspondencia.stat().st_mode & 0o077 == 0


def test_sigue_donde_se_quedo_por_el_contenido(linea: Any, carpeta: Path, clave: Path, tmp_path: Path) -> None:
    salida = tmp_path / "salida"
    orden = ("anonimizar", str(carpeta), str(salida), *FUENTE, "--clave", str(clave), "--procesos", "1", "--json")
    linea(*orden)
    primero, diario = linea.json, (salida / ".diario.jsonl").read_bytes()
    antes = {r.name: r.stat().st_mtime_ns for r in (salida / "imagenes").iterdir()}
    # Another name and another place are no other file; and one line was being written when it was stopped.
    (carpeta / NOMBRE / f"{NOMBRE}-0.dcm").rename(carpeta / "otro-nombre.dcm")
    (salida / ".diario.jsonl").write_bytes(diario + b'{"original": "abc", "esta')
    (salida / "imagenes" / ".a-medias").write_bytes(b"x")
    linea(*orden)
    assert linea.json == primero
    assert (salida / ".diario.jsonl").read_bytes() == diario
    assert {r.name: r.stat().st_mtime_ns for r in (salida / "imagenes").iterdir()} == antes
    # What is gone is made again, the same.
    una = next(iter(antes))
    (salida / "imagenes" / una).unlink()
    linea(*orden)
    assert linea.json == primero
    assert {r.name for r in (salida / "imagenes").iterdir()} == set(antes)
    assert len(informe(salida)["imagenes"]) == 5


@pytest.mark.parametrize(
    ("que", "motivo", "plazo"),
    [("QXMATA", "PROCESO_MUERTO", "600"), pytest.param("QXDUERME", "PROCESO_LENTO", "20", marks=pytest.mark.largo)],
)
def test_quien_mata_o_detiene_su_proceso_no_cuesta_nada_a_los_demas(
    carpeta: Path, clave: Path, tmp_path: Path, que: str, motivo: str, plazo: str
) -> None:
    (carpeta / "a-mala-idea.dcm").write_bytes(dicom(7, StudyDescription=que))
    (tmp_path / "sitecustomize.py").write_text(MORTAL)
    mortal = {**os.environ, "PYTHONPATH": str(tmp_path)}
    salida = tmp_path / "salida"
    orden = ["anonimizar", str(carpeta), str(salida), *FUENTE, "--clave", str(clave), "--json", "--procesos", "2"]
    linea = [sys.executable, "-m", "saludtech_cli", *orden]
    corrida = subprocess.run([*linea, "--plazo", plazo], env=mortal, capture_output=True, check=False)
    assert corrida.returncode == Codigo.RECHAZADO, corrida.stderr
    assert json.loads(corrida.stdout) == {"archivos": 6, "ANONIMIZADA": 3, "CUARENTENA": 2, "FALLIDA": 1}
    assert [i["motivo"] for i in informe(salida)["imagenes"] if i["estado"] == "FALLIDA"] == [motivo]
    # With a decoder that does not crash it comes out the next time.
    corrida = subprocess.run(linea, capture_output=True, check=False)
    assert json.loads(corrida.stdout) == {"archivos": 6, "ANONIMIZADA": 4, "CUARENTENA": 2, "FALLIDA": 0}


_LIMPIO = {
    "original": "ab" * 16,
    "formato": "DICOM",
    "archivo": "0" * 64 + ".dcm",
    "octetos": 9,
    "estado": "ANONIMIZADA",
    "motivo": None,
    "sha256": "0" * 64,
    "informe": {
        **dict.fromkeys(("motor", "perfil", "edicion"), "x"),
        **{lista: [] for lista in ("opciones", "acciones", "avisos", "regiones", "despejadas")},
        "version_de_clave": 2,
    },
}


@pytest.mark.parametrize(
    "cambio",
    [
        {"estado": "OTRO"},
        {"estado": "CUARENTENA"},
        {"motivo": "Juana Pérez"},
        {"archivo": "../../otro.dcm"},
        {"archivo": "../otro.dcm", "sha256": "../otro"},
        {"archivo": None},
        {"octetos": "9"},
        {"informe": None},
        {"informe": {**_LIMPIO["informe"], "acciones": [{"ruta": "0010,0010"}]}},  # type: ignore[dict-item]
    ],
)
def test_a_un_proceso_se_le_cree_lo_que_puede_ser(cambio: dict[str, Any]) -> None:
    """A file may have taken it over: what it says must not end the command, nor get into a report."""
    leer = limpieza.lectores({"ya"})
    hecho = leer["Hecho"](json.dumps(_LIMPIO).encode())
    assert hecho.como_ficha() == _LIMPIO
    assert leer["Conocido"](b'{"original": "ya"}').original == "ya"
    with pytest.raises(ValueError, match=r"."):
        leer["Hecho"](json.dumps({**_LIMPIO, **cambio}).encode())
    with pytest.raises(ValueError, match="not done"):
        leer["Conocido"](b'{"original": "otro"}')


def test_la_salida_tiene_lo_que_su_informe_nombra(linea: Any, carpeta: Path, clave: Path, tmp_path: Path) -> None:
    salida = tmp_path / "salida"
    orden = ("anonimizar", str(carpeta), str(salida), *FUENTE, "--clave", str(clave), "--procesos", "1", "--json")
    linea(*orden)
    primero, antes = linea.json, {r.name: r.read_bytes() for r in (salida / "imagenes").iterdir()}
    # What was changed under its name, whatever its size, is made again.
    for nombre, octetos in antes.items():
        (salida / "imagenes" / nombre).write_bytes(octetos[:-1] + bytes([octetos[-1] ^ 1]))
    (salida / "imagenes" / "leame.txt").write_text("No es de la orden.")
    ido = carpeta / NOMBRE / f"{NOMBRE}-0.dcm"
    octetos = ido.read_bytes()
    ido.unlink()
    linea(*orden)
    quedan = {r.name: r.read_bytes() for r in (salida / "imagenes").glob("*.dcm")}
    assert quedan.items() < antes.items()
    assert set(quedan) == {i["archivo"] for i in informe(salida)["imagenes"] if i["archivo"]}
    assert (salida / "imagenes" / "leame.txt").exists()
    assert "no los da: 1." in linea.errores
    ido.write_bytes(octetos)
    linea(*orden)
    assert linea.json == primero
    assert {r.name: r.read_bytes() for r in (salida / "imagenes").glob("*.dcm")} == antes


def test_un_diario_roto_se_dice_con_su_linea(linea: Any, clave: Path, tmp_path: Path) -> None:
    entrada, salida = tmp_path / "entrada", tmp_path / "salida"
    entrada.mkdir()
    (entrada / "notas.txt").write_text("x")
    orden = ("anonimizar", str(entrada), str(salida), *FUENTE, "--clave", str(clave), "--procesos", "1")
    linea(*orden)
    diario = salida / ".diario.jsonl"
    sano = diario.read_bytes()
    for roto, numero in (
        (sano + b"{\n", 3),
        (sano + b'{"original": 7}\n', 3),
        (b"no" + sano, 1),
        (sano.replace(b"}\n", b"}\n\n", 1), 2),
    ):
        diario.write_bytes(roto)
        assert linea(*orden) == Codigo.USO
        assert f"La línea {numero} de .diario.jsonl" in linea.errores
        assert diario.read_bytes() == roto


def test_en_seco_dice_que_se_haria_y_no_escribe_nada(linea: Any, carpeta: Path, tmp_path: Path) -> None:
    antes = sorted(tmp_path.rglob("*"))
    assert linea("anonimizar", str(carpeta), "--en-seco", *FUENTE, "--procesos", "1", "--json") == Codigo.RECHAZADO
    acciones = {(a["ruta"], a["nombre"]): (a["accion"], a["archivos"]) for a in linea.json["acciones"]}
    assert acciones["0010,0010", "PatientName"] == ("VACIAR", 3)
    assert acciones["0008,0020", "StudyDate"] == ("FECHA", 3)
    assert linea.json["motivos"] == {"NO_ES_DEL_FORMATO": 2}
    assert "PEREZ" not in linea.salida.upper()
    assert sorted(tmp_path.rglob("*")) == antes
    linea("anonimizar", str(carpeta), "--en-seco", *FUENTE, "--procesos", "1")
    assert "PatientBirthDate" in linea.salida


def test_los_metadatos_dicen_de_quien_es(linea: Any, clave: Path, tmp_path: Path) -> None:
    entrada = tmp_path / "entrada"
    entrada.mkdir()
    (entrada / "sin.dcm").write_bytes(dicom(1, PatientID=""))
    (entrada / "con.dcm").write_bytes(dicom(2, PatientID="5512093"))
    metadatos = tmp_path / "m.csv"
    orden = (
        "anonimizar",
        str(entrada),
        str(tmp_path / "s"),
        *FUENTE,
        "--clave",
        str(clave),
        "--procesos",
        "1",
        "--json",
    )
    linea(*orden)
    assert linea.json["CUARENTENA"] == 1
    metadatos.write_text("archivo,id_paciente\nsin.dcm,5512093\n", encoding="utf-8-sig")
    assert linea(*orden, "--metadatos", str(metadatos)) == Codigo.HECHO
    ids = {pydicom.dcmread(r).PatientID for r in (tmp_path / "s/imagenes").iterdir()}
    assert len(ids) == 1


def test_los_metadatos_se_toman_como_los_de_un_paquete(linea: Any, tmp_path: Path) -> None:
    entrada, metadatos = tmp_path / "entrada", tmp_path / "m.csv"
    entrada.mkdir()
    # As some systems write names.
    (entrada / unicodedata.normalize("NFD", "Muñoz.dcm")).write_bytes(dicom(1, PatientID=""))
    orden = ("anonimizar", str(entrada), "--en-seco", *FUENTE, "--procesos", "1", "--json")
    metadatos.write_text("sep=;\nArchivo;Modalidad;Id_Paciente\nMuñoz.dcm;TAC;5512093\n;;\n", encoding="utf-8-sig")
    assert linea(*orden, "--metadatos", str(metadatos)) == Codigo.HECHO
    for dichos, falta in (
        ("archivo,id_paciente\nno-esta.dcm,1\n", "línea 2: archivo: no hay ninguno"),
        ("archivo,id_paciente\nMuñoz.dcm,1\n./Muñoz.dcm,2\n", "línea 3: archivo: ya se dijo antes"),
        ("archivo,paciente\nMuñoz.dcm,1\n", "línea 1, columna 2"),
    ):
        metadatos.write_text(dichos)
        assert linea(*orden, "--metadatos", str(metadatos)) == Codigo.USO
        assert falta in linea.errores
    (entrada / "Muñoz.dcm").touch()
    metadatos.write_text("archivo,id_paciente\nMuñoz.dcm,1\n")
    assert linea(*orden, "--metadatos", str(metadatos)) == Codigo.USO
    assert "hay más de uno" in linea.errores


def test_lo_que_no_vale_se_dice_claro(linea: Any, carpeta: Path, clave: Path, tmp_path: Path) -> None:
    salida = str(tmp_path / "salida")
    falso, bomba, corta = tmp_path / "x.zip", tmp_path / "b.zip", tmp_path / "corta"
    falso.write_bytes(b"no es un zip")
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as archivo:
        archivo.writestr("a", bytes(10_000_000))
    corta.write_text(base64.b64encode(b"corta").decode())
    ajena = tmp_path / "ajena"
    ajena.mkdir()
    (ajena / "tesis.doc").touch()
    vacia = tmp_path / "vacia"
    vacia.mkdir()
    con = ("--clave", str(clave))
    for argumentos, codigo, dicho in (
        ((str(tmp_path / "no-hay"), salida, *FUENTE, *con), Codigo.NO_EXISTE, "no existe"),
        ((str(vacia), salida, *FUENTE, *con), Codigo.USO, "ningún archivo"),
        ((str(falso), salida, *FUENTE, *con), Codigo.USO, "DIRECTORIO_ROTO"),
        ((str(bomba), salida, *FUENTE, *con), Codigo.USO, "RAZON_EXCESIVA"),
        ((str(carpeta), salida, *FUENTE), Codigo.USO, "Falta --clave"),
        ((str(carpeta), salida, *FUENTE, "--clave", str(corta)), Codigo.USO, "32 bytes"),
        ((str(carpeta), salida, *con), Codigo.USO, "Falta --fuente"),
        ((str(carpeta), *FUENTE, *con), Codigo.USO, "Falta la SALIDA"),
        ((str(carpeta), str(carpeta / "s"), *FUENTE, *con), Codigo.USO, "no puede estar en la ENTRADA"),
        ((str(carpeta), str(ajena), *FUENTE, *con), Codigo.USO, "ha de estar vacía"),
        ((str(carpeta), salida, *FUENTE, *con, "--correspondencia", f"{salida}/c.csv"), Codigo.USO, "dice nombres"),
        ((str(carpeta), salida, *FUENTE, *con, "--correspondencia", str(clave)), Codigo.USO, "ni ser la clave"),
        ((str(carpeta), salida, *FUENTE, *con, "--correspondencia", f"{carpeta}/a.csv"), Codigo.USO, "en la ENTRADA"),
        ((str(carpeta), salida, *FUENTE, *con, "--correspondencia", f"{corta}/c.csv"), Codigo.USO, "no existe"),
        ((str(carpeta), salida, *FUENTE, *con, "--metadatos", str(tmp_path)), Codigo.USO, "leer: es una carpeta"),
    ):
        assert linea("anonimizar", *argumentos) == codigo, argumentos
        assert dicho in linea.errores
    assert not Path(salida).exists()


def test_con_otra_clave_es_otra_carpeta(linea: Any, carpeta: Path, clave: Path, tmp_path: Path) -> None:
    orden = ("anonimizar", str(carpeta), str(tmp_path / "s"), *FUENTE, "--procesos", "1")
    linea(*orden, "--clave", str(clave))
    otra = tmp_path / "otra"
    otra.write_text(base64.b64encode(os.urandom(32)).decode())
    assert linea(*orden, "--clave", str(otra)) == Codigo.USO
    assert "otra clave" in linea.errores
    assert base64.b64encode(bytes(range(32))) not in todo(tmp_path / "s")

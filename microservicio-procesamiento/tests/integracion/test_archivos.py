"""A file from its command to its outcome: real database, real process, a folder for the store.

In `make test`: leases and short transactions are PostgreSQL's, and the process that cleans is a real one.
"""

import hashlib
import io
import json
import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import psutil
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.data import get_testdata_file

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from contratos.ejemplos import ANONIMIZAR_IMAGEN
from contratos.procesamiento import (
    AnonimizarArchivo,
    ArchivoPedido,
    ConsultaAnonimizacion,
    ImagenAnonimizada,
    ImagenApartada,
)
from procesamiento.aplicacion import desenlace
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada import escoba
from procesamiento.entrada.archivos import Mano
from procesamiento.entrada.escoba import Escoba, Sobrantes
from procesamiento.entrada.limpieza import Taller
from procesamiento.infraestructura import tablas
from procesamiento.infraestructura.archivos import ColaArchivosSQL
from procesamiento.infraestructura.repositorio import UnidadProcesamiento
from procesamiento.pruebas.reconocedor import reconocedor
from seedwork.aplicacion.almacen import base_de_almacen
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.sobre import Sobre
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura import avro, bd
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.infraestructura.outbox import a_sobre
from seedwork.infraestructura.transaccion_sql import transacciones
from seedwork.pruebas import sobres
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.publicado import publicado

from .conftest import CLAVE, ENTORNO

pytestmark = pytest.mark.integracion

DICOM = Path(get_testdata_file("CT_small.dcm")).read_bytes()  # type: ignore[arg-type]
PACIENTE = "1CT1"
"""Its PatientID."""
CAMPOS = {c: getattr(ANONIMIZAR_IMAGEN, c) for c in ANONIMIZAR_IMAGEN.campos} | {"id_paciente": PACIENTE}


class Sala:
    """The service's database, its store, and hands."""

    def __init__(self, motor: sa.Engine, carpeta: Path, anonimizador: Anonimizador) -> None:
        self.motor = motor
        base = base_de_almacen(str(carpeta))
        self.almacen = AlmacenDeObjetos(base)
        self.taller = Taller(
            almacen=base,
            referencias=(),
            clave=CLAVE,
            version=2,
            memoria=4 * 1024**3,
            maximo=1024**2,
            leer_texto=True,
        )
        self.cola = ColaArchivosSQL(motor)
        fabrica = partial(UnidadProcesamiento, anonimizador=anonimizador, admite=lambda *que: self.taller.admite(*que))
        self.abrir: Abrir = abridor(transacciones(motor, tablas.METADATOS, ENTORNO), fabrica)
        self.manos: list[Mano] = []

    def mandar(self, id: str, contenido: bytes = DICOM, **campos: str) -> str:
        """A file in the store, and its command handled. Answers the original's name."""
        guardado = self.almacen.guardar(f"originales/{id}", [contenido])
        pedido = ArchivoPedido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)
        comando = AnonimizarArchivo(**{**CAMPOS, **campos, "id_imagen": id}, archivo=pedido)
        sobre = sobres.sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=id, id=f"c-{id}")
        bus = Bus("procesamiento", self.abrir, MANEJADORES, rechazar_comando, PacienciaFija())
        assert not bus.procesar([sobres.recibido(sobre, comando)])
        return f"originales/{id}"

    def mano(self, *, intentos: int = 2, plazo_s: float = 120.0, **taller: Any) -> Callable[[], bool]:
        hecha = Mano(
            self.cola,
            self.abrir,
            self.almacen,
            replace(self.taller, **taller),
            intentos=intentos,
            plazo_s=plazo_s,
            conservar=timedelta(days=30),
        )
        self.manos.append(hecha)
        return partial(hecha.vuelta, threading.Event())

    def fila(self, tabla: sa.Table, id: str) -> dict[str, Any]:
        fila = self.fila_o_nada(tabla, id)
        assert fila
        return fila

    def fila_o_nada(self, tabla: sa.Table, id: str) -> dict[str, Any]:
        with self.motor.connect() as conexion:
            return dict(conexion.execute(sa.select(tabla).where(tabla.c.id == id)).mappings().one_or_none() or {})

    def imagen(self, id: str) -> dict[str, Any]:
        return self.fila(tablas.imagenes, id)

    def archivo(self, id: str) -> dict[str, Any]:
        return self.fila(tablas.archivos, id)

    def por_ver(self, id: str) -> dict[str, Any]:
        """What of it is in the queue; nothing where its original is gone."""
        return self.fila_o_nada(tablas.archivos_por_ver, id)

    def dichos(self) -> list[str]:
        with self.motor.connect() as conexion:
            return list(conexion.scalars(sa.select(bd.outbox.c.tipo).order_by(bd.outbox.c.id)))

    def dicho(self) -> ImagenAnonimizada:
        """The one thing that was said."""
        with self.motor.connect() as conexion:
            (fila,) = conexion.execute(sa.select(bd.outbox)).all()
        return avro.decodificar(ImagenAnonimizada, bytes(fila.carga), sobre=a_sobre(fila))

    def vencer(self) -> None:
        """Let what somebody holds, or what waits, be due."""
        with self.motor.begin() as conexion:
            conexion.execute(sa.text("UPDATE archivos_por_ver SET proximo = now() WHERE proximo IS NOT NULL"))


@pytest.fixture(scope="module")
def anonimizador() -> Anonimizador:
    return Anonimizador({2: Seudonimizador(CLAVE, 2)}, reconocedor())


@pytest.fixture
def sala(motor: sa.Engine, tmp_path: Path, anonimizador: Anonimizador) -> Iterator[Sala]:
    sala = Sala(motor, tmp_path / "almacen", anonimizador)
    yield sala
    for mano in sala.manos:
        mano.despedir()


def test_un_archivo_limpio_queda_bajo_su_huella_y_del_original_no_queda_nada(sala: Sala) -> None:
    original = sala.mandar("i-1")
    mano = sala.mano()
    assert mano()
    assert not mano()
    imagen, archivo = sala.imagen("i-1"), sala.archivo("i-1")
    assert (imagen["estado"], imagen["motivo"]) == ("ANONIMIZADA", None)
    nombre = f"resultados/{archivo['resultado_sha256']}"
    limpio = b"".join(sala.almacen.leer(nombre))
    assert hashlib.sha256(limpio).hexdigest() == archivo["resultado_sha256"]
    assert len(limpio) == archivo["resultado_octetos"]
    assert b"CompressedSamples" not in limpio  # its PatientName
    assert archivo["tipo"] == "application/dicom"
    assert archivo["informe"]["acciones"]
    assert sala.por_ver("i-1") == {}
    assert sala.almacen.describir(original) is None
    dicho = sala.dicho()
    assert (dicho.sha256, dicho.octetos) == (archivo["resultado_sha256"], len(limpio))
    assert sala.almacen.nombre(dicho.uri) == nombre
    estudio = dcmread(io.BytesIO(limpio)).StudyDate  # moved, in the clean file
    assert (dicho.banda_de_edad, dicho.sexo, dicho.mes) == ("0-9", "O", f"{estudio[:4]}-{estudio[4:6]}")


def test_lo_que_no_se_puede_limpiar_queda_aparte_con_su_motivo_y_su_original_un_tiempo(sala: Sala) -> None:
    originales = [sala.mandar("ajeno", b"no es un DICOM" * 100), sala.mandar("otro", id_paciente="otro-77777")]
    mano = sala.mano()
    while mano():
        pass
    assert {sala.imagen(i)["estado"] for i in ("ajeno", "otro")} == {"CUARENTENA"}
    assert [sala.imagen(i)["motivo"] for i in ("ajeno", "otro")] == ["NO_ES_DEL_FORMATO", "PACIENTE_DISTINTO"]
    # What it takes to clean it after all goes with its original.
    assert sala.por_ver("otro")["metadatos"]["id_paciente"] == "otro-77777"
    assert "otro-77777" not in json.dumps(sala.archivo("otro")["informe"])
    assert all(sala.almacen.describir(o) for o in originales)
    assert sala.dichos() == [ImagenApartada.tipo] * 2


def test_su_archivo_se_nombra_a_quien_lo_pide_y_eso_se_dice(sala: Sala, api: FlaskClient) -> None:
    sala.mandar("i-1")
    ruta = "/procesar/imagenes/i-1/archivo"
    pendiente = api.get(ruta)
    assert pendiente.json == {"estado": "PENDIENTE", "sha256": None, "octetos": None, "tipo": None, "id_imagen": "i-1"}
    assert sala.dichos() == []
    assert sala.mano()()
    hecho = sala.archivo("i-1")
    api.application.identificar = lambda: Quien(id="dra-rojas", roles=frozenset({"operador"}))
    dicho = api.get(ruta).json
    assert dicho is not None
    assert (dicho["estado"], dicho["tipo"]) == ("ANONIMIZADA", "application/dicom")
    assert (dicho["sha256"], dicho["octetos"]) == (hecho["resultado_sha256"], hecho["resultado_octetos"])
    ((_, consulta),) = [par for par in publicado(sala.motor) if isinstance(par[1], ConsultaAnonimizacion)]
    assert (consulta.id_imagen, consulta.consultante) == ("i-1", "dra-rojas")
    assert api.get("/procesar/imagenes/otra/archivo").status_code == 404


def test_de_lo_limpio_hay_una_vista_pequena_y_de_lo_demas_ninguna(sala: Sala, api: FlaskClient) -> None:
    """Beside its result, under its own content's name; who is shown it is told of, too."""
    sala.mandar("i-1")
    sala.mandar("i-2", b"no es un DICOM" * 100)
    mano = sala.mano()
    while mano():
        pass
    dicha = api.get("/procesar/imagenes/i-1/vista").json
    assert dicha is not None
    png = b"".join(sala.almacen.leer(f"resultados/{dicha['sha256']}"))
    assert (dicha["estado"], dicha["tipo"], dicha["octetos"]) == ("ANONIMIZADA", "image/png", len(png))
    assert hashlib.sha256(png).hexdigest() == dicha["sha256"] == sala.archivo("i-1")["vista_sha256"]
    vista = Image.open(io.BytesIO(png))
    assert (vista.format, vista.mode, vista.size, vista.info) == ("PNG", "L", (128, 128), {})
    assert len(np.unique(np.asarray(vista))) > 50
    assert [m for _, m in publicado(sala.motor) if isinstance(m, ConsultaAnonimizacion)]
    sin = api.get("/procesar/imagenes/i-2/vista").json
    assert sin == {"estado": "CUARENTENA", "sha256": None, "octetos": None, "tipo": None, "id_imagen": "i-2"}
    assert sum(isinstance(m, ConsultaAnonimizacion) for _, m in publicado(sala.motor)) == 1
    assert api.get("/procesar/imagenes/otra/vista").status_code == 404


@pytest.mark.parametrize(
    ("leer_texto", "estado"),
    # The reader takes seconds to come up.
    [pytest.param(True, "ANONIMIZADA", marks=pytest.mark.largo), (False, "CUARENTENA")],
)
def test_un_texto_en_la_imagen_se_tapa_o_la_aparta_segun_se_diga(sala: Sala, leer_texto: bool, estado: str) -> None:
    """In the process that reads files, with its limits of memory."""
    letras, png = Image.new("L", (512, 384)), io.BytesIO()
    ImageDraw.Draw(letras).text((40, 60), "QUISPE MAMANI ANA", fill=255, font=ImageFont.load_default(28))
    imagen = ImageChops.lighter(letras, Image.effect_noise(letras.size, 30))
    imagen.save(png, "PNG")
    sala.mandar("con-texto", png.getvalue(), formato_imagen="PNG")
    assert sala.mano(leer_texto=leer_texto)()
    archivo = sala.archivo("con-texto")
    assert (sala.imagen("con-texto")["estado"], bool(archivo["informe"]["regiones"])) == (estado, leer_texto)
    if leer_texto:
        limpio = b"".join(sala.almacen.leer(f"resultados/{archivo['resultado_sha256']}"))
        vista = b"".join(sala.almacen.leer(f"resultados/{archivo['vista_sha256']}"))
        for png_limpio in (limpio, vista):
            assert not np.asarray(Image.open(io.BytesIO(png_limpio)))[np.asarray(letras) > 0].any()
    else:
        assert sala.imagen("con-texto")["motivo"] == "TEXTO_QUEMADO_POSIBLE"
        assert archivo["vista_sha256"] is None


@pytest.mark.parametrize(
    ("region", "avisos"), [("Rodilla", ["PIXELES_SIN_MIRAR"]), ("Cráneo", ["CARA_RECONOCIBLE", "PIXELES_SIN_MIRAR"])]
)
def test_de_que_region_es_un_volumen_lo_sabe_quien_lo_limpia(sala: Sala, region: str, avisos: list[str]) -> None:
    volumen = nibabel.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4)).to_bytes()
    sala.mandar("volumen", volumen, formato_imagen="NIFTI", region_anatomica=region)
    assert sala.mano()()
    assert sala.archivo("volumen")["informe"]["avisos"] == avisos


def test_la_fecha_de_ingesta_se_mueve_como_las_del_archivo_aunque_sea_de_otro_emisor(sala: Sala) -> None:
    leido = dcmread(io.BytesIO(DICOM))
    leido.IssuerOfPatientID, leido.StudyDate = "Registro civil", "20230501"
    octetos = io.BytesIO()
    leido.save_as(octetos)
    sala.mandar("de-otro-emisor", octetos.getvalue(), fecha_ingesta="2023-05-01 09:10:00")
    assert sala.mano()()
    imagen, archivo = sala.imagen("de-otro-emisor"), sala.archivo("de-otro-emisor")
    suyo = Seudonimizador(CLAVE, 2).paciente(Paciente("Registro civil", PACIENTE))
    limpio = dcmread(io.BytesIO(b"".join(sala.almacen.leer(f"resultados/{archivo['resultado_sha256']}"))))
    assert imagen["seudonimo_paciente"] == suyo == limpio.PatientID
    assert imagen["fecha_ingesta"] == f"{date.fromisoformat(limpio.StudyDate)}T09:10:00"
    assert imagen["fecha_ingesta"] < "2023-05-01"


@pytest.mark.largo  # processes that are killed
def test_el_que_mata_a_su_proceso_es_fallida_tras_sus_intentos_y_no_cuesta_nada_a_los_demas(sala: Sala) -> None:
    sala.mandar("asesino")
    mano = sala.mano(memoria=1)  # the process dies of any file
    assert mano()
    assert (sala.imagen("asesino")["estado"], sala.por_ver("asesino")["intentos"]) == ("PENDIENTE", 1)
    sala.mandar("vecino")
    assert sala.mano()()
    assert sala.imagen("vecino")["estado"] == "ANONIMIZADA"
    sala.vencer()
    assert mano()
    assert (sala.imagen("asesino")["estado"], sala.imagen("asesino")["motivo"]) == ("FALLIDA", "LIMPIEZA_FALLIDA")


def test_lo_que_se_hizo_no_se_pierde_porque_la_base_falte_un_momento(
    sala: Sala, monkeypatch: pytest.MonkeyPatch
) -> None:
    sala.mandar("i-1")
    monkeypatch.setattr("anonimizacion.empleado.LATIDO_S", 0.0)
    error = sa.exc.OperationalError("x", None, Exception("ausente"))
    for lugar in ("archivos", "manos"):
        monkeypatch.setattr(f"procesamiento.entrada.{lugar}.es_ajeno", lambda dicho: dicho is error)

    def renovar(*_: object) -> bool:
        raise error

    monkeypatch.setattr(sala.cola, "renovar", renovar)
    mano = sala.mano()
    assert mano()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"
    monkeypatch.undo()
    sala.mandar("i-2", b"no es un DICOM" * 100)
    assert mano()
    assert sala.imagen("i-2")["estado"] == "CUARENTENA"


def test_lo_que_diga_un_decodificador_no_llega_a_ningun_registro(
    sala: Sala, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "always")
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    sala.mandar("asesino")
    sala.mano(intentos=1, memoria=1)()
    assert sala.imagen("asesino")["estado"] == "FALLIDA"
    salida, errores = capfd.readouterr()
    assert "Traceback" not in salida + errores


def test_el_proceso_que_lee_archivos_no_sabe_de_la_base_ni_de_los_secretos_de_los_demas(
    sala: Sala, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nombre in ("DATABASE_URL", "SEUDONIMO_CLAVE", "PULSAR_TOKEN_ARCHIVO", "IDEMPOTENCIA_SECRETO"):
        monkeypatch.setenv(nombre, "no-para-el")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "la-del-almacen")
    sala.mandar("i-1")
    assert sala.mano()()
    (proceso,) = (p for p in psutil.Process().children() if "empleado" in " ".join(p.cmdline()))
    entorno = proceso.environ()
    assert "no-para-el" not in entorno.values()
    assert entorno["AWS_ACCESS_KEY_ID"] == "la-del-almacen"
    assert "no-para-el" not in " ".join(proceso.cmdline())
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"


def _sus_procesos() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "empleado" in " ".join(p.cmdline())]


def test_de_que_a_esta_maquina_no_le_quede_nada_no_tiene_la_culpa_ningun_archivo(sala: Sala) -> None:
    """The process may open no file any more, as where its disk is full: others' files wait, and the hand rests."""
    sala.mandar("sano")
    mano: Mano = sala.mano(intentos=1).func.__self__  # type: ignore[attr-defined]
    assert mano.vuelta(threading.Event())
    assert mano.descanso() == 0.0
    sala.mandar("i-1")
    (proceso,) = _sus_procesos()
    proceso.rlimit(psutil.RLIMIT_NOFILE, (0, 0))
    assert mano.vuelta(threading.Event())
    assert (sala.imagen("i-1")["estado"], sala.por_ver("i-1")["intentos"]) == ("PENDIENTE", 0)
    assert mano.descanso() > 0.0
    sala.vencer()
    while mano.vuelta(threading.Event()):
        pass
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"
    assert mano.descanso() == 0.0


@pytest.mark.parametrize("programa", ["/bin/false", "/no/existe"])
def test_ni_de_que_no_haya_proceso(sala: Sala, programa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anonimizacion.empleado.sys.executable", programa)
    sala.mandar("i-1")
    assert sala.mano(intentos=1)()
    assert (sala.imagen("i-1")["estado"], sala.por_ver("i-1")["intentos"]) == ("PENDIENTE", 0)
    monkeypatch.undo()
    sala.vencer()
    assert sala.mano(intentos=1)()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"


def test_donde_el_sistema_da_menos_memoria_que_la_dicha_se_limpia_con_esa(
    sala: Sala, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programa = tmp_path / "python"
    programa.write_text(f'#!/bin/sh\nulimit -v {8 * 1024**2}\nexec {sys.executable} "$@"\n')
    programa.chmod(0o700)
    monkeypatch.setattr("anonimizacion.empleado.sys.executable", str(programa))
    sala.mandar("i-1")
    assert sala.mano(intentos=1, memoria=1024**4)()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"


_FALSO = {"estado": "CUARENTENA", "motivo": "X", "informe": None, "resultado": None, "completos": None}


@pytest.mark.parametrize(
    "dicho",
    [
        b"Hecho\n{}",
        b"Hecho\n" + json.dumps({**_FALSO, "estado": 7}).encode(),
        b"Hecho\n" + json.dumps({**_FALSO, "estado": "ANONIMIZADA"}).encode(),
        b"Hecho\n" + json.dumps({**_FALSO, "motivo": "X\0"}).encode(),
    ],
)
def test_a_un_proceso_que_es_de_otro_no_se_le_cree_nada(
    sala: Sala, dicho: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What took the process over says what it likes: no outcome that it can't be, and the file fails."""
    guion = (
        "import sys, pathlib\nfrom multiprocessing.connection import Connection\n"
        "c = Connection(int(sys.argv[1]))\nc.recv_bytes(); c.send_bytes(b'listo'); c.recv_bytes()\n"
        f"c.send_bytes({dicho!r}); c.send_bytes(b'acabado'); c.recv_bytes()"
    )

    def emplear(*_: object) -> Any:
        nuestra, suya = multiprocessing.Pipe()
        with suya:
            orden = [sys.executable, "-c", guion, str(suya.fileno())]
            proceso = subprocess.Popen(orden, pass_fds=[suya.fileno()])
        nuestra.send_bytes(b"")
        return proceso, nuestra

    monkeypatch.setattr("anonimizacion.empleado._emplear", emplear)
    sala.mandar("i-1")
    assert sala.mano(intentos=1)()
    assert (sala.imagen("i-1")["estado"], sala.imagen("i-1")["motivo"]) == ("FALLIDA", "LIMPIEZA_FALLIDA")


def test_el_que_tarda_demas_se_corta(sala: Sala) -> None:
    sala.mandar("lento")
    mano = sala.mano(intentos=1, plazo_s=0.0)
    assert mano()
    assert sala.imagen("lento")["estado"] == "FALLIDA"


def test_el_que_se_llevo_a_su_trabajador_no_se_intenta_mas(sala: Sala) -> None:
    sala.mandar("i-1")
    for _ in range(2):
        assert sala.cola.tomar(15.0) is not None  # and its worker is gone
        sala.vencer()
    assert sala.mano()()
    assert sala.imagen("i-1")["estado"] == "FALLIDA"


def test_lo_que_otro_tiene_no_se_toma_hasta_que_vence_y_lo_que_el_otro_diga_despues_no_vale(sala: Sala) -> None:
    sala.mandar("i-1")
    congelado = sala.cola.tomar(15.0)
    assert congelado is not None
    mano = sala.mano(intentos=3)
    assert not mano()
    sala.vencer()
    otro = sala.cola.tomar(15.0)
    assert otro is not None
    # An attempt that does not count takes none of the leases back.
    sala.cola.devolver(otro, 15.0, cuenta=False)
    assert sala.por_ver("i-1")["intentos"] == 1
    assert not sala.cola.renovar(congelado, 15.0)
    assert congelado.sobre is not None
    with sala.abrir() as unidad, unidad.mensaje(Sobre.de_datos(congelado.sobre), deshacible=False):
        assert not desenlace.apartado(unidad, "i-1", congelado.arriendo, "FALLIDA", "X", None, timedelta(0))
    sala.vencer()
    assert mano()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"
    assert not sala.cola.renovar(congelado, 15.0)
    sala.cola.devolver(congelado, 0.0, cuenta=True)
    assert sala.por_ver("i-1") == {}
    assert sala.dichos() == [ImagenAnonimizada.tipo]


def test_sin_almacen_no_se_gasta_ningun_intento(sala: Sala) -> None:
    sala.mandar("i-1")
    carpeta = Path(sala.almacen.uri("x").removeprefix("file://")).parent
    carpeta.rename(carpeta.with_name("lejos"))
    carpeta.write_text("no es una carpeta")
    mano = sala.mano()
    assert mano()
    assert (sala.imagen("i-1")["estado"], sala.por_ver("i-1")["intentos"]) == ("PENDIENTE", 0)
    carpeta.unlink()
    carpeta.with_name("lejos").rename(carpeta)
    sala.vencer()
    assert mano()
    assert sala.imagen("i-1")["estado"] == "ANONIMIZADA"


def test_una_referencia_que_un_enlace_lleva_fuera_no_se_lee(sala: Sala, tmp_path: Path) -> None:
    """Neither when its command is handled, nor where the link comes later."""
    de_la_clinica = tmp_path / "clinica"
    de_la_clinica.mkdir()
    (tmp_path / "ajeno.dcm").write_bytes(DICOM)
    (de_la_clinica / "suyo.dcm").write_bytes(DICOM)
    (de_la_clinica / "enlace.dcm").symlink_to(tmp_path / "ajeno.dcm")
    sala.taller = replace(sala.taller, referencias=(base_de_almacen(str(de_la_clinica)),))
    bus = Bus("procesamiento", sala.abrir, MANEJADORES, rechazar_comando, PacienciaFija())
    for nombre in ("suyo", "enlace"):
        uri = f"{base_de_almacen(str(de_la_clinica))}/{nombre}.dcm"
        pedido = ArchivoPedido(uri=uri, sha256=hashlib.sha256(DICOM).hexdigest(), octetos=len(DICOM))
        comando = AnonimizarArchivo(**{**CAMPOS, "id_imagen": nombre}, archivo=pedido)
        sobre = sobres.sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=nombre, id=f"c-{nombre}")
        assert not bus.procesar([sobres.recibido(sobre, comando)])
    assert [sala.imagen(n)["estado"] for n in ("suyo", "enlace")] == ["PENDIENTE", "RECHAZADA"]
    (de_la_clinica / "suyo.dcm").unlink()
    (de_la_clinica / "suyo.dcm").symlink_to(tmp_path / "ajeno.dcm")
    assert sala.mano()()
    assert (sala.imagen("suyo")["estado"], sala.imagen("suyo")["motivo"]) == ("FALLIDA", "REFERENCIA_NO_PERMITIDA")


@pytest.mark.parametrize("dano", ["otro contenido", "ausente", "demasiado grande"])
def test_un_original_que_no_es_el_dicho_falla(sala: Sala, dano: str) -> None:
    original = sala.mandar("i-1", DICOM if dano != "demasiado grande" else DICOM + bytes(1024**2))
    if dano == "otro contenido":
        sala.almacen.guardar(original, [DICOM + b"x"])
    elif dano == "ausente":
        sala.almacen.borrar(original)
    assert sala.mano()()
    motivo = {"ausente": "ORIGINAL_AUSENTE", "demasiado grande": "DEMASIADO_GRANDE"}.get(dano, "HUELLA_DISTINTA")
    assert (sala.imagen("i-1")["estado"], sala.imagen("i-1")["motivo"]) == ("FALLIDA", motivo)


def test_al_parar_se_devuelve_lo_que_hay_en_mano_sin_contarlo(sala: Sala) -> None:
    sala.mandar("i-1")
    parada = threading.Event()
    parada.set()
    hecha = sala.mano().func.__self__  # type: ignore[attr-defined]
    assert hecha.vuelta(parada)
    assert (sala.por_ver("i-1")["intentos"], sala.imagen("i-1")["estado"]) == (0, "PENDIENTE")


def test_la_escoba_se_lleva_lo_que_nadie_nombra_y_lo_que_ya_se_guardo_bastante(
    sala: Sala, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escoba, "HUERFANO", timedelta(0))
    monkeypatch.setattr(escoba, "_HOLGURA", timedelta(0))
    en_cola = sala.mandar("en-cola")
    apartado = sala.mandar("aparte", b"no es un DICOM" * 100)
    mano = sala.mano()
    sala.vencer()
    while mano():
        pass
    en_cola = sala.mandar("en-cola-2")
    sala.almacen.guardar("originales/huerfano", [b"x"])

    def barrer(oido: Callable[[datetime], datetime]) -> set[str]:
        Escoba(sala.cola, sala.almacen, Sobrantes(), oido).vuelta()
        return {o.nombre for o in sala.almacen.listar("originales/", datetime(2100, 1, 1, tzinfo=UTC))}

    # Commands of before are still on their way: nobody knows what they name.
    assert barrer(lambda ahora: ahora - timedelta(days=1)) == {en_cola, apartado, "originales/huerfano"}
    assert barrer(lambda ahora: ahora + timedelta(minutes=1)) == {en_cola, apartado}
    with sala.motor.begin() as conexion:
        conexion.execute(
            sa.text("UPDATE archivos_por_ver SET conservar_hasta = now() WHERE conservar_hasta IS NOT NULL")
        )
    assert barrer(lambda ahora: ahora) == {en_cola}
    assert sala.por_ver("aparte") == {}
    assert sala.imagen("aparte")["estado"] == "CUARENTENA"

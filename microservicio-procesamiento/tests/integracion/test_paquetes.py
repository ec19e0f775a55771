"""A package from its command to its end: real database, real processes, a folder for the store.

In `make test`: leases, order of locks and short transactions are PostgreSQL's, and the process that unpacks is a real
one. What lasts longer, workers that die and freeze in the middle, is in the long tier.
"""

import csv
import gzip
import hashlib
import io
import os
import random
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import nibabel
import numpy as np
import pydicom
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from tests.dicom_casos.casos import CASOS
from tests.dicom_casos.comun import Fichas, campos

from anonimizacion.paciente import Paciente
from anonimizacion.seudonimos import Seudonimizador
from contratos.procesamiento import (
    AnonimizarArchivo,
    AnonimizarPaquete,
    ArchivoPedido,
    ImagenAnonimizada,
    LiberarImagen,
    PaqueteCompletado,
    PaqueteRechazado,
)
from procesamiento.aplicacion import reparto
from procesamiento.aplicacion.manejadores import MANEJADORES
from procesamiento.aplicacion.rechazo import rechazar_comando
from procesamiento.dominio.anonimizacion import Anonimizador
from procesamiento.entrada import desempaque, escoba
from procesamiento.entrada.escoba import Escoba, Sobrantes, oido
from procesamiento.entrada.paquetes import Desempacador
from procesamiento.infraestructura import tablas
from procesamiento.infraestructura.paquetes import ColaPaquetesSQL
from seedwork.aplicacion.almacen import SinAlmacen
from seedwork.aplicacion.broker import Atraso
from seedwork.aplicacion.bus import Bus
from seedwork.aplicacion.recibido import Recibido
from seedwork.aplicacion.sobre import Sobre
from seedwork.dominio.textos import PUBLICADO
from seedwork.infraestructura import avro, bd
from seedwork.infraestructura.outbox import a_sobre
from seedwork.infraestructura.tabla import ClaveRepetida
from seedwork.pruebas import sobres
from seedwork.pruebas.paciencia import PacienciaFija
from seedwork.pruebas.taller import esperar

from .conftest import CLAVE
from .test_archivos import CAMPOS, DICOM, Sala, anonimizador  # noqa: F401 — a fixture

pytestmark = pytest.mark.integracion

Zipeado = Mapping[str, bytes]


def dicom(numero: int, **cambios: Any) -> bytes:
    datos = pydicom.dcmread(io.BytesIO(DICOM))
    datos.PatientName, datos.PatientID = "QUISPE^ANA", f"PAC-{numero:05}"
    datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.99.{numero}"
    for clave, valor in cambios.items():
        if valor is None:
            delattr(datos, clave)
        else:
            setattr(datos, clave, valor)
    salida = io.BytesIO()
    datos.save_as(salida)
    return salida.getvalue()


def zipear(miembros: Zipeado) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido in miembros.items():
            archivo.writestr(nombre, contenido)
    return salida.getvalue()


class SalaDePaquetes(Sala):
    """With packages."""

    def __init__(self, *de_sala: Any) -> None:
        super().__init__(*de_sala)
        self.cola_paquetes = ColaPaquetesSQL(self.motor)
        self.desempacadores: list[Desempacador] = []
        self.entregados: set[str] = set()
        self.sobrantes = Sobrantes()

    def comando(self, id: str, contenido: bytes, metadatos: bytes | None = None) -> AnonimizarPaquete:
        guardados = [
            self.almacen.guardar(f"originales/{id}-{uuid4()}", [trozo])
            for trozo in (contenido, metadatos)
            if trozo is not None
        ]
        pedidos = [ArchivoPedido(uri=g.uri, sha256=g.sha256, octetos=g.octetos) for g in guardados]
        return AnonimizarPaquete(id_paquete=id, paquete=pedidos[0], metadatos=[*pedidos, ArchivoPedido()][1])

    def bus(self) -> Bus:
        return Bus("procesamiento", self.abrir, MANEJADORES, rechazar_comando, PacienciaFija(), self.sobrantes.oir)

    def mandar_archivo(self, id_comando: str, original: str, contenido: bytes = DICOM, **campos: str) -> Recibido:
        """A command for a file of its own, handled; as it came."""
        guardado = self.almacen.guardar(f"originales/{original}", [contenido])
        pedido = ArchivoPedido(uri=guardado.uri, sha256=guardado.sha256, octetos=guardado.octetos)
        comando = AnonimizarArchivo(**{**CAMPOS, "id_imagen": "i-1", **campos}, archivo=pedido)
        sobre = sobres.sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=comando.id_imagen, id=id_comando)
        recibido = sobres.recibido(sobre, comando)
        assert not self.bus().procesar([recibido])
        return recibido

    def barrer(self) -> set[str]:
        """A pass of the broom's; the names of what is left."""
        Escoba(self.cola, self.almacen, self.sobrantes, lambda ahora: ahora).vuelta()
        return {nombre.removeprefix("originales/") for nombre in self.originales()}

    def mandar_paquete(self, id: str, contenido: bytes, metadatos: bytes | None = None, *, vez: int = 1) -> str | None:
        """Its command, handled. Answers the refusal."""
        comando = self.comando(id, contenido, metadatos)
        sobre = sobres.sobre_nuevo(comando, fuente="/saludtech/bff", sujeto=id, id=f"c-{id}-{vez}")
        assert not self.bus().procesar([sobres.recibido(sobre, comando)])
        with self.motor.connect() as conexion:
            destino = sa.select(bd.comandos.c.motivo).where(bd.comandos.c.id_comando == sobre.id)
            return conexion.execute(destino).scalar_one()

    def desempacador(
        self, *, intentos: int = 2, plazo_s: float = 120.0, maximo: int = 64 * 1024**2, **taller: Any
    ) -> Callable[[], bool]:
        hecho = Desempacador(
            self.cola_paquetes,
            self.abrir,
            self.almacen,
            replace(self.taller, **taller),
            intentos=intentos,
            plazo_s=plazo_s,
            maximo=maximo,
        )
        self.desempacadores.append(hecho)
        return partial(hecho.vuelta, threading.Event())

    def cortar_tras_una(self) -> None:
        """One attempt at a package, whose worker is killed after one transaction: nothing is given back."""
        suyas, abrir = [0], self.abrir

        def contado() -> Any:
            suyas[0] += 1
            if suyas[0] > 1:
                raise KeyboardInterrupt
            return abrir()

        hecho = Desempacador(
            self.cola_paquetes, contado, self.almacen, self.taller, intentos=1, plazo_s=60, maximo=1 << 30
        )
        self.desempacadores.append(hecho)
        with pytest.raises(KeyboardInterrupt):
            hecho.vuelta(threading.Event())
        hecho.despedir()
        self.vencer()

    def por_entregar(self) -> list[tuple[Sobre, AnonimizarArchivo]]:
        """The commands for files that were said and not handed on yet, as they travel."""
        with self.motor.connect() as conexion:
            filas = conexion.execute(
                sa.select(bd.outbox).where(bd.outbox.c.tipo == AnonimizarArchivo.tipo).order_by(bd.outbox.c.id)
            ).all()
        dichos = [(de := a_sobre(f), avro.decodificar(AnonimizarArchivo, bytes(f.carga), sobre=de)) for f in filas]
        return [(sobre, comando) for sobre, comando in dichos if sobre.id not in self.entregados]

    def entregar(self) -> int:
        """Hand on what was said, as the broker does; how many."""
        nuevos = self.por_entregar()
        self.entregados |= {sobre.id for sobre, _ in nuevos}
        if nuevos:
            assert not self.bus().procesar([sobres.recibido(sobre, comando) for sobre, comando in nuevos])
        return len(nuevos)

    def acabar(self) -> None:
        """Unpack, hand on, clean: until nothing is left to do."""
        desempacar, limpiar = self.desempacador(), self.mano()
        while desempacar() or self.entregar() or limpiar():
            pass

    def paquete(self, id: str) -> dict[str, Any]:
        return self.fila(tablas.paquetes, id)

    def por_abrir(self, id: str) -> dict[str, Any]:
        """What of it is in the queue; nothing where all is done."""
        return self.fila_o_nada(tablas.paquetes_por_abrir, id)

    def en_las_colas(self) -> dict[str, int]:
        """How many rows each of them has."""
        with self.motor.connect() as conexion:
            cuantas = "SELECT count(*) FROM {}"
            return {cola: conexion.execute(sa.text(cuantas.format(cola))).scalar_one() for cola in tablas.COLAS}

    def miembros(self, id: str) -> list[dict[str, Any]]:
        with self.motor.connect() as conexion:
            propios = (
                sa.select(tablas.miembros).where(tablas.miembros.c.paquete == id).order_by(tablas.miembros.c.lugar)
            )
            return [dict(fila) for fila in conexion.execute(propios).mappings()]

    def cuentas(self, id: str) -> tuple[str, int, int, int, int]:
        p = self.paquete(id)
        return p["estado"], p["total"], p["hechas"], p["cuarentena"], p["fallidas"]

    def originales(self) -> set[str]:
        return {o.nombre for o in self.almacen.listar("originales/", datetime(2100, 1, 1, tzinfo=UTC))}

    def cargas(self, tipo: Any) -> list[Any]:
        with self.motor.connect() as conexion:
            filas = conexion.execute(sa.select(bd.outbox).where(bd.outbox.c.tipo == tipo.tipo)).all()
            return [avro.decodificar(tipo, bytes(f.carga), sobre=a_sobre(f)) for f in filas]

    def todo(self) -> str:
        """All that the database and the names in the store say, save commands that were sent: they bear what they ask,
        as on their topic, and go after a while."""
        dicho = [str(self.originales())]
        with self.motor.begin() as conexion:
            conexion.execute(sa.delete(bd.outbox).where(bd.outbox.c.tipo == AnonimizarArchivo.tipo))
            for tabla in (*tablas.METADATOS.tables.values(), *bd.METADATOS.tables.values()):
                dicho += [str(fila) for fila in conexion.execute(sa.select(tabla))]
        return "\n".join(dicho)

    def vencer(self) -> None:
        super().vencer()
        with self.motor.begin() as conexion:
            conexion.execute(sa.text("UPDATE paquetes_por_abrir SET proximo = now()"))


@pytest.fixture
def sala(motor: sa.Engine, tmp_path: Path, anonimizador: Anonimizador) -> Iterator[SalaDePaquetes]:  # noqa: F811
    sala = SalaDePaquetes(motor, tmp_path / "almacen", anonimizador)
    yield sala
    for hecho in (*sala.manos, *sala.desempacadores):
        hecho.despedir()


VOLUMEN = nibabel.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4)).to_bytes()
DE_TODO: Zipeado = {
    "quispe-ana/uno.dcm": dicom(1),
    "quispe-ana/dos.dcm": dicom(
        2, InstitutionName="Clínica del Sur", BodyPartExamined="CHEST", SpecificCharacterSet="ISO_IR 192"
    ),
    "quispe-ana/Núñez.dcm": dicom(3),
    "sin-paciente.dcm": dicom(4, PatientID=None),
    "distinto.dcm": dicom(5),
    "con-su-id.dcm": dicom(6, PatientID=None),
    "volumen.nii.gz": gzip.compress(VOLUMEN),
    "volumen-de-nadie.nii": VOLUMEN,
    "DICOMDIR": b"no es imagen" * 40,
    ".DS_Store": b"\0\0\0\1Bud1" + bytes(50),
    "vacio.dcm": b"",
    "leeme.txt": b"de quispe ana",
}


def metadatos(**filas: Mapping[str, str]) -> bytes:
    """A CSV with a row for each."""
    salida = io.StringIO()
    columnas = sorted({"archivo", *(c for fila in filas.values() for c in fila)})
    escritor = csv.DictWriter(salida, columnas)
    escritor.writeheader()
    escritor.writerows(filas.values())
    return salida.getvalue().encode()


DICHOS = metadatos(
    a={"archivo": "quispe-ana/Nu\u0301n\u0303ez.dcm", "patologia": "Neumonía", "antecedentes": "Diabético"},
    b={"archivo": "distinto.dcm", "id_paciente": "otro-77777"},
    c={
        "archivo": "con-su-id.dcm",
        "id_imagen": "img-propia",
        "id_paciente": "PAC-88776",
        "fecha_ingesta": "2024-02-01 09:10:00",
        "fuente_de_datos": "Hospital del norte",
    },
    d={"archivo": "volumen.nii.gz", "id_paciente": "PAC-88777", "region_anatomica": "Rodilla"},
)


def test_un_paquete_con_de_todo_acaba_y_todo_cuadra(sala: SalaDePaquetes, api: FlaskClient) -> None:
    assert sala.mandar_paquete("p-1", zipear(DE_TODO), DICHOS) is None
    assert api.get("/procesar/paquetes/p-1").json["estado"] == "RECIBIDO"
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 12, 5, 7, 0)
    dicho = api.get("/procesar/paquetes/p-1").json
    assert dicho.pop("recibido").endswith("Z")
    assert dicho == {
        "id_paquete": "p-1",
        "estado": "COMPLETADO",
        "motivo": None,
        "detalle": None,
        "total": 12,
        "hechas": 5,
        "cuarentena": 7,
        "fallidas": 0,
        "pendientes": 0,
    }
    pagina = api.get("/procesar/paquetes/p-1/imagenes").json
    assert Counter(i["estado"] for i in pagina["elementos"]) == {"ANONIMIZADA": 5, "CUARENTENA": 7}
    assert pagina["siguiente"] is None
    apartadas = api.get("/procesar/paquetes/p-1/imagenes?estado=CUARENTENA").json["elementos"]
    assert len(apartadas) == 7
    assert Counter(m["motivo"] for m in sala.miembros("p-1") if m["estado"] == "CUARENTENA") == {
        "NO_ES_DEL_FORMATO": 4,
        "PACIENTE_DESCONOCIDO": 2,
        "PACIENTE_DISTINTO": 1,
    }
    hechas = {
        i["id_imagen"]: i for i in api.get("/procesar/paquetes/p-1/imagenes?estado=ANONIMIZADA").json["elementos"]
    }
    # What the metadata lack the tags tell, and what those lack is said to be so.
    del_sur = next(i for i in hechas.values() if i["fuente_de_datos"] == "Clínica del Sur")
    assert (del_sur["modalidad"], del_sur["region_anatomica"], del_sur["patologia"]) == ("CT", "CHEST", "No indicada")
    clave = Seudonimizador(CLAVE, 2)
    de_quien = Paciente("Clínica del Sur", "PAC-00002")
    assert del_sur["seudonimo_paciente"] == clave.paciente(de_quien)
    estudio = pydicom.dcmread(io.BytesIO(DE_TODO["quispe-ana/dos.dcm"]))
    tomada = datetime.strptime(f"{estudio.StudyDate}{str(estudio.StudyTime)[:6]}", "%Y%m%d%H%M%S")
    assert del_sur["fecha_ingesta"] == (tomada + clave.desplazamiento(de_quien)).isoformat()
    con_id = hechas["img-propia"]
    assert con_id["fuente_de_datos"] == "Hospital del norte"
    assert con_id["seudonimo_paciente"] == clave.paciente(Paciente("Hospital del norte", "PAC-88776"))
    dicha = next(i for i in hechas.values() if i["patologia"] == "Neumonía")
    assert [c["codigo"] for c in dicha["condiciones"]] == ["E14"]
    volumen = next(i for i in hechas.values() if i["formato_imagen"] == "NIFTI")
    assert (volumen["region_anatomica"], volumen["modalidad"], volumen["fecha_ingesta"]) == (
        "Rodilla",
        "No indicada",
        None,
    )
    # Said once, and with the counts.
    assert sala.cargas(PaqueteCompletado) == [
        PaqueteCompletado(id_paquete="p-1", total=12, hechas=5, cuarentena=7, fallidas=0)
    ]
    # Of what was sent, only what is in quarantine is left, and no name at all.
    assert len(sala.originales()) == 7
    assert sala.en_las_colas() == {"archivos_por_ver": 7, "paquetes_por_abrir": 0, "miembros_por_decir": 0}
    assert all(m["uri"] is None for m in sala.miembros("p-1"))
    todo = sala.todo().casefold()
    for suyo in ("quispe", "núñez", "dicomdir", "volumen", "leeme", "ds_store", "sin-paciente", "88776", "88777"):
        assert suyo not in todo, suyo
    assert api.get("/procesar/paquetes/otro").status_code == 404
    assert api.get("/procesar/paquetes/otro/imagenes").status_code == 404


def test_lo_mismo_otra_vez_no_cambia_nada_y_otro_contenido_se_rechaza(sala: SalaDePaquetes) -> None:
    contenido = zipear({"a.dcm": dicom(1)})
    assert sala.mandar_paquete("p-1", contenido) is None
    assert sala.mandar_paquete("p-1", contenido, vez=2) is None
    assert sala.mandar_paquete("p-1", contenido, b"archivo\n", vez=3) == "PAQUETE_DISTINTO"
    sala.acabar()
    assert sala.mandar_paquete("p-1", contenido, vez=4) is None
    assert sala.mandar_paquete("p-1", zipear({"b.dcm": dicom(2)}), vez=5) == "PAQUETE_DISTINTO"
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 1, 0, 0)
    assert len(sala.cargas(AnonimizarArchivo)) == len(sala.cargas(PaqueteCompletado)) == 1


def test_unos_metadatos_que_no_valen_no_dejan_nada_y_dicen_donde(sala: SalaDePaquetes, api: FlaskClient) -> None:
    dichos = b"archivo,id_paciente,modalidad\na.dcm,77,\nb.dcm,,<ana>\n"
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1), "b.dcm": dicom(2)}), dichos)
    sala.acabar()
    visto = api.get("/procesar/paquetes/p-1").json
    assert (visto["estado"], visto["motivo"]) == ("RECHAZADO", "Los metadatos del paquete no son válidos.")
    assert visto["detalle"] == f"línea 3: modalidad: {PUBLICADO.descripcion}"
    assert (visto["total"], sala.miembros("p-1"), sala.originales()) == (0, [], set())
    assert sala.cargas(AnonimizarArchivo) == []
    assert sala.cargas(PaqueteRechazado) == [PaqueteRechazado(id_paquete="p-1", motivo="METADATOS_NO_VALIDOS")]


DE_ZIP = [g for g in CASOS if campos(g)["Formato"] == "ZIP"]


@pytest.mark.largo  # a process for each case; the rules alone are in make check
def test_los_casos_publicos_de_paquetes_acaban_como_deben(sala: SalaDePaquetes) -> None:
    """Each by itself through handler, process, store and hands; what is refused leaves nothing."""
    todas: list[str] = []
    for generador in DE_ZIP:
        id = generador.__name__.replace("_", "-")
        fichas = Fichas(id, "con-el-servicio")
        volumen = "sub-1_T1w.nii"
        dichos = f"archivo,id_paciente\n{volumen},QXPETICION-1\n".encode() if id == "nifti-json" else None
        sala.mandar_paquete(id, generador(fichas), dichos)
        antes = sala.originales()
        sala.acabar()
        debe = campos(generador)["Debe"]
        if debe == "RECHAZADO":
            assert sala.cuentas(id) == ("RECHAZADO", 0, 0, 0, 0), id
            assert sala.paquete(id)["motivo"]
            assert sala.originales() < antes
        else:
            debidos = Counter(par.split("=")[1] for par in debe.split(", "))
            hechas, apartadas = debidos["ANONIMIZADA"], debidos["CUARENTENA"]
            assert sala.cuentas(id) == ("COMPLETADO", hechas + apartadas, hechas, apartadas, 0), id
        todas += fichas.tokens
    assert len(DE_ZIP) == 12
    todo = sala.todo()
    assert not [ficha for ficha in todas if ficha in todo]


@pytest.mark.largo  # processes that come up and are killed at every stage
def test_lo_que_se_desempaco_no_se_desempaca_otra_vez_y_lo_dicho_se_dice_una(
    sala: SalaDePaquetes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is cut off anywhere, again and again: each attempt goes on where the last one was."""
    monkeypatch.setattr("procesamiento.entrada.paquetes.DICHOS", 20)
    cuantos = 3 * desempaque.TANDA + 10
    sala.mandar_paquete("p-1", zipear({f"{n}.txt": b"nada %d" % n for n in range(cuantos)}))
    cortes = 0
    listados: list[int] = []
    while sala.paquete("p-1")["estado"] == "RECIBIDO":
        sala.cortar_tras_una()
        cortes += 1
        listados.append(len(sala.miembros("p-1")))
    assert listados[:4] == [desempaque.TANDA, 2 * desempaque.TANDA, 3 * desempaque.TANDA, cuantos]
    assert cortes > 10
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", cuantos, 0, cuantos, 0)
    dichos = sala.cargas(AnonimizarArchivo)
    assert len(dichos) == len({d.id_imagen for d in dichos}) == cuantos
    with sala.motor.connect() as conexion:
        ids = conexion.scalars(sa.select(bd.outbox.c.ce_id).where(bd.outbox.c.tipo == AnonimizarArchivo.tipo)).all()
    assert len(set(ids)) == cuantos
    assert {m["id"] for m in sala.miembros("p-1")} == set(ids)


def test_el_paquete_que_mata_a_su_proceso_se_rechaza_tras_sus_intentos(sala: SalaDePaquetes) -> None:
    sala.mandar_paquete("asesino", zipear({"a.dcm": dicom(1)}))
    desempacar = sala.desempacador(memoria=1, intentos=2)
    for _ in range(3):
        assert desempacar()
        sala.vencer()
    assert (sala.paquete("asesino")["estado"], sala.paquete("asesino")["motivo"]) == ("RECHAZADO", "DESEMPAQUE_FALLIDO")
    assert sala.originales() == set()


@pytest.mark.largo  # leases have to run out
def test_sin_almacen_no_se_gasta_ningun_intento_de_un_paquete(sala: SalaDePaquetes) -> None:
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1)}))
    carpeta = Path(sala.almacen.uri("x").removeprefix("file://")).parent
    carpeta.rename(carpeta.with_name("lejos"))
    carpeta.write_text("no es una carpeta")
    desempacar = sala.desempacador(intentos=1)
    for _ in range(3):
        assert desempacar()
        sala.vencer()
    assert (sala.paquete("p-1")["estado"], sala.por_abrir("p-1")["intentos"]) == ("RECIBIDO", 0)
    carpeta.unlink()
    carpeta.with_name("lejos").rename(carpeta)
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 1, 0, 0)


def test_lo_que_un_congelado_haga_despues_no_vale(sala: SalaDePaquetes) -> None:
    sala.mandar_paquete("p-1", zipear({f"{n}.txt": b"nada %d" % n for n in range(5)}))
    congelado = sala.cola_paquetes.tomar(15.0)
    assert congelado is not None
    leido = sala.cola_paquetes.paquete("p-1")
    assert not sala.desempacador()()
    sala.vencer()
    sala.acabar()
    lento = sala.desempacador().func.__self__  # type: ignore[attr-defined]
    sala.cola_paquetes.tomar = lambda _s: congelado  # type: ignore[method-assign]
    sala.cola_paquetes.paquete = lambda _id: leido  # type: ignore[method-assign]
    assert lento.vuelta(threading.Event())
    assert sala.cuentas("p-1") == ("COMPLETADO", 5, 0, 5, 0)
    assert len(sala.cargas(AnonimizarArchivo)) == 5


def test_el_que_despierta_no_es_nadie_aunque_a_otro_no_se_le_contara_su_intento(
    sala: SalaDePaquetes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stands still behind its listing; another says all, can't clear away, and gives it back uncounted."""
    sala.mandar_paquete("p-1", zipear({f"{n}.txt": b"nada %d" % n for n in range(3)}))
    congelado = sala.desempacador()
    por_decir, veces = sala.cola_paquetes.por_decir, [0]

    def al_despertar(paquete: str, cuantos: int) -> Sequence[str]:
        veces[0] += 1
        if veces[0] == 1:
            sala.vencer()
            with monkeypatch.context() as sin_almacen:
                sin_almacen.setattr(sala.almacen, "borrar", _sin_almacen)
                assert sala.desempacador()()
            limpiar = sala.mano()
            while sala.entregar() or limpiar():
                pass
            assert sala.cuentas("p-1")[0] == "COMPLETADO"
            assert sala.por_abrir("p-1")
        return por_decir(paquete, cuantos)

    monkeypatch.setattr(sala.cola_paquetes, "por_decir", al_despertar)
    assert congelado()
    assert veces[0] > 1
    assert len(sala.cargas(PaqueteCompletado)) == 1
    assert (sala.por_abrir("p-1")["arriendo"], sala.por_abrir("p-1")["intentos"]) == (2, 0)
    sala.vencer()
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 3, 0, 3, 0)
    assert len(sala.cargas(PaqueteCompletado)) == 1
    assert len(sala.cargas(AnonimizarArchivo)) == 3


def _sin_almacen(*_: object) -> None:
    raise SinAlmacen("está lejos")


def test_una_imagen_de_dos_paquetes_cuenta_una_vez_en_cada_uno_y_ninguno_se_queda_a_medias(
    sala: SalaDePaquetes,
) -> None:
    con_id = b"archivo,id_imagen,id_paciente\na.dcm,la-misma,PAC-00001\n"
    for id in ("p-1", "p-2"):
        sala.mandar_paquete(id, zipear({"a.dcm": dicom(1), f"{id}.dcm": dicom(2)}), con_id)
    otro = zipear({"a.dcm": dicom(3, PatientID="PAC-00001")})
    sala.mandar_paquete("p-3", otro, con_id)
    desempacar = sala.desempacador()
    while desempacar():
        pass
    # The repeat comes while the first one's file waits, and another content under its id is refused.
    sala.entregar()
    sala.acabar()
    assert sala.cuentas("p-1") == sala.cuentas("p-2") == ("COMPLETADO", 2, 2, 0, 0)
    assert sala.cuentas("p-3") == ("COMPLETADO", 1, 0, 0, 1)
    # And the repeat that comes when all is decided.
    sala.mandar_paquete("p-4", zipear({"a.dcm": dicom(1)}), con_id)
    sala.acabar()
    assert sala.cuentas("p-4") == ("COMPLETADO", 1, 1, 0, 0)
    assert Counter(c.id_paquete for c in sala.cargas(PaqueteCompletado)) == dict.fromkeys(
        ("p-1", "p-2", "p-3", "p-4"), 1
    )


def test_lo_ajeno_bajo_un_id_no_se_ve_en_el_paquete_que_se_rechazo(sala: SalaDePaquetes, api: FlaskClient) -> None:
    sala.mandar("la-misma", fuente_de_datos="Clínica ajena")
    limpiar = sala.mano()
    while limpiar():
        pass
    con_id = b"archivo,id_imagen,id_paciente\na.dcm,la-misma,PAC-00001\n"
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1)}), con_id)
    assert sala.desempacador()()
    (pendiente,) = api.get("/procesar/paquetes/p-1/imagenes?estado=PENDIENTE").json["elementos"]
    assert (pendiente["estado"], pendiente["fuente_de_datos"]) == ("PENDIENTE", None)
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 0, 0, 1)
    (rechazada,) = api.get("/procesar/paquetes/p-1/imagenes").json["elementos"]
    assert (rechazada["estado"], rechazada["fuente_de_datos"], rechazada["seudonimo_paciente"]) == (
        "RECHAZADA",
        None,
        None,
    )
    assert sala.imagen("la-misma")["estado"] == "ANONIMIZADA"


def test_varios_que_deciden_a_la_vez_lo_cuentan_todo_y_lo_dicen_una_vez(sala: SalaDePaquetes) -> None:
    paquetes = [f"p-{n}" for n in range(3)]
    for n, id in enumerate(paquetes):
        miembros = {f"{m}.txt": f"nada {n} {m}".encode() for m in range(8)}
        con_ids = b"archivo,id_imagen,id_paciente\n0.txt,comun,77\n1.txt,otra-comun,77\n"
        sala.mandar_paquete(id, zipear(miembros), con_ids)
    desempacar = sala.desempacador()
    while desempacar():
        pass
    nuevos = sala.por_entregar()
    sala.entregados |= {sobre.id for sobre, _ in nuevos}
    errores: list[BaseException] = []

    def repartir(suyos: list[Any]) -> None:
        try:
            for desde in range(0, len(suyos), 4):
                recibidos = [sobres.recibido(sobre, comando) for sobre, comando in suyos[desde : desde + 4]]
                for _ in range(100):
                    # Two that make one image at the same instant: who comes second tries again, as the consumer does.
                    with suppress(ClaveRepetida):
                        sala.bus().procesar(recibidos)
                        break
        except BaseException as error:
            errores.append(error)

    hilos = [threading.Thread(target=repartir, args=(nuevos[n::3][:: 1 if n else -1],)) for n in range(3)]
    manos = [sala.mano() for _ in range(2)]

    def limpiar(mano: Callable[[], bool]) -> None:
        try:
            while any(h.is_alive() for h in hilos) or mano():
                mano()
        except BaseException as error:
            errores.append(error)

    hilos_de_manos = [threading.Thread(target=limpiar, args=(mano,)) for mano in manos]
    for hilo in (*hilos, *hilos_de_manos):
        hilo.start()
    for hilo in (*hilos, *hilos_de_manos):
        hilo.join()
    assert errores == []
    sala.acabar()
    for id in paquetes:
        estado, total, hechas, cuarentena, fallidas = sala.cuentas(id)
        assert (estado, total, hechas) == ("COMPLETADO", 8, 0)
        assert cuarentena + fallidas == 8
    assert Counter(c.id_paquete for c in sala.cargas(PaqueteCompletado)) == dict.fromkeys(paquetes, 1)


def test_lo_liberado_de_la_cuarentena_cambia_de_cuenta_y_el_final_no_se_dice_otra_vez(sala: SalaDePaquetes) -> None:
    imagen, png = Image.effect_noise((64, 64), 30), io.BytesIO()
    imagen.save(png, "PNG")
    dichos = b"archivo,id_imagen,id_paciente\nb.png,i-b,PAC-77\n"
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1), "b.png": png.getvalue()}), dichos)
    limpiar = sala.mano(leer_texto=False)
    assert sala.desempacador()()
    sala.entregar()
    while limpiar():
        pass
    assert sala.cuentas("p-1") == ("COMPLETADO", 2, 1, 1, 0)
    orden = LiberarImagen(id_imagen="i-b", operador="op-17", razon="Mirada")
    sobre = sobres.sobre_nuevo(orden, fuente="/saludtech/bff", sujeto="i-b")
    assert not sala.bus().procesar([sobres.recibido(sobre, orden)])
    assert sala.cuentas("p-1") == ("COMPLETADO", 2, 1, 1, 0)
    assert limpiar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 2, 2, 0, 0)
    assert len(sala.cargas(PaqueteCompletado)) == 1


def test_la_escoba_no_se_lleva_lo_de_un_paquete_en_curso(sala: SalaDePaquetes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escoba, "HUERFANO", timedelta(0))
    monkeypatch.setattr(escoba, "_HOLGURA", timedelta(0))

    def barrer() -> None:
        # A new one each time: what nothing names is looked for now and then alone.
        Escoba(sala.cola, sala.almacen, Sobrantes(), lambda ahora: ahora + timedelta(minutes=1)).vuelta()

    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1), "b.dcm": dicom(2)}), b"archivo\na.dcm\n")
    suyos = sala.originales()
    sala.almacen.guardar("originales/huerfano", [b"x"])
    barrer()
    assert sala.originales() == suyos
    assert sala.desempacador()()  # said, and not handed on
    suyos = sala.originales()
    assert len(suyos) == 2
    barrer()
    assert sala.originales() == suyos
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 2, 2, 0, 0)
    assert sala.originales() == set()


def test_de_quien_es_el_numero_lo_dicen_los_metadatos_el_archivo_o_nadie(sala: SalaDePaquetes) -> None:
    """The number of one person, from five senders: where nobody says whose it is, it is said that nobody did."""
    nada: dict[str, Any] = {"InstitutionName": None, "PatientID": "PAC-00077"}
    miembros = {
        "nadie.dcm": dicom(1, **nada),
        "los-metadatos.dcm": dicom(2, **nada),
        "la-institucion.dcm": dicom(3, **{**nada, "InstitutionName": "Clínica", "SpecificCharacterSet": "ISO_IR 192"}),
        "el-emisor.dcm": dicom(4, **nada, IssuerOfPatientID="Registro civil"),
    }
    filas = metadatos(a={"archivo": "los-metadatos.dcm", "fuente_de_datos": "Hospital"})
    sala.mandar_paquete("p-1", zipear(miembros), filas)
    sala.mandar_paquete("p-2", zipear({"nadie.dcm": dicom(5, **nada)}))
    sala.acabar()
    dichos = sala.cargas(ImagenAnonimizada)
    assert sorted(d.emisor for d in dichos) == ["", "", "", "DESCONOCIDO", "DESCONOCIDO"]
    assert len({d.seudonimo_paciente for d in dichos if d.emisor}) == 2


def _espera_a_otro(sala: SalaDePaquetes) -> bool:
    """Whether a transaction waits for a lock."""
    with sala.motor.connect() as conexion:
        return bool(conexion.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_quien_se_queda_quieto_con_un_paquete_no_para_a_las_imagenes_que_llegan(sala: SalaDePaquetes) -> None:
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1)}))
    assert sala.desempacador()()
    with sala.motor.begin() as quieto, ThreadPoolExecutor(1) as aparte:
        quieto.execute(sa.select(tablas.paquetes.c.id).where(tablas.paquetes.c.id == "p-1").with_for_update())
        entregado = aparte.submit(sala.entregar)
        try:
            esperar(lambda: entregado.done() or _espera_a_otro(sala))
            assert entregado.done()
        finally:
            quieto.rollback()
    assert entregado.result() == 1
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 1, 0, 0)


def test_quien_dice_los_miembros_no_tiene_el_paquete_mientras_espera_a_quien_los_cuenta(sala: SalaDePaquetes) -> None:
    """Who counts has members, and then takes packages: who says takes them in the same order."""
    sala.mandar_paquete("p-1", zipear({"a.dcm": dicom(1)}))
    decir = reparto.decir
    with sala.motor.connect() as cuenta, ThreadPoolExecutor(1) as aparte, pytest.MonkeyPatch.context() as parche:

        def con_otro(*de_que: Any) -> bool:
            cuenta.execute(sa.select(tablas.miembros.c.id).where(tablas.miembros.c.paquete == "p-1").with_for_update())
            return decir(*de_que)

        parche.setattr(reparto, "decir", con_otro)
        dicho = aparte.submit(sala.desempacador())
        try:
            esperar(lambda: _espera_a_otro(sala))
            suyo = sa.select(tablas.paquetes.c.id).where(tablas.paquetes.c.id == "p-1")
            assert cuenta.execute(suyo.with_for_update(nowait=True)).all()
        finally:
            cuenta.rollback()
    assert dicho.result()
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 1, 0, 0)


@pytest.mark.largo  # a process that is stopped in the midst of it
def test_al_parar_se_deja_un_paquete_por_deprisa_que_se_desempaque(sala: SalaDePaquetes) -> None:
    cuantos = 4 * desempaque.TANDA
    sala.mandar_paquete("p-1", zipear({f"{n}.txt": b"nada %d" % n for n in range(cuantos)}))
    parada = threading.Event()
    mano: Desempacador = sala.desempacador().func.__self__  # type: ignore[attr-defined]
    abrir = sala.abrir

    def al_listar() -> Any:
        _, conexion = mano._empleado._actual  # type: ignore[misc]
        # There is always one more answer to be read.
        esperar(conexion.poll)
        parada.set()
        return abrir()

    mano._abrir = al_listar
    assert mano.vuelta(parada)
    assert len(sala.miembros("p-1")) == desempaque.TANDA
    assert (sala.paquete("p-1")["estado"], sala.por_abrir("p-1")["intentos"]) == ("RECIBIDO", 0)
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", cuantos, 0, cuantos, 0)


def test_lo_rechazado_se_recoge_por_partes_y_al_parar_se_deja(
    sala: SalaDePaquetes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procesamiento.entrada.paquetes.BORRADOS", desempaque.TANDA)
    cuantos = 3 * desempaque.TANDA
    malo = bytearray(zipear({f"{n}.txt": b"nada %d" % n for n in range(cuantos)} | {"z.bin": bytes(range(256)) * 64}))
    malo[malo.index(b"z.bin") + 40] ^= 0xFF  # in its content: its sum is another
    sala.mandar_paquete("p-1", bytes(malo))
    parada = threading.Event()
    mano: Desempacador = sala.desempacador().func.__self__  # type: ignore[attr-defined]
    olvidar = sala.cola_paquetes.olvidar

    def al_olvidar(paquete: str, cuantos: int) -> bool:
        parada.set()
        return olvidar(paquete, cuantos)

    monkeypatch.setattr(sala.cola_paquetes, "olvidar", al_olvidar)
    assert mano.vuelta(parada)
    assert sala.paquete("p-1")["estado"] == "RECHAZADO"
    assert len(sala.miembros("p-1")) == cuantos - desempaque.TANDA
    sala.acabar()
    assert (sala.miembros("p-1"), sala.originales()) == ([], set())
    assert not any(sala.en_las_colas().values())


def test_un_id_que_muestra_el_numero_que_solo_el_archivo_dice_no_queda_en_ninguna_parte(sala: SalaDePaquetes) -> None:
    """Who gives an id gives the number that it must not hold: with the file alone it would be known too late."""
    contenido = zipear({"a.dcm": dicom(1, PatientID="79448812")})
    sala.mandar_paquete("p-1", contenido, b"archivo,id_imagen\na.dcm,x-79448812\n")
    sala.acabar()
    assert sala.cuentas("p-1") == ("RECHAZADO", 0, 0, 0, 0)
    assert sala.paquete("p-1")["detalle"] == "línea 2: id_imagen: falta id_paciente, y sin él no se admite"
    sala.mandar_paquete("p-2", contenido, b"archivo,id_imagen,id_paciente\na.dcm,x-79448812,79448812\n")
    sala.mandar_paquete("p-3", contenido)
    sala.acabar()
    assert sala.cuentas("p-2") == ("RECHAZADO", 0, 0, 0, 0)
    assert sala.cuentas("p-3") == ("COMPLETADO", 1, 1, 0, 0)
    assert "79448812" not in sala.todo()


def test_lo_que_se_quita_de_un_archivo_no_lo_dice_nadie_mas(sala: SalaDePaquetes, api: FlaskClient) -> None:
    """What stands in a person's name, number or date where a region or a source belongs: neither record nor event."""
    de_quien = {"PatientName": "ZKANCORA^ANA", "ReferringPhysicianName": "ÑUSTEZ^LUZ", "PatientID": "HC-5550177"}
    de_quien |= {"SpecificCharacterSet": "ISO_IR 192", "StudyDate": "20240201", "AccessionNumber": "ACC777123"}
    textos = [
        {"BodyPartExamined": "ZKANCORA", "InstitutionName": "CONSULTORIO DR ÑÚSTEZ"},
        {"BodyPartExamined": "KNEE", "InstitutionName": "Clínica del Sur, ACC777123"},
        {"BodyPartExamined": "20240201", "InstitutionName": "Clínica del Sur", "StudyDescription": "Clínica del Sur"},
        {"BodyPartExamined": "KNEE", "InstitutionName": "Clínica del Sur", "InstitutionAddress": "Clínica del Sur"},
    ]
    sala.mandar_paquete("p-1", zipear({f"{n}.dcm": dicom(n, **de_quien, **t) for n, t in enumerate(textos)}))
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 4, 4, 0, 0)
    imagenes = api.get("/procesar/paquetes/p-1/imagenes").json["elementos"]
    assert sorted((i["modalidad"], i["region_anatomica"], i["fuente_de_datos"]) for i in imagenes) == [
        ("CT", "KNEE", "Clínica del Sur"),
        ("CT", "KNEE", "RETIRADO"),
        ("CT", "RETIRADO", "RETIRADO"),
        ("CT", "RETIRADO", "RETIRADO"),
    ]
    todo = sala.todo().casefold() + str(sala.cargas(ImagenAnonimizada)).casefold()
    for suyo in ("zkancora", "ñustez", "ñústez", "5550177", "acc777123", "20240201"):
        assert suyo not in todo, suyo


def test_los_ids_de_un_paquete_salen_de_la_clave_y_un_cambio_de_clave_a_medias_no_cambia_los_que_hay(
    sala: SalaDePaquetes,
) -> None:
    """An unkeyed hash of a path is tried with a list of names."""
    contenidos = {f"quispe-{n}.txt": b"nada %d" % n for n in range(desempaque.TANDA + 1)}
    sala.mandar_paquete("p-1", zipear(contenidos))
    sala.cortar_tras_una()
    antes = sala.miembros("p-1")
    otra = {"clave": CLAVE[::-1], "version": 3}
    desempacar = sala.desempacador(**otra)
    while desempacar() or sala.entregar():
        pass
    sala.acabar()
    assert sala.cuentas("p-1")[:2] == ("COMPLETADO", len(contenidos))
    miembros = sala.miembros("p-1")
    assert [(m["id"], m["imagen"]) for m in miembros[:-1]] == [(m["id"], m["imagen"]) for m in antes]
    claves = [Seudonimizador(CLAVE, 2)] * len(antes) + [Seudonimizador(**otra)]
    for (nombre, contenido), clave, m in zip(contenidos.items(), claves, miembros, strict=True):
        propio = f"p-1\0{nombre}\0{hashlib.sha256(contenido).hexdigest()}"
        assert m["imagen"] == str(clave.id(f"imagen\0{propio}"))
        assert m["id"] == str(clave.id(f"comando\0{propio}"))


def test_un_paquete_puede_ser_mayor_que_un_archivo_y_un_archivo_suyo_no(sala: SalaDePaquetes) -> None:
    """What is too large is told as that, and each by its own limit."""
    grande = random.Random(7).randbytes(sala.taller.maximo + 1)
    contenido = zipear({"a.dcm": dicom(1), "b.dcm": grande})
    assert len(contenido) > sala.taller.maximo
    sala.mandar_paquete("p-1", contenido)
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 2, 1, 0, 1)
    assert {m["motivo"] for m in sala.miembros("p-1")} == {None, "DEMASIADO_GRANDE"}
    # A zip that lies where it was said to and is larger than any may be, whatever it says of its files.
    sala.mandar_paquete("p-2", contenido)
    assert sala.desempacador(maximo=1024**2)()
    assert sala.paquete("p-2")["motivo"] == "PAQUETE_DEMASIADO_GRANDE"


def test_un_numero_que_nadie_puede_buscar_aparta_la_imagen(sala: SalaDePaquetes) -> None:
    """A control sign in it, as a DICOM in Latin-1 can hold: it would be looked for nowhere, as if there were none."""
    numero = "PAC-\x8177123"
    contenido = dicom(1, PatientID=numero, SpecificCharacterSet="ISO_IR 100", InstitutionName="Sala PAC77123")
    sala.mandar_paquete("p-1", zipear({"a.dcm": contenido}))
    sala.acabar()
    assert sala.cuentas("p-1") == ("COMPLETADO", 1, 0, 1, 0)
    assert [m["motivo"] for m in sala.miembros("p-1")] == ["NUMERO_NO_ADMITIDO"]


def test_los_originales_que_no_hicieron_falta_se_van_enseguida_y_ningun_otro(sala: SalaDePaquetes) -> None:
    """Refused, repeated, the same once more under its key: nothing is left of them for a day."""
    primero = sala.mandar_archivo("c-1", "primero")
    sala.mandar_archivo("c-2", "repetido")
    sala.mandar_archivo("c-3", "de-otro-contenido", DICOM + b"x")
    sala.mandar_archivo("c-1", "bajo-la-misma-clave")
    # As the broker may deliver it: that is no second original.
    assert not sala.bus().procesar([primero])
    assert sala.barrer() == {"primero"}
    contenido = zipear({"a.dcm": dicom(1), "b.dcm": dicom(2), "c.dcm": dicom(3)})
    ids = {
        n: {"archivo": f"{n}.dcm", "id_imagen": f"i-{n}", "id_paciente": f"PAC-0000{m}"}
        for m, n in ((1, "a"), (2, "b"))
    }
    sala.mandar_paquete("p-1", contenido, metadatos(**ids))
    sala.mandar_paquete("p-1", contenido, metadatos(**ids), vez=2)
    del_primero = sala.barrer()
    assert len(del_primero) == 3  # a file, a zip and its metadata
    # One of the second package's files repeats what waits, the other's id has other content by then.
    otro = zipear({"a.dcm": dicom(1), "b.dcm": dicom(2, SeriesNumber="77")})
    sala.mandar_paquete("p-2", otro, metadatos(**ids))
    desempacar = sala.desempacador()
    while desempacar():
        pass
    sala.entregar()
    de_miembros = {nombre_de(sala, m) for m in sala.miembros("p-1")}
    assert sala.barrer() == {"primero", *de_miembros}
    sala.acabar()
    assert sala.cuentas("p-2") == ("COMPLETADO", 2, 1, 0, 1)
    assert sala.barrer() == set()


def nombre_de(sala: SalaDePaquetes, miembro: Mapping[str, Any]) -> str:
    return str(sala.almacen.nombre(miembro["uri"])).removeprefix("originales/")


def test_la_escoba_deja_lo_que_una_carta_repetida_nombra(sala: SalaDePaquetes) -> None:
    """A dead letter that was sent anew is as young as any command, and its file is days old."""
    ayer = datetime.now(UTC) - timedelta(days=2)
    sala.almacen.guardar("originales/de-una-carta", [b"x"])
    archivo = Path(sala.almacen.uri("originales/de-una-carta").removeprefix("file://"))
    os.utime(archivo, (ayer.timestamp(), ayer.timestamp()))

    class Atrasos:
        entradas = 1

        def mirar(self, topico: str, subscription: str) -> Atraso:
            del subscription
            hay = self.entradas if topico == AnonimizarArchivo.topico else 0
            return Atraso(entradas=hay, marca=0, mas_antiguo=datetime.now(UTC) if hay else None)

    atrasos = Atrasos()

    def barrer() -> bool:
        Escoba(sala.cola, sala.almacen, sala.sobrantes, oido(atrasos, timedelta(days=7))).vuelta()
        return archivo.exists()

    assert barrer()
    atrasos.entradas = 0
    assert not barrer()


def test_un_archivo_suelto_no_espera_a_que_acabe_un_paquete_ni_el_paquete_a_los_sueltos(sala: SalaDePaquetes) -> None:
    sala.mandar_paquete("p-1", zipear({f"{n}.txt": b"nada %d" % n for n in range(12)}))
    assert sala.desempacador()()
    assert sala.entregar() == 12
    for n in range(3):
        sala.mandar_archivo(f"c-{n}", f"suelto-{n}", b"nada", id_imagen=f"i-{n}")
    limpiar, decididas = sala.mano(), []
    while limpiar():
        with sala.motor.connect() as conexion:
            hechas = conexion.scalars(sa.select(tablas.imagenes.c.id).where(tablas.imagenes.c.estado != "PENDIENTE"))
            decididas += [id for id in hechas if id not in decididas]
    assert [n for n, id in enumerate(decididas) if id.startswith("i-")] == [0, 2, 4]
    assert sala.cuentas("p-1") == ("COMPLETADO", 12, 0, 12, 0)


def test_un_resultado_de_nadie_se_va_al_cabo_de_un_dia_y_uno_que_se_hace_otra_vez_no(sala: SalaDePaquetes) -> None:
    def envejecer(resumen: str) -> Path:
        archivo = Path(sala.almacen.uri(f"resultados/{resumen}").removeprefix("file://"))
        antes = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        os.utime(archivo, (antes, antes))
        return archivo

    sala.almacen.guardar("resultados/de-nadie", [b"x"])
    sala.mandar_archivo("c-1", "uno")
    limpiar = sala.mano()
    assert limpiar()
    resumen = sala.archivo("i-1")["resultado_sha256"]
    vista = sala.archivo("i-1")["vista_sha256"]
    reciente, suyo = Path(sala.almacen.uri("resultados/de-nadie").removeprefix("file://")), envejecer(resumen)
    su_vista = envejecer(vista)
    sala.barrer()
    assert (reciente.exists(), suyo.exists(), su_vista.exists()) == (True, True, True)
    envejecer("de-nadie")
    # Two images of one content share a result: of them, one row names it; and then none.
    sala.mandar_archivo("c-2", "dos", id_imagen="i-2")
    assert limpiar()
    assert sala.archivo("i-2")["resultado_sha256"] == resumen
    envejecer(vista)
    with sala.motor.begin() as conexion:
        conexion.execute(sa.delete(tablas.archivos).where(tablas.archivos.c.id == "i-1"))
    envejecer(resumen)
    sala.barrer()
    assert (reciente.exists(), suyo.exists(), su_vista.exists()) == (False, True, True)
    with sala.motor.begin() as conexion:
        conexion.execute(sa.delete(tablas.archivos))
    # Somebody who has just made it again, and not noted it yet, keeps it.
    sala.mandar_archivo("c-3", "tres", id_imagen="i-3")
    hecha = sala.mano().func.__self__  # type: ignore[attr-defined]
    hecha._anotar = lambda *_: None
    assert hecha.vuelta(threading.Event())
    sala.barrer()
    assert suyo.exists()
    envejecer(resumen)
    envejecer(vista)
    sala.barrer()
    assert not suyo.exists() and not su_vista.exists()

"""Canaries through the running platform: in by HTTP, and everything that it stores, says and writes searched for them.

Files full of canaries are uploaded under names full of canaries, with canaries in each of their fields; some are
refused, kept apart, fail, lose their process, or can't even be read. Afterwards each column of each table, each message
of each topic, each file that a process wrote, each metrics page and each answer is searched, as a clean file is.
:data:`PERMITIDOS` says what may stand where, and nothing else may: docs/datos-personales.md says for how long.
"""

import hashlib
import io
import json
import os
import re
import secrets
import signal
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
import urllib3
from pydicom.uid import ExplicitVRLittleEndian
from rich.console import Console
from tests.anonimizacion import canarios
from tests.anonimizacion.busqueda import Aguja, Pajar, de_texto, llano
from tests.anonimizacion.canarios import Archivo, Puestas
from tests.anonimizacion.verificacion import Acta, Hallazgo
from tests.fallos.cimiento import Cimiento, cimiento
from tests.saga import topicos
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from anonimizacion.modelo import Formato
from contratos.procesamiento import AnonimizarArchivo
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.publicador import EsquemaCodificado, crear_cliente
from seedwork.pruebas.bases import de_dueno

LLANA = ExplicitVRLittleEndian
TRABAJADOR = "procesamiento-1"
DESCRIPTIVOS = ("modalidad", "patologia", "region_anatomica", "fuente_de_datos")
"""The fields that describe an image, and are free texts."""
EN_LA_COLA = r"column procesamiento\.archivos_por_ver\.metadatos"
"""What it takes to clean a file after all: of those kept apart alone, which :func:`comprobar` asks."""
EN_EL_COMANDO = r"topic procesamiento/comando-anonimizar-archivo\.v1.*"
CARTAS = r"topic procesamiento/cartas-muertas.*"
PERMITIDOS: Mapping[str, tuple[str, ...]] = {
    # What was in a file, and what it was called: nowhere.
    "archivo": (),
    "nombre": (),
    # What an answer says again to whoever has just sent it: a field's name that is none, an id of the client's choice.
    "eco": (EN_EL_COMANDO, r"answer (202|422)"),
    # Who it is: of what is kept apart, with its original. In the command it is encrypted, and in the outbox.
    "persona": (EN_LA_COLA,),
    "paquete": (EN_LA_COLA,),
    # What describes the image is kept and told (contract §2), once it is clean.
    "descripcion": (
        EN_LA_COLA,
        r"topic procesamiento/evento-imagen-anonimizada\.v1.*",
        r"column procesamiento\.outbox\.\w+",
        rf"(column|statistics) \w+\.\w+\.({'|'.join(DESCRIPTIVOS)}|region)",
        r"statistics procesamiento\.imagenes_\w+\.left",
        r"answer /procesar/(imagenes/ID|paquetes/ID/imagenes)",
    ),
    # What nobody can read, until it is discarded. Who shows letters sees what is written on them, not what is in them.
    "carta": (EN_EL_COMANDO, CARTAS),
    "cubierta": (EN_EL_COMANDO, CARTAS, r"answer cartas (list|show)"),
}
"""The places where a kind of canary may be, by name."""


@dataclass
class Sembrado:
    """A file that was sent.

    Attributes:
        id: the image's.
        octetos: what it was.
        agujas: its own canaries.
        estado: what became of it.
        huella, vista: the SHA-256 of its result, and of the small picture of that, where there are.
    """

    id: str
    octetos: bytes = field(repr=False)
    agujas: list[Aguja] = field(repr=False)
    estado: str = ""
    huella: str | None = None
    vista: str | None = None


class Siembra:
    """Sends canaries by every way there is, and keeps what is to be looked for."""

    def __init__(self, plataforma: Plataforma) -> None:
        self.plataforma = plataforma
        self.negocio = Negocio(plataforma)
        # A day of a person's is no other's that was moved: those of the files come eight centuries later.
        self.puestas = {clase: Puestas(500) for clase in PERMITIDOS if clase != "archivo"}
        self.sembrados: list[Sembrado] = []
        self.respuestas: dict[str, list[bytes]] = {}
        self._http = urllib3.PoolManager(retries=False, timeout=60)

    @property
    def agujas(self) -> Iterator[tuple[str, Aguja]]:
        """Every canary, with its kind."""
        for clase, puestas in self.puestas.items():
            yield from ((clase, aguja) for aguja in puestas.agujas)
        for sembrado in self.sembrados:
            yield from (("archivo", aguja) for aguja in sembrado.agujas)

    def campos(self, clase: str = "persona", **dados: str) -> dict[str, str]:
        """The fields of an image, a canary in each that has room for one.

        Args:
            clase: of what says who it is; ``nombre`` where all of it is refused.
            dados: those that are given.
        """
        persona, descripcion = self.puestas[clase], self.puestas["nombre" if clase == "nombre" else "descripcion"]
        dia, quien = persona.dia("fecha_ingesta"), persona.persona("antecedentes").replace("^", " ")
        return {
            **{campo: descripcion.texto(campo) for campo in DESCRIPTIVOS},
            "id_imagen": f"v-{secrets.token_hex(6)}",
            "id_paciente": dados.get("id_paciente") or persona.numero("id_paciente"),
            "antecedentes": f"Diabético. Vive con {quien}, c.c. {persona.numero('antecedentes')}",
            "fecha_ingesta": f"{dia[:4]}-{dia[4:6]}-{dia[6:]} 09:10:00",
            "formato_imagen": "DICOM",
            **dados,
        }

    def subir(self, campos: Mapping[str, str], octetos: bytes, **cabeceras: str) -> tuple[int, Any]:
        """Upload a file under a name of its own; what the door answered."""
        nombre = f"{self.puestas['nombre'].persona('file name')} {self.puestas['nombre'].texto('file name')}.dcm"
        partes = {**campos, "archivo": (nombre, octetos, "application/dicom")}
        propias = {"Idempotency-Key": f"k-{secrets.token_hex(8)}", **cabeceras}
        return self._pedir("POST", "/procesar/imagenes", fields=partes, headers=propias)

    def sembrar(self, archivo: Archivo, **cambios: str) -> Sembrado:
        """Upload a file of canaries, which the door takes."""
        campos, sembrado = self._preparar(archivo, "persona", **cambios)
        codigo, cuerpo = self.subir(campos, archivo.octetos)
        assert codigo == 202, cuerpo
        return sembrado

    def _preparar(self, archivo: Archivo, clase: str, **cambios: str) -> tuple[dict[str, str], Sembrado]:
        """A file's fields, and what is to be looked for of it."""
        suyos = {"formato_imagen": archivo.formato.value, **_de_quien(archivo)}
        campos = self.campos(clase, **{**suyos, **cambios})
        if "id_paciente" in suyos:
            self.puestas[clase].agujas.append(de_texto("id_paciente", campos["id_paciente"]))
        # Its patient's number is its sender's too.
        propias = [a for a in archivo.agujas if llano(campos["id_paciente"]) not in a.textos]
        sembrado = Sembrado(campos["id_imagen"], archivo.octetos, propias)
        self.sembrados.append(sembrado)
        return campos, sembrado

    def esperar(self, *sembrados: Sembrado) -> None:
        """All of them are decided; each is asked for by every query."""
        for sembrado in sembrados:
            ruta = f"/procesar/imagenes/{sembrado.id}"

            def decidida(ruta: str = ruta) -> Any:
                codigo, cuerpo = self._pedir("GET", ruta)
                return cuerpo if codigo == 200 and cuerpo["estado"] != "PENDIENTE" else None

            sembrado.estado = hasta(decidida, f"{ruta} se decide", segundos=180)["estado"]
            sembrado.huella = self._pedir("GET", f"{ruta}/informe")[1]["sha256"]
            codigo, limpio = self._pedir("GET", f"{ruta}/archivo")
            # Its content is searched where it lies, by its own canaries.
            assert codigo != 200 or hashlib.sha256(limpio).hexdigest() == sembrado.huella
            codigo, vista = self._pedir("GET", f"{ruta}/vista")
            sembrado.vista = hashlib.sha256(vista).hexdigest() if codigo == 200 else None

    def lo_que_se_limpia(self) -> None:
        """Each kind of canary once, in each kind of file."""
        self.esperar(*[self.sembrar(a) for a in (*canarios.pocos(), *canarios.de_otros_formatos())])

    def lo_que_se_aparta(self) -> None:
        """Another's, cut short, and none of the kind that it was said to be."""
        entero, corto, otro = (canarios.de_estructura(canarios.dicho_otra_vez, LLANA) for _ in range(3))
        corto.octetos = corto.octetos[: len(corto.octetos) * 2 // 3]
        ajeno = self.sembrar(entero, id_paciente=canarios.ficha())
        cortado = self.sembrar(corto)
        disfrazado = self.sembrar(otro, formato_imagen="PNG")
        self.esperar(ajeno, cortado, disfrazado)
        assert {s.estado for s in (ajeno, cortado, disfrazado)} == {"CUARENTENA"}

    def lo_que_se_rechaza(self) -> None:
        """Forms and bodies that are answered with 4xx, and commands that are refused."""
        nombre, octetos = self.puestas["nombre"], canarios.de_la_cabeza(LLANA).octetos
        sin_paciente = self.campos("nombre")
        del sin_paciente["id_paciente"]
        cambios: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
            ({"formato_imagen": nombre.texto("formato_imagen")}, {}),
            ({"fecha_ingesta": nombre.texto("fecha_ingesta, none")}, {}),
            ({"id_imagen": f"v {nombre.texto('id_imagen')}"}, {}),
            ({self.puestas["eco"].texto("a field's name"): nombre.texto("an unknown field")}, {}),
            ({}, {"Idempotency-Key": ""}),
            ({}, {"Content-Encoding": nombre.texto("a coding")}),
        )
        for dados, cabeceras in (*cambios, (sin_paciente, {})):
            campos = dados if dados is sin_paciente else self.campos("nombre") | dados
            codigo, cuerpo = self.subir(campos, octetos, **cabeceras)
            assert 400 <= codigo < 500, cuerpo
        ilegible = nombre.texto("no form").encode() * 5
        for tipo in ("multipart/form-data; boundary=x", f"text/{nombre.texto('a type')}", "application/json"):
            de_tipo = {"Content-Type": tipo, "Idempotency-Key": "k"}
            assert self._pedir("POST", "/procesar/imagenes", body=ilegible, headers=de_tipo)[0] >= 400
        for ruta in (
            f"/procesar/imagenes/{nombre.texto('an id')}",
            f"/procesar/imagenes?patologia={nombre.texto('x')}",
        ):
            self._pedir("GET", ruta)
        # What names the patient is refused by its owner; what lies elsewhere is fetched by nobody.
        numero, persona = self.puestas["eco"].numero("id_imagen"), self.puestas["persona"]
        con_numero = self.campos(id_imagen=f"rx-{numero}", id_paciente=numero)
        referencia = {"uri": f"s3://{canarios.ficha().lower()}/{persona.texto('path')}.dcm", "sha256": "0" * 64}
        referido = json.dumps({**self.campos(), "referencia": referencia}).encode()
        for codigo, aceptado in (
            self.subir(con_numero, octetos),
            self._pedir("POST", "/procesar/imagenes", body=referido, headers={"Content-Type": "application/json"}),
        ):
            assert codigo == 202, aceptado
            self._esperar_comando(aceptado["comando"])

    def lo_que_viene_en_un_paquete(self) -> None:
        """Images and what lies beside them, under paths that are canaries, and two packages that are refused."""
        nombre, entradas, salida, sembrados = self.puestas["nombre"], [], io.BytesIO(), []
        archivos = (canarios.de_estructura(canarios.privado, LLANA), canarios.con_letras("ISO_IR 192"))
        with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
            for archivo in archivos:
                campos, sembrado = self._preparar(archivo, "paquete")
                ruta = f"{nombre.persona('folder')}/{nombre.texto('member')}.dcm"
                paquete.writestr(ruta, archivo.octetos)
                entradas.append({"archivo": ruta, **campos})
                sembrados.append(sembrado)
            paquete.writestr(f"{nombre.persona('folder')}/{nombre.texto('member')}.txt", nombre.texto("a sidecar"))
        self._mandar(salida.getvalue(), entradas, "COMPLETADO")
        self.esperar(*sembrados)
        ajena = [{"archivo": f"{nombre.texto('no member')}.dcm", **self.campos("nombre")}]
        self._mandar(salida.getvalue(), ajena, "RECHAZADO")
        malo = io.BytesIO()
        with zipfile.ZipFile(malo, "w") as paquete:
            paquete.writestr(f"../{nombre.texto('bad member')}.dcm", archivos[0].octetos)
        self._mandar(malo.getvalue(), [], "RECHAZADO")

    def _mandar(self, paquete: bytes, entradas: list[dict[str, str]], queda: str) -> None:
        nombre = self.puestas["nombre"]
        partes = {"paquete": (f"{nombre.persona('package')}.zip", paquete)}
        if entradas:
            partes["metadatos"] = (f"{nombre.persona('metadata')}.json", json.dumps(entradas).encode())
        cabeceras = {"Idempotency-Key": f"k-{secrets.token_hex(8)}"}
        codigo, aceptado = self._pedir("POST", "/procesar/paquetes", fields=partes, headers=cabeceras)
        assert codigo == 202, aceptado
        ruta = f"/procesar/paquetes/{aceptado['id_paquete']}"

        def acabado() -> bool:
            codigo, cuerpo = self._pedir("GET", ruta)
            return codigo == 200 and cuerpo["estado"] == queda

        hasta(acabado, f"{ruta} queda {queda}", segundos=180)
        self._pedir("GET", f"{ruta}/imagenes")

    def lo_que_falla(self) -> None:
        """Files that take too long, and one that is another by the time that it is read."""
        trabajador = self.plataforma.proceso(TRABAJADOR)
        trabajador.parar()
        danado = self.sembrar(canarios.de_la_cabeza(LLANA))
        (original,) = [a for a in self.originales() if a.read_bytes() == danado.octetos]
        original.write_bytes(danado.octetos + self.puestas["nombre"].octetos("what an original became"))
        trabajador.arrancar()
        self.esperar(danado)
        trabajador.parar()
        trabajador.arrancar(ARCHIVO_PLAZO_S="0.001", ARCHIVO_INTENTOS="1")
        lentos = [self.sembrar(canarios.de_estructura(canarios.privado, LLANA)) for _ in range(2)]
        self.esperar(*lentos)
        assert {s.estado for s in (danado, *lentos)} == {"FALLIDA"}
        trabajador.parar()
        trabajador.arrancar()

    def lo_que_muere(self) -> None:
        """The worker with what it has in hand, and the process that reads files. While files wait, the database takes
        samples of its tables, as it does by itself."""
        trabajador = self.plataforma.proceso(TRABAJADOR)
        trabajador.parar()
        muchos = [self.sembrar(canarios.de_estructura(canarios.privado, LLANA)) for _ in range(12)]
        trabajador.arrancar()
        hasta(lambda: self._cuantos("intentos > 0"), "un archivo está en manos de alguien")
        trabajador.matar()
        for base in self.plataforma.bases.values():
            ejecutar(de_dueno(base), "ANALYZE")
        trabajador.arrancar()
        hasta(lambda: _hijos(trabajador.pid), "hay quien lea archivos")
        for hijo in _hijos(trabajador.pid):
            os.kill(hijo, signal.SIGKILL)
        self.esperar(*muchos)

    def lo_que_nadie_puede_leer(self) -> None:
        """Straight onto the topic: what can't be decoded. Its letter is looked at, as an operator does."""
        cliente = crear_cliente(self.plataforma.servidores.pulsar_url)
        tipo, dentro, fuera = AnonimizarArchivo, self.puestas["carta"], self.puestas["cubierta"]
        try:
            productor = cliente.create_producer(
                tipo.topico, schema=EsquemaCodificado(None, schema_definition=tipo.esquema)
            )
            sobre = Sobre.nuevo(tipo, fuente="/verificacion", sujeto=secrets.token_hex(8), entorno=EntornoReal())
            propiedades = a_propiedades(sobre, tipo.topico)
            productor.send(dentro.texto("a payload").encode(), properties=propiedades, partition_key="k")
            productor.send(
                dentro.texto("a payload").encode(),
                properties={"otra": fuera.texto("a property")},
                partition_key=fuera.texto("a key"),
            )
        finally:
            cliente.close()

        def hay_dos() -> str | None:
            lista = self.plataforma.ordenar("procesamiento", "cartas", "list")
            return lista if lista.count("\n") >= 2 else None

        lista = hasta(hay_dos, "están entre las cartas")
        self._guardar("cartas list", lista.encode())
        for linea in lista.splitlines():
            carta = self.plataforma.ordenar("procesamiento", "cartas", "show", json.loads(linea)["id"])
            self._guardar("cartas show", carta.encode())

    def originales(self) -> list[Path]:
        """What lies among the originals."""
        return [a for a in (self.plataforma.almacen / "originales").glob("*") if a.is_file()]

    def _esperar_comando(self, ruta: str) -> None:
        def decidido() -> bool:
            codigo, cuerpo = self._pedir("GET", ruta)
            return codigo == 200 and cuerpo["estado"] in ("APLICADO", "RECHAZADO")

        hasta(decidido, f"{ruta} se decide")

    def _cuantos(self, condicion: str) -> int:
        ((cuantos,),) = filas(
            self.plataforma.bases["procesamiento"],
            f"SELECT count(*) FROM archivos_por_ver WHERE proximo IS NOT NULL AND {condicion}",
        )
        return int(cuantos)

    def _pedir(self, metodo: str, ruta: str, **que: Any) -> tuple[int, Any]:
        respuesta = self._http.request(metodo, self.plataforma.bff + ruta, **que)
        cabeza = "\n".join(f"{n}: {v}" for n, v in respuesta.headers.items()).encode()
        limpia = re.sub(r"(imagenes|comandos|paquetes)/[^/]+", r"\1/ID", ruta.partition("?")[0])
        dicho = b"" if limpia.endswith(("/archivo", "/vista")) and respuesta.status == 200 else respuesta.data
        self._guardar(limpia if respuesta.status == 200 else str(respuesta.status), cabeza, dicho)
        try:
            return respuesta.status, json.loads(respuesta.data)
        except ValueError:
            return respuesta.status, respuesta.data

    def _guardar(self, que: str, *dicho: bytes) -> None:
        self.respuestas.setdefault(f"answer {que}", []).extend(dicho)


def _de_quien(archivo: Archivo) -> dict[str, str]:
    """The patient's number that a file has, as a field; none where it has none."""
    if archivo.formato is not Formato.DICOM:
        return {}
    leido = pydicom.dcmread(io.BytesIO(archivo.octetos), specific_tags=["PatientID"], force=True)
    return {"id_paciente": str(leido.PatientID)} if leido.get("PatientID") else {}


def _hijos(pid: int) -> list[int]:
    """The processes that a process started to read files."""
    hijos = []
    for tarea in Path(f"/proc/{pid}/task").glob("*/children"):
        hijos += [int(h) for h in tarea.read_text().split()]
    return [h for h in hijos if b"trabajar(" in Path(f"/proc/{h}/cmdline").read_bytes()]


# --- What is searched ---


def lugares(siembra: Siembra, carpetas: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Everything that there is after all was sent, place by place.

    Args:
        siembra: what was sent, and answered.
        carpetas: where processes write files: platform, servers, and what they put down for a moment.
    """
    plataforma = siembra.plataforma
    for paquete, url in plataforma.bases.items():
        yield from _columnas(paquete, url)
    for topico, mensajes in topicos.todos(plataforma.servidores):
        nombre = topico.removeprefix("persistent://").partition("/")[2]
        yield f"topic {nombre}", b"\n".join([topico.encode(), *mensajes])
    for carpeta in carpetas:
        yield from _archivos(carpeta, plataforma)
    yield from ((que, b"\n".join(dichos)) for que, dichos in siembra.respuestas.items())
    http = urllib3.PoolManager(retries=False, timeout=30)
    for proceso in plataforma.procesos:
        if not proceso.parado:
            pagina = http.request("GET", f"http://127.0.0.1:{proceso.puerto}/metrics")
            yield f"metrics {proceso.nombre}", pagina.data
    yield "letters", "\n".join(texto for _, texto in plataforma.buzon.cartas).encode()


def _columnas(paquete: str, url: str) -> Iterator[tuple[str, bytes]]:
    """Every column of every table, what the database sampled of it, and what its sessions asked last."""
    columnas = """
        SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
    """
    for esquema, tabla, columna, tipo in filas(url, columnas):
        leida = f'"{columna}"' if tipo == "bytea" else f'"{columna}"::text'
        valores = filas(url, f'SELECT {leida} FROM "{esquema}"."{tabla}" WHERE "{columna}" IS NOT NULL')
        crudos = [bytes(v) if isinstance(v, memoryview) else v.encode() for (v,) in valores]
        yield f"column {paquete}.{tabla}.{columna}", b"\n".join(crudos)
    muestras = "SELECT tablename, attname, concat(most_common_vals, histogram_bounds, most_common_elems) FROM pg_stats"
    for tabla, columna, muestra in filas(url, f"{muestras} WHERE schemaname <> 'pg_catalog'"):
        yield f"statistics {paquete}.{tabla}.{columna}", str(muestra).encode()
    preguntas = filas(url, "SELECT query FROM pg_stat_activity WHERE datname = current_database()")
    yield f"sessions {paquete}", "\n".join(str(p) for (p,) in preguntas).encode()


def _archivos(carpeta: Path, plataforma: Plataforma) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, with its name; but the originals, and the keys. All that is counted is one place."""
    cuentas: list[bytes] = []
    for archivo in sorted(a for a in carpeta.rglob("*") if a.is_file()):
        if archivo.is_relative_to(plataforma.almacen / "originales") or archivo.name == "secretos.json":
            continue
        try:
            contenido = archivo.read_bytes()
        except FileNotFoundError:
            continue
        nombre = str(archivo.relative_to(carpeta))
        if archivo.suffix == ".db":
            cuentas += [nombre.encode(), contenido.rstrip(b"\0")]
        else:
            yield f"file {nombre}", nombre.encode() + b"\n" + contenido
    yield "file *.db", b"\n".join(cuentas)


def buscar(siembra: Siembra, donde: Iterable[tuple[str, bytes]]) -> tuple[list[Hallazgo], set[tuple[str, str, int]]]:
    """Seek each canary in each place. Answers what stands where it may not; and all that was found, as kind, place and
    the canary's number."""
    hallazgos: list[Hallazgo] = []
    vistos: set[tuple[str, str, int]] = set()
    de_resultados = {s.huella: s for s in siembra.sembrados if s.huella}
    for lugar, contenido in donde:
        if not contenido:
            continue
        suyo = de_resultados.get(lugar.rpartition("/")[2]) if "resultados/" in lugar else None
        # The name stands before what is searched, and a reader wants a file's beginning.
        pajar = Pajar(contenido.partition(b"\n")[2], dicom=True) if suyo else Pajar(contenido)
        propias = {id(aguja) for aguja in suyo.agujas} if suyo else set()
        for n, (clase, aguja) in enumerate(siembra.agujas):
            # One file's moved day may be another's own: days are sought in their own file's result.
            if (suyo and aguja.fecha and id(aguja) not in propias) or not pajar.tiene(aguja):
                continue
            vistos.add((clase, lugar, n))
            if not any(re.fullmatch(patron, lugar) for patron in PERMITIDOS[clase]):
                hallazgos.append(Hallazgo(lugar, "plataforma", f"{clase}: {aguja.nombre}"))
    return hallazgos, vistos


def comprobar(siembra: Siembra, vistos: Iterable[tuple[str, str, int]]) -> Iterator[Hallazgo]:
    """That all was looked at: what is not found where it has to be is a finding about the search. And that no original
    stays that is not to."""
    vistos = list(vistos)
    for clase, patron in (
        ("carta", CARTAS),
        ("cubierta", r"answer cartas show"),
    ):
        halladas = {n for c, lugar, n in vistos if c == clase and re.fullmatch(patron, lugar)}
        for n, (c, aguja) in enumerate(siembra.agujas):
            if c == clase and n not in halladas:
                yield Hallazgo(patron, "plataforma", f"{clase}: {aguja.nombre} was not found where it has to be")
    for patron in (r"column procesamiento\.imagenes\.patologia", r"answer /procesar/imagenes/ID"):
        if not any(c == "descripcion" and re.fullmatch(patron, lugar) for c, lugar, _ in vistos):
            yield Hallazgo(patron, "plataforma", "nothing was found where it has to be")
    de_mas = "SELECT id FROM archivos_por_ver JOIN imagenes USING (id) WHERE estado = 'ANONIMIZADA'"
    for _ in filas(siembra.plataforma.bases["procesamiento"], de_mas):
        yield Hallazgo("column procesamiento.archivos_por_ver.metadatos", "plataforma", "of a file that is clean")
    limpias = {hashlib.sha256(s.octetos).digest() for s in siembra.sembrados if s.estado == "ANONIMIZADA"}
    quedan = {hashlib.sha256(a.read_bytes()).digest() for a in siembra.originales()}
    yield from (Hallazgo("originales/", "plataforma", "an original that was cleaned") for _ in limpias & quedan)
    resultados = {a.name for a in (siembra.plataforma.almacen / "resultados").glob("*")}
    ajenos = resultados - {s.huella for s in siembra.sembrados} - {s.vista for s in siembra.sembrados}
    if not any(s.vista for s in siembra.sembrados):
        yield Hallazgo("resultados/", "plataforma", "no small picture was made")
    yield from (Hallazgo("resultados/", "plataforma", "a result that nobody asked for") for _ in ajenos)


@contextmanager
def escenario(consola: Console) -> Iterator[tuple[Siembra, list[Path]]]:
    """A platform on servers of its own, with a door behind a balancer, to which all was sent; and where it writes."""
    antes = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory() as carpeta, cimiento(consola, de_paso=True) as suelo:
        de_paso = Path(carpeta, "de-paso")
        de_paso.mkdir()
        # What a process puts down for a moment is searched too.
        os.environ["TMPDIR"] = str(de_paso)
        try:
            with plataforma_viva(suelo.servidores, Path(carpeta), bff=2) as plataforma:
                siembra = Siembra(plataforma)
                for hacer in PASOS:
                    hacer(siembra)
                yield siembra, [Path(carpeta), *_registros(suelo)]
        finally:
            os.environ.pop("TMPDIR")
            if antes is not None:
                os.environ["TMPDIR"] = antes


PASOS: tuple[Callable[[Siembra], None], ...] = (
    Siembra.lo_que_se_rechaza,
    Siembra.lo_que_se_aparta,
    Siembra.lo_que_viene_en_un_paquete,
    Siembra.lo_que_falla,
    Siembra.lo_que_muere,
    Siembra.lo_que_se_limpia,
    Siembra.lo_que_nadie_puede_leer,
)


def _registros(suelo: Cimiento) -> list[Path]:
    """Where the servers log."""
    return [suelo.carpeta / ".local" / "logs"]


def revisar(siembra: Siembra, carpetas: Iterable[Path]) -> Acta:
    """Search all of it."""
    sitios = list(lugares(siembra, carpetas))
    hallazgos, vistos = buscar(siembra, sitios)
    return Acta(
        archivos=len(siembra.sembrados),
        limpios=sum(s.estado == "ANONIMIZADA" for s in siembra.sembrados),
        apartados=Counter(s.estado for s in siembra.sembrados if s.estado != "ANONIMIZADA"),
        buscados=Counter(clase for clase, _ in siembra.agujas),
        hallazgos=[*hallazgos, *comprobar(siembra, vistos)],
        lugares=Counter(lugar.partition(" ")[0] for lugar, _ in sitios),
        explicados=Counter((clase, re.sub(r"-partition-\d+", "", lugar)) for clase, lugar, _ in vistos),
    )

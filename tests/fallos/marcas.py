"""`make marcas`: a mark for each value of a person's, sent by every way there is, is found where it may be, and nowhere
else.

The table is docs/datos-personales.md's (:mod:`tests.fallos.valores`). The platform asks its callers who they are. All
that it wrote is searched, byte by byte, in the forms that a value may be carried over in: the broker's journal and
ledgers, PostgreSQL's files by relation, with its log, the store, logs, metrics, what processes put down for a moment,
what is on topics and in letters, each answer of the door's, and what an operator is shown. It ends non-zero where a
mark is where it may not be; or where one was not sent, or not found where it must be, so that a search that sees
nothing proves nothing.
"""

import base64
import json
import os
import random
import re
import resource
import secrets
import signal
import string
import sys
import tempfile
import urllib.parse
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import urllib3
from rich.console import Console
from tests.fallos.cimiento import Cimiento, cimiento
from tests.fallos.marcado import FECHA, Marcado
from tests.fallos.valores import tabla
from tests.saga import topicos
from tests.saga.bases import ejecutar, filas
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import Plataforma, plataforma_viva

from bff_web.comandos import COMANDOS
from bff_web.consultas import CONSULTAS
from contratos.acceso import Rol
from seedwork.pruebas.bases import de_dueno

CORTADA = "?"
"""Stands for a value where what all marks begin with was found, and none of them whole."""
_COMPRIMIDO = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")
_INFLADO_MAXIMO = 1 << 22


# --- Marks ---


def formas(texto: str) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """A text as bytes may carry it over: what is sought in lower case, and what is as it is (base64)."""
    bajo = texto.lower()
    sin_caja = {bajo.encode(enc) for enc in ("utf-8", "utf-16-le", "utf-16-be")}
    en_base64 = set()
    for escrito in {texto, bajo, texto.upper()}:
        octetos = escrito.encode()
        sin_caja |= {octetos.hex().encode(), "".join(f"%{o:02x}" for o in octetos).encode()}
        sin_caja.add(urllib.parse.quote(escrito).lower().encode())
        for delante in range(3):
            # The first and the last group may hold a neighbour's bits.
            grupos = base64.b64encode(b"\0" * delante + octetos)
            dentro = grupos[4 if delante else 0 : len(grupos) - (4 if (delante + len(octetos)) % 3 else 0)]
            en_base64 |= {dentro, dentro.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(sin_caja), frozenset(en_base64)


class Marcas:
    """A mark for each value: letters alone, since what shares a number with its patient is refused.

    All begin alike, so that most of what is searched is searched for one thing. They are as long as a document's
    number may be. A date has a year of its own instead.
    """

    def __init__(self) -> None:
        azar = random.SystemRandom()
        self._comienzo = "zq" + "".join(azar.choices(string.ascii_lowercase, k=10))
        nombres = list(tabla())
        fechas = [nombre for nombre in nombres if nombre.endswith("fecha")]
        self._de = {
            nombre: self._comienzo + _letras(n) + "".join(azar.choices(string.ascii_lowercase, k=6))
            for n, nombre in enumerate(nombres)
        } | {nombre: FECHA.format(n + 10) for n, nombre in enumerate(fechas)}
        self._fechas = {nombre: formas(self._de[nombre]) for nombre in fechas}
        for nombre in fechas:
            en_iso, tal_cual = formas(self._de[nombre].replace(" ", "T"))
            self._fechas[nombre] = (self._fechas[nombre][0] | en_iso, self._fechas[nombre][1] | tal_cual)
        self._todas = {n: formas(marca) for n, marca in self._de.items() if n not in self._fechas}
        self._comunes = formas(self._comienzo)

    def __call__(self, valor: str) -> str:
        return self._de[valor]

    def en(self, octetos: bytes) -> set[str]:
        """The values whose marks are in these bytes, or in what is compressed in them."""
        hallados = self._en_claro(octetos)
        for abierto in _inflados(octetos):
            hallados |= self._en_claro(abierto)
        return hallados

    def _en_claro(self, octetos: bytes) -> set[str]:
        bajos = octetos.lower()
        hallados = {n for n, buscadas in self._fechas.items() if _esta(buscadas, octetos, bajos)}
        if _esta(self._comunes, octetos, bajos):
            suyos = {n for n, buscadas in self._todas.items() if _esta(buscadas, octetos, bajos)}
            hallados |= suyos or {CORTADA}
        return hallados


def _letras(n: int) -> str:
    return string.ascii_lowercase[n // 26] + string.ascii_lowercase[n % 26]


def _esta(buscadas: tuple[frozenset[bytes], frozenset[bytes]], octetos: bytes, bajos: bytes) -> bool:
    return any(forma in bajos for forma in buscadas[0]) or any(forma in octetos for forma in buscadas[1])


def _inflados(octetos: bytes) -> Iterator[bytes]:
    """What zlib, gzip or a zip's entries in it hold."""
    vista = memoryview(octetos)
    for hallado in _COMPRIMIDO.finditer(octetos):
        desde, como = hallado.start(), zlib.MAX_WBITS | 32
        if hallado[0] == b"PK\x03\x04":
            cabeza = octetos[desde : desde + 30]
            desde += 30 + int.from_bytes(cabeza[26:28], "little") + int.from_bytes(cabeza[28:30], "little")
            como = -zlib.MAX_WBITS
        try:
            yield zlib.decompressobj(como).decompress(vista[desde:], _INFLADO_MAXIMO)
        except zlib.error:
            continue


# --- Who asks, and what is answered ---


class Oido(urllib3.PoolManager):
    """Asks as somebody, and keeps what was said and answered.

    Attributes:
        token: whose; None for nobody's.
        dicho: all that was sent.
        respuestas: what was answered, by the place that it is (:mod:`tests.fallos.valores`).
    """

    def __init__(self) -> None:
        super().__init__(maxsize=16, retries=False, timeout=60)
        self.token: str | None = None
        self.correlacion = ""
        self.dicho: list[bytes] = []
        self.respuestas: dict[str, list[bytes]] = {}
        rutas = {consulta.ruta for consulta in CONSULTAS} | {r for c in COMANDOS for r in c.rutas}
        # What says one thing before what says any.
        self._rutas = {
            ruta: re.compile(re.sub(r"\{\w+\}", "[^/]+", ruta)) for ruta in sorted(rutas, key=lambda r: ("{" in r, r))
        }

    def request(self, method: str, url: str, *sobras: Any, **que: Any) -> Any:
        """See urllib3."""
        cabeceras = {str(n): str(v) for n, v in dict(que.pop("headers", None) or {}).items()}
        if self.token is not None and "Authorization" not in cabeceras:
            cabeceras["Authorization"] = f"Bearer {self.token}"
        if self.correlacion:
            cabeceras["X-Correlation-Id"] = self.correlacion
        self.dicho.append("\n".join([url, repr(cabeceras), repr(que)]).encode())
        respuesta = super().request(method, url, *sobras, headers=cabeceras, **que)
        cabeza = "\n".join(f"{n}: {v}" for n, v in respuesta.headers.items()).encode()
        self.respuestas.setdefault(self._lugar(method, url, respuesta.status), []).append(cabeza + respuesta.data)
        return respuesta

    def _lugar(self, metodo: str, url: str, estado: int) -> str:
        if estado >= 400 or metodo == "POST":
            return str(estado)
        camino = urllib.parse.urlsplit(url).path
        return f"GET {next((ruta for ruta, patron in self._rutas.items() if patron.fullmatch(camino)), camino)}"


# --- What is sent besides ---


@dataclass
class Escena:
    """The platform, and who says what to it."""

    suelo: Cimiento
    plataforma: Plataforma
    marcas: Marcas
    oido: Oido
    ajenos: Path
    """A folder that references may lead to."""
    letras: list[bytes] = field(default_factory=list)
    """What an operator was shown of dead letters."""
    de_paso: list[tuple[str, str, bytes]] = field(default_factory=list)
    """What was there for a while, as :func:`lugares` gives it."""

    @cached_property
    def marcado(self) -> Marcado:
        """Says what olvido says, too."""
        return Marcado(self.plataforma, self.marcas, Negocio(self.plataforma, self.oido))

    def como(self, *roles: Rol, **codigos: str) -> None:
        """From now on that one asks."""
        self.oido.token = self.plataforma.token(*roles, sub=f"u-{self.marcas('quien')}", **codigos)

    def pide(self, metodo: str, ruta: str, *, queda: int = 0, **que: Any) -> int:
        """Asks for something; the status, which must be that one where one is given."""
        respuesta = self.oido.request(metodo, self.plataforma.bff + ruta, **que)
        assert queda in (0, respuesta.status), (respuesta.status, queda, respuesta.data[:500])
        return int(respuesta.status)

    # Each way is a method; they are sent in this order.

    def lo_que_se_niega(self) -> None:
        """Nobody's, a token that is none, another's, and a role that may not: 401 and 403."""
        m, marcado = self.marcas, self.marcado
        suscripcion, imagen = marcado.suscripcion("free"), marcado.imagen()
        cuerpos = (("/suscripciones/suscripcion-comando", suscripcion), ("/procesar/procesar-imagen", imagen))
        credenciales = ("", f"Bearer {m('cabecera')}", f"Basic {m('cabecera')}", f"Bearer {_jwt(m('cabecera'))}")
        for ruta, cuerpo in cuerpos:
            for credencial in credenciales:
                self.pide("POST", ruta, json=cuerpo, headers={"Authorization": credencial}, queda=401)
        self.como("cliente", cliente_codigo="c-otro")
        for ruta, cuerpo in cuerpos:
            self.pide("POST", ruta, json=cuerpo, queda=403)
        for ruta in ("/procesar/imagenes", "/metrics"):
            self.pide("GET", f"{ruta}?patologia={m('filtro')}", queda=403)
        self.pide("GET", f"/procesar/imagenes/{m('id-preguntado')}", queda=403)
        self.como("clinica", clinica="norte")
        self.pide("GET", f"/procesar/imagenes/{m('id-preguntado')}", queda=404)
        self.como("investigador")
        self.pide("GET", f"/servicios-datos/{m('id-preguntado')}/dataset", queda=404)

    def lo_que_no_se_toma(self) -> None:
        """400, 404, 405, 411, 413, 415, 422, 431, in each part of a request."""
        self.como("operador")
        self.marcado.lo_que_la_puerta_no_toma()
        m = self.marcas
        malo, ruta = m("valor-rechazado"), "/procesar/procesar-imagen"
        json_dice = {"Content-Type": "application/json"}
        cuerpos: list[tuple[bytes, dict[str, str], int]] = [
            (b'{"id_paciente": "' + malo.encode(), json_dice, 400),
            (f'["{malo}"]'.encode(), json_dice, 400),
            (b'{"a":' * 60 + f'"{malo}"'.encode() + b"}" * 60, json_dice, 400),
            (f'{{"{malo}": 1, "{malo}": 2}}'.encode(), json_dice, 400),
            (malo.encode() + b"\xff\xfe", json_dice, 400),
            (malo.encode() * 80_000, json_dice, 413),
            (malo.encode(), {"Content-Type": f"text/{m('cabecera')}"}, 415),
            (malo.encode(), {**json_dice, "Content-Encoding": m("cabecera")}, 415),
            (json.dumps(self.marcado.imagen(fecha_ingesta=malo)).encode(), json_dice, 422),
            (json.dumps(self.marcado.imagen(modalidad=malo * 9)).encode(), json_dice, 422),
            (json.dumps(self.marcado.imagen()).encode(), {**json_dice, "Idempotency-Key": m("clave") * 20}, 422),
        ]
        for cuerpo, cabeceras, estado in cuerpos:
            self.pide("POST", ruta, body=cuerpo, headers=cabeceras, queda=estado)
        otras = dict.fromkeys(("User-Agent", "Referer", "Cookie", "Origin", "X-Request-Id", "tracestate", "Forwarded"))
        for nombre in (*otras, "traceparent", "X-Forwarded-For", "If-None-Match", "Range", "Accept-Encoding"):
            self.pide("GET", "/planes", headers={nombre: m("cabecera")})
            self.pide("POST", ruta, json={}, headers={nombre: m("cabecera")})
        self.pide("GET", "/planes", headers={"X-Larga": m("cabecera") * 5000})
        for camino in (f"/{m('filtro')}", f"/planes/{m('filtro')}/..", f"/suscripciones/%00{m('filtro')}"):
            self.pide("GET", camino)
            self.pide("PUT", camino, body=malo.encode())
        for partes in (
            {"archivo": (f"{m('nombre-de-archivo')}.dcm", b"x"), m("campo-desconocido"): malo},
            {"archivo": malo},
        ):
            self.pide("POST", "/procesar/imagenes", fields=partes, headers={"Idempotency-Key": "k"}, queda=422)
        self.pide("POST", "/procesar/imagenes", fields={"archivo": (f"{m('nombre-de-archivo')}.dcm", b"x")})
        self.oido.correlacion = m("correlacion")
        for camino in ("/suscripciones", "/procesar/imagenes", f"/procesar/imagenes/{m('id-preguntado')}"):
            self.pide("GET", camino)

    def lo_que_se_hace(self) -> None:
        """What olvido does, as an operator; its images are looked at under a correlation id."""
        self.oido.correlacion = ""
        self.como("operador")
        marcado = self.marcado
        marcado.lo_que_se_hace()
        marcado.los_archivos()
        marcado.los_paquetes()
        marcado.lo_que_espera()
        self.oido.correlacion = self.marcas("correlacion")
        imagen = marcado.negocio.envia_imagen(**marcado.imagen())
        imagen.queda("ANONIMIZADA")
        self.oido.correlacion = ""

    def lo_que_pide_cada_uno(self) -> None:
        """A client and a clinic ask for what is theirs, again with the same key, and for another's; clients are told
        all that is held of them, and one is forgotten."""
        marcado = self.marcado
        cuerpo = marcado.suscripcion("free")
        self.como("cliente", cliente_codigo=cuerpo["cliente"]["codigo"])
        for _ in range(2):
            respuesta = marcado.negocio.envia(
                "/suscripciones/suscripcion-comando", cuerpo, Idempotency_Key=self.marcas("clave")
            )
        suya = marcado.negocio.acepta(respuesta, cuerpo)
        suya.queda("ACTIVA")
        codigo = f"c-{secrets.token_hex(6)}"
        self.como("cliente", cliente_codigo=codigo)
        marcado.una_vida(codigo)
        self.como("clinica", clinica="norte")
        marcado.negocio.envia_archivo(marcado.dicom(), self.marcas("clave"), **marcado.de_archivo()).queda(
            "ANONIMIZADA"
        )
        self.como("cliente", cliente_codigo="c-otro")
        self.pide("GET", f"/suscripciones/{suya.id}", queda=404)
        marcado.negocio.ordena(f"/suscripciones/{suya.id}/cancelacion-comando", {"motivo": self.marcas("cancelacion")})
        for que in ("exportacion", "supresion"):
            self.pide("POST", f"/clientes/{codigo}/{que}-comando", json={}, queda=403)
            self.pide("POST", f"/clientes/{codigo}/{que}-comando", json={"motivo": self.marcas("valor-rechazado")})
        self.como("operador")
        marcado.contado(codigo)
        marcado.un_olvidado(f"c-{secrets.token_hex(6)}")

    def sin_correo(self) -> None:
        """The mail server says no, in each of its ways; then takes the letters after all."""
        self.como("operador")
        buzon = self.plataforma.buzon
        buzon.averias = {"RCPT": "550 5.1.1 nobody"}
        self.marcado.pedida("free").su_notificacion_queda("SUSCRIPCION_ACTIVA", "FALLIDA")
        intentada = "SELECT exists(SELECT FROM envios WHERE intentos > 0)"
        for averias in ({"RCPT": "451 4.3.0 not now"}, {"MAIL": "530 5.7.0 authenticate"}):
            buzon.averias = averias
            pedida = self.marcado.pedida("free")
            se_intento = partial(self._es, "notificaciones", intentada)
            hasta(se_intento, "su carta se intentó, y se intentará otra vez", segundos=90)
            buzon.averias = {}
            pedida.su_notificacion_queda("SUSCRIPCION_ACTIVA", "CONFIRMADA")

    def sin_nadie(self) -> None:
        """Workers that die with what they have in hand; a broker and a database that are away: 5xx."""
        self.como("operador")
        marcado = self.marcado
        trabajadores = [self.plataforma.proceso(n) for n in ("suscripciones", "notificaciones", "procesamiento-1")]
        for trabajador in trabajadores:
            trabajador.parar()
        muchos = [
            marcado.negocio.envia_archivo(marcado.dicom(), secrets.token_hex(8), **marcado.de_archivo())
            for _ in range(12)
        ]
        pedidas = [marcado.pedida("free") for _ in range(6)]
        paquete = marcado.paquete({"a": marcado.dicom()})
        # What is deleted once somebody has worked.
        self.de_paso += _en_carpeta(self.plataforma.almacen, {})
        for trabajador in trabajadores:
            trabajador.arrancar()
        en_manos = "SELECT exists(SELECT FROM archivos_por_ver WHERE proximo IS NOT NULL AND intentos > 0)"
        hasta(partial(self._es, "procesamiento", en_manos), "un archivo está en manos de alguien")
        # One of them as if by a fault of its own: the system would write its memory to a file.
        os.killpg(trabajadores[0].pid, signal.SIGABRT)
        hasta(lambda: trabajadores[0].caido, "acaba por su cuenta")
        for trabajador in trabajadores:
            trabajador.matar()
            trabajador.arrancar()
        for imagen in muchos:
            imagen.queda("ANONIMIZADA")
        for pedida in pedidas:
            pedida.queda("ACTIVA")
        marcado.queda_paquete(paquete, "COMPLETADO")
        self.suelo.matar("pulsar")
        estados = [
            marcado.negocio.envia("/procesar/procesar-imagen", marcado.imagen()).codigo,
            marcado.negocio.envia("/suscripciones/suscripcion-comando", marcado.suscripcion("free")).codigo,
        ]
        assert 503 in estados, estados
        self.suelo.esperar_listo("pulsar")
        hasta(lambda: self.pide("GET", "/salud/lista") == 200, "la puerta vuelve a estar lista", segundos=120)
        hasta(lambda: not self._caen(marcado), "el broker vuelve a tomar comandos", segundos=120)
        marcado.sin_base(self.suelo)

    def _caen(self, marcado: Marcado) -> bool:
        return marcado.negocio.envia("/procesar/procesar-imagen", marcado.imagen()).codigo != 202

    def lo_que_nadie_puede_leer(self) -> None:
        """Messages that become dead letters; an operator lists, shows and replays them."""
        self.marcado.lo_que_nadie_puede_leer()
        for servicio, cuantas in (("procesamiento", 8), ("suscripciones", 4)):

            def estan(servicio: str = servicio, cuantas: int = cuantas) -> str | None:
                lista = self.plataforma.ordenar(servicio, "cartas", "list")
                return lista if lista.count("\n") >= cuantas else None

            lista = hasta(estan, f"están entre las cartas de {servicio}", segundos=90)
            self.letras.append(lista.encode())
            # One that says what it is, and one that does not.
            dos = [json.loads(linea)["id"] for linea in lista.splitlines()[:2]]
            for verbo, carta in (*(("show", carta) for carta in dos), ("replay", dos[0])):
                self.letras.append(self.plataforma.ordenar(servicio, "cartas", verbo, carta).encode())

    def lo_que_se_queda(self) -> None:
        """What is soon gone elsewhere is seen where it waits: a package and a file that can't be fetched."""
        self.como("operador")
        self.marcado.lo_que_no_se_puede_traer(self.ajenos)
        for cola in ("paquetes_por_abrir", "archivos_por_ver"):
            pregunta = f"SELECT exists(SELECT FROM {cola} WHERE arriendo > 0 AND uri LIKE '%/archivo/%')"
            hasta(partial(self._es, "procesamiento", pregunta), f"hay algo que espera en {cola}", segundos=90)

    def lo_que_se_mira(self) -> None:
        """Every list, and the trails, as an operator sees them."""
        self.como("operador")
        for consulta in CONSULTAS:
            if "{" not in consulta.ruta:
                self.pide("GET", consulta.ruta)

    def _es(self, paquete: str, pregunta: str) -> bool:
        ((es,),) = filas(self.plataforma.bases[paquete], pregunta)
        return bool(es)


PASOS = (
    Escena.lo_que_se_niega,
    Escena.lo_que_no_se_toma,
    Escena.lo_que_nadie_puede_leer,
    Escena.lo_que_se_hace,
    Escena.lo_que_pide_cada_uno,
    Escena.sin_correo,
    Escena.sin_nadie,
    Escena.lo_que_se_queda,
    Escena.lo_que_se_mira,
)


def _jwt(marca: str) -> str:
    """What has a token's form, and says a mark."""
    partes = ({"alg": "none", "kid": marca}, {"sub": marca})
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in partes) + ".x"


# --- What is searched ---


def lugares(escena: Escena, carpetas: Iterable[Path]) -> Iterator[tuple[str, str, bytes]]:
    """Everything that there is after all was sent: its place as the table has it, which one, and its bytes."""
    plataforma = escena.plataforma
    yield from escena.de_paso
    for que, dichos in escena.oido.respuestas.items():
        yield que, que, b"\n".join(dichos)
    yield "cartas", "what an operator is shown of letters", b"\n".join(escena.letras)
    yield "letters", "letters", json.dumps(plataforma.buzon.cartas, ensure_ascii=False).encode()
    yield from _metricas(escena)
    for topico, mensajes in topicos.todos(plataforma.servidores):
        nombre = re.sub(r"-partition-\d+$", "", topico.removeprefix("persistent://saludtech/"))
        yield f"topic {nombre}", topico, b"\n".join(mensajes)
    for paquete, url in plataforma.bases.items():
        ejecutar(de_dueno(url), "ANALYZE")
        # What is large lies compressed in its file.
        for (nombre,) in filas(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            dichas = filas(url, f'SELECT t.* FROM public."{nombre}" AS t')
            valores = [bytes(v) if isinstance(v, memoryview) else str(v).encode() for fila in dichas for v in fila]
            yield f"table {paquete}.{nombre}", f"rows of {paquete}.{nombre}", b"\n".join(valores)
    for volcado in (v for v in Path.cwd().glob("core*") if v.is_file()):
        yield "core dump", str(volcado), volcado.read_bytes()
    ejecutar(escena.suelo.servidores.postgres_url, "CHECKPOINT")
    relaciones = dict(_relaciones(plataforma))
    for carpeta in carpetas:
        yield from _en_carpeta(carpeta, relaciones)


def _en_carpeta(carpeta: Path, relaciones: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str, bytes]]:
    for archivo in (a for a in carpeta.rglob("*") if a.is_file()):
        try:
            octetos = archivo.read_bytes()
        except FileNotFoundError:
            continue
        relativo = archivo.relative_to(carpeta)
        yield _de_archivo(relativo, relaciones), str(relativo), str(relativo).encode() + b"\n" + octetos


def _metricas(escena: Escena) -> Iterator[tuple[str, str, bytes]]:
    http = urllib3.PoolManager(retries=False, timeout=30)
    cabeceras = {"Authorization": f"Bearer {escena.plataforma.token('operador', sub='op')}"}
    for proceso in escena.plataforma.procesos:
        if not proceso.parado:
            direccion = f"http://127.0.0.1:{proceso.puerto}"
            for pagina in ("/metrics", "/salud/lista"):
                vista = http.request("GET", direccion + pagina, headers=cabeceras)
                assert vista.status in (200, 503), (proceso.nombre, pagina, vista.status)
                yield f"metrics {proceso.nombre}", f"{pagina} of {proceso.nombre}", vista.data
            entorno = Path(f"/proc/{proceso.pid}")
            yield "process", proceso.nombre, (entorno / "cmdline").read_bytes() + (entorno / "environ").read_bytes()


def _relaciones(plataforma: Plataforma) -> Iterator[tuple[tuple[str, str], str]]:
    """What a file of a database belongs to: by the database's number and the file's, the table, of which it may be an
    index or what is kept beside it (TOAST); of the server's own, their name."""
    consulta = """
        SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()),
            pg_relation_filenode(c.oid)::text, coalesce(dueno.relname, c.relname), n.nspname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_index i ON i.indexrelid = c.oid
        LEFT JOIN pg_class t ON t.reltoastrelid = coalesce(i.indrelid, c.oid)
        LEFT JOIN pg_class dueno ON dueno.oid = coalesce(t.oid, i.indrelid, c.oid)
        WHERE pg_relation_filenode(c.oid) IS NOT NULL
    """
    for paquete, url in plataforma.bases.items():
        for base, numero, nombre, esquema in filas(url, consulta):
            if esquema != "pg_catalog" and not nombre.startswith("pg_"):
                yield (base, numero), f"table {paquete}.{nombre}"
            else:
                yield (base, numero), "statistics" if "statistic" in nombre else f"catalog {nombre}"


def _de_archivo(relativo: Path, relaciones: Mapping[tuple[str, str], str]) -> str:
    """The place that a file is."""
    partes = relativo.parts
    if "pg_wal" in partes:
        return "wal"
    if "pgsql_tmp" in partes:
        return "temporary"
    if "base" in partes and "datos" in partes:
        # A relation's file may have a fork or a segment behind its number.
        suya = (partes[partes.index("base") + 1], re.split(r"[._]", relativo.name)[0])
        return relaciones.get(suya, f"file {relativo}")
    if "bookkeeper" in partes:
        return "ledgers"
    for carpeta in ("originales", "resultados"):
        if carpeta in partes:
            return f"{carpeta}/"
    return f"log {relativo.stem}" if "logs" in partes else f"file {relativo}"


# --- What is found ---


@dataclass(frozen=True)
class Hallazgo:
    """A mark that is where it may not be, or is not where it must be."""

    valor: str
    lugar: str
    cual: str


@dataclass
class Acta:
    """What came of it: `vistos` counts each place's kinds, `octetos` what was searched."""

    hallazgos: list[Hallazgo] = field(default_factory=list)
    vistos: Counter[tuple[str, str]] = field(default_factory=Counter)
    sitios: int = 0
    octetos: int = 0


def revisar(escena: Escena, carpetas: Iterable[Path]) -> Acta:
    """Search all of it, and that all was sent and found that had to be."""
    acta, valores = Acta(), tabla()
    for lugar, cual, octetos in lugares(escena, carpetas):
        acta.sitios += 1
        acta.octetos += len(octetos)
        for valor in escena.marcas.en(octetos):
            acta.vistos[valor, lugar] += 1
            if valor == CORTADA or not valores[valor].puede(lugar):
                acta.hallazgos.append(Hallazgo(valor, lugar, cual))
    dicho = b"\n".join(escena.oido.dicho)
    enviados = escena.marcas.en(dicho) | {"quien", "ilegible", "cubierta", "paquete-lugar"}
    acta.hallazgos += [Hallazgo(v, "nowhere", "it was not sent") for v in valores.keys() - enviados]
    hallados = {valor for valor, _ in acta.vistos}
    acta.hallazgos += [
        Hallazgo(v.nombre, "nowhere", "it was found in none of the places where it may be")
        for v in valores.values()
        # Callers are asked who they are: nobody's word for an operator is kept.
        if (v.tablas or v.topicos or v.otros) and v.nombre not in hallados | {"operador"}
    ]
    return acta


@contextmanager
def escenario(consola: Console) -> Iterator[tuple[Escena, list[Path]]]:
    """A platform that asks who is who, on servers of its own, to which all was sent; and where it writes."""
    antes, (volcados, tope) = dict(os.environ), resource.getrlimit(resource.RLIMIT_CORE)
    with tempfile.TemporaryDirectory() as raiz, cimiento(consola, de_paso=True) as suelo:
        carpeta, de_paso, ajenos = (Path(raiz, nombre) for nombre in ("plataforma", "de-paso", "ajenos"))
        for suya in (carpeta, de_paso, ajenos):
            suya.mkdir()
        # What a process puts down for a moment is searched too; and what it has in hand where it crashes.
        os.environ |= {"TMPDIR": str(de_paso), "REINTENTOS_MAXIMO": "2", "REINTENTOS_BASE_S": "0.1"}
        os.environ["REFERENCIAS_PERMITIDAS"] = str(ajenos)
        # As a system would have it that wants to know why something crashed.
        resource.setrlimit(resource.RLIMIT_CORE, (tope, tope))
        try:
            with plataforma_viva(suelo.servidores, carpeta, identificada=True) as plataforma:
                escena = Escena(suelo, plataforma, Marcas(), Oido(), ajenos)
                for paso in PASOS:
                    consola.print(f"[dim]{paso.__name__}")
                    paso(escena)
                yield escena, [Path(raiz), suelo.carpeta]
        finally:
            with suppress(ValueError):  # Somebody here may have given it up for good.
                resource.setrlimit(resource.RLIMIT_CORE, (volcados, tope))
            os.environ.clear()
            os.environ.update(antes)


def experimento(consola: Console) -> Acta:
    """All of it."""
    with escenario(consola) as (escena, carpetas):
        return revisar(escena, carpetas)


if __name__ == "__main__":
    hecha = experimento(Console(highlight=False, soft_wrap=True))
    for (valor, lugar), veces in sorted(hecha.vistos.items()):
        print(f"{veces:6} {valor:28} {lugar}")
    for hallazgo in hecha.hallazgos:
        print(f"NOT ALLOWED: {hallazgo.valor} in {hallazgo.lugar}: {hallazgo.cual}")
    print(f"searched: {hecha.sitios} places, {hecha.octetos / 2**20:.0f} MiB, for {len(tabla())} marks")
    print(f"marked values found elsewhere: {len(hecha.hallazgos)}")
    sys.exit(bool(hecha.hallazgos))

"""`make olvido`: what is promised to be forgotten is gone after its days, from every file of the platform.

The days are cut to minutes. A mark that occurs nowhere else is sent in every personal field, by every way there is:
what is done, refused, retried, made to wait, parked, kept apart, asked for in a query, answered with 4xx and 5xx; and
in the files of images, their names, and what is told of them. Then all is left alone until its time is over, and the
mark is looked for in every file of broker, PostgreSQL, store and logs. What the owners' tables keep
(docs/datos-personales.md) is left out, relation by relation, and nothing else; of a client who asked to be forgotten
(ADR 50), with a mark of its own in its code too, nothing is left out. Then the saga's view and the notifications' are
built anew, and the event store is checked. It ends non-zero where a mark is found, or one of these can't be done.

To see the end of it within minutes, the broker closes idle ledgers after seconds and keeps a small journal
(:data:`BROKER`), and PostgreSQL's log is switched once in the end: what a platform's further traffic does.
"""

import io
import json
import os
import secrets
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pulsar
import sqlalchemy as sa
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid
from rich.console import Console
from tests.fallos.cimiento import Cimiento, cimiento
from tests.saga.bases import filas
from tests.saga.espera import hasta
from tests.saga.negocio import CUERPO_IMAGEN, Negocio
from tests.saga.plataforma_viva import RECHAZA, TARDA, Plataforma, plataforma_viva

from contratos.procesamiento import AnonimizarArchivo, AnonimizarImagen, AnonimizarPaquete, DescartarImagen
from contratos.suscripciones import CancelarSuscripcion, CrearSuscripcion
from notificaciones.infraestructura.vistas import atrasadas
from notificaciones.infraestructura.vistas import reconstruir as rehacer_vistas
from plataforma import broker
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro, bd
from seedwork.infraestructura.almacen_eventos import verificar
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.publicador import EsquemaCodificado, crear_cliente
from seedwork.pruebas.bases import de_dueno
from suscripciones.infraestructura.reconstruccion import reconstruir as rehacer_saga

MINUTO = 1 / 1440
DIAS = {
    "RETENCION_DIAS": str(1 * MINUTO),
    "CARTAS_DIAS": str(1 * MINUTO),
    "OUTBOX_DIAS": str(0.5 * MINUTO),
    "CUARENTENA_DIAS": str(1.5 * MINUTO),
    "REINTENTOS_MAXIMO": "2",
    "REINTENTOS_BASE_S": "0.1",
}
BROKER = {
    "managedLedgerInactiveLedgerRolloverTimeSeconds": "15",
    "retentionCheckIntervalInSeconds": "10",
    **broker.DEL_DISCO,
    "entrylogMapAccessExpiryTimeInSeconds": "15",
    "gcWaitTime": "5000",
    "flushInterval": "5000",
    "journalMaxSizeMB": "1",
    "journalPreAllocSizeMB": "1",
}
DE_SUS_DUENOS = {
    "suscripciones": ("clientes", "suscripciones", "facturas"),
    "servicio_datos": ("servicios_datos", "imagenes_por_modalidad", "clases", "imagenes", "publicadas"),
    "procesamiento": ("imagenes",),
}
"""What each service keeps of people, by its package: see the page."""
DE_OPERADORES = {"procesamiento": ("archivos",)}
"""What it keeps of who decided, and why: nothing of a patient's is there."""
DE_UN_OLVIDADO = {
    "suscripciones": ("clientes", "suscripciones", "facturas"),
    "servicio_datos": ("servicios_datos", "suscripciones_conocidas"),
    "notificaciones": ("vista_notificaciones", "claves_de_cliente"),
}
"""Where what a client was held by is emptied when it is forgotten."""
PACIENCIA_S = 600.0


@contextmanager
def con_prisa() -> Iterator[None]:
    """Days and ledgers are short in the body."""
    ajustes, entorno = dict(broker.AJUSTES_DE_PASO), dict(os.environ)
    broker.AJUSTES_DE_PASO.update(BROKER)
    os.environ.update(DIAS)
    try:
        yield
    finally:
        broker.AJUSTES_DE_PASO.clear()
        broker.AJUSTES_DE_PASO.update(ajustes)
        os.environ.clear()
        os.environ.update(entorno)


class Marcado:
    """Says the mark wherever it can be said.

    Args:
        marca: in what is a patient's or a client's.
        de_operador: in what an operator says of themselves.
    """

    def __init__(self, plataforma: Plataforma, marca: str, de_operador: str) -> None:
        self.marca = marca
        self.de_operador = de_operador
        self.negocio = Negocio(plataforma)
        self._plataforma = plataforma

    def cliente(self, correo: str = "cliente") -> dict[str, Any]:
        """A client, marked in every field but its code."""
        return self.negocio.cliente_nuevo(correo) | {
            "nombre": {"nombres": f"Ana {self.marca}", "apellidos": f"Paz {self.marca}"},
            "usuario": f"u{self.marca}",
            "rut": {"numero": self.marca},
            "cedula": {"numero": self.marca},
            "email": f"{correo}.{secrets.token_hex(3)}.{self.marca}@domain.com",
        }

    def imagen(self, **cambios: str) -> dict[str, str]:
        """An image, marked in every field that is a patient's, and in what describes it."""
        textos = dict.fromkeys(
            ("modalidad", "patologia", "region_anatomica", "formato_imagen", "fuente_de_datos"), self.marca
        )
        suyos = {"id_imagen": f"i-{secrets.token_hex(6)}", "id_paciente": f"{self.marca}-7", **textos}
        return {**CUERPO_IMAGEN, **suyos, "antecedentes": f"Diabético, {self.marca}", **cambios}

    def lo_que_se_hace(self) -> None:
        """Orders that take effect, and that their owners refuse."""
        n = self.negocio
        for plan, correo in (("pro", "cliente"), ("free", "cliente"), ("nadie", "cliente"), ("free", TARDA)):
            cuerpo = n.cuerpo_suscripcion(plan, self.cliente(correo))
            cuerpo["plan"]["nombre"] = self.marca
            pedida = n.acepta(n.envia("/suscripciones/suscripcion-comando", cuerpo), cuerpo)
            pedida.queda("RECHAZADA" if plan == "nadie" else "ACTIVA")
            for factura in pedida.vista()["facturas"]:
                pedida.paga(factura, medio=self.marca).queda("APLICADO")
        n.pide_suscripcion("pro", cliente=self.cliente(RECHAZA)).queda("RECHAZADA")
        propia = n.pide_suscripcion("free", cliente=self.cliente())
        propia.queda("ACTIVA")
        n.ordena(
            f"/suscripciones/{propia.id}/plan-comando", {"plan": {"codigo": "basico", "nombre": self.marca}}
        ).queda("APLICADO")
        servicio = self._a_mano(propia.id)
        n.ordena("/servicios-datos/servicio-datos-comando", servicio).queda("RECHAZADO")
        propia.cancela(f"me voy: {self.marca}").queda("APLICADO")
        for cuerpo in (self.imagen(), self.imagen()):
            n.envia_imagen(**cuerpo).queda("ANONIMIZADA")
        numero = f"{self.marca}-1020304050"
        n.envia_imagen(**self.imagen(id_imagen=f"rx-{numero}", id_paciente=numero)).su_comando_queda("RECHAZADO")

    def los_archivos(self) -> None:
        """Files by themselves: clean, refused, discarded by an operator, and kept until its days are over."""
        n = self.negocio
        limpia, campos = self.imagen(formato_imagen="DICOM"), self.imagen(formato_imagen="DICOM")
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **limpia).queda("ANONIMIZADA")
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **limpia).su_comando_queda("RECHAZADO")
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **campos).queda("ANONIMIZADA")
        decision = {"operador": f"op-{self.de_operador}", "razon": f"No se ve a {self.de_operador}."}
        for orden, queda in (("descartar", "APLICADO"), ("liberar", "RECHAZADO")):
            ajena = self.imagen(formato_imagen="DICOM")
            n.envia_archivo(self.marca.encode() * 100, secrets.token_hex(8), **ajena).queda("CUARENTENA")
            n.ordena(f"/procesar/imagenes/{ajena['id_imagen']}/{orden}", decision).queda(queda)

    def los_paquetes(self) -> None:
        """One that is taken, of which a file is kept apart, and one that is not: their paths are marked."""
        bien = {"a": self.dicom(), "b": self.dicom(), "ajeno": self.marca.encode() * 100}
        for archivos, estado in ((bien, "COMPLETADO"), ({"a": self.dicom(), "z": self._zip(bien)}, "RECHAZADO")):
            dichos = "\n".join(
                ["archivo,id_paciente,modalidad,patologia,antecedentes"]
                + [f"{self.marca}/{a}.dcm,{self.marca}-7,{self.marca},{self.marca},Asma {self.marca}" for a in archivos]
            )
            id = self.negocio.envia_paquete(
                secrets.token_hex(8),
                paquete=(f"{self.marca}.zip", self._zip(archivos)),
                metadatos=(f"{self.marca}.csv", dichos.encode()),
            )
            hasta(partial(self._es_paquete, id, estado), f"el paquete queda {estado}", segundos=60)

    def _es_paquete(self, id: str, estado: str) -> bool:
        return self.negocio.pregunta(f"/procesar/paquetes/{id}").cuerpo.get("estado") == estado

    def dicom(self) -> bytes:
        """A file, marked where it tells of the patient, of others, and in what no table knows."""
        datos, salida = dcmread(str(get_testdata_file("CT_small.dcm"))), io.BytesIO()
        datos.PatientName, datos.PatientID = f"Quispe^{self.marca}", f"{self.marca}-7"
        datos.ReferringPhysicianName = datos.StudyDescription = datos.PatientComments = self.marca
        datos.InstitutionName = self.marca
        datos.private_block(0x0099, "OLVIDO", create=True).add_new(1, "LO", self.marca)
        datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        datos.save_as(salida)
        return salida.getvalue()

    def _zip(self, archivos: Mapping[str, bytes]) -> bytes:
        """Stored as they are, so that what they hold is seen in it."""
        salida = io.BytesIO()
        with zipfile.ZipFile(salida, "w") as hecho:
            for nombre, contenido in archivos.items():
                hecho.writestr(f"{self.marca}/{nombre}.dcm", contenido)
        return salida.getvalue()

    def _a_mano(self, suscripcion: str) -> dict[str, Any]:
        experto = {
            "codigo": "nadie",
            "nombre": {"nombres": self.marca, "apellidos": self.marca},
            "usuario": self.marca,
            "cedula": {"numero": self.marca},
            "email": f"{self.marca}@domain.com",
        }
        lugares = {
            "plan": {"codigo": "free", "nombre": self.marca},
            "nube": {"codigo": "n", "nombre": self.marca, "tipo": self.marca},
            "dataset": {"codigo": "d", "nombre": self.marca},
            "suscripcion": {"codigo": suscripcion},
        }
        return {"cliente": {k: v for k, v in self.cliente().items() if k in ("codigo", "nombre", "usuario")},
                "experto": experto, **lugares}  # fmt: skip

    def un_olvidado(self, marca: str) -> Sequence[str]:
        """A client with that mark in its code too, which lives a whole life, ends all it has and asks to be forgotten,
        twice; answers the ids of its subscriptions."""
        n, codigo = self.negocio, f"c-{marca}"
        suyo = Marcado(self._plataforma, marca, self.de_operador).cliente() | {"codigo": codigo}
        del_plan, a_mano = (n.pide_suscripcion(plan, cliente=suyo) for plan in ("pro", "basico"))
        for suscripcion in (del_plan, a_mano):
            suscripcion.queda("ACTIVA")
            for factura in suscripcion.vista()["facturas"]:
                suscripcion.paga(factura, medio=marca).queda("APLICADO")
        pedido = {"experto": {"codigo": "experto-01"}, "nube": {"codigo": "nube-andes"}}
        pedido |= {"dataset": {"codigo": "rayos-x-torax"}, "suscripcion": {"codigo": a_mano.id}}
        hecho = n.ordena("/servicios-datos/servicio-datos-comando", pedido)
        hecho.queda("APLICADO")
        n.ordena(f"{hecho.aceptado['consulta']}/fin-comando", {"motivo": f"ya no: {marca}"}).queda("APLICADO")
        n.ordena(f"/clientes/{codigo}/supresion-comando", {}).queda("RECHAZADO")
        for suscripcion in (del_plan, a_mano):
            suscripcion.cancela(f"me voy: {marca}").queda("APLICADO")
        hasta(partial(self._es_olvidado, codigo), "se suprime, acabadas sus sagas", segundos=60)
        assert self._es_olvidado(codigo)
        assert n.pregunta(f"/suscripciones?cliente={codigo}").cuerpo["elementos"] == []
        return del_plan.id, a_mano.id

    def _es_olvidado(self, codigo: str) -> bool:
        orden = self.negocio.ordena(f"/clientes/{codigo}/supresion-comando", {})
        hasta(lambda: self.negocio.pregunta(orden.aceptado["consulta"]).codigo == 200, "se decide", segundos=60)
        dicho = self.negocio.pregunta(orden.aceptado["consulta"]).cuerpo
        return bool(dicho["estado"] == "APLICADO" and dicho["queda"])

    def lo_que_espera(self) -> None:
        """Orders about what nobody made: they wait, and are refused."""
        for ruta in (
            "/suscripciones/{}/cancelacion-comando",
            "/servicios-datos/{}/inicio-comando",
            "/servicios-datos/{}/fin-comando",
        ):
            self.negocio.ordena(ruta.format(secrets.token_hex(8)), {"motivo": self.marca}).queda("RECHAZADO")
        self.negocio.ordena("/servicios-datos/servicio-datos-comando", self._a_mano(secrets.token_hex(8)))

    def lo_que_la_puerta_no_toma(self) -> None:
        """Bodies and queries that are answered with 4xx."""
        n = self.negocio
        malos = [
            ("/procesar/procesar-imagen", self.imagen(id_imagen=f"no {self.marca}")),
            ("/procesar/procesar-imagen", {**self.imagen(), self.marca: self.marca}),
            ("/suscripciones/suscripcion-comando", {"cliente": {"email": self.marca}}),
        ]
        for ruta, cuerpo in malos:
            assert n.envia(ruta, cuerpo).codigo == 422
        # An id is kept where orders are told apart: it is the one thing here that is not marked.
        n.envia(
            f"/suscripciones/s-{secrets.token_hex(6)}/cancelacion-comando",
            {"motivo": self.marca},
            Idempotency_Key=self.marca,
        )
        for ruta in (
            f"/suscripciones?cliente={self.marca}",
            f"/procesar/imagenes?patologia={self.marca}",
            f"/notificaciones?{self.marca}={self.marca}",
            f"/procesar/imagenes/{self.marca}",
            f"/suscripciones?cursor={self.marca}",
        ):
            n.pregunta(ruta)

    def lo_que_nadie_puede_leer(self) -> None:
        """Straight onto the topics: what can't be decoded, and what its handler can't keep."""
        cliente = crear_cliente(self._plataforma.servidores.pulsar_url)
        try:
            for tipo in (
                *(CrearSuscripcion, CancelarSuscripcion),
                *(AnonimizarImagen, AnonimizarArchivo, AnonimizarPaquete, DescartarImagen),
            ):
                productor = cliente.create_producer(
                    tipo.topico, schema=EsquemaCodificado(None, schema_definition=tipo.esquema)
                )
                sobre = Sobre.nuevo(tipo, fuente="/olvido", sujeto=secrets.token_hex(8), entorno=EntornoReal())
                propiedades = a_propiedades(sobre, tipo.topico)
                productor.send(self.marca.encode(), properties={**propiedades, "otra": self.marca}, partition_key="k")
                productor.send(self.marca.encode(), properties={"otra": self.marca}, partition_key=self.marca)
            imposible = CrearSuscripcion(cliente_codigo="c", cliente_nombres=f"\0{self.marca}", plan_codigo="free")
            self._publicar(cliente, imposible)
        finally:
            cliente.close()

    def _publicar(self, cliente: pulsar.Client, mensaje: CrearSuscripcion) -> None:
        productor = cliente.create_producer(
            mensaje.topico, schema=EsquemaCodificado(None, schema_definition=mensaje.esquema)
        )
        sobre = Sobre.nuevo(mensaje, fuente="/olvido", sujeto=secrets.token_hex(8), entorno=EntornoReal())
        carga = avro.codificar(mensaje, sobre)
        productor.send(carga, properties=a_propiedades(sobre, mensaje.topico), partition_key="k")

    def sin_base(self, suelo: Cimiento) -> None:
        """While PostgreSQL is away: queries are answered with 5xx, orders are taken, and retried when it is back."""
        suelo.matar("postgres")
        for _ in range(5):
            self.negocio.envia("/procesar/procesar-imagen", self.imagen())
            self.negocio.envia(
                "/suscripciones/suscripcion-comando", self.negocio.cuerpo_suscripcion("free", self.cliente())
            )
            self.negocio.envia_archivo(self.dicom(), secrets.token_hex(8), **self.imagen(formato_imagen="DICOM"))
            self.negocio.pregunta(f"/suscripciones?cliente={self.marca}")
        suelo.esperar_listo("postgres")


def hallazgos(
    marcas: Mapping[str, Mapping[str, Sequence[str]]], suelo: Cimiento, plataforma: Plataforma
) -> Mapping[str, int]:
    """How often the marks occur in each file, but for each one's owners' relations."""
    propias = {marca.encode(): set(_relaciones(plataforma, de_quien)) for marca, de_quien in marcas.items()}
    hallados: dict[str, int] = {}
    carpetas = [suelo.carpeta, plataforma.logs.parent]
    for archivo in (a for carpeta in carpetas for a in carpeta.rglob("*") if a.is_file()):
        # A relation's file may have a fork or a segment behind its number.
        relacion = archivo.name.split(".")[0].split("_")[0] if "base" in archivo.parts else ""
        try:
            # Numbers of documents are kept in upper case.
            octetos = f"{archivo.name}\n".encode() + archivo.read_bytes().lower()
            veces = sum(octetos.count(marca) for marca, suyas in propias.items() if relacion not in suyas)
        except FileNotFoundError:
            continue
        if veces:
            hallados[str(archivo)] = veces
    return hallados


def _relaciones(plataforma: Plataforma, de_quien: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The names of the files of the owners' tables, their indexes and what is kept beside them (TOAST)."""
    consulta = """
        SELECT pg_relation_filenode(r) FROM pg_class t, LATERAL (
            SELECT t.oid AS r UNION SELECT t.reltoastrelid UNION SELECT indexrelid FROM pg_index
            WHERE indrelid IN (t.oid, t.reltoastrelid)
        ) suyas WHERE t.relname = '{}' AND t.relkind = 'r' AND r <> 0
    """
    for paquete, tablas in de_quien.items():
        for tabla in tablas:
            yield from (str(numero) for (numero,) in filas(plataforma.bases[paquete], consulta.format(tabla)))


def _ordenar(url: str, *ordenes: str) -> None:
    with closing(psycopg2.connect(url)) as conexion:
        conexion.autocommit = True
        with conexion.cursor() as cursor:
            for orden in ordenes:
                cursor.execute(orden)


def trafico(plataforma: Plataforma, suelo: Cimiento) -> None:
    """What any platform's further life does to its journals: other writes, a checkpoint, another segment."""
    cliente = crear_cliente(plataforma.servidores.pulsar_url)
    # Another topic each time: the bookie looks no further than the first file that is still written to.
    productor = cliente.create_producer(f"persistent://public/default/relleno-{secrets.token_hex(4)}")
    for _ in range(300):
        productor.send(b"0" * 10_000)
    cliente.close()
    for paquete, tablas in DE_UN_OLVIDADO.items():
        # What was emptied lies in its page until other rows take the place, and in what statistics sampled of it.
        rehacer = [f"VACUUM (FULL, ANALYZE) {tabla}" for tabla in (*tablas, "pg_statistic")]
        _ordenar(_de_administrador(suelo, plataforma.bases[paquete]), *rehacer)
    _ordenar(suelo.servidores.postgres_url, "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")


def _de_administrador(suelo: Cimiento, url: str) -> str:
    base = sa.make_url(suelo.servidores.postgres_url).set(database=sa.make_url(url).database)
    return base.render_as_string(hide_password=False)


def plegado(suelo: Cimiento, plataforma: Plataforma, suscripciones: Sequence[str]) -> str:
    """What follows from the saga's topic and from the event store is built anew, and the store's chains are checked."""
    motores = [bd.crear_motor(de_dueno(plataforma.bases[p])) for p in ("suscripciones", "notificaciones")]
    try:
        pasos = rehacer_saga(motores[0], suelo.servidores.pulsar_url)
        eventos = rehacer_vistas(motores[1])
        with motores[1].connect() as conexion:
            assert (list(verificar(conexion)), atrasadas(conexion)) == ([], [])
        for id in suscripciones:
            visto = Negocio(plataforma).pregunta(f"/suscripciones/{id}/saga").cuerpo
            assert visto["estado"] == "COMPLETADA" and visto["pasos"], visto
            cuantas = filas(
                plataforma.bases["notificaciones"],
                f"SELECT count(*) FROM vista_notificaciones WHERE id_suscripcion = '{id}' AND cliente_codigo = ''",
            )
            assert cuantas[0][0] > 0
    finally:
        for motor in motores:
            motor.dispose()
    return f"built anew from {pasos} steps of the saga's topic and {eventos} events, whose chains are whole"


def experimento(consola: Console) -> Mapping[str, int]:
    """All of it; answers what was found after all days were over, by file."""
    marca, de_operador, de_olvidado = (f"zq{secrets.token_hex(8)}zq" for _ in range(3))
    marcas = {marca: DE_SUS_DUENOS, de_operador: DE_OPERADORES, de_olvidado: {}}
    with (
        con_prisa(),
        cimiento(consola, de_paso=True) as suelo,
        tempfile.TemporaryDirectory() as carpeta,
        plataforma_viva(suelo.servidores, Path(carpeta)) as plataforma,
    ):
        marcado = Marcado(plataforma, marca, de_operador)
        marcado.lo_que_la_puerta_no_toma()
        marcado.lo_que_nadie_puede_leer()
        marcado.lo_que_se_hace()
        suyas = marcado.un_olvidado(de_olvidado)
        marcado.los_archivos()
        marcado.los_paquetes()
        marcado.lo_que_espera()
        marcado.sin_base(suelo)
        antes = hallazgos(marcas, suelo, plataforma)
        consola.print(f"sent: the mark is in {len(antes)} files, {sum(antes.values())} times")
        comienzo = time.monotonic()
        hallados = antes
        while hallados and time.monotonic() - comienzo < PACIENCIA_S:
            time.sleep(10)
            trafico(plataforma, suelo)
            hallados = hallazgos(marcas, suelo, plataforma)
            lugares = json.dumps({Path(a).name: n for a, n in hallados.items()})
            consola.print(f"{time.monotonic() - comienzo:5.0f} s: {sum(hallados.values())} times, {lugares}")
        consola.print(plegado(suelo, plataforma, suyas))
        return hallados


if __name__ == "__main__":
    quedan = experimento(Console(highlight=False, soft_wrap=True))
    for archivo, veces in quedan.items():
        print(f"{veces:6} {archivo}")
    print(f"marked values found after their days: {sum(quedan.values())}")
    sys.exit(bool(quedan))

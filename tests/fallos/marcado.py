"""Says a mark wherever one can be said: in every field of a person's, by every way there is, those that fail included.

Which mark stands for which value (docs/datos-personales.md) is its caller's to say.
"""

import io
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pulsar
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid
from tests.fallos.cimiento import Cimiento
from tests.fallos.valores import cuerpo_marcado
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import RECHAZA, TARDA, Plataforma

from contratos import Mensaje
from contratos.procesamiento import (
    AnonimizarArchivo,
    AnonimizarImagen,
    AnonimizarPaquete,
    ArchivoPedido,
    DescartarImagen,
    LiberarImagen,
)
from contratos.servicio_datos import (
    CambiarAccesoInvestigador,
    CrearServicioDatos,
    IniciarServicioDatos,
    TerminarServicioDatos,
)
from contratos.suscripciones import CambiarPlanSuscripcion, CancelarSuscripcion, CrearSuscripcion, PagarSuscripcion
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.aplicacion.identidad import Quien
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import avro
from seedwork.infraestructura.cloudevents import a_propiedades
from seedwork.infraestructura.publicador import EsquemaCodificado, crear_cliente
from seedwork.pruebas.llavero import usar_en_pruebas

FECHA = "27{:02}-03-07 11:23:41"
"""What stands for a mark in a date: a second that nobody else means."""


class Marcado:
    """Says the marks.

    Args:
        marca: by a value's name, its mark.
        negocio: by whom it is said.
    """

    def __init__(self, plataforma: Plataforma, marca: Callable[[str], str], negocio: Negocio | None = None) -> None:
        usar_en_pruebas()
        self.marca = marca
        self.negocio = negocio or Negocio(plataforma)
        self._plataforma = plataforma

    def cuerpo(self, tipo: type[Mensaje], **cambios: Any) -> dict[str, Any]:
        """A command's body, marked in every field that is a person's."""
        return cuerpo_marcado(tipo, self.marca) | cambios

    def suscripcion(self, plan: str, correo: str = "cliente") -> dict[str, Any]:
        """A client, whom nobody knows yet, asks for a plan."""
        cuerpo = self.cuerpo(CrearSuscripcion)
        cuerpo["plan"]["codigo"] = plan
        suyos = {"codigo": self.negocio.cliente_nuevo()["codigo"]}
        suyos["email"] = f"{correo}.{secrets.token_hex(3)}.{self.marca('email')}@domain.com"
        return cuerpo | {"cliente": cuerpo["cliente"] | suyos}

    def imagen(self, tipo: type[Mensaje] = AnonimizarImagen, **cambios: str) -> dict[str, str]:
        """An image, marked in every field that is a patient's, and in what describes it."""
        cuerpo = self.cuerpo(tipo, id_imagen=f"i-{secrets.token_hex(6)}")
        cuerpo.pop("referencia", None)
        return cuerpo | cambios

    def pedida(self, plan: str, correo: str = "cliente") -> Any:
        """A subscription that the door accepts."""
        return self._acepta(self.suscripcion(plan, correo))

    def lo_que_se_hace(self) -> None:
        """Orders that take effect, and that their owners refuse."""
        n = self.negocio
        for plan, correo in (("pro", "cliente"), ("free", "cliente"), ("nadie", "cliente"), ("free", TARDA)):
            pedida = self.pedida(plan, correo)
            pedida.queda("RECHAZADA" if plan == "nadie" else "ACTIVA")
            for factura in pedida.vista()["facturas"]:
                pedida.paga(factura, medio=self.cuerpo(PagarSuscripcion)["medio"]).queda("APLICADO")
            for servicio in pedida.sus_servicios():
                self._un_servicio(servicio["id_servicio_datos"])
        self.pedida("pro", RECHAZA).queda("RECHAZADA")
        propia = self.pedida("free")
        propia.queda("ACTIVA")
        otro = self.cuerpo(CambiarPlanSuscripcion)
        otro["plan"]["codigo"] = "basico"
        n.ordena(f"/suscripciones/{propia.id}/plan-comando", otro).queda("APLICADO")
        n.ordena("/servicios-datos/servicio-datos-comando", self.a_mano(propia.id)).queda("RECHAZADO")
        propia.cancela(self.cuerpo(CancelarSuscripcion)["motivo"]).queda("APLICADO")
        for pedido in (propia, pedida):
            pedido.vista()
        for _ in range(2):
            n.envia_imagen(**self.imagen()).queda("ANONIMIZADA")
        numero = f"{self.marca('id-con-numero')}-1020304050"
        n.envia_imagen(**self.imagen(id_imagen=f"rx-{numero}", id_paciente=numero)).su_comando_queda("RECHAZADO")
        for lista in ("/suscripciones", "/servicios-datos", "/procesar/imagenes", "/notificaciones"):
            assert n.pregunta(lista).codigo == 200

    def _un_servicio(self, id: str) -> None:
        ruta = f"/servicios-datos/{id}"
        self.negocio.ordena(f"{ruta}/investigador-comando", self.cuerpo(CambiarAccesoInvestigador)).queda("APLICADO")
        self.negocio.pregunta(ruta)
        self.negocio.ordena(f"{ruta}/fin-comando", self.cuerpo(TerminarServicioDatos)).queda("RECHAZADO")

    def los_archivos(self) -> None:
        """Files by themselves: clean, refused, discarded by an operator, and kept until its days are over."""
        n = self.negocio
        limpia, campos = self.de_archivo(), self.de_archivo()
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **limpia).queda("ANONIMIZADA")
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **limpia).su_comando_queda("RECHAZADO")
        n.envia_archivo(self.dicom(), secrets.token_hex(8), **campos).queda("ANONIMIZADA")
        decisiones = (("descartar", DescartarImagen, "APLICADO"), ("liberar", LiberarImagen, "RECHAZADO"))
        for orden, tipo, queda in decisiones:
            ajena = self.de_archivo()
            n.envia_archivo(self.ajeno(), secrets.token_hex(8), **ajena).queda("CUARENTENA")
            n.ordena(f"/procesar/imagenes/{ajena['id_imagen']}/{orden}", self.cuerpo(tipo)).queda(queda)
            n.pregunta(f"/procesar/imagenes/{ajena['id_imagen']}/informe")
        referida = self.cuerpo(AnonimizarArchivo, id_imagen=f"i-{secrets.token_hex(6)}")
        n.ordena("/procesar/imagenes", referida)

    def de_archivo(self, **cambios: str) -> dict[str, str]:
        """What goes with an image's file."""
        return self.imagen(AnonimizarArchivo, formato_imagen="DICOM", **cambios)

    def ajeno(self) -> bytes:
        """What is no image's file."""
        return self.marca("dentro-de-archivo").encode() * 100

    def los_paquetes(self) -> None:
        """One that is taken, of which a file is kept apart, and one that is not: their paths are marked."""
        bien = {"a": self.dicom(), "b": self.dicom(), "ajeno": self.ajeno()}
        for archivos, estado in ((bien, "COMPLETADO"), ({"a": self.dicom(), "z": self._zip(bien)}, "RECHAZADO")):
            id = self.paquete(archivos)
            self.queda_paquete(id, estado)
            self.negocio.pregunta(f"/procesar/paquetes/{id}/imagenes")

    def paquete(self, archivos: Mapping[str, bytes]) -> str:
        """One that the door takes, of these files; its id."""
        campos = ("id_paciente", "modalidad", "patologia", "region_anatomica", "antecedentes", "fecha_ingesta")
        suyos = self.de_archivo()
        lineas = [",".join((f"{self._carpeta}/{a}.dcm", *(suyos[c] for c in campos))) for a in archivos]
        dichos = "\n".join([",".join(("archivo", *campos)), *lineas])
        return self.negocio.envia_paquete(
            secrets.token_hex(8),
            paquete=(f"{self.marca('nombre-de-archivo')}.zip", self._zip(archivos)),
            metadatos=(f"{self.marca('nombre-de-archivo')}.csv", dichos.encode()),
        )

    def queda_paquete(self, id: str, estado: str) -> None:
        """Wait for what becomes of it."""
        hasta(partial(self._es_paquete, id, estado), f"el paquete queda {estado}", segundos=60)

    def _es_paquete(self, id: str, estado: str) -> bool:
        return self.negocio.pregunta(f"/procesar/paquetes/{id}").cuerpo.get("estado") == estado

    def dicom(self) -> bytes:
        """A file, marked where it tells of the patient, of others, and in what no table knows."""
        datos, salida = dcmread(str(get_testdata_file("CT_small.dcm"))), io.BytesIO()
        marca = self.marca("dentro-de-archivo")
        # Its patient's number is the field's, or it is kept apart.
        datos.PatientName, datos.PatientID = f"Quispe^{marca}", self.marca("archivo-paciente")
        datos.ReferringPhysicianName = datos.StudyDescription = datos.PatientComments = marca
        datos.InstitutionName = marca
        datos.private_block(0x0099, "OLVIDO", create=True).add_new(1, "LO", marca)
        datos.SOPInstanceUID = datos.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        datos.save_as(salida)
        return salida.getvalue()

    @property
    def _carpeta(self) -> str:
        return self.marca("ruta-en-paquete")

    def _zip(self, archivos: Mapping[str, bytes]) -> bytes:
        """Stored as they are, so that what they hold is seen in it."""
        salida = io.BytesIO()
        with zipfile.ZipFile(salida, "w") as hecho:
            for nombre, contenido in archivos.items():
                hecho.writestr(f"{self._carpeta}/{nombre}.dcm", contenido)
        return salida.getvalue()

    def a_mano(self, suscripcion: str) -> dict[str, Any]:
        """A data service that an operator asks for by hand, of an expert whom nobody knows."""
        cuerpo = self.cuerpo(CrearServicioDatos, suscripcion={"codigo": suscripcion})
        cuerpo["experto"]["codigo"] = "nadie"
        return cuerpo

    def una_vida(self, codigo: str) -> tuple[Any, Any]:
        """A client of that code subscribes twice, pays, has a data service by hand, which ends, and is told what is
        held of it; its subscriptions."""
        n, suyo = self.negocio, self.suscripcion("pro")["cliente"] | {"codigo": codigo}
        del_plan, a_mano = (self._acepta(self.suscripcion(plan) | {"cliente": suyo}) for plan in ("pro", "basico"))
        for suscripcion in (del_plan, a_mano):
            suscripcion.queda("ACTIVA")
            for factura in suscripcion.vista()["facturas"]:
                suscripcion.paga(factura, medio=self.cuerpo(PagarSuscripcion)["medio"]).queda("APLICADO")
        hecho = n.crea_servicio(a_mano.id, "experto-01", dataset={"codigo": "rayos-x-torax"})
        hecho.queda("APLICADO")
        servicio = hecho.aceptado["consulta"]
        n.ordena(f"{servicio}/fin-comando", self.cuerpo(TerminarServicioDatos)).queda("APLICADO")
        assert n.pregunta(servicio).codigo == 200
        assert self.contado(codigo)["cliente"]["email"] == suyo["email"]
        return del_plan, a_mano

    def contado(self, codigo: str) -> Any:
        """What a client is told that is held of it."""
        consulta = self.negocio.ordena(f"/clientes/{codigo}/exportacion-comando", {}).aceptado["consulta"]
        hasta(lambda: self.negocio.pregunta(consulta).codigo == 200, "se puede leer lo que se guarda", segundos=60)
        return self.negocio.pregunta(consulta).cuerpo

    def un_olvidado(self, codigo: str) -> Sequence[str]:
        """A client of that code, who ends all it has and asks to be forgotten, twice; answers the ids of its
        subscriptions."""
        n, suyas = self.negocio, self.una_vida(codigo)
        n.ordena(f"/clientes/{codigo}/supresion-comando", {}).queda("RECHAZADO")
        for suscripcion in suyas:
            suscripcion.cancela(self.cuerpo(CancelarSuscripcion)["motivo"]).queda("APLICADO")
        hasta(partial(self._es_olvidado, codigo), "se suprime, acabadas sus sagas", segundos=60)
        assert self._es_olvidado(codigo)
        assert n.pregunta(f"/suscripciones?cliente={codigo}").cuerpo["elementos"] == []
        assert self.contado(codigo)["cliente"] is None
        return [suscripcion.id for suscripcion in suyas]

    def _es_olvidado(self, codigo: str) -> bool:
        orden = self.negocio.ordena(f"/clientes/{codigo}/supresion-comando", {})
        hasta(lambda: self.negocio.pregunta(orden.aceptado["consulta"]).codigo == 200, "se decide", segundos=60)
        dicho = self.negocio.pregunta(orden.aceptado["consulta"]).cuerpo
        return bool(dicho["estado"] == "APLICADO" and dicho["queda"])

    def _acepta(self, cuerpo: Mapping[str, Any]) -> Any:
        return self.negocio.acepta(self.negocio.envia("/suscripciones/suscripcion-comando", cuerpo), cuerpo)

    def lo_que_espera(self) -> None:
        """Orders about what nobody made: they wait, and are refused."""
        for ruta, tipo in (
            ("/suscripciones/{}/cancelacion-comando", CancelarSuscripcion),
            ("/servicios-datos/{}/inicio-comando", IniciarServicioDatos),
            ("/servicios-datos/{}/fin-comando", TerminarServicioDatos),
        ):
            self.negocio.ordena(ruta.format(secrets.token_hex(8)), self.cuerpo(tipo)).queda("RECHAZADO")
        self.negocio.ordena("/servicios-datos/servicio-datos-comando", self.a_mano(secrets.token_hex(8)))

    def lo_que_la_puerta_no_toma(self) -> None:
        """Bodies and queries that are answered with 4xx."""
        n, rechazado = self.negocio, self.marca("valor-rechazado")
        malos = [
            ("/procesar/procesar-imagen", self.imagen(id_imagen=f"no {rechazado}")),
            ("/procesar/procesar-imagen", {**self.imagen(), self.marca("campo-desconocido"): rechazado}),
            ("/suscripciones/suscripcion-comando", {"cliente": {"email": rechazado}}),
        ]
        for ruta, cuerpo in malos:
            assert n.envia(ruta, cuerpo).codigo == 422
        # An id is kept where orders are told apart: it is the one thing here that is not marked.
        n.envia(
            f"/suscripciones/s-{secrets.token_hex(6)}/cancelacion-comando",
            self.cuerpo(CancelarSuscripcion),
            Idempotency_Key=self.marca("clave"),
        )
        filtro = self.marca("filtro")
        for ruta in (
            f"/suscripciones?cliente={self.marca('id-preguntado')}",
            f"/procesar/imagenes?patologia={filtro}",
            f"/notificaciones?{self.marca('campo-desconocido')}={filtro}",
            f"/procesar/imagenes/{self.marca('id-preguntado')}",
            f"/suscripciones?cursor={filtro}",
        ):
            n.pregunta(ruta)

    def lo_que_nadie_puede_leer(self) -> None:
        """Straight onto the topics: what can't be decoded, what no database can keep, and what lies nowhere."""
        cliente = crear_cliente(self._plataforma.servidores.pulsar_url)
        dentro, fuera = self.marca("ilegible").encode(), self.marca("cubierta")
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
                productor.send(dentro, properties={**propiedades, "otra": fuera}, partition_key="k")
                productor.send(dentro, properties={"otra": fuera}, partition_key=fuera)
            nombre = f"\0{self.marca('nombres')}"
            self._publicar(cliente, CrearSuscripcion(cliente_codigo="c", cliente_nombres=nombre, plan_codigo="free"))
            self._paquete_en(cliente, "")
        finally:
            cliente.close()

    def lo_que_no_se_puede_traer(self, ajenos: Path) -> None:
        """A package and a file that no store can give, beneath what is no folder: they wait, and are tried again.

        Args:
            ajenos: a folder that the operator allows references to.
        """
        for carpeta in (self._plataforma.almacen / "originales", ajenos):
            (carpeta / "archivo").write_bytes(b"")
        cliente = crear_cliente(self._plataforma.servidores.pulsar_url)
        try:
            self._paquete_en(cliente, "archivo/")
        finally:
            cliente.close()
        cuerpo = self.cuerpo(AnonimizarArchivo, id_imagen=f"i-{secrets.token_hex(6)}")
        cuerpo["referencia"]["uri"] = f"{ajenos.as_uri()}/archivo/{self.marca('archivo-lugar')}"
        self.negocio.ordena("/procesar/imagenes", cuerpo)

    def _paquete_en(self, cliente: pulsar.Client, carpeta: str) -> None:
        lugar = f"{(self._plataforma.almacen / 'originales').as_uri()}/{carpeta}{self.marca('paquete-lugar')}"
        pedido = ArchivoPedido(uri=lugar, sha256="0" * 64, octetos=7)
        id = f"p-{secrets.token_hex(6)}"
        self._publicar(cliente, AnonimizarPaquete(id_paquete=id, paquete=pedido, metadatos=pedido), id)

    def _publicar(self, cliente: pulsar.Client, mensaje: Mensaje, sujeto: str = "") -> None:
        productor = cliente.create_producer(
            mensaje.topico, schema=EsquemaCodificado(None, schema_definition=mensaje.esquema)
        )
        sobre = Sobre.nuevo(
            mensaje,
            fuente="/olvido",
            sujeto=sujeto or secrets.token_hex(8),
            entorno=EntornoReal(),
            quien=Quien(id=f"u-{self.marca('quien')}", roles=frozenset({"operador"})),
        )
        carga = avro.codificar(mensaje, sobre)
        productor.send(carga, properties=a_propiedades(sobre, mensaje.topico), partition_key="k")

    def sin_base(self, suelo: Cimiento) -> None:
        """While PostgreSQL is away: queries are answered with 5xx, orders are taken, and retried when it is back."""
        suelo.matar("postgres")
        for _ in range(5):
            self.negocio.envia("/procesar/procesar-imagen", self.imagen())
            self.negocio.envia("/suscripciones/suscripcion-comando", self.suscripcion("free"))
            self.negocio.envia_archivo(self.dicom(), secrets.token_hex(8), **self.de_archivo())
            self.negocio.pregunta(f"/suscripciones?cliente={self.marca('id-preguntado')}")
        suelo.esperar_listo("postgres")

"""What a client and the business do and see, as verbs: requests at the public door, and letters that arrive."""

import email
import email.policy
import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from tests.saga.espera import hasta
from tests.saga.plataforma_viva import Plataforma

from contratos.ejemplos import IMAGEN, SUSCRIPCION
from seedwork.pruebas.respuestas import exigir

FINALES = {"ACTIVA", "RECHAZADA", "CANCELADA"}

CUERPO_SUSCRIPCION: Mapping[str, Any] = json.loads(SUSCRIPCION)
CUERPO_IMAGEN: Mapping[str, str] = json.loads(IMAGEN)


def marca() -> str:
    """A word of a test's own, without a digit: an id that shares a number with its patient is refused."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))


@dataclass(frozen=True)
class Respuesta:
    """What the door answered."""

    codigo: int
    cuerpo: Any
    cabeceras: Mapping[str, str]


class Negocio:
    """The outside of the platform."""

    def __init__(self, plataforma: Plataforma, http: urllib3.PoolManager | None = None) -> None:
        self.plataforma = plataforma
        self._http = http or urllib3.PoolManager(maxsize=16, retries=False, timeout=30)

    def pregunta(self, ruta: str, **cabeceras: str) -> Respuesta:
        """GET at the door; what a query is answered there is held to its contract."""
        respuesta = self._pide("GET", ruta, cabeceras=cabeceras)
        if respuesta.codigo == 200:
            exigir(ruta.partition("?")[0], respuesta.cuerpo)
        return respuesta

    def baja(self, id_imagen: str, que: str = "archivo", **cabeceras: str) -> urllib3.BaseHTTPResponse:
        """An image's clean file, or its ``vista``, or what the door says in its stead."""
        propias = {nombre.replace("_", "-"): valor for nombre, valor in cabeceras.items()}
        return self._http.request("GET", f"{self.plataforma.bff}/procesar/imagenes/{id_imagen}/{que}", headers=propias)

    def envia(self, ruta: str, cuerpo: Mapping[str, Any], **cabeceras: str) -> Respuesta:
        """POST at the door, with the media type that today's clients send; header names with `_` for `-`."""
        propias = {nombre.replace("_", "-"): valor for nombre, valor in cabeceras.items()}
        return self._pide("POST", ruta, json.dumps(cuerpo), {"Content-Type": "json/application", **propias})

    def cliente_nuevo(self, correo: str = "cliente") -> dict[str, Any]:
        """A client whom nobody knows yet, with an address that begins as given."""
        marca = secrets.token_hex(6)
        return {**CUERPO_SUSCRIPCION["cliente"], "codigo": f"c-{marca}", "email": f"{correo}.{marca}@domain.com"}

    def pide_suscripcion(
        self, plan: str = "pro", *, cliente: Mapping[str, Any] | None = None, clave: str | None = None
    ) -> "Suscripcion":
        """A client asks for a plan, and the door accepts."""
        cuerpo = self.cuerpo_suscripcion(plan, cliente)
        respuesta = self.envia(
            "/suscripciones/suscripcion-comando", cuerpo, **{"Idempotency_Key": clave} if clave else {}
        )
        return self.acepta(respuesta, cuerpo)

    def acepta(self, respuesta: Respuesta, cuerpo: Mapping[str, Any]) -> "Suscripcion":
        """The subscription of a body that the door has to have accepted."""
        assert respuesta.codigo == 202, respuesta
        assert respuesta.cabeceras["Location"] == respuesta.cuerpo["consulta"]
        return Suscripcion(
            self, respuesta.cuerpo["id_suscripcion"], respuesta.cuerpo["id_comando"], cuerpo["cliente"]["email"]
        )

    def cuerpo_suscripcion(self, plan: str = "pro", cliente: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A body as web clients send it; of a client whom nobody knows yet, unless one is given."""
        return {
            **CUERPO_SUSCRIPCION,
            "cliente": cliente or self.cliente_nuevo(),
            "plan": {"codigo": plan, "nombre": plan.upper()},
        }

    def envia_imagen(self, ruta: str = "/procesar/procesar-imagen", **cambios: str) -> "Imagen":
        """A hospital sends an image's metadata, and the door accepts."""
        respuesta = self.envia(ruta, {**CUERPO_IMAGEN, **cambios})
        assert respuesta.codigo == 202, respuesta
        return Imagen(self, respuesta.cuerpo["id_imagen"], respuesta.cuerpo["id_comando"])

    def envia_archivo(self, contenido: bytes, clave: str, **cambios: str) -> "Imagen":
        """A hospital sends an image's file, with its metadata, and the door accepts."""
        campos = {**CUERPO_IMAGEN, **cambios, "archivo": ("Pérez Ana.dcm", contenido)}
        cruda = self._http.request(
            "POST", self.plataforma.bff + "/procesar/imagenes", fields=campos, headers={"Idempotency-Key": clave}
        )
        cuerpo = json.loads(cruda.data)
        assert cruda.status == 202, cuerpo
        return Imagen(self, cuerpo["id_imagen"], cuerpo["id_comando"])

    def envia_paquete(self, clave: str, **partes: tuple[str, bytes]) -> str:
        """A hospital sends a package, and the door accepts; its id."""
        cruda = self._http.request(
            "POST", self.plataforma.bff + "/procesar/paquetes", fields=partes, headers={"Idempotency-Key": clave}
        )
        cuerpo = json.loads(cruda.data)
        assert cruda.status == 202, cuerpo
        return str(cuerpo["id_paquete"])

    def ordena(self, ruta: str, cuerpo: Mapping[str, Any], **cabeceras: str) -> "Orden":
        """A command at the door, which accepts it."""
        respuesta = self.envia(ruta, cuerpo, **cabeceras)
        assert respuesta.codigo == 202, respuesta
        assert respuesta.cabeceras["Location"] == respuesta.cuerpo["consulta"]
        return Orden(self, respuesta.cuerpo)

    def crea_servicio(self, suscripcion: str, experto: str, **cambios: Mapping[str, str]) -> "Orden":
        """An operator makes a data service by hand, of the catalogue's first cloud and data set."""
        pedido = {"experto": {"codigo": experto}, "suscripcion": {"codigo": suscripcion}}
        catalogo = {"nube": {"codigo": "nube-andes"}, "dataset": {"codigo": "rayos-x"}}
        return self.ordena("/servicios-datos/servicio-datos-comando", {**pedido, **catalogo, **cambios})

    def _pide(self, metodo: str, ruta: str, cuerpo: str | None = None, cabeceras: Any = None) -> Respuesta:
        cruda = self._http.request(metodo, self.plataforma.bff + ruta, body=cuerpo, headers=cabeceras)
        return Respuesta(cruda.status, json.loads(cruda.data), cruda.headers)


@dataclass(frozen=True)
class Orden:
    """A command that was accepted."""

    negocio: Negocio
    aceptado: Mapping[str, str]

    def queda(self, estado: str) -> Any:
        """Its fate is told, and must be this one; the reason as a person reads it, or None."""
        finales = {"APLICADO", "RECHAZADO"}
        return _llega(self.negocio, self.aceptado["comando"], estado, finales=finales)["motivo"]


@dataclass(frozen=True)
class Imagen:
    """An image that was sent."""

    negocio: Negocio
    id: str
    id_comando: str

    def queda(self, estado: str) -> Any:
        """Its record reaches a state."""
        return _llega(self.negocio, f"/procesar/imagenes/{self.id}", estado)

    def su_comando_queda(self, estado: str) -> Any:
        """The command's fate is told."""
        return _llega(self.negocio, f"/procesar/comandos/{self.id_comando}", estado)


@dataclass(frozen=True)
class Suscripcion:
    """A subscription that was asked for."""

    negocio: Negocio
    id: str
    id_comando: str
    direccion: str

    def queda(self, estado: str, *, segundos: float = 45) -> Any:
        """It reaches a final state, which must be this one."""
        finales = FINALES - {"ACTIVA"} if estado == "CANCELADA" else FINALES
        return _llega(self.negocio, f"/suscripciones/{self.id}", estado, finales=finales, segundos=segundos)

    def vista(self) -> Any:
        """What its query shows."""
        return self.negocio.pregunta(f"/suscripciones/{self.id}").cuerpo

    def cambia_plan(self, plan: str, **cabeceras: str) -> Orden:
        """The client asks for another plan."""
        cuerpo = {"plan": {"codigo": plan, "nombre": plan.upper()}}
        return self.negocio.ordena(f"/suscripciones/{self.id}/plan-comando", cuerpo, **cabeceras)

    def cancela(self, motivo: str | None = None) -> Orden:
        """The client asks for the end of it."""
        return self.negocio.ordena(
            f"/suscripciones/{self.id}/cancelacion-comando", {} if motivo is None else {"motivo": motivo}
        )

    def paga(self, factura: Mapping[str, str], **cambios: str) -> Orden:
        """The client pays an invoice, to the letter unless told otherwise."""
        datos = {c: factura[c] for c in ("id_factura", "monto", "moneda")}
        return self.negocio.ordena(f"/suscripciones/{self.id}/pago-comando", {**datos, "medio": "tarjeta", **cambios})

    def tiene_plan(self, plan: str) -> None:
        """That plan comes into force."""
        hasta(lambda: self.vista()["plan"]["codigo"] == plan, f"{self.id} tiene el plan {plan}")

    def sus_sagas(self) -> "list[Saga]":
        """All of them, the oldest first."""
        respuesta = self.negocio.pregunta(f"/suscripciones/{self.id}/sagas")
        return [Saga(v) for v in respuesta.cuerpo["elementos"]] if respuesta.codigo == 200 else []

    def todo_queda_quieto(self, sagas: int) -> "list[Saga]":
        """It has had so many sagas, and all of them have ended."""

        def mirar() -> "list[Saga] | None":
            vistas = self.sus_sagas()
            return vistas if len(vistas) == sagas and all(s.vista["estado"] != "EN_CURSO" for s in vistas) else None

        return hasta(mirar, f"las {sagas} sagas de {self.id} acaban")

    def su_saga_queda(self, estado: str, *, segundos: float = 45) -> "Saga":
        """Its saga reaches a final state, which must be this one."""
        ruta = f"/suscripciones/{self.id}/saga"
        finales = {"COMPLETADA", "COMPENSADA"}
        return Saga(_llega(self.negocio, ruta, estado, finales=finales, segundos=segundos))

    def su_aviso_consta(self, fin: str = "COMPENSADA") -> Any:
        """The timeline of the saga, which ends so, tells that the client was told of its undo: that step."""

        def mirar() -> list[Any]:
            return [p for p in self.su_saga_queda(fin).vista["pasos"] if p["paso"] == "AVISAR"]

        (aviso,) = hasta(mirar, f"AVISAR consta en la saga de {self.id}")
        return aviso

    def su_comando_queda(self, estado: str) -> Any:
        """The command's fate is told."""
        return _llega(self.negocio, f"/suscripciones/comandos/{self.id_comando}", estado)

    def sus_servicios(self) -> list[Any]:
        """The data services that it has or had."""
        elementos: list[Any] = self.negocio.pregunta(f"/servicios-datos?suscripcion={self.id}").cuerpo["elementos"]
        return elementos

    def su_servicio_queda(self, estado: str) -> Any:
        """Its one data service reaches a state."""

        def mirar() -> Any:
            servicios = self.sus_servicios()
            assert len(servicios) <= 1, servicios
            return servicios and servicios[0]["estado"] == estado and servicios[0]

        return hasta(mirar, f"el servicio de datos de {self.id} queda {estado}")

    def recibe_correo(self, asunto: str) -> str:
        """A letter with that subject reaches the client; its text."""
        return hasta(lambda: self._carta(asunto), f"{self.direccion} recibe «{asunto}»")

    def sus_notificaciones(self) -> list[Any]:
        """What the client was told, or should have been."""
        elementos: list[Any] = self.negocio.pregunta(f"/notificaciones?suscripcion={self.id}").cuerpo["elementos"]
        return elementos

    def su_notificacion_queda(self, tipo: str, estado: str) -> Any:
        """The one notification of a type reaches a state."""

        def mirar() -> Any:
            del_tipo = [n for n in self.sus_notificaciones() if n["tipo"] == tipo]
            assert len(del_tipo) <= 1, del_tipo
            return del_tipo and del_tipo[0]["estado"] == estado and del_tipo[0]

        return hasta(mirar, f"la notificación {tipo} de {self.id} queda {estado}")

    def _carta(self, asunto: str) -> str:
        for texto in self.negocio.plataforma.buzon.de(self.direccion):
            carta = email.message_from_string(texto, policy=email.policy.default)
            if carta["Subject"] == asunto:
                return str(carta.get_content())
        return ""


@dataclass(frozen=True)
class Saga:
    """A saga's timeline."""

    vista: Any

    @property
    def resultados(self) -> list[tuple[str, str]]:
        """(step, result) of each step, in the order in which they happened."""
        return [(p["paso"], p["resultado"]) for p in self.vista["pasos"]]

    def paso(self, nombre: str) -> Any:
        """The one step of that name."""
        (unico,) = [p for p in self.vista["pasos"] if p["paso"] == nombre]
        return unico


def _llega(negocio: Negocio, ruta: str, estado: str, *, finales: set[str] | None = None, segundos: float = 45) -> Any:
    """Ask until the answer's state is this one. Raises AssertionError at once where it is another final one."""
    visto: list[Respuesta] = []

    def mirar() -> Any:
        respuesta = negocio.pregunta(ruta)
        visto[:] = [respuesta]
        if respuesta.codigo == 404:
            assert respuesta.cabeceras["Retry-After"] == "1"
            return None
        assert respuesta.codigo == 200, respuesta
        if respuesta.cuerpo["estado"] == estado:
            return respuesta.cuerpo
        assert respuesta.cuerpo["estado"] not in (finales or ()), respuesta.cuerpo
        return None

    try:
        return hasta(mirar, f"{ruta} queda {estado}", segundos=segundos)
    except AssertionError as error:
        raise AssertionError(f"{error}; lo último visto: {visto}") from None

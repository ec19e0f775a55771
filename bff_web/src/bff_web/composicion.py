"""Puts the door together: the only module that sees everything."""

from collections.abc import Callable, Mapping
from functools import partial

import urllib3

from bff_web import (
    acceso,
    consola,
    consultas,
    cuerpos,
    negados,
    ordenes,
    origenes,
    rutas,
    salud_broker,
)
from bff_web.comandos import COMANDOS
from bff_web.comandos import vista as vista_comandos
from bff_web.config import Config
from bff_web.emisor import PLAZO_MS, Emisor
from bff_web.eventos import hechos
from bff_web.eventos import vista as vista_eventos
from bff_web.eventos.duenos import Credencial, Duenos
from bff_web.eventos.reparto import TOPICOS, AlDia, Oir, Reparto
from bff_web.eventos.vector import Vectores
from bff_web.formularios import Subidas
from bff_web.limites import Limite
from bff_web.panorama.mirador import Panorama
from bff_web.papeles import mensajes, openapi
from bff_web.servicios import Servicio
from bff_web.sesion import vista as vista_sesion
from bff_web.sesion.galletas import Sesiones
from bff_web.sesion.proveedor import Lugares, Proveedor
from seedwork.aplicacion.almacen import comprobar
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada import logs, trazas
from seedwork.entrada.config import cargar
from seedwork.entrada.http import App
from seedwork.entrada.http import crear_app as crear_base
from seedwork.entrada.salud import Comprobacion
from seedwork.entrada.tls import de_cliente
from seedwork.infraestructura import campos
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.infraestructura.lector import Lector
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.sello import Sello
from seedwork.infraestructura.tokens import TIPO_CUALQUIERA, TIPOS, ClavesPublicadas, Identidades, Verificador

MENSAJES = [comando.mensaje for comando in COMANDOS]
"""What the door asks of the services."""


def crear_app() -> App:
    """The door, for `seedwork.entrada.servidor`; it opens no connection before the fork."""
    config = cargar(Config)
    logs.configurar("bff", config.log_nivel)
    trazas.configurar("bff", config, de_fuera=True)
    campos.usar(config.llavero)
    publicador = Publicador(config.pulsar_url, quien=config.credencial, plazo_ms=PLAZO_MS)
    return componer(config, publicador, lambda: salud_broker.comprobar(publicador, MENSAJES))


def componer(config: Config, emisor: Emisor, comprobar_broker: Comprobacion) -> App:
    """The door with a given way to the broker, and a given look at it."""
    firmar = _firma(config)
    servicios = _servicios(config, lambda: firmar(app.identificar()))
    almacen = AlmacenDeObjetos(config.almacen_url)
    claves = ClavesPublicadas(config.oidc_jwks, desarrollo=config.autenticacion == "desarrollo")
    de_cimiento = {"almacen": partial(comprobar, almacen)} | (
        {"identidad": claves.comprobar} if config.autenticada else {}
    )
    app = crear_base({"broker": comprobar_broker}, _vigilados(config, servicios) | de_cimiento)
    cuerpos.limitar(app)
    origenes.admitir(app, config.origenes)
    vista_comandos.registrar(app, emisor, _secreto(config), EntornoReal(), Subidas(almacen, config.bff_subida_maxima))
    consultas.registrar(app, servicios, almacen)
    ordenes.registrar(app, servicios)
    _contar_lo_que_pasa(app, config, Duenos(servicios, firmar))
    cimientos = {"broker": comprobar_broker, **de_cimiento}
    _mirar_como_va(app, Panorama(servicios, cimientos, EntornoReal(), rutas.DE_CLIENTES))
    _explicarse(app, config)
    _identificar(app, config, claves, emisor)
    return app


def _firma(config: Config) -> Credencial:
    """What tells the services who asks."""
    if not config.autenticada:
        return lambda quien: {}
    sello = Sello(config.clave)
    return lambda quien: {} if quien is None else {"Authorization": f"Bearer {sello.de(quien)}"}


def _servicios(config: Config, credencial: Callable[[], Mapping[str, str]]) -> dict[str, Servicio]:
    """Those that the door asks, by name."""
    http = urllib3.PoolManager(maxsize=config.bff_hilos, ssl_context=de_cliente(config.servicios_ca))
    direcciones = {
        "suscripciones": config.suscripciones_url,
        "servicio-datos": config.servicio_datos_url,
        "procesamiento": config.procesamiento_url,
        "notificaciones": config.notificaciones_url,
    }
    return {nombre: Servicio(nombre, url, http, credencial) for nombre, url in direcciones.items()}


def _vigilados(config: Config, servicios: Mapping[str, Servicio]) -> dict[str, Comprobacion]:
    """The checks of what it serves without, too: the services, what waits for them, and their dead letters."""
    return (
        {nombre: servicio.comprobar for nombre, servicio in servicios.items()}
        | salud_broker.vigilar(config.pulsar_admin_url, MENSAJES, config.credencial)
        | {"cartas_muertas": partial(salud_broker.cartas_muertas, servicios.values())}
    )


def _secreto(config: Config) -> bytes:
    return config.idempotencia_secreto.get_secret_value().encode()


def _contar_lo_que_pasa(app: App, config: Config, duenos: Duenos) -> None:
    """The streams of events; it stops reading once it serves no more."""
    hechos.comprobar()
    vectores = Vectores(_secreto(config), TOPICOS)
    leer = partial(_leer_eventos, config)
    reparto = Reparto(vectores, leer, ventana_s=config.eventos_ventana_s, aprender=duenos.aprender)
    vista_eventos.registrar(app, reparto, duenos, vectores)
    app.terminar = reparto.parar


def _leer_eventos(config: Config, desde: float, oir: Oir, al_dia: AlDia) -> Lector:
    return Lector(config.pulsar_url, TOPICOS, desde, oir, al_dia, quien=config.credencial)


def _mirar_como_va(app: App, panorama: Panorama) -> None:
    """The overview; it begins to look once it serves."""
    panorama.registrar(app)
    app.empezar = panorama.empezar


def _explicarse(app: App, config: Config) -> None:
    """What people and programs read of the door: its documents, and the console."""
    proveedor = config.oidc_emisor if config.autenticacion == "oidc" else ""
    con_sesion = config.autenticacion == "desarrollo" or bool(config.oidc_cliente)
    identificacion = openapi.Identificacion(proveedor=proveedor, sesion=con_sesion)
    openapi.registrar(app, identificacion if config.autenticada else None)
    mensajes.registrar(app)
    consola.registrar(app)


def _identificar(app: App, config: Config, claves: ClavesPublicadas, emisor: Emisor) -> None:
    """Signing in, and the doorkeeper, where somebody is asked who they are: last of all, when every route is there."""
    if not config.autenticada:
        vista_sesion.registrar(app, config.autenticacion)
        rutas.reglas(app)
        return
    verificador = Verificador(
        claves,
        emisor=config.emisor,
        audiencia=config.oidc_audiencia,
        algoritmos=config.algoritmos,
        tipos=TIPOS | ({TIPO_CUALQUIERA} if config.oidc_tipo_jwt else set()),
    )
    sesiones = Sesiones(config.llavero)
    vista_sesion.registrar(app, config.autenticacion, sesiones, verificador, _rondas(config, claves))
    limite = Limite(config.bff_ritmo, config.bff_rafaga)
    app.poner_portero(acceso.Portero(verificador, rutas.reglas(app), limite, sesiones))
    negados.vigilar(app, negados.Negados(emisor.publicar, EntornoReal()))


def _rondas(config: Config, claves: ClavesPublicadas) -> vista_sesion.Rondas | None:
    """How people sign in at the provider; None where no client is registered there."""
    if config.autenticacion != "oidc" or not config.oidc_cliente:
        return None
    proveedor = Proveedor(
        emisor=config.oidc_emisor,
        cliente=config.oidc_cliente,
        secreto=config.oidc_cliente_secreto.get_secret_value(),
        ambitos=config.oidc_ambitos.split() or ["openid", *rutas.AMBITOS],
        a_mano=Lugares(autorizacion=config.oidc_autorizacion, token=config.oidc_token, salida=config.oidc_salida),
    )
    identidades = Identidades(
        claves, emisor=config.oidc_emisor, cliente=config.oidc_cliente, algoritmos=config.algoritmos
    )  # fmt: skip
    return vista_sesion.Rondas(proveedor, identidades, config.sesion_horas * 3600)

"""Puts the door together: the only module that sees everything."""

from functools import partial

import urllib3

from bff_web import acceso, consultas, cuerpos, documento, negados, ordenes, origenes, rutas, salud_broker
from bff_web.comandos import COMANDOS, vista
from bff_web.config import Config
from bff_web.emisor import PLAZO_MS, Emisor
from bff_web.formularios import Subidas
from bff_web.limites import Limite
from bff_web.servicios import Servicio
from seedwork.aplicacion.almacen import comprobar
from seedwork.aplicacion.entorno import EntornoReal
from seedwork.entrada import logs
from seedwork.entrada.config import cargar
from seedwork.entrada.http import App
from seedwork.entrada.http import crear_app as crear_base
from seedwork.entrada.salud import Comprobacion
from seedwork.entrada.tls import de_cliente
from seedwork.infraestructura import campos
from seedwork.infraestructura.almacen import AlmacenDeObjetos
from seedwork.infraestructura.publicador import Publicador
from seedwork.infraestructura.sello import Sello
from seedwork.infraestructura.tokens import TIPO_CUALQUIERA, TIPOS, ClavesPublicadas, Verificador

MENSAJES = [comando.mensaje for comando in COMANDOS]
"""What the door asks of the services."""


def crear_app() -> App:
    """The door, for `seedwork.entrada.servidor`; it opens no connection before the fork."""
    config = cargar(Config)
    logs.configurar("bff", config.log_nivel)
    campos.usar(config.llavero)
    publicador = Publicador(config.pulsar_url, quien=config.credencial, plazo_ms=PLAZO_MS)
    return componer(config, publicador, lambda: salud_broker.comprobar(publicador, MENSAJES))


def componer(config: Config, emisor: Emisor, comprobar_broker: Comprobacion) -> App:
    """The door with a given way to the broker, and a given look at it."""
    http = urllib3.PoolManager(maxsize=config.bff_hilos, ssl_context=de_cliente(config.servicios_ca))
    direcciones = {
        "suscripciones": config.suscripciones_url,
        "servicio-datos": config.servicio_datos_url,
        "procesamiento": config.procesamiento_url,
        "notificaciones": config.notificaciones_url,
    }
    sello = Sello(config.clave) if config.autenticada else None

    def credencial() -> dict[str, str]:
        """Who asks, for the services."""
        quien = app.identificar()
        return {} if sello is None or quien is None else {"Authorization": f"Bearer {sello.de(quien)}"}

    servicios = {nombre: Servicio(nombre, url, http, credencial) for nombre, url in direcciones.items()}
    almacen = AlmacenDeObjetos(config.almacen_url)
    claves = ClavesPublicadas(config.oidc_jwks, desarrollo=config.autenticacion == "desarrollo")
    app = crear_base(
        {"broker": comprobar_broker},
        {nombre: servicio.comprobar for nombre, servicio in servicios.items()}
        | salud_broker.vigilar(config.pulsar_admin_url, MENSAJES, config.credencial)
        | {"cartas_muertas": partial(salud_broker.cartas_muertas, servicios.values())}
        | {"almacen": partial(comprobar, almacen)}
        | ({"identidad": claves.comprobar} if config.autenticada else {}),
    )
    cuerpos.limitar(app)
    origenes.admitir(app, config.origenes)
    secreto = config.idempotencia_secreto.get_secret_value().encode()
    vista.registrar(app, emisor, secreto, EntornoReal(), Subidas(almacen, config.bff_subida_maxima))
    consultas.registrar(app, servicios, almacen)
    ordenes.registrar(app, servicios)
    proveedor = config.oidc_emisor if config.autenticacion == "oidc" else ""
    documento.registrar(app, documento.Identificacion(proveedor=proveedor) if config.autenticada else None)
    reglas = rutas.reglas(app)
    if config.autenticada:
        verificador = Verificador(
            claves,
            emisor=config.emisor,
            audiencia=config.oidc_audiencia,
            algoritmos=config.algoritmos,
            tipos=TIPOS | ({TIPO_CUALQUIERA} if config.oidc_tipo_jwt else set()),
        )
        app.poner_portero(acceso.Portero(verificador, reglas, Limite(config.bff_ritmo, config.bff_rafaga)))
        negados.vigilar(app, negados.Negados(emisor.publicar, EntornoReal()))
    return app

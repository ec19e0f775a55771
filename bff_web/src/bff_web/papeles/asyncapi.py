"""The messages as a document that tools read: AsyncAPI 3, made from the contracts, and from what the broker is told.

What it is made of: the messages (:mod:`contratos`), who says and hears them (:mod:`contratos.canales`), the envelope
(:mod:`seedwork.infraestructura.cloudevents`), and the namespaces' policies
(:mod:`seedwork.infraestructura.aprovisionamiento`). Somebody with this document alone can read a topic.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from contratos import INQUILINO, Mensaje, a_dict, ejemplos, esquemas
from contratos.canal import Canal, canal_de
from seedwork.aplicacion.sobre import Sobre
from seedwork.infraestructura import cloudevents
from seedwork.infraestructura.aprovisionamiento import COMPATIBILIDAD, RETENCION_DIAS, retencion

FORMATO = "application/vnd.apache.avro;version=1.9.0"
"""What a payload's schema is written in."""
_BINDING = "0.1.0"
"""The version of AsyncAPI's bindings for Pulsar that this keeps to."""
_MARCAS = re.compile(r"(?:``|:\w+:`)([^`]+)`{1,2}")
_ID = "01a20dfe-1935-721e-8271-2a579724a29b"

_DESCRIPCION = f"""\
Todo lo que se dice entre las partes de SaludTech de los Alpes, por Apache Pulsar: un tópico por cada mensaje y versión.

El sobre es CloudEvents 1.0 en modo binario: los atributos viajan como propiedades del mensaje, y la carga es el \
registro de Avro solo, escrito con el esquema que el tópico tiene en el registro del broker. La clave del mensaje es \
`ce_subject`. Los campos que dice `x-cifrados` son de una persona: su texto viaja cifrado, y solo lo lee quien tiene \
las claves de la plataforma; los ejemplos los muestran en claro. Lo que ya se leyó se conserva {RETENCION_DIAS:g} días \
(`RETENCION_DIAS`), y el tópico de la saga, siempre. Un esquema nuevo ha de ser {COMPATIBILIDAD} con todos los de su \
tópico: lo que no, es otra versión en otro tópico.
"""


def describir() -> dict[str, Any]:
    """The AsyncAPI document of all messages."""
    tipos = esquemas.publicados()
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "SaludTech de los Alpes: mensajes",
            "version": "1.0.0",
            "description": _DESCRIPCION,
            "tags": [{"name": contexto} for contexto in sorted({tipo.contexto for tipo in tipos})],
        },
        "defaultContentType": "application/avro",
        "servers": _servidores(),
        "channels": {nombre(tipo): _canal(tipo) for tipo in tipos},
        "operations": {id: operacion for tipo in tipos for id, operacion in _operaciones(tipo)},
        "components": {
            "messages": {nombre(tipo): _mensaje(tipo) for tipo in tipos},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def nombre(tipo: type[Mensaje]) -> str:
    """What the document calls a message, and its channel: its type without what is the same in all."""
    return f"{tipo.contexto}.{tipo.__name__}.v{tipo.version}"


def significado(tipo: type[Mensaje]) -> str:
    """What a message's docstring says, its literals and references as Markdown writes them."""
    return _MARCAS.sub(r"`\1`", inspect.getdoc(tipo) or "")


def _servidores() -> dict[str, Any]:
    comun = {"bindings": {"pulsar": {"tenant": INQUILINO, "bindingVersion": _BINDING}}}
    return {
        "local": {
            "host": "localhost:{puerto}",
            "protocol": "pulsar",
            "description": "El broker de `make run`, que a nadie pregunta quién es.",
            "variables": {"puerto": {"default": "6650", "description": "Más lo que diga `DESPLAZAMIENTO`."}},
            **comun,
        },
        "desplegado": {
            "host": "{broker}:6651",
            "protocol": "pulsar+ssl",
            "description": "Cifrado; cada parte tiene su token, y puede lo que dicen las operaciones de su papel.",
            "variables": {"broker": {"default": "pulsar"}},
            "security": [{"$ref": "#/components/securitySchemes/token"}],
            **comun,
        },
    }


def _canal(tipo: type[Mensaje]) -> dict[str, Any]:
    dicha = retencion(tipo.contexto, RETENCION_DIAS)
    minutos = dicha["retentionTimeInMinutes"]
    return {
        "address": tipo.topico,
        "title": tipo.__name__,
        "messages": {nombre(tipo): {"$ref": f"#/components/messages/{nombre(tipo)}"}},
        "tags": [{"name": tipo.contexto}, {"name": tipo.clase}],
        "bindings": {
            "pulsar": {
                "namespace": tipo.contexto,
                "persistence": "persistent",
                # The binding knows no "for ever".
                **({"retention": {"time": minutos}} if minutos >= 0 else {}),
                "bindingVersion": _BINDING,
                "x-retention": dicha,
                "x-schemaCompatibilityStrategy": COMPATIBILIDAD,
                "x-schemaValidationEnforced": True,
                "x-partitions": tipo.particiones,
                "x-subscriptionType": "Failover" if tipo.entrega == "ordenada" else "Shared",
            }
        },
        # Who reads it without taking it from anybody, or sees how far others have heard it: no operation of AsyncAPI's.
        "x-miran": sorted(canal_de(tipo).mira),
    }


def _operaciones(tipo: type[Mensaje]) -> Iterator[tuple[str, dict[str, Any]]]:
    suya = canal_de(tipo)
    canal = f"#/channels/{nombre(tipo)}"
    for accion, papeles in (("send", suya.dice), ("receive", suya.oye)):
        for papel in sorted(papeles):
            verbo = "dice" if accion == "send" else "oye"
            yield (
                f"{papel}.{verbo}.{tipo.__name__}.v{tipo.version}",
                {
                    "action": accion,
                    "channel": {"$ref": canal},
                    "messages": [{"$ref": f"{canal}/messages/{nombre(tipo)}"}],
                    "title": f"{papel} {verbo} {tipo.__name__}",
                    "tags": [{"name": papel}],
                    **({"x-subscription": papel} if accion == "receive" else {}),
                },
            )


def _mensaje(tipo: type[Mensaje]) -> dict[str, Any]:
    resumen, _, resto = significado(tipo).partition("\n")
    return {
        "name": tipo.tipo,
        "title": tipo.__name__,
        "summary": resumen,
        **({"description": resto.strip()} if resto.strip() else {}),
        "contentType": "application/avro",
        "headers": cloudevents.esquema(tipo, _fuentes(canal_de(tipo))),
        "payload": {"schemaFormat": FORMATO, "schema": tipo.esquema},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "tags": [{"name": tipo.contexto}, {"name": tipo.clase}],
        "examples": [_ejemplo(tipo)],
        "x-cifrados": [".".join(campo) for campo in tipo.propios],
        "x-sujeto": tipo.nombre_sujeto,
    }


def _fuentes(suya: Canal) -> list[str]:
    return [f"/saludtech/{papel}" for papel in suya.dice]


def _ejemplo(tipo: type[Mensaje]) -> dict[str, Any]:
    mensaje = ejemplos.de(tipo)
    sobre = Sobre(
        id=_ID,
        tipo=tipo.tipo,
        fuente=min(_fuentes(canal_de(tipo))),
        sujeto=getattr(mensaje, tipo.nombre_sujeto, _ID),
        tiempo="2026-11-24T19:43:53.909168Z",
        correlacion=_ID,
    )
    return {
        "name": "ejemplo",
        "headers": cloudevents.a_propiedades(sobre, tipo.topico),
        "payload": a_dict(mensaje),
    }

"""``saludtech token``: says who asks, to a platform on this machine that takes a development key's word for it."""

import json
import time
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from saludtech_cli import opciones, salida
from saludtech_cli.fallos import Codigo, Fallo
from saludtech_cli.puerta import segmento

CLAVE = Path(".local/identidad/desarrollo_clave")
"""Where `make run AUTENTICACION=desarrollo` puts it."""


class Rol(StrEnum):
    """What somebody may be."""

    CLIENTE = "cliente"
    CLINICA = "clinica"
    INVESTIGADOR = "investigador"
    OPERADOR = "operador"


def dar(
    rol: Annotated[list[Rol], typer.Option("--rol", help="Qué es quien lo lleva; se puede repetir.")],
    cliente: Annotated[str, typer.Option("--cliente", metavar="CODIGO", help="De un cliente, su código.")] = "",
    clinica: Annotated[str, typer.Option("--clinica", metavar="CODIGO", help="De una clínica, cuál es.")] = "",
    sujeto: Annotated[str, typer.Option("--sujeto", metavar="ID", help="Quién es; si no, su rol y su código.")] = "",
    ambito: Annotated[
        list[str] | None, typer.Option("--ambito", metavar="AMBITO", help="Para qué; si no, todo lo de sus roles.")
    ] = None,
    horas: Annotated[float, typer.Option("--horas", min=0.01, max=24 * 31, help="Cuánto vale.")] = 8.0,
    clave: Annotated[
        Path, typer.Option("--clave", envvar="SALUDTECH_CLAVE", metavar="ARCHIVO", help="La clave de desarrollo.")
    ] = CLAVE,
    en_json: opciones.EnJson = False,
) -> None:
    """Da un token para una plataforma con AUTENTICACION=desarrollo; ninguna otra lo admite."""
    for cual, codigo in ((Rol.CLIENTE, cliente), (Rol.CLINICA, clinica)):
        if (cual in rol) != bool(codigo):
            raise Fallo(Codigo.USO, f"--rol {cual} y --{cual} van juntos.")
        if codigo:
            segmento(codigo)
    identidad = _leer(clave)
    ahora = int(time.time())
    ambitos = ambito or sorted({a for r in rol for a in identidad["ambitos"][r]})
    dichas = {
        "iss": identidad["emisor"],
        "aud": identidad["audiencia"],
        "sub": sujeto or "-".join([*rol, *filter(None, [cliente, clinica])]),
        "client_id": "saludtech-cli",
        "iat": ahora,
        "exp": ahora + int(horas * 3600),
        "scope": " ".join(ambitos),
        "roles": [str(r) for r in rol],
        **{nombre: codigo for nombre, codigo in (("cliente_codigo", cliente), ("clinica", clinica)) if codigo},
    }
    token = _firmar(dichas, identidad["clave"])
    if en_json:
        dado = {"token": token, "sujeto": dichas["sub"], "ambitos": ambitos, "caduca": dichas["exp"]}
        salida.mostrar(dado, "", en_json=True)
    else:
        # As it is, and alone: it is meant for a variable.
        typer.echo(token)


def _leer(archivo: Path) -> dict[str, Any]:
    try:
        leida = json.loads(archivo.read_text(encoding="utf-8"))
        jwk.OKPKey.import_key(leida["clave"])
    except FileNotFoundError:
        raise Fallo(
            Codigo.USO,
            f"No hay una clave de desarrollo en {archivo}: la hacen «make run AUTENTICACION=desarrollo» y «make "
            "secretos»; --clave dice dónde está.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, JoseError):
        raise Fallo(Codigo.USO, f"{archivo} no es una clave de desarrollo.") from None
    return dict(leida)


def _firmar(dichas: dict[str, Any], clave: dict[str, Any]) -> str:
    cabecera = {"alg": "EdDSA", "typ": "at+jwt", "kid": clave["kid"]}
    with warnings.catch_warnings():
        # The library would have the algorithm called by its newer name (RFC 9864), which providers do not know yet.
        warnings.simplefilter("ignore")
        return jwt.encode(cabecera, dichas, jwk.OKPKey.import_key(clave), algorithms=["EdDSA"])

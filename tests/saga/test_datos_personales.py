"""Who a client is stays where it is needed: not in what is kept for ever, nor with neighbours, nor in a log."""

import secrets
from collections.abc import Callable

import pytest
from tests.saga.bases import filas, volcado
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio
from tests.saga.plataforma_viva import RECHAZA, Plataforma
from tests.saga.topicos import publicado

from contratos import Mensaje
from contratos.esquemas import publicados
from contratos.sagas import TransicionSaga
from contratos.servicio_datos import CrearServicioDatos
from contratos.suscripciones import (
    CambiarPlanSuscripcion,
    CancelarSuscripcion,
    CrearSuscripcion,
    SuscripcionActivada,
    SuscripcionCancelada,
)

pytestmark = pytest.mark.integracion


def en_los_topicos(plataforma: Plataforma) -> dict[type[Mensaje], bytes]:
    """All that is on each topic, as whoever reads the broker sees it: personal fields are encrypted."""
    url = plataforma.servidores.pulsar_url
    return {m: publicado(url, m.topico) for m in publicados()}


def test_los_datos_del_cliente_no_salen_de_donde_hacen_falta(negocio: Negocio, plataforma: Plataforma) -> None:
    marca = secrets.token_hex(6)
    documento = str(10**11 + secrets.randbelow(10**11))
    ids = []
    for plan, correo in (("pro", "cliente"), ("free", "cliente"), ("platino", "cliente"), ("pro", RECHAZA)):
        cliente = negocio.cliente_nuevo(correo) | {
            "nombre": {"nombres": f"Nombre{marca}", "apellidos": f"Apellido{marca}"},
            "usuario": f"usuario{marca}",
            "rut": {"numero": int(documento)},
            "cedula": {"numero": documento},
            "email": f"{correo}.{secrets.token_hex(3)}.{marca}x@domain.com",
        }
        pedida = negocio.pide_suscripcion(plan, cliente=cliente)
        ids.append(pedida.id)
        pedida.queda("ACTIVA" if (plan, correo) in {("pro", "cliente"), ("free", "cliente")} else "RECHAZADA")

    # A delivery alone needs the address, until it is over.
    hasta(lambda: marca.encode() not in volcado(plataforma.bases["notificaciones"]), "los envíos terminan")

    lugares = {f"la base de {p}": volcado(plataforma.bases[p]) for p in ("notificaciones", "servicio_datos")}
    topicos = en_los_topicos(plataforma)
    lugares |= {m.__name__: contenido for m, contenido in topicos.items()}
    lugares["los registros"] = plataforma.registros().encode()
    for suyo in (CrearSuscripcion, SuscripcionActivada, TransicionSaga):
        assert ids[0].encode() in topicos[suyo], "the topic was really read"
    assert ids[0].encode() in lugares["la base de notificaciones"]
    for nombre, contenido in lugares.items():
        for secreto in (marca, documento):
            assert secreto.encode() not in contenido, f"{secreto} está en {nombre}"
    assert marca.encode() in volcado(plataforma.bases["suscripciones"]), "the owner has them"


def test_las_palabras_de_quien_pide_quedan_en_su_dueno(negocio: Negocio, plataforma: Plataforma) -> None:
    marca = secrets.token_hex(6)
    cliente = negocio.pide_suscripcion("free")
    cliente.queda("ACTIVA")
    experto = {"codigo": "nadie", "nombre": {"nombres": f"Nombre{marca}", "apellidos": "x"}, "usuario": marca}
    servicio = {
        "experto": experto,
        "nube": {"codigo": "n"},
        "dataset": {"codigo": "d"},
        "suscripcion": {"codigo": cliente.id},
    }
    negocio.ordena("/servicios-datos/servicio-datos-comando", servicio).queda("RECHAZADO")
    cliente.cancela(f"me voy por {marca}").queda("APLICADO")
    cliente.queda("CANCELADA")
    cliente.su_notificacion_queda("SUSCRIPCION_CANCELADA", "CONFIRMADA")
    cliente.todo_queda_quieto(1)

    lugares = {f"la base de {p}": volcado(plataforma.bases[p]) for p in ("notificaciones", "servicio_datos")}
    topicos = en_los_topicos(plataforma)
    lugares |= {m.__name__: contenido for m, contenido in topicos.items()}
    lugares["los registros"] = plataforma.registros().encode()
    lugares["los correos"] = "".join(texto for _, texto in plataforma.buzon.cartas).encode()
    for nombre, contenido in lugares.items():
        assert marca.encode() not in contenido, f"está en {nombre}"
    for suyo in (CancelarSuscripcion, SuscripcionCancelada, CrearServicioDatos):
        assert cliente.id.encode() in topicos[suyo], "the topic was really read"
    assert marca.encode() in volcado(plataforma.bases["suscripciones"]), "the owner has them"


def test_el_texto_que_acompana_a_un_codigo_no_esta_en_ninguna_parte(
    negocio: Negocio, plataforma: Plataforma, expertos_libres: Callable[[int], None]
) -> None:
    """What a client calls a plan, a cloud or a data set is their own text: the catalogue's is kept and told."""
    expertos_libres(1)
    ((experto,),) = filas(plataforma.bases["servicio_datos"], "SELECT codigo FROM expertos WHERE vigente")
    marca = secrets.token_hex(6)

    def plan(codigo: str) -> dict[str, str]:
        return {"codigo": codigo, "nombre": f"Plan {marca}"}

    for codigo, queda in (("nadie", "RECHAZADA"), ("free", "ACTIVA")):
        cuerpo = {**negocio.cuerpo_suscripcion(), "plan": plan(codigo)}
        pedida = negocio.acepta(negocio.envia("/suscripciones/suscripcion-comando", cuerpo), cuerpo)
        pedida.queda(queda)
    negocio.crea_servicio(
        pedida.id,
        experto,
        plan=plan("free"),
        nube={"codigo": "nube-andes", "nombre": marca, "tipo": marca},
        dataset={"codigo": "rayos-x", "nombre": marca},
    ).queda("APLICADO")
    negocio.ordena(f"/suscripciones/{pedida.id}/plan-comando", {"plan": plan("basico")}).queda("APLICADO")
    pedida.su_notificacion_queda("PLAN_MODIFICADO", "CONFIRMADA")
    pedida.todo_queda_quieto(2)

    topicos = en_los_topicos(plataforma)
    for suyo in (CrearSuscripcion, CambiarPlanSuscripcion, CrearServicioDatos):
        assert pedida.id.encode() in topicos[suyo], "the topic was really read"
    lugares = {f"la base de {p}": volcado(url) for p, url in plataforma.bases.items()}
    lugares |= {m.__name__: contenido for m, contenido in topicos.items()}
    lugares["los registros"] = plataforma.registros().encode()
    lugares["los correos"] = "".join(texto for _, texto in plataforma.buzon.cartas).encode()
    for nombre, contenido in lugares.items():
        assert marca.encode() not in contenido, f"está en {nombre}"

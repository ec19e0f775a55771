"""The page that tells where personal data rest names what the code has: each personal field, message and table."""

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.arquitectura.codigo import RAIZ, SERVICIOS
from tests.arquitectura.mapa import personales
from tests.fallos.valores import declarados, libres, por_campo, tabla

from bff_web.comandos import COMANDOS
from bff_web.comandos.comun import Comando
from contratos import Mensaje
from contratos.esquemas import desplegado, publicados
from contratos.servicio_datos import CrearServicioDatos
from contratos.suscripciones import CambiarPlanSuscripcion
from procesamiento.config import Config as ConfigProcesamiento
from procesamiento.infraestructura import tablas as tablas_de_procesamiento
from seedwork.entrada.config import ConfigServicio
from seedwork.infraestructura import bd

PAGINA = (RAIZ / "docs/datos-personales.md").read_text(encoding="utf-8")


NO_ES_LIBRE = re.compile(r"(?:.*\.)?(?:id_\w+|(?:\w+_)?codigo|monto|moneda|acceso)")
"""A command's text that is an id, a code of a list or money; all else is what somebody wrote."""


def textos_libres(registro: Mapping[str, Any], delante: str = "") -> Iterator[str]:
    """A record's texts that hold what somebody wrote; of a record within it, by way of its name."""
    for campo in registro["fields"]:
        nombre, tipo = delante + campo["name"], campo["type"]
        if isinstance(tipo, dict) and tipo["type"] == "record":
            yield from textos_libres(tipo, f"{nombre}.")
        elif not NO_ES_LIBRE.fullmatch(nombre):
            yield nombre


LIBRES = [
    (tipo, campo)
    for tipo in publicados()
    if tipo.clase == "comando"
    for campo in textos_libres(desplegado(tipo.esquema))
]
CON_PERSONALES = [tipo for tipo in publicados() if personales(tipo)]


@pytest.mark.parametrize("tipo", CON_PERSONALES, ids=lambda tipo: tipo.__name__)
def test_cada_mensaje_con_datos_de_una_persona_esta_en_la_pagina(tipo: type[Mensaje]) -> None:
    assert re.search(rf"\b{tipo.__name__}\b", PAGINA), f"{tipo.__name__} is not in the table"
    for campo in personales(tipo):
        assert f"`{campo}`" in PAGINA, f"{tipo.__name__}.{campo} is not in the table"


@pytest.mark.parametrize(("tipo", "campo"), LIBRES, ids=[f"{tipo.__name__}.{campo}" for tipo, campo in LIBRES])
def test_lo_que_alguien_escribe_en_un_comando_esta_en_una_fila_que_dice_en_cual(
    tipo: type[Mensaje], campo: str
) -> None:
    """Whatever it is called, and whoever stores it: it lies on the command's topic."""
    filas = [fila for fila in PAGINA.splitlines() if fila.startswith("|") and f"`{campo}`" in fila]
    assert any(re.search(rf"\b{tipo.__name__}\b", fila) for fila in filas), "in no row of the page"


def test_lo_que_alguien_escribe_en_un_comando_viaja_cifrado() -> None:
    """All of it, whether or not whoever wrote the class thought of a person; what is in the clear stands here."""
    en_claro = {(tipo.__name__, campo) for tipo, campo in LIBRES if campo not in personales(tipo)}
    de_archivos = (
        ("AnonimizarArchivo", "archivo"),
        ("AnonimizarPaquete", "paquete"),
        ("AnonimizarPaquete", "metadatos"),
    )
    assert en_claro == {(tipo, f"{de}.{que}") for tipo, de in de_archivos for que in ("sha256", "octetos")}


def test_lo_que_nombra_o_alcanza_a_una_persona_viaja_cifrado() -> None:
    """Those of whom the contract speaks, by their names in it, wherever they stand."""
    de_alguien = re.compile(
        r"(?:cliente|experto)_(?:nombres|apellidos|usuario|rut|cedula|email)|antecedentes.*|id_paciente"
        r"|detalle|operador|razon|consultante|medio"
    )
    for tipo in publicados():
        suyos = {campo["name"] for campo in tipo.esquema["fields"] if de_alguien.fullmatch(campo["name"])}
        assert suyos <= set(personales(tipo)), tipo.__name__


def test_los_textos_libres_se_ven_tambien_dentro_de_otros() -> None:
    assert {(CrearServicioDatos, "nube.nombre"), (CambiarPlanSuscripcion, "plan_nombre")} <= set(LIBRES)
    assert not {"id_imagen", "plan_codigo", "nube.codigo", "monto"} & {campo for _, campo in LIBRES}


def test_cada_campo_de_una_persona_tiene_una_fila_que_dice_donde_puede_estar() -> None:
    """One row alone; and no row names a field that is none."""
    de_las_filas = [campo for valor in tabla().values() for campo in valor.campos]
    assert sorted(de_las_filas) == sorted(declarados())
    assert set(por_campo().values()) <= set(tabla())


@pytest.mark.parametrize("comando", [c for c in COMANDOS if c.cuerpo], ids=lambda c: c.mensaje.__name__)
def test_lo_que_un_cuerpo_toma_como_texto_libre_tiene_una_fila(comando: Comando) -> None:
    for lugar, campo in libres(comando).items():
        assert campo in por_campo() or NO_ES_LIBRE.fullmatch(campo), f"{'.'.join(lugar)}: {campo}"


def test_lo_que_las_filas_nombran_existe() -> None:
    """A place that is none allows nothing, and hides what was meant."""
    tablas = {
        f"{paquete}.{nombre}"
        for paquete in SERVICIOS.values()
        for nombre in {
            *bd.METADATOS.tables,
            *importlib.import_module(f"{paquete}.infraestructura.tablas").METADATOS.tables,
        }
    }
    topicos = {tipo.topico.partition("saludtech/")[2] for tipo in publicados()}
    for valor in tabla().values():
        for una in valor.tablas:
            assert una in tablas or (una.startswith("*.") and una[2:] in bd.METADATOS.tables), una
        for uno in valor.topicos:
            assert "*" in uno or uno in topicos, uno


def test_la_pagina_nombra_cada_tabla_y_ninguna_otra() -> None:
    """Also those that hold nothing of a person: else nobody tells them from those that were forgotten."""
    tablas = set(bd.METADATOS.tables).union(
        *(importlib.import_module(f"{p}.infraestructura.tablas").METADATOS.tables for p in SERVICIOS.values())
    )
    assert set(re.findall(r"tables? `(\w+)`", PAGINA)) <= tablas
    nombradas = {nombre for lista in re.findall(r"tables? `[^;|]*", PAGINA) for nombre in re.findall(r"`(\w+)`", lista)}
    assert tablas - nombradas == set()


def test_lo_que_es_de_una_persona_en_una_cola_de_archivos_esta_donde_las_filas_se_van() -> None:
    """What becomes null in a row that stays is in its page until another row takes the place."""
    suyas = {
        (tabla.name, columna.name)
        for tabla in tablas_de_procesamiento.METADATOS.tables.values()
        for columna in tabla.c
        if columna.name in ("metadatos", "sobre", "uri", "uri_metadatos")
    }
    # The name of a member's original is made of what stays: it tells nothing.
    assert suyas - {("miembros", "uri")} == {
        (cola, columna) for cola, columnas in tablas_de_procesamiento.COLAS.items() for columna in columnas
    }
    assert all(f"`{cola}`" in PAGINA for cola in tablas_de_procesamiento.COLAS)


def test_de_los_textos_de_una_persona_que_se_quedan_el_servidor_no_guarda_muestras() -> None:
    """A column that none of these names is sampled: what is erased stays in the samples until the next ones."""
    propias = {
        f"{paquete}.{tabla}": set(columnas)
        for paquete in SERVICIOS.values()
        if (tablas := importlib.import_module(f"{paquete}.infraestructura.tablas"))
        for tabla, columnas in getattr(tablas, "PROPIAS", {}).items()
        if set(columnas) <= set(tablas.METADATOS.tables[tabla].c.keys())
    }
    assert propias == {
        "suscripciones.clientes": {"nombres", "apellidos", "usuario", "rut", "cedula", "email"},
        "suscripciones.suscripciones": {"detalle"},
        "suscripciones.facturas": {"medio"},
        "servicio_datos.servicios_datos": {"detalle"},
        "procesamiento.archivos": {"decisiones"},
    }


def test_los_dias_son_los_de_los_ajustes() -> None:
    dichos = re.findall(r"`([A-Z]+_DIAS)`(?: \(|, )(\d+)", PAGINA)
    ajustes = {"RETENCION_DIAS", "OUTBOX_DIAS", "CARTAS_DIAS", "INBOX_DIAS", "COMANDOS_DIAS", "CUARENTENA_DIAS"}
    assert {ajuste for ajuste, _ in dichos} == ajustes
    for ajuste, dias in dichos:
        clase = ConfigProcesamiento if ajuste == "CUARENTENA_DIAS" else ConfigServicio
        assert clase.model_fields[ajuste.lower()].default == float(dias), ajuste

"""The page that tells where personal data rest names what the code has: each personal field, message and table."""

import importlib
import re

import pytest
from tests.arquitectura.codigo import RAIZ, SERVICIOS
from tests.arquitectura.mapa import personales

from contratos import Mensaje
from contratos.esquemas import publicados
from seedwork.entrada.config import ConfigServicio
from seedwork.infraestructura import bd

PAGINA = (RAIZ / "docs/datos-personales.md").read_text(encoding="utf-8")


CON_PERSONALES = [tipo for tipo in publicados() if personales(tipo)]


@pytest.mark.parametrize("tipo", CON_PERSONALES, ids=lambda tipo: tipo.__name__)
def test_cada_mensaje_con_datos_de_una_persona_esta_en_la_pagina(tipo: type[Mensaje]) -> None:
    assert re.search(rf"\b{tipo.__name__}\b", PAGINA), f"{tipo.__name__} is not in the table"
    for campo in personales(tipo):
        assert f"`{campo}`" in PAGINA, f"{tipo.__name__}.{campo} is not in the table"


def test_las_tablas_que_la_pagina_nombra_estan_y_las_de_mensajes_estan_todas() -> None:
    propias = {
        tabla
        for paquete in SERVICIOS.values()
        for tabla in importlib.import_module(f"{paquete}.infraestructura.tablas").METADATOS.tables
    }
    nombradas = set(re.findall(r"tables? `(\w+)`", PAGINA))
    assert nombradas <= propias | set(bd.METADATOS.tables)
    assert {"clientes", "suscripciones", "facturas", "envios", "servicios_datos", "expertos", "imagenes"} <= nombradas
    for tabla in bd.METADATOS.tables:
        assert f"`{tabla}`" in PAGINA


def test_los_dias_son_los_de_los_ajustes() -> None:
    dichos = re.findall(r"`([A-Z]+_DIAS)`(?: \(|, )(\d+)", PAGINA)
    ajustes = {"RETENCION_DIAS", "OUTBOX_DIAS", "CARTAS_DIAS", "INBOX_DIAS", "COMANDOS_DIAS"}
    assert {ajuste for ajuste, _ in dichos} == ajustes
    for ajuste, dias in dichos:
        assert ConfigServicio.model_fields[ajuste.lower()].default == float(dias), ajuste

"""The simulator is able to fail: broken rules, each of which it has to find. All mutants: `make mutantes`.

Most stand among the long tests, since some take a while; make check tries three of them. What no schedule shows is held
to the test that does.
"""

import os
import subprocess
import sys
from itertools import chain

import pytest
from tests.simulador.mutantes import RAIZ, Mutante, mutantes, probar

SAGAS = 2_000

PRONTO = [
    ("aplicacion/bus.py", "r.sobre.id in nuevos → NotIn"),
    ("servicio_datos/aplicacion/reserva.py", "without unidad.recursos.devolver_experto("),
    ("suscripciones/aplicacion/decision.py", "without publicar_paso(unidad, saga_de(suscripcion), sagas.RECHAZAR"),
]
"""File and change: those that fall within some dozens of sagas."""
DOCENA = [
    ("aplicacion/bus.py", "without self._unidad.transaccion.no_esperar("),
    ("aplicacion/unidad.py", "without regreso()"),
    ("saga/fin.py", "p.resultado == sagas.HECHO → NotEq"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SAGA_EN_CURSO')"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SUSCRIPCION_TERMINADA')"),
    ("servicio_datos/aplicacion/reserva.py", "if participacion.cerrada or conocida.terminada → False"),
    ("servicio_datos/aplicacion/reserva.py", "if not unidad.participaciones.de_saga(saga).tomar_cierre() → False"),
    ("dominio/suscripcion.py", "without raise ReglaViolada('SUSCRIPCION_NO_ACTIVA')"),
    ("aplicacion/desenlace.py", "without publicar_paso(unidad, envio.saga, envio.paso)"),
    # Each of these shows to one rule, or one client, alone.
    ("aplicacion/bus.py", "without detras.add(asunto)"),
    ("aplicacion/tratamiento.py", "if medios.ordenado → False"),
    ("dominio/factura.py", "if self.estado == PAGADA → False"),
    (
        "dominio/suscripcion.py",
        "(self.renueva <= hoy) → without self.renueva <= hoy",
    ),
    ("comandos/crear_suscripcion.py", "without conocido.actualizar(pedido)"),
    ("comandos/iniciar_servicio_datos.py", "without exigir_activa(servicio_datos.id_suscripcion, unidad)"),
    ("aplicacion/encargo.py", "if not cerrada and unidad.notificaciones.obtener(id) is None → True"),
    ("aplicacion/envio.py", "creado + timedelta(seconds=self.final_s) → Sub"),
    ("dominio/notificacion.py", "without self.id_saga = evento.id_saga"),
]
"""The others."""

_BUS, _UNIDAD = "seedwork/tests/almacen/test_bus.py", "seedwork/tests/almacen/test_unidad.py"
_TRATAMIENTO, _RELAY = "seedwork/tests/unit/test_tratamiento.py", "seedwork/tests/unit/test_relay.py"
_CONSUMIDOR, _PACIENCIA = "seedwork/tests/unit/test_consumidor.py", "seedwork/tests/unit/test_paciencia.py"
_SUS, _DAT = "microservicio-suscripciones/tests/unit", "microservicio-servicio-datos/tests/unit"
_NOT = "microservicio-notificaciones/tests/unit"
EN_OTRA_PARTE: list[tuple[str, str, str]] = [
    ("saga/fin.py", "if activada → False", f"{_SUS}/test_saga.py"),
    ("aplicacion/bus.py", "avisar and self._rechazar is not None → Or", _BUS),
    ("aplicacion/bus.py", "if recibido.vuelta > conocido.vuelta → True", _BUS),
    ("aplicacion/unidad.py", "without self.transaccion.deshacer()", _UNIDAD),
    ("aplicacion/unidad.py", "if self._deshacible and issubclass(tipo, ReglaViolada | PorConocer) → True", _UNIDAD),
    ("aplicacion/unidad.py", "without raise RuntimeError('esta unidad de trabajo no atiende ningún mensaje')", _UNIDAD),
    ("aplicacion/tratamiento.py", "self._medios.ritmo.retenidos - self._retenidas → Add", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "if isinstance(leido, Ilegible) → False", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "without self._retenidas += len(de_la_clave)", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "without self._tope = max(2, self._tope)", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "if self._medios.es_ajeno(error) → False", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "if entrega.agotada is None and (not entrega.intento) → True", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "without entrega.intento = intento", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "without entrega.con_carta = True", _TRATAMIENTO),
    ("aplicacion/tratamiento.py", "entrega.recibido.sobre.id in esperan → NotIn", _TRATAMIENTO),
    ("aplicacion/paciencia.py", "if en_cola → False", _PACIENCIA),
    ("aplicacion/paciencia.py", "self.minimo_s - segundos → Add", _PACIENCIA),
    ("aplicacion/paciencia.py", "without historia.no_antes = preguntada + self._espera.consulta_s", _PACIENCIA),
    ("infraestructura/repositorio.py", "if id(agregado) not in self._prestados → True", _UNIDAD),
    ("infraestructura/repositorio.py", "leida[c] != v → Eq", _UNIDAD),
    ("infraestructura/repositorio.py", "c.init and c.name not in salvo → without c.init", _UNIDAD),
    ("infraestructura/relay.py", "if not filas → False", _RELAY),
    ("infraestructura/relay.py", "if len(ronda.filas) < self._tope → True", _RELAY),
    ("entrada/consumidor.py", "ahora - desde → Add", _CONSUMIDOR),
    (
        "entrada/consumidor.py",
        "abierta is not None and abierta.subscription.conectada() → without abierta.subscription",
        _CONSUMIDOR,
    ),
    ("entrada/consumidor.py", "if not self._medios.es_ajeno(error) → False", _CONSUMIDOR),
    ("entrada/consumidor.py", "without self._al_dia = self._medios.entorno.monotono()", _CONSUMIDOR),
    ("entrada/consumidor.py", "hubo or cupo → And", _CONSUMIDOR),
    (
        "dominio/suscripcion.py",
        "self.saga.id == id_saga and (not self.saga.decidida) → without self.saga.id == id_saga",
        f"{_SUS}/test_reacciones_suscripciones.py",
    ),
    (
        "dominio/suscripcion.py",
        "recurso in self.saga.reservados → without recurso not in self.saga.requeridos",
        f"{_SUS}/test_reacciones_suscripciones.py",
    ),
    (
        "dominio/suscripcion.py",
        "recurso in self.saga.reservados → without recurso in self.saga.reservados",
        f"{_SUS}/test_reacciones_suscripciones.py",
    ),
    (
        "dominio/suscripcion.py",
        "plazo if plan.recursos else None → swapped",
        f"{_SUS}/test_reacciones_suscripciones.py",
    ),
    ("dominio/suscripcion.py", "if self.saga.requeridos → False", f"{_SUS}/test_cambio_plan.py"),
    (
        "dominio/suscripcion.py",
        "self.renueva is None and plan.periodo → without self.renueva is None",
        f"{_SUS}/test_facturas.py",
    ),
    (
        "suscripciones/aplicacion/decision.py",
        "without rechazar(unidad, suscripcion, saga.id, motivos.PLAN_DESCONOCIDO)",
        f"{_SUS}/test_cambio_plan.py",
    ),
    (
        "reacciones/plazo.py",
        "suscripcion.plazo > unidad.reloj() → without suscripcion.plazo > unidad.reloj()",
        f"{_SUS}/test_reacciones_suscripciones.py",
    ),
    ("dominio/catalogo.py", "TEXTO.cabe(llana) → without TEXTO.cabe(llana)", f"{_DAT}/test_imagenes.py"),
    (
        "comandos/crear_servicio_datos.py",
        "without raise ReglaViolada(motivos.DATASET_DESCONOCIDO)",
        f"{_DAT}/test_comandos.py",
    ),
    ("comandos/crear_servicio_datos.py", "without exigir(comando, _REGLAS)", f"{_DAT}/test_comandos.py"),
    (
        "servicio_datos/aplicacion/reserva.py",
        "if not participacion.tomar_reserva() → False",
        f"{_DAT}/test_cambio_de_plan.py",
    ),
    ("servicio_datos/aplicacion/reserva.py", "if participacion.activada → False", f"{_DAT}/test_cambio_de_plan.py"),
    (
        "servicio_datos/aplicacion/reserva.py",
        "participacion.cerrada or conocida.terminada → without conocida.terminada",
        f"{_DAT}/test_cancelacion.py",
    ),
    (
        "servicio_datos/aplicacion/reserva.py",
        "servicio_datos.id_saga == saga.id → without servicio_datos.id_saga == saga.id",
        f"{_DAT}/test_reacciones.py",
    ),
    (
        "reacciones/plan_modificado.py",
        "if unidad.participaciones.de_saga(saga).cerrada → False",
        f"{_DAT}/test_cambio_de_plan.py",
    ),
    ("reacciones/plan_modificado.py", "servicio_datos is not None and devuelto → Or", f"{_DAT}/test_cambio_de_plan.py"),
    (
        "reacciones/cambio_rechazado.py",
        "servicio_datos is not None and devuelto → without devuelto",
        f"{_DAT}/test_cambio_de_plan.py",
    ),
    ("dominio/notificacion.py", "False → True", f"{_NOT}/test_notificacion.py"),
    ("aplicacion/desenlace.py", "if repetible → True", f"{_NOT}/test_enviador.py"),
    (
        "aplicacion/desenlace.py",
        "without unidad.envios.aplazar(envio.id_notificacion, proximo)",
        f"{_NOT}/test_enviador.py",
    ),
    ("aplicacion/encargo.py", "if solo_la_saga → False", f"{_NOT}/test_reacciones_notificaciones.py"),
    (
        "aplicacion/encargo.py",
        "if envio.tipo in ANUNCIOS and (envio.saga.id == hecho.id_saga or not solo_la_saga) → False",
        f"{_NOT}/test_reacciones_notificaciones.py",
    ),
    (
        "aplicacion/encargo.py",
        "envio.saga.id == hecho.id_saga or not solo_la_saga → without not solo_la_saga",
        f"{_NOT}/test_reacciones_notificaciones.py",
    ),
    (
        "notificaciones/aplicacion/reacciones/cambio_rechazado.py",
        "or '' → And",
        f"{_NOT}/test_reacciones_notificaciones.py",
    ),
]
"""File and change that live through every schedule, and where the test stands that fails on them."""


@pytest.fixture(autouse=True)
def _callado(callado: None) -> None:
    """Nobody reads its logs."""


def cual(archivo: str, que: str) -> Mutante:
    return next(m for m in mutantes() if archivo in m.archivo and que in m.que)


def casos(lista: list[tuple[str, str]]) -> list[object]:
    return [pytest.param(archivo, que, id=f"{archivo}: {que}") for archivo, que in lista]


@pytest.mark.parametrize(("archivo", "que"), casos(PRONTO))
def test_lo_que_se_rompe_a_proposito_se_encuentra_pronto(archivo: str, que: str) -> None:
    fin = probar(cual(archivo, que), 200)
    assert fin.hallazgo
    assert not fin.hallazgo.startswith("SIN EFECTO")


@pytest.mark.largo
@pytest.mark.parametrize(("archivo", "que"), casos(DOCENA))
def test_lo_que_se_rompe_a_proposito_se_encuentra(archivo: str, que: str) -> None:
    fin = probar(cual(archivo, que), SAGAS)
    assert fin.hallazgo
    assert not fin.hallazgo.startswith("SIN EFECTO")


@pytest.mark.largo
def test_lo_que_ninguna_corrida_muestra_lo_muestra_otra_prueba() -> None:
    pares = [(cual(archivo, que).nombre, prueba) for archivo, que, prueba in EN_OTRA_PARTE]
    salida = subprocess.run(
        [sys.executable, "-m", "tests.simulador.injerto", *chain.from_iterable(pares)],
        env={n: v for n, v in os.environ.items() if not n.startswith("PYTEST_")},
        cwd=RAIZ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    fines = dict(linea.split("\t") for linea in salida.splitlines())
    assert [(nombre, fines[nombre], prueba) for nombre, prueba in pares if not fines[nombre].startswith(prueba)] == []

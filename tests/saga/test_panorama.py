"""The overview of a platform that works, and of one of whose services one hears nothing."""

from typing import Any

import pytest
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio, marca
from tests.saga.plataforma_viva import Plataforma

from bff_web.respuestas import VistaPanorama

pytestmark = pytest.mark.integracion


def mirar(negocio: Negocio) -> dict[str, Any]:
    respuesta = hasta(lambda: (r := negocio.pregunta("/panorama")).codigo == 200 and r, "el panorama se sabe")
    VistaPanorama.model_validate(respuesta.cuerpo, strict=True, extra="forbid")
    return dict(respuesta.cuerpo)


def estados(dicho: dict[str, Any]) -> dict[str, str]:
    return {parte["nombre"]: parte["estado"] for parte in [*dicho["servicios"], *dicho["partes"]]}


def test_se_ve_lo_que_pasa_y_de_quien_no_se_sabe_nada(negocio: Negocio, plataforma: Plataforma) -> None:
    antes = hasta(
        lambda: (
            (d := mirar(negocio))
            and set(estados(d).values()) == {"BIEN"}
            and d["sagas"]["completadas"] is not None
            and d
        ),
        "todo está bien",
    )
    suscripcion = negocio.pide_suscripcion()
    imagenes = [negocio.envia_imagen(id_imagen=f"{marca()}-{n}") for n in range(5)]
    suscripcion.queda("ACTIVA")
    for imagen in imagenes:
        imagen.queda("ANONIMIZADA")

    dicho = hasta(
        lambda: (
            (d := mirar(negocio))["sagas"]["completadas"] > antes["sagas"]["completadas"]
            and any(d["historia"]["imagenes_por_segundo"])
            and any(d["historia"]["peticiones_por_segundo"])
            and d
        ),
        "se ven la saga y las imágenes",
    )
    assert all(s["instancias"] >= 1 and s["instancias_deseadas"] >= 1 for s in dicho["servicios"])

    api = plataforma.proceso("notificaciones-api")
    api.parar()
    try:
        hasta(lambda: estados(mirar(negocio))["notificaciones"] == "SIN_DATOS", "de quien no está no se sabe nada")
        # Nobody else is told of later, or not at all.
        assert {e for nombre, e in estados(mirar(negocio)).items() if nombre != "notificaciones"} == {"BIEN"}
    finally:
        api.rearrancar()
        api.esperar_listo()

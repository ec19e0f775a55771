"""Every query of the contract, asked at the door of a real platform: its answer is what the contract says."""

import pytest
from tests.saga.espera import hasta
from tests.saga.negocio import Negocio

from bff_web.consultas import CONSULTAS
from contratos.consultas import ArchivoNombrado, Pagina
from contratos.consultas.auditoria import PaginaAuditoria
from contratos.consultas.cartas import CartaMuerta, PaginaCartas
from contratos.consultas.servicio_datos import ListarImagenesDeDataset, ObtenerManifiestoDeDataset
from seedwork.pruebas.respuestas import exigir

pytestmark = pytest.mark.integracion


def test_cada_consulta_responde_lo_que_dice_su_contrato(negocio: Negocio) -> None:
    suscripcion = negocio.pide_suscripcion("pro")
    imagen = negocio.envia_imagen(id_imagen=f"{suscripcion.id}-imagen")
    suscripcion.su_saga_queda("COMPLETADA")
    suscripcion.su_comando_queda("APLICADO")
    servicio = suscripcion.su_servicio_queda("INICIADO")["id_servicio_datos"]
    notificacion = suscripcion.su_notificacion_queda("SERVICIO_LISTO", "CONFIRMADA")["id_notificacion"]
    orden = negocio.ordena(f"/servicios-datos/{servicio}/inicio-comando", {})
    orden.queda("RECHAZADO")
    imagen.queda("ANONIMIZADA")
    archivo = negocio.envia_archivo(b"nada", suscripcion.id, id_imagen=f"{suscripcion.id}-archivo")
    archivo.queda("CUARENTENA")
    imagen.su_comando_queda("APLICADO")
    paquete = negocio.envia_paquete(suscripcion.id, archivos=("uno", b"nada"))
    hasta(
        lambda: negocio.pregunta(f"/procesar/paquetes/{paquete}").cuerpo.get("estado") == "COMPLETADO",
        "el paquete acaba",
    )
    cliente = suscripcion.vista()["cliente"]["codigo"]
    exportacion = negocio.ordena(f"/clientes/{cliente}/exportacion-comando", {})
    supresion = negocio.ordena(f"/clientes/{suscripcion.id}/supresion-comando", {})
    for pedida in (exportacion, supresion):
        pedida.queda("APLICADO")
    rutas = [
        f"/suscripciones?estado=ACTIVA&plan=pro&cliente={cliente}",
        f"/suscripciones/{suscripcion.id}",
        f"/suscripciones/{suscripcion.id}/saga",
        f"/suscripciones/{suscripcion.id}/sagas",
        "/suscripciones/sagas?estado=COMPLETADA",
        f"/suscripciones/comandos/{suscripcion.id_comando}",
        "/planes",
        f"/servicios-datos?suscripcion={suscripcion.id}&estado=INICIADO",
        f"/servicios-datos/{servicio}",
        orden.aceptado["comando"],
        "/procesar/imagenes?modalidad=Rayos+X",
        f"/procesar/imagenes/{imagen.id}",
        f"/procesar/imagenes/{archivo.id}/informe",
        "/procesar/paquetes?estado=COMPLETADO",
        f"/procesar/paquetes/{paquete}",
        f"/procesar/paquetes/{paquete}/imagenes",
        f"/procesar/comandos/{imagen.id_comando}",
        f"/notificaciones?suscripcion={suscripcion.id}",
        f"/notificaciones/{notificacion}",
        f"/notificaciones/{notificacion}/carta",
        f"/notificaciones/{notificacion}/eventos",
        exportacion.aceptado["consulta"],
        supresion.aceptado["consulta"],
    ]
    preguntadas = set()
    for ruta in rutas:
        respuesta = negocio.pregunta(ruta)
        assert respuesta.codigo == 200, ruta
        consulta = exigir(ruta.partition("?")[0], respuesta.cuerpo)
        assert consulta is not None, ruta
        preguntadas.add(consulta)
        if issubclass(consulta.respuesta, Pagina):
            assert respuesta.cuerpo["elementos"], f"{ruta}: an empty list proves nothing"
    # Nobody is asked who they are here: the trail is empty, and test_duenos.py of each service asks it.
    # What is answered with a file is no JSON: test_archivos.py asks for it. A data set has something to show where it
    # has k patients: test_dataset.py.
    en_otras = {ListarImagenesDeDataset, ObtenerManifiestoDeDataset}
    # Of dead letters there are none here: test_ventanilla.py of seedwork has some.
    otras = ArchivoNombrado, PaginaAuditoria, PaginaCartas, CartaMuerta
    assert preguntadas == {c for c in CONSULTAS if not issubclass(c.respuesta, otras)} - en_otras

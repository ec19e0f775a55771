"""What each domain event is called outside: its published message."""

from dataclasses import replace

from contratos import procesamiento as contrato
from procesamiento.dominio import eventos
from seedwork.aplicacion.unidad import Traducciones


def _anonimizada(evento: eventos.Anonimizada) -> contrato.ImagenAnonimizada:
    datos, resultado = evento.datos, evento.resultado
    anonimizada = contrato.ImagenAnonimizada(
        id_imagen=evento.id_imagen,
        seudonimo_paciente=datos.seudonimo_paciente,
        modalidad=datos.modalidad,
        patologia=datos.patologia,
        region_anatomica=datos.region_anatomica,
        formato_imagen=datos.formato_imagen,
        fuente_de_datos=datos.fuente_de_datos,
        condiciones=datos.condiciones,
        fecha_ingesta=datos.fecha_ingesta,
        mes=datos.mes,
        antecedentes_con_riesgo_residual=datos.antecedentes_con_riesgo_residual,
        id_paquete=evento.paquete,
    )
    if resultado is None:
        return anonimizada
    return replace(
        anonimizada,
        banda_de_edad=resultado.banda_de_edad,
        sexo=resultado.sexo,
        mes=resultado.mes or datos.mes,
        uri=resultado.uri,
        sha256=resultado.sha256,
        octetos=resultado.octetos,
        tipo_de_archivo=resultado.tipo,
        emisor="" if resultado.emisor_conocido else contrato.EMISOR_DESCONOCIDO,
    )


def _apartada(evento: eventos.Apartada) -> contrato.ImagenApartada:
    return contrato.ImagenApartada(
        id_imagen=evento.id_imagen, estado=evento.estado, motivo=evento.motivo, id_paquete=evento.paquete
    )


def _liberada(evento: eventos.Liberada) -> contrato.ImagenLiberada:
    return contrato.ImagenLiberada(id_imagen=evento.id_imagen, motivo=evento.motivo, id_paquete=evento.paquete)


def _descartada(evento: eventos.Descartada) -> contrato.OriginalDescartado:
    return contrato.OriginalDescartado(id_imagen=evento.id_imagen, motivo=evento.motivo, id_paquete=evento.paquete)


def _rechazada(evento: eventos.Rechazada) -> contrato.AnonimizacionRechazada:
    return contrato.AnonimizacionRechazada(
        id_imagen=evento.id_imagen, id_comando=evento.id_comando, motivo=evento.motivo, id_paquete=evento.paquete
    )


def _completado(evento: eventos.PaqueteCompletado) -> contrato.PaqueteCompletado:
    return contrato.PaqueteCompletado(
        id_paquete=evento.id_paquete,
        total=evento.total,
        hechas=evento.hechas,
        cuarentena=evento.cuarentena,
        fallidas=evento.fallidas,
    )


def _paquete_rechazado(evento: eventos.PaqueteRechazado) -> contrato.PaqueteRechazado:
    return contrato.PaqueteRechazado(id_paquete=evento.id_paquete, motivo=evento.motivo)


TRADUCCIONES: Traducciones = {
    eventos.Anonimizada: _anonimizada,
    eventos.Apartada: _apartada,
    eventos.Liberada: _liberada,
    eventos.Descartada: _descartada,
    eventos.Rechazada: _rechazada,
    eventos.PaqueteCompletado: _completado,
    eventos.PaqueteRechazado: _paquete_rechazado,
}

"""What the suscripciones context is asked, and what it answers."""

from typing import Literal

from contratos.consultas.base import (
    COMANDO,
    DETALLE,
    MOTIVO,
    PAGINA,
    SUSCRIPCION,
    Consulta,
    Cursor,
    Id,
    Pagina,
    Parte,
    Respuesta,
    campo,
    filtro,
)
from contratos.consultas.comandos import DestinoComando
from contratos.consultas.notificaciones import Notificacion
from contratos.consultas.servicio_datos import ServicioDatos

EstadoSuscripcion = Literal["PENDIENTE", "ACTIVA", "RECHAZADA", "CANCELADA"]
EstadoSaga = Literal["EN_CURSO", "COMPLETADA", "COMPENSADA"]
ResultadoPaso = Literal["HECHO", "RECHAZADO", "FALLIDO", "OMITIDO"]


class NombreVisible(Parte):
    """Cómo se llama una persona."""

    nombres: str = campo("Sus nombres.", "Pablo")
    apellidos: str = campo("Sus apellidos.", "Perez Prieto")


class DocumentoVisible(Parte):
    """Un documento de identidad."""

    numero: str = campo("Su número, sin puntos, guiones ni espacios.", "123457890")


class ClienteVisible(Parte):
    """El cliente, con los datos de su última suscripción aplicada; vacíos si no hay ninguna."""

    codigo: str = campo("Su código.", "0001")
    nombre: NombreVisible = campo("Cómo se llama.")
    usuario: str = campo("Su usuario.", "pperez")
    rut: DocumentoVisible = campo("Su RUT.")
    cedula: DocumentoVisible = campo("Su cédula.")
    email: str = campo("Adónde se le escribe.", "pperez@domain.com")


class PlanVisible(Parte):
    """El plan de una suscripción."""

    codigo: str = campo("Su código en el catálogo.", "pro")
    nombre: str = campo("Su nombre.", "PRO")


class Factura(Respuesta):
    """Una factura."""

    id_factura: str = campo("Su identificador, con el que se paga.", "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e77")
    estado: Literal["EMITIDA", "PAGADA", "ANULADA"] = campo("Si se debe.", "EMITIDA")
    monto: str = campo("Dinero exacto: un texto con dos decimales.", "49.90")
    moneda: str = campo("Código ISO 4217.", "USD")
    medio: str | None = campo("Con qué se pagó; nulo si no está pagada.")
    emitida: str = campo("Cuándo, en UTC (RFC 3339).", "2026-02-01T09:10:02.104Z")


class Suscripcion(Respuesta):
    """Una suscripción, con su cliente, su plan y sus facturas, la más antigua primero."""

    id_suscripcion: str = campo("Su identificador.", SUSCRIPCION)
    estado: EstadoSuscripcion = campo("Cómo está.", "ACTIVA")
    motivo: str | None = campo(MOTIVO)
    detalle: str | None = campo(DETALLE)
    cliente: ClienteVisible = campo("De quién es.")
    plan: PlanVisible = campo("El plan en vigor.")
    facturas: list[Factura] = campo("Las suyas, la más antigua primero.")


class PaginaSuscripciones(Pagina):
    """Una página de suscripciones."""

    elementos: list[Suscripcion] = campo("Las de esta página, la más reciente primero.")


class Paso(Respuesta):
    """Un paso de una saga; `compensacion` dice si deshace otro."""

    paso: str = campo("Qué se hizo.", "RESERVAR")
    servicio: str = campo("Quién lo hizo.", "servicio-datos")
    recurso: str | None = campo("Con qué recurso del plan; nulo si con ninguno.", "servicio_datos")
    resultado: ResultadoPaso = campo("Cómo acabó.", "HECHO")
    motivo: str | None = campo(MOTIVO)
    ocurrido: str = campo("Cuándo, en UTC (RFC 3339).", "2026-02-01T09:10:01.527Z")
    compensacion: bool = campo("Si deshace otro paso.", False)


class PasoDebido(Parte):
    """Un paso que una saga espera."""

    paso: str = campo("Qué falta por hacer.", "NOTIFICAR")
    servicio: str = campo("De quién se espera.", "notificaciones")
    recurso: str | None = campo("Con qué recurso del plan; nulo si con ninguno.")


class Saga(Respuesta):
    """Una saga y sus pasos en orden."""

    id_saga: str = campo("El identificador del comando que la empezó.", COMANDO)
    estado: EstadoSaga = campo("Cómo está.", "EN_CURSO")
    pasos: list[Paso] = campo(
        "Los que ya constan, por el instante en que ocurrieron.",
        [
            Paso.ejemplo()
            | {
                "paso": "CREAR",
                "servicio": "suscripciones",
                "recurso": None,
                "ocurrido": "2026-02-01T09:10:01.312Z",
            },
            Paso.ejemplo(),
        ],
    )
    faltan: list[PasoDebido] = campo(
        "Los que aún se esperan hasta su fin, en orden; ninguno si acabó. Los de su camino o, en cuanto consta que se "
        "deshace, los de su vuelta.",
        [
            {"paso": "NOTIFICAR", "servicio": "notificaciones", "recurso": None},
            {"paso": "ACTIVAR", "servicio": "suscripciones", "recurso": None},
            {"paso": "INICIAR", "servicio": "servicio-datos", "recurso": "servicio_datos"},
        ],
    )
    traza: str | None = campo(
        "La traza en la que empezó (W3C Trace Context); nulo si no consta.", "4bf92f3577b34da6a3ce929d0e0e4736"
    )
    enlace_traza: str | None = campo(
        "Dónde verla, si se guarda y hay dónde.", "http://127.0.0.1:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736"
    )


class PaginaSagas(Pagina):
    """Las sagas de una suscripción."""

    elementos: list[Saga] = campo("Todas, la última al final.")


class SagaReciente(Respuesta):
    """Una saga, y el último de sus pasos."""

    id_saga: str = campo("El identificador del comando que la empezó.", COMANDO)
    id_suscripcion: str = campo("La suscripción de la que es.", SUSCRIPCION)
    cliente_codigo: str | None = campo("El código de su cliente; nulo si no se sabe de quién es.", "0001")
    estado: EstadoSaga = campo("Cómo está.", "EN_CURSO")
    comenzada: str = campo("Cuándo ocurrió su primer paso, en UTC (RFC 3339).", "2026-02-01T09:10:01.312Z")
    terminada: str | None = campo("Cuándo ocurrió el que la terminó, en UTC (RFC 3339); nulo mientras está en curso.")
    ultimo_paso: Paso = campo("El que ocurrió el último, de los que ya constan.")


class PaginaSagasRecientes(Pagina):
    """Una página de sagas."""

    elementos: list[SagaReciente] = campo("Las de esta página, la que comenzó la última primero.")


class Plan(Respuesta):
    """Un plan del catálogo, con los recursos que requiere y su precio."""

    codigo: str = campo("Con el que se pide.", "pro")
    nombre: str = campo("Su nombre.", "PRO")
    recursos: list[str] = campo("Los que requiere.", ["servicio_datos"])
    precio: str = campo("El de cada periodo; dinero exacto: un texto con dos decimales.", "49.90")
    moneda: str = campo("Código ISO 4217.", "USD")
    periodo_dias: int = campo("Cada cuántos días se factura.", 30)
    politicas: list[str] = campo(
        "Lo que ofrece, en palabras.", ["Servicio de datos con experto, nube y conjunto de datos asignados"]
    )


class Exportacion(Respuesta):
    """Todo lo que se guarda de un cliente, reunido al preguntarlo. No se guarda en ninguna parte."""

    id_comando: str = campo("El que la pidió.", COMANDO)
    pedida: str = campo("Cuándo se pidió, en UTC (RFC 3339).", "2026-02-01T09:10:02.104Z")
    caduca: str = campo("Hasta cuándo se puede leer, en UTC (RFC 3339).", "2026-02-08T09:10:02.104Z")
    cliente: ClienteVisible | None = campo(
        "Sus datos; nulo si no hay ninguno.",
        ClienteVisible.ejemplo(),
    )
    suscripciones: list[Suscripcion] = campo("Las suyas, con sus facturas.")
    servicios_datos: list[ServicioDatos] = campo("Los de sus suscripciones.")
    notificaciones: list[Notificacion] = campo("Lo que se le ha contado.")
    resto: list[str] = campo("Dónde sigue cada lista que es demasiado larga para venir entera.", [])


class LoQueQueda(Parte):
    """Un lugar donde queda algo del cliente tras su supresión."""

    donde: str = campo("Dónde.", "Las cartas muertas.")
    que: str = campo("Qué queda ahí.", "Los mensajes que no se pudieron atender, cifrados.")
    hasta: str | None = campo(
        "Hasta cuándo, como mucho, en UTC (RFC 3339); nulo si no la tiene: se conserva, o depende de otros.",
        "2026-02-08T21:10:02.104Z",
    )


class Supresion(Respuesta):
    """Qué fue de una supresión, y qué queda dónde y hasta cuándo: otros servicios borran lo suyo en cuanto la oyen."""

    id_comando: str = campo("El que dio la respuesta 202.", COMANDO)
    estado: Literal["APLICADO", "RECHAZADO"] = campo("Si tuvo efecto.", "APLICADO")
    motivo: str | None = campo(MOTIVO)
    ocurrida: str = campo("Cuándo se decidió, en UTC (RFC 3339).", "2026-02-01T09:10:02.104Z")
    queda: list[LoQueQueda] = campo("Lo que queda; nada si se rechazó.")


class PaginaPlanes(Pagina):
    """El catálogo de planes."""

    elementos: list[Plan] = campo("Todos los que se ofrecen.")


class ListarSuscripciones(Consulta, contexto="suscripciones", ruta="/suscripciones", respuesta=PaginaSuscripciones):
    """Suscripciones, por páginas."""

    cliente: Id | None = filtro("El código del cliente.")
    estado: EstadoSuscripcion | None = filtro("Cómo están.")
    plan: Id | None = filtro("El código del plan en vigor.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerSuscripcion(
    Consulta, contexto="suscripciones", ruta="/suscripciones/{id_suscripcion}", respuesta=Suscripcion
):
    """Una suscripción."""

    id_suscripcion: Id = campo("La suscripción.")


class ObtenerSaga(Consulta, contexto="suscripciones", ruta="/suscripciones/{id_suscripcion}/saga", respuesta=Saga):
    """La línea de tiempo de la última saga de una suscripción."""

    id_suscripcion: Id = campo("La suscripción.")


class ListarSagas(
    Consulta, contexto="suscripciones", ruta="/suscripciones/{id_suscripcion}/sagas", respuesta=PaginaSagas
):
    """Todas las sagas de una suscripción."""

    id_suscripcion: Id = campo("La suscripción.")


class ListarSagasRecientes(
    Consulta, contexto="suscripciones", ruta="/suscripciones/sagas", respuesta=PaginaSagasRecientes
):
    """Sagas de todas las suscripciones, por páginas."""

    cliente: Id | None = filtro("El código del cliente.")
    suscripcion: Id | None = filtro("La suscripción de la que son.")
    estado: EstadoSaga | None = filtro("Cómo están.")
    cursor: Cursor | None = filtro(PAGINA)


class ObtenerComandoSuscripcion(
    Consulta, contexto="suscripciones", ruta="/suscripciones/comandos/{id_comando}", respuesta=DestinoComando
):
    """Qué fue de un comando de suscripciones."""

    id_comando: Id = campo("El comando.")


class ListarPlanes(Consulta, contexto="suscripciones", ruta="/planes", respuesta=PaginaPlanes):
    """El catálogo de planes."""


class ObtenerSupresion(
    Consulta, contexto="suscripciones", ruta="/clientes/supresiones/{id_comando}", respuesta=Supresion
):
    """Qué fue de la supresión de un cliente, y qué caduca dónde y cuándo."""

    id_comando: Id = campo("El comando que la pidió.")


class ObtenerExportacion(
    Consulta,
    contexto="suscripciones",
    ruta="/clientes/{cliente_codigo}/exportaciones/{id_comando}",
    respuesta=Exportacion,
):
    """Todo lo que se guarda de un cliente."""

    cliente_codigo: Id = campo("El cliente.")
    id_comando: Id = campo("El comando que lo pidió.")

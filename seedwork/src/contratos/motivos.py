"""The closed list of reasons. Messages and databases keep the code; queries show the Spanish text."""

SIN_CAPACIDAD = "SIN_CAPACIDAD"
SIN_NUBE = "SIN_NUBE"
SIN_DATASET = "SIN_DATASET"
YA_TIENE_SERVICIO = "YA_TIENE_SERVICIO"
RECHAZO_DE_PARTICIPANTE = "RECHAZO_DE_PARTICIPANTE"
PLAZO_VENCIDO = "PLAZO_VENCIDO"
NOTIFICACION_FALLIDA = "NOTIFICACION_FALLIDA"
PLAN_DESCONOCIDO = "PLAN_DESCONOCIDO"
SUSCRIPCION_EXISTENTE = "SUSCRIPCION_EXISTENTE"
CLAVE_DE_IDEMPOTENCIA_REUTILIZADA = "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA"
COMANDO_DESCARTADO = "COMANDO_DESCARTADO"
DATOS_INVALIDOS = "DATOS_INVALIDOS"
ID_REVELA_PACIENTE = "ID_REVELA_PACIENTE"
CONTENIDO_DISTINTO = "CONTENIDO_DISTINTO"
SAGA_CERRADA = "SAGA_CERRADA"
NADA_QUE_LIBERAR = "NADA_QUE_LIBERAR"
CANAL_RECHAZO = "CANAL_RECHAZO"
CANAL_NO_DISPONIBLE = "CANAL_NO_DISPONIBLE"

TEXTOS: dict[str, str] = {
    SIN_CAPACIDAD: "Ningún experto tiene capacidad libre.",
    SIN_NUBE: "No hay una nube disponible en el catálogo.",
    SIN_DATASET: "No hay un conjunto de datos disponible en el catálogo.",
    YA_TIENE_SERVICIO: "La suscripción ya tiene un servicio de datos.",
    RECHAZO_DE_PARTICIPANTE: "Un participante no pudo hacer su parte.",
    PLAZO_VENCIDO: "La suscripción no se completó dentro del plazo.",
    NOTIFICACION_FALLIDA: "No fue posible notificar al cliente.",
    PLAN_DESCONOCIDO: "El plan pedido no existe en el catálogo.",
    SUSCRIPCION_EXISTENTE: "Ya existe una suscripción con ese identificador.",
    CLAVE_DE_IDEMPOTENCIA_REUTILIZADA: "La clave de idempotencia ya se usó con otro contenido.",
    COMANDO_DESCARTADO: "No fue posible procesar el comando, y se descartó.",
    DATOS_INVALIDOS: "El comando no cumple las reglas del contrato.",
    ID_REVELA_PACIENTE: "El identificador de la imagen contiene el del paciente.",
    CONTENIDO_DISTINTO: "Ya existe una imagen con ese identificador y otro contenido.",
    SAGA_CERRADA: "La saga ya estaba cerrada cuando llegó este hecho.",
    NADA_QUE_LIBERAR: "No había nada reservado que liberar.",
    CANAL_RECHAZO: "El canal rechazó la notificación.",
    CANAL_NO_DISPONIBLE: "El canal de notificación no está disponible.",
}


def texto(codigo: str | None) -> str | None:
    """The reason as a person reads it; None for no reason."""
    return TEXTOS.get(codigo, codigo) if codigo else None


def de_la_lista(codigo: str) -> str:
    """A code that another context told; what is none of the list, from a newer participant say, becomes a general one.

    So nothing but codes is kept for ever, whatever arrives (contract §3).
    """
    return codigo if codigo in TEXTOS else RECHAZO_DE_PARTICIPANTE

"""The closed list of reasons. Messages and databases keep the code; queries show the Spanish text."""

TEXTOS: dict[str, str] = {
    "SIN_CAPACIDAD": "Ningún experto tiene capacidad libre.",
    "SIN_NUBE": "No hay una nube disponible en el catálogo.",
    "SIN_DATASET": "No hay un conjunto de datos disponible en el catálogo.",
    "YA_TIENE_SERVICIO": "La suscripción ya tiene un servicio de datos.",
    "PLAZO_VENCIDO": "La suscripción no se completó dentro del plazo.",
    "NOTIFICACION_FALLIDA": "No fue posible notificar al cliente.",
    "PLAN_DESCONOCIDO": "El plan pedido no existe en el catálogo.",
    "SUSCRIPCION_EXISTENTE": "Ya existe una suscripción con ese identificador.",
    "CLAVE_DE_IDEMPOTENCIA_REUTILIZADA": "La clave de idempotencia ya se usó con otro contenido.",
    "DATOS_INVALIDOS": "El comando no cumple las reglas del contrato.",
    "ID_REVELA_PACIENTE": "El identificador de la imagen contiene el del paciente.",
    "CONTENIDO_DISTINTO": "Ya existe una imagen con ese identificador y otro contenido.",
    "SAGA_CERRADA": "La saga ya estaba cerrada cuando llegó este hecho.",
    "NADA_QUE_LIBERAR": "No había nada reservado que liberar.",
    "CANAL_RECHAZO": "El canal rechazó la notificación.",
    "CANAL_NO_DISPONIBLE": "El canal de notificación no está disponible.",
}


def texto(codigo: str | None) -> str | None:
    """The reason as a person reads it; None for no reason."""
    return TEXTOS.get(codigo, codigo) if codigo else None

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
REFERENCIA_NO_PERMITIDA = "REFERENCIA_NO_PERMITIDA"
ORIGINAL_AUSENTE = "ORIGINAL_AUSENTE"
HUELLA_DISTINTA = "HUELLA_DISTINTA"
LIMPIEZA_FALLIDA = "LIMPIEZA_FALLIDA"
IMAGEN_DESCONOCIDA = "IMAGEN_DESCONOCIDA"
NADA_QUE_DECIDIR = "NADA_QUE_DECIDIR"
NO_ES_UNA_DUDA = "NO_ES_UNA_DUDA"
SIN_ORIGINAL = "SIN_ORIGINAL"
SAGA_CERRADA = "SAGA_CERRADA"
NADA_QUE_LIBERAR = "NADA_QUE_LIBERAR"
CANAL_RECHAZO = "CANAL_RECHAZO"
CANAL_NO_DISPONIBLE = "CANAL_NO_DISPONIBLE"
CANCELADA_POR_CLIENTE = "CANCELADA_POR_CLIENTE"
SUSCRIPCION_DESCONOCIDA = "SUSCRIPCION_DESCONOCIDA"
SUSCRIPCION_NO_ACTIVA = "SUSCRIPCION_NO_ACTIVA"
SUSCRIPCION_TERMINADA = "SUSCRIPCION_TERMINADA"
PLAN_EN_VIGOR = "PLAN_EN_VIGOR"
PLAN_MODIFICADO = "PLAN_MODIFICADO"
SAGA_EN_CURSO = "SAGA_EN_CURSO"
FACTURA_DESCONOCIDA = "FACTURA_DESCONOCIDA"
FACTURA_PAGADA = "FACTURA_PAGADA"
FACTURA_ANULADA = "FACTURA_ANULADA"
MONTO_DISTINTO = "MONTO_DISTINTO"
SERVICIO_DESCONOCIDO = "SERVICIO_DESCONOCIDO"
SERVICIO_EXISTENTE = "SERVICIO_EXISTENTE"
SERVICIO_YA_INICIADO = "SERVICIO_YA_INICIADO"
SERVICIO_TERMINADO = "SERVICIO_TERMINADO"
SERVICIO_REQUERIDO_POR_PLAN = "SERVICIO_REQUERIDO_POR_PLAN"
TERMINADO_A_PETICION = "TERMINADO_A_PETICION"
EXPERTO_DESCONOCIDO = "EXPERTO_DESCONOCIDO"
EXPERTO_YA_ASIGNADO = "EXPERTO_YA_ASIGNADO"
NUBE_DESCONOCIDA = "NUBE_DESCONOCIDA"
DATASET_DESCONOCIDO = "DATASET_DESCONOCIDO"

TEXTOS: dict[str, str] = {
    SIN_CAPACIDAD: "No queda capacidad libre.",
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
    REFERENCIA_NO_PERMITIDA: "El archivo no está en un lugar de los que se admiten.",
    ORIGINAL_AUSENTE: "El archivo no está donde se dijo.",
    HUELLA_DISTINTA: "El archivo no es el que se dijo: su SHA-256 es otro.",
    LIMPIEZA_FALLIDA: "No fue posible limpiar el archivo dentro de sus límites.",
    IMAGEN_DESCONOCIDA: "La imagen no existe.",
    NADA_QUE_DECIDIR: "La imagen no está en cuarentena ni ha fallado: no hay nada que decidir.",
    NO_ES_UNA_DUDA: "La imagen no está apartada por una duda que se despeje mirándola.",
    SIN_ORIGINAL: "El original de la imagen ya no se conserva.",
    SAGA_CERRADA: "La saga ya estaba cerrada cuando llegó este hecho.",
    NADA_QUE_LIBERAR: "No había nada reservado que liberar.",
    CANAL_RECHAZO: "El canal rechazó la notificación.",
    CANAL_NO_DISPONIBLE: "El canal de notificación no está disponible.",
    CANCELADA_POR_CLIENTE: "El cliente canceló la suscripción.",
    SUSCRIPCION_DESCONOCIDA: "La suscripción no existe.",
    SUSCRIPCION_NO_ACTIVA: "La suscripción no está activa.",
    SUSCRIPCION_TERMINADA: "La suscripción ya no está vigente.",
    PLAN_EN_VIGOR: "Ese plan ya es el de la suscripción.",
    PLAN_MODIFICADO: "El plan de la suscripción cambió.",
    SAGA_EN_CURSO: "La suscripción todavía tiene un cambio en curso.",
    FACTURA_DESCONOCIDA: "La suscripción no tiene esa factura.",
    FACTURA_PAGADA: "La factura ya está pagada.",
    FACTURA_ANULADA: "La factura está anulada.",
    MONTO_DISTINTO: "El monto o la moneda no son los de la factura.",
    SERVICIO_DESCONOCIDO: "El servicio de datos no existe.",
    SERVICIO_EXISTENTE: "Ya existe un servicio de datos con ese identificador.",
    SERVICIO_YA_INICIADO: "El servicio de datos ya está iniciado.",
    SERVICIO_TERMINADO: "El servicio de datos ya terminó.",
    SERVICIO_REQUERIDO_POR_PLAN: "El plan de la suscripción requiere el servicio de datos: cancele la suscripción.",
    TERMINADO_A_PETICION: "Se pidió terminar el servicio de datos.",
    EXPERTO_DESCONOCIDO: "El experto no está en el catálogo.",
    EXPERTO_YA_ASIGNADO: "Ese experto ya atiende el servicio de datos.",
    NUBE_DESCONOCIDA: "La nube no está en el catálogo.",
    DATASET_DESCONOCIDO: "El conjunto de datos no está en el catálogo.",
}


def texto(codigo: str | None) -> str | None:
    """The reason as a person reads it; None for no reason."""
    return TEXTOS.get(codigo, codigo) if codigo else None


def de_la_lista(codigo: str) -> str:
    """A code that another context told; what is none of the list, from a newer participant say, becomes a general one.

    So nothing but codes is kept for ever, whatever arrives (contract §3).
    """
    return codigo if codigo in TEXTOS else RECHAZO_DE_PARTICIPANTE

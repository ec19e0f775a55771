// Codes as a person reads them. What is not here is shown as it is, without underscores.

export const humano = (codigo) =>
  codigo ? codigo.charAt(0).toUpperCase() + codigo.slice(1).toLowerCase().replaceAll("_", " ") : "";

/** Each state: its tone, its icon and its words. */
export const ESTADOS = {
  ACTIVA: ["bien", "visto", "Activa"],
  ANONIMIZADA: ["bien", "visto", "Anonimizada"],
  ANULADA: ["gris", "raya", "Anulada"],
  APLICADO: ["bien", "visto", "Aplicado"],
  BIEN: ["bien", "visto", "Bien"],
  CANCELADA: ["gris", "raya", "Cancelada"],
  COMPENSADA: ["ojo", "vuelta", "Compensada"],
  COMPLETADA: ["bien", "visto", "Completada"],
  COMPLETADO: ["bien", "visto", "Completado"],
  CONFIRMADA: ["bien", "visto", "Confirmada"],
  CREADA: ["curso", "reloj", "Creada"],
  CREADO: ["curso", "reloj", "Creado"],
  CUARENTENA: ["ojo", "pausa", "En cuarentena"],
  DESCARTADA: ["gris", "raya", "Descartada"],
  EMITIDA: ["curso", "reloj", "Por pagar"],
  ENVIADA: ["curso", "reloj", "Enviada"],
  EN_CURSO: ["curso", "reloj", "En curso"],
  FALLIDA: ["mal", "cruz", "Fallida"],
  FALLIDO: ["mal", "cruz", "Fallido"],
  HECHO: ["bien", "visto", "Hecho"],
  INICIADO: ["bien", "visto", "Iniciado"],
  LIBERADA: ["bien", "visto", "Liberada"],
  MAL: ["mal", "cruz", "Mal"],
  NEGADO: ["mal", "cruz", "Negado"],
  NO_HALLADO: ["gris", "raya", "No hallado"],
  OMITIDO: ["gris", "raya", "Omitido"],
  PAGADA: ["bien", "visto", "Pagada"],
  PENDIENTE: ["curso", "reloj", "Pendiente"],
  RECHAZADA: ["mal", "cruz", "Rechazada"],
  RECHAZADO: ["mal", "cruz", "Rechazado"],
  RECIBIDO: ["curso", "reloj", "Recibido"],
  REENVIADA: ["bien", "vuelta", "Reenviada"],
  SIN_DATOS: ["gris", "raya", "Sin datos"],
  TERMINADO: ["gris", "raya", "Terminado"],
  VISTO: ["gris", "ojo", "Visto"],
  YA_ATENDIDA: ["gris", "visto", "Ya atendida"],
};

export const SERVICIOS = {
  suscripciones: "Suscripciones",
  "servicio-datos": "Servicios de datos",
  procesamiento: "Procesamiento",
  notificaciones: "Notificaciones",
  bff: "Puerta",
};

export const PASOS = {
  CREAR: "Crear la suscripción",
  RESERVAR: "Reservar",
  NOTIFICAR: "Notificar al cliente",
  ACTIVAR: "Activar la suscripción",
  INICIAR: "Iniciar",
  RECHAZAR: "Rechazar la suscripción",
  LIBERAR: "Liberar",
  AVISAR: "Avisar al cliente",
  CAMBIAR: "Cambiar el plan",
  CANCELAR: "Cancelar la suscripción",
};

export const RECURSOS = { servicio_datos: "servicio de datos" };

export const paso = ({ paso: cual, recurso }) =>
  [PASOS[cual] ?? humano(cual), recurso ? RECURSOS[recurso] ?? recurso.replaceAll("_", " ") : ""].filter(Boolean).join(" ");

/** An event's or a command's name in words: SuscripcionActivada is «Suscripcion activada». */
export const frase = (tipo = "") => {
  const palabras = tipo.replace(/([a-záéíóúñ])([A-Z])/g, "$1 $2").toLowerCase();
  return (palabras.charAt(0).toUpperCase() + palabras.slice(1)).replace(/cion\b/g, "ción").replace(/Suscripcion\b/, "Suscripción");
};

/** What a DICOM profile does with a tag (PS3.15, table E.1-1). */
export const ACCIONES = {
  X: "Quitada",
  Z: "Vaciada",
  D: "Cambiada por un valor ficticio",
  K: "Conservada",
  C: "Limpiada",
  U: "Cambiada por otro UID",
};

// Codes as a person reads them. What is not here is shown as it is, without underscores.

/** Codes have no accents. */
const acentuado = (texto) => texto.replace(/cion\b/g, "ción");

export const humano = (codigo) =>
  codigo ? acentuado(codigo.charAt(0).toUpperCase() + codigo.slice(1).toLowerCase().replaceAll("_", " ")) : "";

/** Each state: its tone, its icon and its words. */
export const ESTADOS = {
  ACTIVA: ["bien", "visto", "Activa"],
  ANONIMIZADA: ["bien", "visto", "Anonimizada"],
  ANULADA: ["gris", "raya", "Anulada"],
  APLICADO: ["bien", "visto", "Aplicado"],
  ATENDIDA: ["bien", "visto", "Atendida"],
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
  EN_ESPERA: ["curso", "reloj", "En espera"],
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

/** States as the options of a filter. */
export const opciones = (...estados) => estados.map((estado) => [estado, ESTADOS[estado][2]]);

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

const RECURSOS = { servicio_datos: "servicio de datos" };

export const paso = ({ paso: cual, recurso }) =>
  [PASOS[cual] ?? humano(cual), recurso ? RECURSOS[recurso] ?? recurso.replaceAll("_", " ") : ""].filter(Boolean).join(" ");

const HECHOS = {
  AccesoInvestigadorCambiado: "Acceso de un investigador cambiado",
  AccesoNegado: "Acceso negado",
  AnonimizacionRechazada: "Anonimización rechazada",
  CambioPlanIniciado: "Cambio de plan comenzado",
  CambioPlanRechazado: "Cambio de plan rechazado",
  ComandoClienteRechazado: "Comando sobre un cliente rechazado",
  ComandoServicioDatosRechazado: "Comando sobre un servicio de datos rechazado",
  ComandoSuscripcionRechazado: "Comando sobre una suscripción rechazado",
  ConfirmacionNotificacion: "Notificación confirmada",
  ErrorProcesamientoNotificacion: "Notificación fallida",
  NotificacionCreada: "Notificación creada",
  NotificacionEnviada: "Notificación enviada",
  ServicioDatosCreada: "Servicio de datos creado",
  ServicioDatosIniciado: "Servicio de datos iniciado",
  ServicioDatosRechazada: "Servicio de datos rechazado",
  ServicioDatosTerminado: "Servicio de datos terminado",
  SuscripcionPlanModificado: "Plan de la suscripción cambiado",
};

/** An event's or a command's name in words: SuscripcionActivada is «Suscripción activada». */
export const frase = (tipo = "") => {
  const palabras = HECHOS[tipo] ?? tipo.replace(/([a-záéíóúñ])([A-Z])/g, "$1 $2").toLowerCase();
  return acentuado(palabras.charAt(0).toUpperCase() + palabras.slice(1));
};

/** What the cleaning does with a tag, in its report's words. */
export const ACCIONES = {
  CONSERVAR: "Se conservó",
  QUITAR: "Se quitó",
  VACIAR: "Se vació",
  RELLENAR: "Se cambió por un valor ficticio",
  UID: "Se cambió por otro UID",
  SOLO_UID: "Se cambió su UID",
  FECHA: "Se desplazó la fecha",
  ENTRAR: "Se limpió por dentro",
  ROTULO: "Se limpió el rótulo",
  TECNICO: "Se conservó, por ser técnico",
  COLOR: "Se conservó, por ser color",
  CODIGO: "Se conservó, por ser código",
};

/** What whoever uses a cleaned file must know of it. */
export const AVISOS = {
  PIXELES_SIN_MIRAR: "Nadie miró si en la imagen hay algo escrito: nada hacía pensar que lo hubiera.",
  REGIONES_SIN_LEER: "No se leyó lo que hay dentro de las zonas de la ecografía.",
  REGIONES_LEIDAS_EN_PARTE: "De las zonas de la ecografía se leyeron algunos cuadros, no todos.",
  CARA_RECONOCIBLE: "Del volumen se puede reconstruir la cara.",
  SUV_SIN_PESO: "Sin el peso del paciente no se puede calcular el SUV.",
  OCTETOS_TRAS_LA_IMAGEN: "Tras la imagen había octetos que no son de ella, y se quitaron.",
  BITS_FUERA_DE_LOS_PIXELES: "Había bits fuera de los píxeles, y se borraron.",
  JUEGO_DE_CARACTERES_DESCONOCIDO: "Los textos venían en un juego de caracteres que no se conoce.",
};

export const OPCIONES = {
  fechas_modificadas: "fechas desplazadas",
  pixeles_limpios: "píxeles limpios",
  peso_y_talla: "se conservan peso y talla",
};

/** Where each service answers, at the door. */
export const RUTAS = {
  suscripciones: "/suscripciones",
  "servicio-datos": "/servicios-datos",
  procesamiento: "/procesar",
  notificaciones: "/notificaciones",
};

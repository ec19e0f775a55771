// Where one goes on to, once a command was accepted: the page of what it is about.
import { enlace, parte } from "./lugar.js";

const PAGINAS = [
  [/^\/suscripciones\/([^/]+)$/, (id, comando) => enlace(comando === "pagarSuscripcion" ? `/suscripciones/${id}` : `/sagas/${id}`)],
  [/^\/servicios-datos\/([^/]+)$/, (id) => enlace(`/servicios/${id}`)],
  [/^\/procesar\/imagenes\/([^/]+)$/, (id) => enlace(`/imagenes/${id}`)],
  [/^\/procesar\/paquetes\/([^/]+)$/, (id) => enlace(`/paquetes/${id}`)],
];

/** @param aceptado what the door answered with 202. @param comando which command it was. */
export function destino(aceptado, comando) {
  for (const [forma, pagina] of PAGINAS) {
    const id = aceptado.consulta.match(forma)?.[1];
    if (id) return pagina(parte(decodeURIComponent(id)), comando);
  }
  return enlace("/resultados", { comando: aceptado.comando, consulta: aceptado.consulta });
}

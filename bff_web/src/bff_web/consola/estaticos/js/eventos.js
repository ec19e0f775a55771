// What happens, as the door tells it (GET /eventos): one stream for the page that is looked at, and word of how it is.
import { useEffect, useRef } from "./html.js";
import { consulta } from "./api.js";
import { puerta } from "./lugar.js";
import { seguido } from "./seguido.js";

const ESPERAS_MS = [1000, 2000, 4000, 8000, 15000];
const JUNTAR_MS = 200; // the first fact is looked after at once; those of one moment after it, together
const CONFIRMAR_MS = 1200; // who answers may hear of a fact after the page did: it is asked once more
const SONDEO_MS = 3000; // without a stream, the page still comes up to date

const estado = seguido("ninguno"); // ninguno, conectando, abierto, perdido
const decir = estado.poner;

/** How the page's stream is, followed. */
export const usarEstadoDeEventos = estado.usar;

/**
 * Hear what happens while the page is seen.
 * @param filtros what /eventos takes; null hears nothing.
 * @param alOir is called with each fact.
 * @param alCambiar is called, some facts at once, when what the page shows may have changed: also when a stream is had
 *   again, and when what was missed is too old to be told.
 * @param juntarMs at most once in so long.
 */
export function usarEventos(filtros, alCambiar, alOir, juntarMs = JUNTAR_MS) {
  const mandados = useRef({});
  mandados.current = { alCambiar, alOir };
  const clave = filtros ? consulta("/eventos", filtros) : null;
  useEffect(() => {
    if (!clave) return undefined;
    return escuchar(clave, mandados, juntarMs);
  }, [clave]);
}

function escuchar(clave, mandados, juntarMs) {
  let corriente = null;
  let intentos = 0;
  let fallos = 0;
  let reintento = 0;
  let junta = 0;
  let confirma = 0;
  let mirada = -juntarMs;
  let sondeo = 0;
  let cerrado = false;

  const mirarAhora = () => {
    junta = 0;
    mirada = performance.now();
    mandados.current.alCambiar?.();
  };
  const cambio = () => {
    const falta = mirada + juntarMs - performance.now();
    if (falta <= 0 && !junta) mirarAhora();
    else junta ||= setTimeout(mirarAhora, Math.max(0, falta));
    clearTimeout(confirma);
    confirma = setTimeout(mirarAhora, CONFIRMAR_MS);
  };
  const esperar = () => {
    if (estado.ver() !== "perdido") decir("perdido");
    if (!sondeo) sondeo = setInterval(() => mandados.current.alCambiar?.(), SONDEO_MS);
  };
  const perder = () => {
    fallos += 1;
    if (estado.ver() !== "perdido") decir(fallos > 1 || estado.ver() === "abierto" ? "perdido" : "conectando");
    if (!sondeo) sondeo = setInterval(() => mandados.current.alCambiar?.(), SONDEO_MS);
  };
  const hallar = (primera) => {
    intentos = 0;
    fallos = 0;
    clearInterval(sondeo);
    sondeo = 0;
    decir("abierto");
    if (!primera) cambio();
  };
  const abrir = () => {
    if (cerrado || document.hidden || corriente) return;
    const primera = !intentos && !sondeo;
    corriente = new EventSource(puerta(clave));
    if (estado.ver() === "ninguno") decir("conectando");
    corriente.onopen = () => hallar(primera);
    corriente.addEventListener("hecho", (mensaje) => {
      mandados.current.alOir?.({ id: mensaje.lastEventId, ...JSON.parse(mensaje.data) });
      cambio();
    });
    corriente.addEventListener("reinicio", cambio);
    // It stands, and nothing can come by it: the broker is away.
    corriente.addEventListener("espera", esperar);
    corriente.addEventListener("al-dia", () => hallar(false));
    corriente.onerror = () => {
      // The browser tries again by itself, from where it was, unless the door's answer was no stream.
      const definitivo = corriente.readyState === EventSource.CLOSED;
      perder();
      if (!definitivo) return;
      corriente = null;
      reintento = setTimeout(abrir, ESPERAS_MS[Math.min(intentos, ESPERAS_MS.length - 1)]);
      intentos += 1;
    };
  };
  const soltar = () => {
    corriente?.close();
    corriente = null;
    clearTimeout(reintento);
    clearInterval(sondeo);
    sondeo = 0;
  };
  // A page that nobody sees holds no stream: browsers keep few connections to one door.
  const mirar = () => {
    if (document.hidden) return soltar();
    abrir();
    cambio();
  };
  document.addEventListener("visibilitychange", mirar);
  abrir();
  return () => {
    cerrado = true;
    document.removeEventListener("visibilitychange", mirar);
    soltar();
    clearTimeout(junta);
    clearTimeout(confirma);
    decir("ninguno");
  };
}

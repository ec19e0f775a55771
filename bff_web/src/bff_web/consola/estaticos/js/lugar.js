// Where the browser is, and how it goes elsewhere without loading anew. Addresses hold behind any prefix: they are made
// from this module's own.
import { seguido } from "./seguido.js";

const CONSOLA = new URL("../../", import.meta.url).pathname;
const PUERTA = new URL("../", new URL(CONSOLA, location.origin)).pathname;

/** The address of a page of the console: enlace("/sagas/1", {saga: "2"}). */
export function enlace(camino = "/", filtros = {}) {
  const dados = Object.entries(filtros).filter(([, valor]) => valor != null && valor !== "");
  const pregunta = new URLSearchParams(dados).toString();
  return CONSOLA + camino.replace(/^\//, "") + (pregunta ? `?${pregunta}` : "");
}

/** The address of something of the door's: puerta("/suscripciones"). */
export const puerta = (camino) => PUERTA + camino.replace(/^\/+/, "");

/** The page's own address, as the door knows it. */
export const aqui = () => `/${location.pathname.slice(PUERTA.length)}${location.search}`;

/** A part of an address, from an id. */
export const parte = encodeURIComponent;

/** An address's part; one that nobody wrote so stays as it is, and leads to nothing. */
function leida(una) {
  try {
    return decodeURIComponent(una);
  } catch {
    return una;
  }
}

/** Where the browser is: the parts of the page's address, its filters, and what its history remembers. */
export function lugar() {
  const partes = location.pathname.slice(CONSOLA.length).split("/").filter(Boolean).map(leida);
  return { partes, filtros: new URLSearchParams(location.search), recuerdo: history.state ?? {} };
}

const actual = seguido(lugar());
const avisar = () => actual.poner(lugar());

/** Go to a page. `reemplazar` leaves no step in the history; `recuerdo` is kept with the step, over reloads too. */
export function navegar(direccion, { reemplazar = false, recuerdo = null } = {}) {
  const otra = new URL(direccion, location.href).pathname !== location.pathname;
  history[reemplazar ? "replaceState" : "pushState"](recuerdo, "", direccion);
  if (otra && !reemplazar) scrollTo(0, 0);
  avisar();
}

/** Where the browser is, followed. */
export const usarLugar = actual.usar;

addEventListener("popstate", avisar);
document.addEventListener("click", (clic) => {
  const ancla = clic.target.closest?.("a[href]");
  if (!ancla || clic.defaultPrevented || clic.button || clic.metaKey || clic.ctrlKey || clic.shiftKey || clic.altKey) return;
  if (ancla.target || ancla.hasAttribute("download") || ancla.dataset.fuera != null) return;
  const destino = new URL(ancla.href);
  const suya = destino.pathname.startsWith(CONSOLA) || `${destino.pathname}/` === CONSOLA;
  if (destino.origin !== location.origin || !suya || destino.hash) return;
  clic.preventDefault();
  navegar(destino.href);
});

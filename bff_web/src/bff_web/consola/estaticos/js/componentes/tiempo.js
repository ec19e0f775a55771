// When something was: how long ago, and exactly when one asks.
import { html, useEffect, useState } from "../html.js";

const RELATIVO = new Intl.RelativeTimeFormat("es", { numeric: "auto" });
const EXACTO = new Intl.DateTimeFormat("es", { dateStyle: "long", timeStyle: "medium" });
const HORA = new Intl.DateTimeFormat("es", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
const UNIDADES = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

const relojes = new Set();
setInterval(() => relojes.forEach((reloj) => reloj(Date.now())), 10000);

/** What day and hour it was, here. */
export const exacto = (momento) => EXACTO.format(new Date(momento));
export const hora = (momento) => HORA.format(new Date(momento));

/** The day that it was, where that is not today, to stand before its hour. */
export function dia(momento) {
  const cuando = new Date(momento);
  return cuando.toDateString() === new Date().toDateString() ? "" : `${cuando.toLocaleDateString("es", { day: "numeric", month: "short" })}, `;
}

function hace(momento, ahora) {
  const segundos = (new Date(momento) - ahora) / 1000;
  if (Math.abs(segundos) < 5) return "ahora mismo";
  const [unidad, cuantos] = UNIDADES.find(([, valor]) => Math.abs(segundos) >= valor);
  return RELATIVO.format(Math.round(segundos / cuantos), unidad);
}

export function Tiempo({ de }) {
  const [ahora, poner] = useState(Date.now());
  useEffect(() => {
    relojes.add(poner);
    return () => relojes.delete(poner);
  }, []);
  if (!de) return html`<span class="tenue">—</span>`;
  return html`<time datetime=${de} title=${exacto(de)}>${hace(de, Math.max(ahora, Date.now()))}</time>`;
}

/** A span of time, in what unit it is best read. */
export function duracion(ms) {
  if (!Number.isFinite(ms)) return "—";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toLocaleString("es", { maximumFractionDigits: 2 })} s`;
  if (ms < 3600000) return `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`;
  return `${Math.floor(ms / 3600000)} h ${Math.floor((ms % 3600000) / 60000)} min`;
}

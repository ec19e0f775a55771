// How something is: an icon and a word, and a colour besides.
import { html } from "../html.js";
import { ESTADOS, humano } from "../textos.js";
import { Icono } from "./icono.js";

export function Insignia({ estado }) {
  if (!estado) return html`<span class="tenue">—</span>`;
  const [tono, icono, texto] = ESTADOS[estado] ?? ["gris", "raya", humano(estado)];
  return html`<span class="insignia" data-tono=${tono} data-estado=${estado}><${Icono} cual=${icono} />${texto}</span>`;
}

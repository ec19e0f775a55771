// Which service's list is looked at.
import { html } from "../html.js";
import { enlace } from "../lugar.js";
import { RUTAS, SERVICIOS } from "../textos.js";

export const PestanasDeServicio = ({ pagina, actual, todas = null, filtros = {} }) => html`
  <nav class="pestanas" aria-label="Servicio">
    ${[...(todas ? [["", todas]] : []), ...Object.keys(RUTAS).map((s) => [s, SERVICIOS[s]])].map(([servicio, texto]) => html`
      <a key=${servicio} href=${enlace(pagina, { ...filtros, servicio })} aria-current=${servicio === actual ? "page" : undefined}>${texto}</a>`)}
  </nav>
`;

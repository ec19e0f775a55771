// What stands where there is nothing to show: yet, at all, or because it failed.
import { html } from "../html.js";
import { enlace } from "../lugar.js";
import { Icono } from "./icono.js";

export const Vacio = ({ titulo = "Aquí no hay nada todavía", children }) => html`
  <div class="vacio" data-estado-pagina="vacia"><${Icono} cual="lista" grande /><p class="vacio-titulo">${titulo}</p>${children}</div>
`;

/** Rows, or facts, that are on their way: they take the room that those will. */
export const Esqueleto = ({ filas = 6 }) => html`
  <div class="esqueleto" role="status" data-estado-pagina="cargando">
    <span class="oculto">Cargando…</span>
    ${Array.from({ length: filas }, (_, i) => html`<div class="esqueleto-fila" key=${i}></div>`)}
  </div>
`;

const TITULOS = { 403: "No tiene permiso para ver esto", 404: "No existe" };

/** What went wrong, in the door's words, and a way on. `principal` where it is all that the page shows. */
export function Fallo({ problema, repetir, principal = false, children }) {
  const prohibido = problema.estado === 403;
  const titulo = TITULOS[problema.estado] ?? problema.titulo;
  return html`
    <div class="fallo" role="alert" data-estado-pagina=${prohibido ? "prohibida" : "fallida"} data-codigo=${problema.estado}>
      <${Icono} cual=${prohibido ? "parada" : "aviso"} grande />
      <div>
        ${principal ? html`<h1 class="fallo-titulo" tabindex="-1">${titulo}</h1>` : html`<p class="fallo-titulo">${titulo}</p>`}
        <p>${problema.detalle}</p>
        <${Errores} errores=${problema.errores} />
        ${children}
        <p class="botonera">
          ${repetir && !prohibido && html`<button type="button" class="boton" onClick=${repetir}>Reintentar</button>`}
          <a class="boton boton-leve" href=${enlace("/")}>Ir al panorama</a>
        </p>
      </div>
    </div>
  `;
}

export const Errores = ({ errores }) =>
  errores?.length > 0 &&
  html`<ul class="errores">
    ${errores.map((e) => html`<li key=${e.campo}><code>${e.campo}</code> ${e.motivo}</li>`)}
  </ul>`;

/** What a query answers, once it does: `hijo(datos)`. */
export function DeConsulta({ consulta, filas, hijo, principal }) {
  const { datos, problema, repetir } = consulta;
  if (datos == null && problema) return html`<${Fallo} principal=${principal} problema=${problema} repetir=${repetir} />`;
  if (datos == null) return html`<${Esqueleto} filas=${filas} />`;
  return html`
    ${problema && html`<p class="franja" role="status">Lo que se ve puede no estar al día: ${problema.message}</p>`}
    ${hijo(datos)}
  `;
}

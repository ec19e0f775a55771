// A filterable list of the door's, page by page: its filters and its place are the address's.
import { html, useEffect, useRef, useState } from "../html.js";
import { consulta, esOperador, sesionActual, usarConsulta } from "../api.js";
import { usarEventos } from "../eventos.js";
import { enlace, lugar, navegar } from "../lugar.js";
import { Esqueleto, Fallo, Vacio } from "./estados.js";

/** What the stream of a list is asked for: an operator hears all, a client their own, a clinic nothing. */
function deQuien() {
  const cliente = sesionActual().quien?.cliente;
  return esOperador() ? {} : cliente ? { cliente } : null;
}

/**
 * @param ruta the door's query.
 * @param pagina the console's own address of the list.
 * @param filtros [{nombre, etiqueta, opciones: [[value, words]]}]; without options it is typed.
 * @param columnas [{titulo, celda: (element) => anything, clase}]; the first one names the row.
 * @param clave says of an element what tells it from others.
 * @param vez a list is asked for anew when this changes.
 */
export function Lista({ ruta, pagina, filtros = [], columnas, clave, titulo, vacio, fijos = {}, viva = true, vez = null }) {
  const pedidos = lugar().filtros;
  const dados = Object.fromEntries([...filtros.map((f) => f.nombre), "cursor"].map((n) => [n, pedidos.get(n) ?? ""]));
  const vista = usarConsulta(consulta(ruta, { ...fijos, ...dados }));
  usarEventos(viva && !dados.cursor ? deQuien() : null, vista.repetir);
  const anterior = useRef(vez);
  useEffect(() => {
    if (anterior.current !== vez) vista.repetir();
    anterior.current = vez;
  }, [vez]);
  const ir = (nuevos, opciones) => {
    const extra = Object.fromEntries([...pedidos].filter(([nombre]) => !(nombre in dados)));
    navegar(enlace(pagina, { ...extra, ...dados, cursor: "", ...nuevos }), opciones);
  };
  const filtrada = filtros.some((f) => dados[f.nombre]);
  const elementos = vista.datos?.elementos;
  return html`
    ${filtros.length > 0 && html`<${Filtros} filtros=${filtros} dados=${dados} ir=${ir} filtrada=${filtrada} />`}
    <div class="lista" aria-busy=${vista.cargando} data-lista=${pagina}>
      ${vista.problema && !elementos && html`<${Fallo} problema=${vista.problema} repetir=${vista.repetir} />`}
      ${vista.problema && elementos && html`<p class="franja" role="status">Puede no estar al día: ${vista.problema.message}</p>`}
      ${!elementos && !vista.problema && html`<${Esqueleto} filas=${8} />`}
      ${elementos?.length === 0 && (filtrada ? html`<${SinCoincidencias} ir=${ir} filtros=${filtros} />` : html`<${Vacio} ...${vacio ?? {}} />`)}
      ${elementos?.length > 0 && html`<${Tabla} elementos=${elementos} columnas=${columnas} clave=${clave} titulo=${titulo} />`}
    </div>
    ${elementos && (dados.cursor || vista.datos.siguiente) && html`
      <nav class="paginas" aria-label="Páginas de la lista">
        ${dados.cursor && html`<button type="button" class="boton boton-leve" onClick=${() => ir({})}>Volver al principio</button>`}
        ${vista.datos.siguiente &&
        html`<button type="button" class="boton" data-accion="siguiente" onClick=${() => ir({ cursor: vista.datos.siguiente })}>Siguiente</button>`}
      </nav>
    `}
  `;
}

export const Tabla = ({ elementos, columnas, clave, titulo }) => html`
  <table class="tabla">
    <caption class="oculto">${titulo}</caption>
    <thead><tr>${columnas.map((c) => html`<th scope="col" class=${c.clase} key=${c.titulo}>${c.titulo}</th>`)}</tr></thead>
    <tbody>
      ${elementos.map((e) => html`
        <tr key=${clave(e)} data-id=${clave(e)}>
          ${columnas.map((c, i) => i === 0
            ? html`<th scope="row" class=${c.clase} data-titulo=${c.titulo} key=${c.titulo}>${c.celda(e)}</th>`
            : html`<td class=${c.clase} data-titulo=${c.titulo} key=${c.titulo}>${c.celda(e)}</td>`)}
        </tr>`)}
    </tbody>
  </table>
`;

export const SinCoincidencias = ({ ir, filtros }) => html`
  <${Vacio} titulo="Nada coincide con los filtros">
    <button type="button" class="boton" onClick=${() => ir(Object.fromEntries(filtros.map((f) => [f.nombre, ""])))}>Quitar los filtros</button>
  </${Vacio}>
`;

/** What a list is filtered by: `ir` is called with those that change. */
export function Filtros({ filtros, dados, ir, filtrada }) {
  return html`
    <form class="filtros" role="search" aria-label="Filtros" onSubmit=${(e) => e.preventDefault()}>
      ${filtros.map((f) => html`<${Filtro} ...${f} key=${f.nombre} valor=${dados[f.nombre]} poner=${(v) => ir({ [f.nombre]: v })} />`)}
      ${filtrada && html`<button type="button" class="boton boton-leve" onClick=${() => ir(Object.fromEntries(filtros.map((f) => [f.nombre, ""])))}>Quitar filtros</button>`}
    </form>
  `;
}

function Filtro({ nombre, etiqueta, opciones, valor, poner }) {
  const [escrito, escribir] = useState(null);
  const ofrecidas = opciones && valor && !opciones.some(([v]) => v === valor) ? [...opciones, [valor, valor]] : opciones;
  const soltar = () => {
    if (escrito != null && escrito.trim() !== valor) poner(escrito.trim());
    escribir(null);
  };
  return html`
    <label class="filtro"><span>${etiqueta}</span>
      ${ofrecidas
        ? html`<select name=${nombre} value=${valor} onChange=${(e) => poner(e.target.value)}>
            <option value="">Todos</option>
            ${ofrecidas.map(([v, texto]) => html`<option value=${v} key=${v} selected=${v === valor}>${texto}</option>`)}
          </select>`
        : html`<input name=${nombre} type="search" autocomplete="off" spellcheck="false" value=${escrito ?? valor}
            onInput=${(e) => escribir(e.target.value)} onChange=${soltar}
            onKeyDown=${(e) => e.key === "Enter" && soltar()} />`}
    </label>
  `;
}

// What is known of one thing: names and values, and what it is bound to.
import { html } from "../html.js";

/** Facts as [name, value]; those without a value are left out. */
export const Hechos = ({ de }) => html`
  <dl class="hechos">
    ${de
      .filter(([, valor]) => valor != null && valor !== false && valor !== "")
      .map(([nombre, valor]) => html`<div key=${nombre}><dt>${nombre}</dt><dd>${valor}</dd></div>`)}
  </dl>
`;

/** An identifier: whole for who copies it, and short where room is scarce. */
export const Id = ({ de }) => html`<code class="id" title=${de}>${de}</code>`;

/** The end of an identifier, which is what tells those of one time apart. */
export const corto = (id = "") => (id.length > 14 ? `…${id.slice(-10)}` : id);

export const Tarjeta = ({ titulo, nivel = 2, acciones, children, ...resto }) => html`
  <section class="tarjeta" ...${resto}>
    <header class="tarjeta-cabeza">${html`<h2>${titulo}</h2>`}${acciones}</header>
    ${children}
  </section>
`;

/** A page's head: what it shows, in words and then by its id, how that is, and what can be done. */
export const Cabeza = ({ titulo, id, sobre, estado, acciones, children }) => html`
  <header class="cabeza">
    <div class="cabeza-texto">
      ${sobre && html`<p class="sobre">${sobre}</p>`}
      <h1 tabindex="-1">${titulo}</h1>
      ${id && html`<p><${Id} de=${id} /></p>`}
      ${estado && html`<div class="cabeza-estado" aria-live="polite">${estado}</div>`}
      ${children}
    </div>
    ${acciones && html`<div class="botonera">${acciones}</div>`}
  </header>
`;

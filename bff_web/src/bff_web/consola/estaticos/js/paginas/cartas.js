// The dead letters of the four services: envelopes and errors, never what was in them.
import { html, useEffect } from "../html.js";
import { consulta, usarConsulta } from "../api.js";
import { Cabeza, corto } from "../componentes/hechos.js";
import { Esqueleto, Fallo, Vacio } from "../componentes/estados.js";
import { Filtros, Lista, SinCoincidencias, Tabla } from "../componentes/lista.js";
import { PestanasDeServicio } from "../componentes/servicios.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, navegar, parte } from "../lugar.js";
import { RUTAS, SERVICIOS, frase } from "../textos.js";
import { titular } from "../tema.js";

const NOMBRES = ["consumidor", "tipo"];

/** The name of a message's type, without its place and its version. */
export const tipoDe = (tipo) => (tipo ? frase(tipo.replace(/\.v\d+$/, "").split(".").at(-1)) : "De ningún tipo conocido");

/** What letters are filtered by: what those that lie there are of, in the words that the list has. */
function filtrosDe(cartas) {
  const opciones = (de, texto) => [...new Set(cartas.map(de).filter(Boolean))].map((valor) => [valor, texto(valor)]).sort(([, a], [, b]) => a.localeCompare(b));
  return [
    { nombre: "consumidor", etiqueta: "Consumidor", opciones: opciones((c) => c.consumidor, (c) => c) },
    { nombre: "tipo", etiqueta: "Tipo de mensaje", opciones: opciones((c) => c.tipo, tipoDe) },
  ];
}

const COLUMNAS = [
  { titulo: "Carta", celda: (c) => html`<a href=${enlace(`/cartas/${c.servicio}/${parte(c.id_carta)}`)}>${tipoDe(c.tipo)}</a>` },
  { titulo: "Servicio", celda: (c) => SERVICIOS[c.servicio] ?? c.servicio },
  { titulo: "Error", clase: "ancha", celda: (c) => c.error ?? "—" },
  { titulo: "Intentos", clase: "numero", celda: (c) => c.intentos },
  { titulo: "Clave", celda: (c) => (c.clave ? html`<code title=${c.clave}>${corto(c.clave)}</code>` : "—") },
  { titulo: "Apartada", celda: (c) => html`<${Tiempo} de=${c.momento} />` },
];
const clave = (c) => `${c.servicio} ${c.id_carta}`;
const vacio = { titulo: "No hay cartas muertas", children: html`<p>Todo lo que llegó se pudo atender.</p>` };

export default function Cartas({ filtros }) {
  const servicio = RUTAS[filtros.get("servicio")] ? filtros.get("servicio") : "";
  const dados = Object.fromEntries(NOMBRES.map((nombre) => [nombre, filtros.get(nombre) ?? ""]));
  useEffect(() => titular("Cartas muertas"), []);
  return html`
    <${Cabeza} titulo="Cartas muertas"><p class="tenue">Mensajes que no se pudieron atender. Se ve el sobre y qué falló; el contenido, nunca.</p></${Cabeza}>
    <${PestanasDeServicio} pagina="/cartas" actual=${servicio} todas="Todas" filtros=${dados} />
    ${servicio
      ? html`<${DeUno} key=${servicio} ruta=${`${RUTAS[servicio]}/cartas`} />`
      : html`<${Todas} dados=${dados} />`}
  `;
}

function DeUno({ ruta }) {
  const todas = usarConsulta(ruta);
  return html`<${Lista} ruta=${ruta} pagina="/cartas" titulo="Cartas muertas" filtros=${filtrosDe(todas.datos?.elementos ?? [])} columnas=${COLUMNAS} clave=${clave} viva=${false} vacio=${vacio} />`;
}

function Todas({ dados }) {
  const filtrada = Object.values(dados).some(Boolean);
  const vistas = Object.entries(RUTAS).map(([servicio, ruta]) => [servicio, usarConsulta(consulta(`${ruta}/cartas`, dados))]);
  const sinFiltrar = Object.values(RUTAS).map((ruta) => usarConsulta(filtrada ? `${ruta}/cartas` : null));
  const repetir = () => vistas.forEach(([, v]) => v.repetir());
  const conocidas = vistas.flatMap(([, v]) => v.datos?.elementos ?? []).sort((a, b) => (a.momento < b.momento ? 1 : -1));
  const rotas = vistas.filter(([, v]) => v.problema);
  const esperan = vistas.some(([, v]) => !v.datos && !v.problema);
  const siguen = vistas.filter(([, v]) => v.datos?.siguiente);
  const nombrar = (de) => de.map(([s]) => SERVICIOS[s]).join(", ");
  const filtros = filtrosDe(filtrada ? sinFiltrar.flatMap((v) => v.datos?.elementos ?? []) : conocidas);
  const ir = (nuevos) => navegar(enlace("/cartas", { ...dados, ...nuevos }));
  return html`
    <${Filtros} filtros=${filtros} dados=${dados} ir=${ir} filtrada=${filtrada} />
    <div class="lista" data-lista="/cartas" aria-busy=${esperan}>
      ${rotas.length === vistas.length && html`<${Fallo} problema=${rotas[0][1].problema} repetir=${repetir} />`}
      ${rotas.length > 0 && rotas.length < vistas.length && html`<p class="franja franja-ojo" role="status">No se pudo preguntar a ${nombrar(rotas)}: de sus cartas no se sabe nada.</p>`}
      ${esperan && conocidas.length === 0 && html`<${Esqueleto} filas=${8} />`}
      ${!esperan && conocidas.length === 0 && rotas.length < vistas.length && (filtrada
        ? html`<${SinCoincidencias} ir=${ir} filtros=${filtros} />`
        : rotas.length
          ? html`<${Vacio} titulo="En los demás no hay"><button type="button" class="boton" onClick=${repetir}>Reintentar</button></${Vacio}>`
          : html`<${Vacio} ...${vacio} />`)}
      ${conocidas.length > 0 && html`<${Tabla} titulo="Cartas muertas" elementos=${conocidas} columnas=${COLUMNAS} clave=${clave} />`}
    </div>
    ${siguen.length > 0 && html`<p class="tenue">Hay más de ${siguen.map(([s], i) => html`${i > 0 && ", "}<a href=${enlace("/cartas", { ...dados, servicio: s })}>${SERVICIOS[s]}</a>`)}.</p>`}
  `;
}

// A saga across services: a lane for each, a card for each step, and how long after the one before.
import { html } from "../html.js";
import { paso as nombreDe, SERVICIOS } from "../textos.js";
import { Insignia } from "./insignia.js";
import { Icono } from "./icono.js";
import { Tiempo, duracion, exacto, hora } from "./tiempo.js";

const instante = (p) => new Date(p.ocurrido).getTime();

/** The lanes: suscripciones first, who begins all of them, and then each as it comes in. */
const carriles = (pasos) => [...new Set(["suscripciones", ...pasos.map((p) => p.servicio)])];

export function Linea({ saga }) {
  const { pasos, faltan } = saga;
  const lanes = carriles([...pasos, ...faltan]);
  return html`
    <${Marcha} pasos=${pasos} lanes=${lanes} enCurso=${saga.estado === "EN_CURSO"} />
    <div class="linea" data-carriles=${lanes.length} style=${{ "--carriles": lanes.length }}>
      <div class="linea-cabezas" aria-hidden="true">
        <span></span>${lanes.map((l) => html`<span key=${l}>${SERVICIOS[l] ?? l}</span>`)}
      </div>
      <ol aria-label="Pasos de la saga, en orden">
        ${pasos.map((p, i) => html`
          <li class="paso" key=${`${p.paso}${p.recurso}${p.servicio}`} data-paso=${p.paso} data-servicio=${p.servicio} data-resultado=${p.resultado} data-compensacion=${p.compensacion}>
            <span class="paso-cuando">
              <time datetime=${p.ocurrido} title=${exacto(p.ocurrido)}>${hora(p.ocurrido)}</time>
              <small>${i === 0 ? "comienzo" : `+${duracion(instante(p) - instante(pasos[i - 1]))}`}</small>
            </span>
            <${Carta} lane=${lanes.indexOf(p.servicio)} paso=${p} />
          </li>`)}
        ${faltan.map((p, i) => html`
          <li class="paso paso-debido" key=${`${p.paso}${p.recurso}${p.servicio}`} data-paso=${p.paso} data-servicio=${p.servicio} data-resultado="DEBIDO">
            <span class="paso-cuando tenue">por hacer${i === 0 && pasos.length > 0 && html`<small aria-live="off">desde <${Tiempo} de=${pasos.at(-1).ocurrido} /></small>`}</span>
            <${Carta} lane=${lanes.indexOf(p.servicio)} paso=${p} debido />
          </li>`)}
      </ol>
    </div>
  `;
}

const Carta = ({ lane, paso, debido = false }) => html`
  <div class="paso-carta" style=${{ gridColumn: lane + 2 }}>
    <span class="paso-servicio">${SERVICIOS[paso.servicio] ?? paso.servicio}</span>
    <span class="paso-nombre">${nombreDe(paso)}</span>
    <span class="paso-como">
      ${debido ? html`<span class="insignia" data-tono="gris"><${Icono} cual="reloj" />Se espera</span>` : html`<${Insignia} estado=${paso.resultado} />`}
      ${paso.compensacion && html`<span class="insignia" data-tono="ojo"><${Icono} cual="vuelta" />Compensación</span>`}
    </span>
    ${paso.motivo && html`<span class="paso-motivo">${paso.motivo}</span>`}
  </div>
`;

/** The same at a glance: when in the whole of it each service did something. */
function Marcha({ pasos, lanes, enCurso }) {
  if (pasos.length < 2) return html`<div class="marcha marcha-vacia" style=${{ "--carriles": lanes.length }}></div>`;
  const desde = instante(pasos[0]);
  const total = Math.max(1, instante(pasos.at(-1)) - desde);
  const lugar = (p) => `${((instante(p) - desde) / total) * 100}%`;
  return html`
    <div class="marcha" role="img" aria-label=${`${pasos.length} pasos en ${duracion(total)}${enCurso ? ", y sigue" : ""}`}>
      ${lanes.map((l) => html`
        <span class="marcha-nombre" key=${l}>${SERVICIOS[l] ?? l}</span>
        <span class="marcha-via" key=${`via ${l}`}>
          ${pasos.map((p, i) => p.servicio === l && html`<b key=${i} data-resultado=${p.resultado} data-compensacion=${p.compensacion}
              style=${{ left: i ? lugar(pasos[i - 1]) : 0, width: i ? `${((instante(p) - instante(pasos[i - 1])) / total) * 100}%` : 0 }}></b>
            <i key=${`p${i}`} data-resultado=${p.resultado} data-compensacion=${p.compensacion} style=${{ left: lugar(p) }}></i>`)}
        </span>`)}
      <span></span><span class="marcha-escala"><span>0</span><span>${duracion(total)}</span></span>
    </div>
  `;
}

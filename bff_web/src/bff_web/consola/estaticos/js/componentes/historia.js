// What happened to the thing that the page shows: what its services know of before, and then as it happens.
import { html, useCallback, useState } from "../html.js";
import { usarEventos } from "../eventos.js";
import { enlace, parte } from "../lugar.js";
import { frase, paso, SERVICIOS } from "../textos.js";
import { dia, hora } from "./tiempo.js";
import { Insignia } from "./insignia.js";
import { Tarjeta, corto } from "./hechos.js";

const MAXIMO = 100;

/** What was heard, newest first: topics are read side by side, and tell of one moment in any order. */
function junto(antes, hecho) {
  if (antes.some((h) => h.id === hecho.id && h.tipo === hecho.tipo)) return antes;
  return [hecho, ...antes].sort((a, b) => (a.ocurrido < b.ocurrido ? 1 : -1)).slice(0, MAXIMO);
}

/** Follow what happens: the facts heard since the page was opened, newest first. Its arguments are usarEventos'. */
export function usarHistoria(filtros, alCambiar, juntarMs) {
  const [oidos, poner] = useState([]);
  const alOir = useCallback((hecho) => poner((antes) => junto(antes, hecho)), []);
  usarEventos(filtros, alCambiar, alOir, juntarMs);
  return oidos;
}

/** What a fact is of, by which one that was heard is told from what its service says of the same. */
const cual = (h) => JSON.stringify(h.paso ? [h.tipo, h.id_saga, h.paso, h.servicio, h.recurso ?? null] : [h.tipo, h.id_imagen ?? h.id_factura ?? h.id_notificacion ?? null]);

/** The steps of these sagas, as they would have been heard. */
export const dePasos = (sagas = []) => sagas.flatMap(({ id_saga, pasos }) => pasos.map((p) => ({ ...p, motivo: null, porque: p.motivo, id_saga, tipo: "TransicionSaga" })));

const DECIDIDA = { ANONIMIZADA: "ImagenAnonimizada", CUARENTENA: "ImagenApartada", FALLIDA: "ImagenApartada", RECHAZADA: "AnonimizacionRechazada" };

/** How these images came to be as they are. */
export const deImagen = (imagenes = []) => imagenes.map((i) => ({ tipo: DECIDIDA[i.estado], estado: i.estado, id_imagen: i.id_imagen, contexto: "procesamiento", ocurrido: i.decidida }));

function conPasado(pasado, oidos) {
  const dichos = new Set(oidos.map(cual));
  const antes = pasado.filter((p) => p.tipo && p.ocurrido && !dichos.has(cual(p)));
  return [...oidos, ...antes].sort((a, b) => (a.ocurrido < b.ocurrido ? 1 : -1)).slice(0, MAXIMO);
}

/**
 * @param pasado what its services know of before, as facts are told.
 * @param deImagenes says of each fact which image it is about.
 */
export function Historia({ oidos, pasado = [], titulo = "Historia", deImagenes = false }) {
  const hechos = conPasado(pasado, oidos);
  return html`
    <${Tarjeta} titulo=${titulo} data-parte="historia">
      <div class="historia" role="log" aria-label=${titulo} tabindex="0">
        ${hechos.length === 0 && html`<p class="tenue">Aquí aparece lo que le ocurra desde ahora.</p>`}
        <ol>
          ${hechos.map((h) => html`
            <li key=${(h.id ?? h.ocurrido + cual(h)) + h.tipo} data-hecho=${h.tipo}>
              <time datetime=${h.ocurrido}>${dia(h.ocurrido)}${hora(h.ocurrido)}</time>
              <span class="historia-que">${h.tipo === "TransicionSaga" && h.paso ? paso(h) : frase(h.tipo)}<span class="tenue"> · ${SERVICIOS[h.servicio ?? h.contexto] ?? h.contexto}</span>
                ${deImagenes && h.id_imagen && html` <a href=${enlace(`/imagenes/${parte(h.id_imagen)}`)} title=${h.id_imagen}>${corto(h.id_imagen)}</a>`}</span>
              ${(h.resultado || h.estado) && html`<${Insignia} estado=${h.resultado ?? h.estado} />`}
              ${h.porque && html`<span class="historia-porque" data-motivo=${h.motivo}>${h.porque}</span>`}
            </li>`)}
        </ol>
      </div>
    </${Tarjeta}>
  `;
}

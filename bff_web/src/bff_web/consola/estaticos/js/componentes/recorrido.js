// A tour of five minutes: what to look at, in order, with a way there.
import { html, useState } from "../html.js";
import { enlace } from "../lugar.js";
import { Icono } from "./icono.js";

const LUGAR = "saludtech.recorrido";
const PASOS = [
  ["Cree una suscripción PRO", "", "En el panorama, pulse «Crear una suscripción PRO de ejemplo». No hay nada que rellenar."],
  ["Mire su saga en vivo", "sagas", "Cada columna es un servicio; cada tarjeta, lo que hizo y cuánto tardó. Lo que falta se ve a rayas."],
  ["Lea lo que se le escribió", "notificaciones", "La carta se vuelve a componer sin el nombre: la plataforma no guarda lo que envió."],
  ["Envíe una imagen", "comandos", "«Anonimizar el archivo de una imagen» admite DICOM, PNG, JPEG y NIfTI."],
  ["Véala antes y después", "imagenes", "La página de la imagen dice qué se hizo con cada etiqueta, y muestra el resultado limpio."],
  ["Decida de lo apartado", "cuarentena", "Lo que puede llevar un rótulo espera a que una persona lo libere o lo descarte."],
  ["Encuentre lo que no se pudo atender", "cartas", "Cartas muertas: el sobre y el error, nunca el contenido. Se pueden repetir o descartar."],
  ["Compruebe quién hizo qué", "auditoria", "Todo lo que se hace o se mira queda anotado."],
];

function leer() {
  try {
    return JSON.parse(localStorage.getItem(LUGAR)) ?? { paso: 0, cerrado: false };
  } catch {
    return { paso: 0, cerrado: false };
  }
}

export function Recorrido() {
  const [{ paso, cerrado }, poner] = useState(leer);
  const guardar = (cambios) => {
    const nuevo = { paso, cerrado, ...cambios };
    poner(nuevo);
    try {
      localStorage.setItem(LUGAR, JSON.stringify(nuevo));
    } catch {
      // It is remembered until the page is left.
    }
  };
  if (cerrado) {
    return html`<button type="button" class="boton recorrido-abrir" data-accion="recorrido" onClick=${() => guardar({ cerrado: false })}><${Icono} cual="flecha" />Recorrido</button>`;
  }
  const [titulo, camino, texto] = PASOS[Math.min(paso, PASOS.length - 1)];
  return html`
    <aside class="recorrido" aria-label="Recorrido" data-paso=${paso + 1}>
      <p class="sobre">Recorrido · ${paso + 1} de ${PASOS.length}</p>
      <h2>${titulo}</h2>
      <p>${texto}</p>
      <p class="botonera">
        <a class="boton boton-fuerte" href=${enlace(`/${camino}`)} data-accion="ir">Ir allí</a>
        ${paso > 0 && html`<button type="button" class="boton boton-leve" onClick=${() => guardar({ paso: paso - 1 })}>Anterior</button>`}
        ${paso < PASOS.length - 1
          ? html`<button type="button" class="boton" data-accion="paso-siguiente" onClick=${() => guardar({ paso: paso + 1 })}>Siguiente</button>`
          : html`<button type="button" class="boton" onClick=${() => guardar({ paso: 0, cerrado: true })}>Terminar</button>`}
      </p>
      <button type="button" class="boton boton-icono recorrido-cerrar" aria-label="Cerrar el recorrido" onClick=${() => guardar({ cerrado: true })}><${Icono} cual="cruz" /></button>
    </aside>
  `;
}

// A tour of five minutes: what to look at, in order, with a way there. It goes on by itself as its things are done, and
// has its own room at the page's top.
import { html, useEffect } from "../html.js";
import { esOperador, sesionActual } from "../api.js";
import { enlace, parte, usarLugar } from "../lugar.js";
import { seguido } from "../seguido.js";
import { Icono } from "./icono.js";

const LUGAR = "saludtech.recorrido";
const EMPIEZA = { paso: 0, cerrado: false };

/**
 * Its steps. `ir`: where that is, by what was done so far. `hecho`: of where the browser is, what that says was done.
 * `operador`: nobody else may see it.
 */
const PASOS = [
  { titulo: "Cree una suscripción PRO", ir: () => "/", texto: () => "En el panorama, pulse «Crear una suscripción PRO de ejemplo». No hay nada que rellenar.",
    hecho: ([pagina, id]) => pagina === "sagas" && id && { saga: id } },
  { titulo: "Mire su saga en vivo", ir: ({ saga }) => (saga ? `/sagas/${parte(saga)}` : "/sagas"),
    texto: () => "En la página de una saga, cada columna es un servicio y cada tarjeta un paso: qué hizo, y cuánto después del anterior. Lo que falta se ve a rayas." },
  { titulo: "Lea lo que se le escribió", ir: () => "/notificaciones", texto: () => "Abra una: la carta se vuelve a componer sin el nombre, porque la plataforma no guarda lo que envió." },
  { titulo: "Envíe una imagen", ir: () => "/comandos/anonimizarArchivo", texto: () => "Pulse «Usar una imagen de muestra» y envíela. Si tiene un DICOM, un JPEG o un NIfTI, también vale.",
    hecho: ([pagina, id]) => pagina === "imagenes" && id && { imagen: id } },
  { titulo: "Véala antes y después", ir: ({ imagen }) => (imagen ? `/imagenes/${parte(imagen)}` : "/imagenes"),
    texto: () => "La página de una imagen muestra el resultado limpio y, de un DICOM, qué se hizo con cada etiqueta." },
  { titulo: "Decida de lo apartado", operador: true, ir: () => "/cuarentena", texto: () => "Lo que no se pudo dar por limpio espera aquí a que una persona lo libere o lo descarte. Si no hay nada apartado, está vacío." },
  { titulo: "Encuentre lo que no se pudo atender", operador: true, ir: () => "/cartas", texto: () => "De cada carta muerta se ve el sobre y el error, nunca el contenido; se puede repetir o descartar. Lo normal es que no haya ninguna." },
  { titulo: "Compruebe quién hizo qué", operador: true, ir: () => "/auditoria",
    texto: () => sesionActual().autenticacion === "ninguna"
      ? "Donde se pregunta quién es cada uno, aquí queda anotado lo que se hace y lo que se mira. En esta plataforma no se pregunta a nadie, y no se anota."
      : "Lo que se hace o se mira queda anotado aquí, con quién fue." },
];

function leer() {
  try {
    return { ...EMPIEZA, ...JSON.parse(localStorage.getItem(LUGAR)) };
  } catch {
    return EMPIEZA;
  }
}

const estado = seguido(leer());

function guardar(cambios) {
  estado.poner({ ...estado.ver(), ...cambios });
  try {
    localStorage.setItem(LUGAR, JSON.stringify(estado.ver()));
  } catch {
    // It is remembered until the page is left.
  }
}

/** The way to it, while it is closed. */
export function AbrirRecorrido() {
  const { cerrado } = estado.usar();
  if (!cerrado) return null;
  return html`<button type="button" class="boton recorrido-abrir" data-accion="recorrido" onClick=${() => guardar({ cerrado: false })}><${Icono} cual="flecha" />Recorrido</button>`;
}

export function Recorrido() {
  const visto = estado.usar();
  const { partes } = usarLugar();
  const pasos = PASOS.filter((p) => !p.operador || esOperador());
  const paso = Math.min(visto.paso, pasos.length - 1);
  const aqui = partes.map(parte).join("/");
  useEffect(() => {
    const hecho = !visto.cerrado && pasos[paso].hecho?.(partes);
    if (hecho) guardar({ ...hecho, paso: paso + 1 });
  }, [aqui, paso, visto.cerrado]);
  if (visto.cerrado) return null;
  const { titulo, texto, ir } = pasos[paso];
  const destino = ir(visto);
  return html`
    <section class="recorrido" aria-label="Recorrido" data-paso=${paso + 1}>
      <p class="recorrido-texto"><span class="sobre">Recorrido · ${paso + 1} de ${pasos.length}</span> <b>${titulo}.</b> ${texto()}</p>
      <p class="botonera">
        ${destino !== `/${aqui}` && html`<a class="boton boton-fuerte" href=${enlace(destino)} data-accion="ir">Ir allí</a>`}
        ${paso > 0 && html`<button type="button" class="boton boton-leve" onClick=${() => guardar({ paso: paso - 1 })}>Anterior</button>`}
        ${paso < pasos.length - 1
          ? html`<button type="button" class="boton" data-accion="paso-siguiente" onClick=${() => guardar({ paso: paso + 1 })}>Siguiente</button>`
          : html`<button type="button" class="boton" onClick=${() => guardar({ paso: 0, cerrado: true })}>Terminar</button>`}
        <button type="button" class="boton boton-icono" aria-label="Cerrar el recorrido" onClick=${() => guardar({ cerrado: true })}><${Icono} cual="cruz" /></button>
      </p>
    </section>
  `;
}

// A package's images before and after, side by side: before, only what this very browser sent.
import { html, useEffect, useState } from "../html.js";
import { consulta, usarConsulta } from "../api.js";
import { enviada } from "../enviadas.js";
import { enlace, parte, puerta } from "../lugar.js";
import { Tarjeta, corto } from "./hechos.js";

const CUANTAS = 6;

/** @param ruta where its images are listed. @param vez asks anew when it changes. */
export function Parejas({ ruta, vez }) {
  const limpias = usarConsulta(consulta(ruta, { estado: "ANONIMIZADA" }));
  useEffect(() => {
    limpias.repetir();
  }, [vez]);
  const primeras = (limpias.datos?.elementos ?? []).slice(0, CUANTAS);
  const propias = primeras.some((i) => enviada(i.id_imagen));
  return primeras.length > 0 && html`
    <${Tarjeta} titulo="Antes y después" data-parte="parejas">
      <ul class="parejas">${primeras.map((i) => html`<${Pareja} key=${i.id_imagen} id=${i.id_imagen} />`)}</ul>
      <p class="tenue nota">${propias ? "El original solo lo tiene este navegador, en memoria: la plataforma no lo muestra nunca." : "El original no se muestra nunca: puede decir quién es."}</p>
    <//>
  `;
}

function Pareja({ id }) {
  const [rota, romper] = useState(false);
  const antes = enviada(id);
  if (rota && !antes) return null; // of this file no picture is made
  return html`
    <li><a href=${enlace(`/imagenes/${parte(id)}`)} aria-label=${`Imagen ${corto(id)}`}>
      ${antes && html`<img src=${antes} alt="Antes, tal como la envió este navegador" />`}
      ${!rota && html`<img src=${puerta(`/procesar/imagenes/${parte(id)}/vista`)} alt="Después, ya limpia" loading="lazy" onError=${() => romper(true)} />`}
    </a></li>
  `;
}

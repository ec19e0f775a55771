// A notification: its history whole, and its letter rendered anew.
import { html, useEffect } from "../html.js";
import { usarConsulta } from "../api.js";
import { DeConsulta, Esqueleto, Fallo } from "../componentes/estados.js";
import { Cabeza, Hechos, Id, Tarjeta, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { Tiempo, exacto } from "../componentes/tiempo.js";
import { usarEventos } from "../eventos.js";
import { enlace, parte } from "../lugar.js";
import { frase, humano } from "../textos.js";
import { titular } from "../tema.js";

export default function Notificacion({ id }) {
  const ruta = `/notificaciones/${parte(id)}`;
  const recurso = usarRecurso(ruta);
  const eventos = usarConsulta(`${ruta}/eventos`);
  const carta = usarConsulta(`${ruta}/carta`);
  const suscripcion = recurso.datos?.id_suscripcion;
  usarEventos(suscripcion ? { suscripcion } : null, () => [recurso, eventos, carta].forEach((c) => c.repetir()));
  useEffect(() => titular(`Notificación ${corto(id)}`), [id]);
  return html`<${DeRecurso} recurso=${recurso} hijo=${(n) => html`
    <${Cabeza} sobre=${html`Notificación <${Id} de=${id} />`} titulo=${n.asunto} estado=${html`<${Insignia} estado=${n.estado} />${n.motivo && html`<span>${n.motivo}</span>`}`} />
    <div class="dos">
      <${Tarjeta} titulo="La carta" data-parte="carta"><${Carta} carta=${carta} /></${Tarjeta}>
      <div class="apilado">
        <${Tarjeta} titulo="Datos"><${Hechos} de=${[
          ["Qué se cuenta", humano(n.tipo)], ["Canal", humano(n.canal)], ["Cliente", n.cliente_codigo],
          ["Suscripción", html`<a href=${enlace(`/suscripciones/${parte(n.id_suscripcion)}`)}>${corto(n.id_suscripcion)}</a>`],
          ["Saga", html`<a href=${enlace(`/sagas/${parte(n.id_suscripcion)}`, { saga: n.id_saga })}>${corto(n.id_saga)}</a>`],
          ["Creada", html`<${Tiempo} de=${n.creada} />`], ["Actualizada", html`<${Tiempo} de=${n.actualizada} />`],
        ]} /></${Tarjeta}>
        <${Tarjeta} titulo="Historia" data-parte="historia">
          <${DeConsulta} consulta=${eventos} filas=${3} hijo=${({ elementos }) => html`
            <div class="caja"><ol class="hitos" aria-live="polite">${elementos.map((e) => html`
              <li key=${e.version} data-hecho=${e.tipo}><b>${frase(e.tipo)}</b><time datetime=${e.ocurrido}>${exacto(e.ocurrido)}</time></li>`)}</ol></div>`} />
        </${Tarjeta}>
      </div>
    </div>
  `} />`;
}

function Carta({ carta: { datos, problema, repetir } }) {
  if (problema?.estado === 404) return html`<p class="tenue">Esta carta no se puede volver a componer.</p>`;
  if (problema && !datos) return html`<${Fallo} problema=${problema} repetir=${repetir} />`;
  if (!datos) return html`<${Esqueleto} filas=${6} />`;
  return html`<div class="carta">
    <p class="franja" role="note">${datos.aviso}</p>
    <p class="carta-asunto">${datos.asunto}</p>
    <div class="carta-texto">${datos.texto}</div>
  </div>`;
}

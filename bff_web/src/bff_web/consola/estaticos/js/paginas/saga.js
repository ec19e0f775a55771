// A subscription's sagas: one of them whole, across the services, live while it runs.
import { html, useEffect } from "../html.js";
import { Cabeza, Hechos, Tarjeta, corto } from "../componentes/hechos.js";
import { Insignia } from "../componentes/insignia.js";
import { Linea } from "../componentes/linea.js";
import { Historia, dePasos, usarHistoria } from "../componentes/historia.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { Tiempo, duracion } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { titular } from "../tema.js";

export default function Saga({ id, filtros, recuerdo }) {
  const suscripcion = usarRecurso(`/suscripciones/${parte(id)}`, recuerdo);
  const sagas = usarRecurso(`/suscripciones/${parte(id)}/sagas`, recuerdo);
  const oidos = usarHistoria({ suscripcion: id }, () => {
    suscripcion.repetir();
    sagas.repetir();
  });
  useEffect(() => titular(`Saga de ${corto(id)}`), [id]);
  const juntas = { ...sagas, datos: suscripcion.datos && sagas.datos ? sagas.datos : null, problema: suscripcion.problema ?? sagas.problema };
  return html`<${DeRecurso} recurso=${juntas} hijo=${({ elementos }) => {
    const pedida = filtros.get("saga");
    const saga = conLoOido(elementos.find((s) => s.id_saga === pedida) ?? elementos.at(-1), oidos);
    const s = suscripcion.datos;
    if (!saga) return html`<${Cabeza} titulo="Aún sin saga" />`;
    const pasos = saga.pasos;
    const ms = new Date(pasos.at(-1)?.ocurrido) - new Date(pasos[0]?.ocurrido);
    const malo = pasos.find((p) => ["RECHAZADO", "FALLIDO"].includes(p.resultado) && p.motivo);
    return html`
      <${Cabeza} sobre=${html`Suscripción <a href=${enlace(`/suscripciones/${parte(id)}`)}>${corto(id)}</a>`} titulo=${`Saga de la suscripción ${s.plan.nombre} de ${s.cliente.codigo ?? "quien fue suprimido"}`} id=${saga.id_saga}
        estado=${html`<${Insignia} estado=${saga.estado} /><span class="cifra" data-parte="resumen">${resumen(saga, ms)}</span>`}
        acciones=${html`${saga.enlace_traza && html`<a class="boton" data-fuera data-accion="traza" href=${saga.enlace_traza} rel="noreferrer">Ver la traza</a>`}
          <a class="boton boton-leve" href=${enlace(`/suscripciones/${parte(id)}`)}>Ver la suscripción</a>`} />
      ${malo && html`<p class="franja franja-ojo"><b>Por qué:</b> ${malo.motivo}</p>`}
      <${Tarjeta} titulo="Línea de tiempo" data-parte="linea" data-saga=${saga.estado}
        acciones=${html`<span class="tenue"><${Tiempo} de=${pasos[0]?.ocurrido} /></span>`}>
        <div aria-live="polite"><${Linea} saga=${saga} /></div>
      </${Tarjeta}>
      <div class="dos">
        <${Tarjeta} titulo="Datos"><${Hechos} de=${[
          ["Suscripción", html`<${Insignia} estado=${s.estado} />`],
          ["Plan", s.plan.nombre],
          ["Cliente", s.cliente.codigo],
          ["Comenzó", html`<${Tiempo} de=${pasos[0]?.ocurrido} />`],
          ["Traza", saga.traza && html`<code>${saga.traza}</code>`],
        ]} /></${Tarjeta}>
        <${Tarjeta} titulo="Todas las suyas">
          <ul class="enlaces">${[...elementos].reverse().map((g) => html`
            <li key=${g.id_saga}><a href=${enlace(`/sagas/${parte(id)}`, { saga: g.id_saga })} aria-current=${g.id_saga === saga.id_saga ? "true" : undefined}>${corto(g.id_saga)}</a>
              <${Insignia} estado=${g.estado} /> <span class="tenue"><${Tiempo} de=${g.pasos[0]?.ocurrido} /></span></li>`)}</ul>
        </${Tarjeta}>
      </div>
      <${Historia} oidos=${oidos} pasado=${dePasos(elementos)} />`;
  }} />`;
}

/** A saga with the steps that were heard of before who answers knew: a reason that came as a code is left to be told. */
function conLoOido(saga, oidos) {
  if (!saga) return saga;
  const mismo = (a) => (b) => a.paso === b.paso && a.servicio === b.servicio && (a.recurso ?? null) === (b.recurso ?? null);
  const nuevos = oidos.filter((h) => h.paso && h.id_saga === saga.id_saga && !saga.pasos.some(mismo(h)));
  if (!nuevos.length) return saga;
  const pasos = [...saga.pasos, ...nuevos.map((h) => ({ ...h, recurso: h.recurso ?? null, motivo: null, compensacion: Boolean(h.compensacion) }))];
  const faltan = saga.faltan.filter((p) => !nuevos.some(mismo(p)));
  return { ...saga, faltan, pasos: pasos.sort((a, b) => (a.ocurrido < b.ocurrido ? -1 : 1)) };
}

function resumen(saga, ms) {
  const pasos = saga.pasos.length === 1 ? "1 paso" : `${saga.pasos.length} pasos en ${duracion(ms)}`;
  if (saga.estado !== "EN_CURSO") return pasos;
  return saga.faltan.length ? `${pasos}; se esperan ${saga.faltan.length} más` : pasos;
}

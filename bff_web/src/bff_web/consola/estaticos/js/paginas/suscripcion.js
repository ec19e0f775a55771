import { html, useEffect } from "../html.js";
import { consulta, usarConsulta } from "../api.js";
import { DeConsulta, Vacio } from "../componentes/estados.js";
import { Cabeza, Hechos, Tarjeta, corto } from "../componentes/hechos.js";
import { Historia, dePasos, usarHistoria } from "../componentes/historia.js";
import { Insignia } from "../componentes/insignia.js";
import { Tabla } from "../componentes/lista.js";
import { DeRecurso, usarRecurso } from "../componentes/recurso.js";
import { Tiempo } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { titular } from "../tema.js";

const dinero = (monto, moneda) => html`<span class="cifra">${monto.replace(".", ",")} ${moneda}</span>`;

export default function Suscripcion({ id, recuerdo }) {
  const recurso = usarRecurso(`/suscripciones/${parte(id)}`, recuerdo);
  const servicios = usarConsulta(consulta("/servicios-datos", { suscripcion: id }));
  const notificaciones = usarConsulta(consulta("/notificaciones", { suscripcion: id }));
  const sagas = usarConsulta(`/suscripciones/${parte(id)}/sagas`);
  const oidos = usarHistoria({ suscripcion: id }, () => [recurso, servicios, notificaciones, sagas].forEach((c) => c.repetir()));
  useEffect(() => titular(`Suscripción ${corto(id)}`), [id]);
  return html`<${DeRecurso} recurso=${recurso} hijo=${(s) => html`
    <${Cabeza} sobre="Suscripción" titulo=${`${s.plan.nombre} de ${s.cliente.codigo ?? "quien fue suprimido"}`} id=${id} estado=${html`<${Insignia} estado=${s.estado} />`}
      acciones=${html`<${Acciones} id=${id} suscripcion=${s} />`} />
    <div class="dos">
      <${Tarjeta} titulo="Datos">
        <${Hechos} de=${[
          ["Plan", s.plan.nombre],
          ["Cliente", html`<a href=${enlace("/suscripciones", { cliente: s.cliente.codigo })}>${s.cliente.codigo}</a>`],
          ["Motivo", s.motivo],
          ["Detalle", s.detalle],
        ]} />
      </${Tarjeta}>
      <${Tarjeta} titulo="Sagas">
        <${DeConsulta} consulta=${sagas} filas=${2} hijo=${({ elementos }) => html`
          <ul class="enlaces">${[...elementos].reverse().map((g) => html`
            <li key=${g.id_saga}><a href=${enlace(`/sagas/${parte(id)}`, { saga: g.id_saga })}>${corto(g.id_saga)}</a> <${Insignia} estado=${g.estado} />
              <span class="tenue">${g.pasos.length} ${g.pasos.length === 1 ? "paso" : "pasos"} · <${Tiempo} de=${g.pasos[0]?.ocurrido} /></span></li>`)}</ul>`} />
      </${Tarjeta}>
    </div>
    <${Tarjeta} titulo="Facturas" data-parte="facturas">
      ${s.facturas.length === 0
        ? html`<${Vacio} titulo="Todavía no hay facturas" />`
        : html`<${Tabla} titulo="Facturas" clave=${(f) => f.id_factura} elementos=${s.facturas} columnas=${[
            { titulo: "Factura", celda: (f) => html`<code title=${f.id_factura}>${corto(f.id_factura)}</code>` },
            { titulo: "Estado", celda: (f) => html`<${Insignia} estado=${f.estado} />` },
            { titulo: "Importe", clase: "numero", celda: (f) => dinero(f.monto, f.moneda) },
            { titulo: "Emitida", celda: (f) => html`<${Tiempo} de=${f.emitida} />` },
            { titulo: "Acción", celda: (f) => f.estado === "EMITIDA" && html`<a href=${enlace("/comandos/pagarSuscripcion", { id_suscripcion: id, id_factura: f.id_factura, monto: f.monto, moneda: f.moneda })} aria-label=${`Pagar la factura ${f.id_factura}`}>Pagar</a>` },
          ]} />`}
    </${Tarjeta}>
    <div class="dos">
      <${Tarjeta} titulo="Servicio de datos">
        <${DeConsulta} consulta=${servicios} filas=${2} hijo=${({ elementos }) => elementos.length === 0
          ? html`<p class="tenue">No tiene ninguno.</p>`
          : html`<ul class="enlaces">${elementos.map((d) => html`<li key=${d.id_servicio_datos}>
              <a href=${enlace(`/servicios/${parte(d.id_servicio_datos)}`)}>${d.dataset.nombre}</a> <${Insignia} estado=${d.estado} /></li>`)}</ul>`} />
      </${Tarjeta}>
      <${Tarjeta} titulo="Notificaciones">
        <${DeConsulta} consulta=${notificaciones} filas=${2} hijo=${({ elementos }) => elementos.length === 0
          ? html`<p class="tenue">No se le ha contado nada.</p>`
          : html`<ul class="enlaces">${elementos.map((n) => html`<li key=${n.id_notificacion}>
              <a href=${enlace(`/notificaciones/${parte(n.id_notificacion)}`)}>${n.asunto}</a> <${Insignia} estado=${n.estado} /> <span class="tenue"><${Tiempo} de=${n.creada} /></span></li>`)}</ul>`} />
      </${Tarjeta}>
    </div>
    <${Historia} oidos=${oidos} pasado=${[
      ...dePasos(sagas.datos?.elementos),
      ...s.facturas.map((f) => ({ tipo: "FacturaEmitida", id_factura: f.id_factura, contexto: "suscripciones", ocurrido: f.emitida })),
      ...(notificaciones.datos?.elementos ?? []).map((n) => ({ tipo: "NotificacionCreada", id_notificacion: n.id_notificacion, contexto: "notificaciones", ocurrido: n.creada })),
    ]} />
  `} />`;
}

const Acciones = ({ id, suscripcion }) => html`
  <a class="boton" href=${enlace(`/sagas/${parte(id)}`)} data-accion="saga">Ver la saga</a>
  ${suscripcion.estado === "ACTIVA" && html`<a class="boton boton-leve" href=${enlace("/comandos/cambiarPlanSuscripcion", { id_suscripcion: id })}>Cambiar el plan</a>`}
  ${["PENDIENTE", "ACTIVA"].includes(suscripcion.estado) && html`
    <a class="boton boton-leve" href=${enlace("/comandos/cancelarSuscripcion", { id_suscripcion: id })}>Cancelar la suscripción</a>`}
`;

// A dead letter: its envelope, what went wrong, and what can be done about it.
import { html, useEffect, useState } from "../html.js";
import { usarConsulta } from "../api.js";
import { DeConsulta, Vacio } from "../componentes/estados.js";
import { Cabeza, Hechos, Id, Tarjeta } from "../componentes/hechos.js";
import { Pregunta } from "../componentes/dialogo.js";
import { Tiempo, exacto } from "../componentes/tiempo.js";
import { enlace, parte } from "../lugar.js";
import { RUTAS, SERVICIOS } from "../textos.js";
import { titular } from "../tema.js";
import { tipoDe } from "./cartas.js";

const MOTIVO = [{ nombre: "motivo", etiqueta: "Motivo", ayuda: "Queda en la auditoría: no ha de nombrar a nadie.", valor: "" }];

export default function Carta({ partes: [, servicio, id] }) {
  const ruta = `${RUTAS[servicio] ?? ""}/cartas/${parte(id ?? "")}`;
  const carta = usarConsulta(ruta);
  const [atendida, atender] = useState(null);
  useEffect(() => titular("Carta muerta"), [id]);
  const auditoria = enlace("/auditoria", { servicio, recurso: carta.datos?.id_mensaje ?? id });
  if (atendida) {
    return html`<${Cabeza} titulo="Carta muerta" /><${Vacio} titulo="Esta carta ya no está"><p><a href=${auditoria}>Ver en la auditoría qué se hizo</a>, o <a href=${enlace("/cartas")}>volver a las que quedan</a>.</p></${Vacio}>`;
  }
  return html`<${DeConsulta} principal consulta=${carta} hijo=${(c) => html`
    <${Cabeza} sobre=${`Carta muerta de ${SERVICIOS[servicio] ?? servicio}`} titulo=${tipoDe(c.tipo)} estado=${html`<span>Apartada <${Tiempo} de=${c.momento} /></span>`}
      acciones=${html`
        <${Pregunta} texto="Reproducir" accion="reproducir" titulo="¿Atender otra vez este mensaje?" ruta=${`${ruta}/reproduccion-comando`} campos=${MOTIVO} auditoria=${auditoria} alAcabar=${atender}
          explica=${html`<p>El servicio lo atiende ahora, como si acabara de llegar. Si ya se había atendido, no se hace dos veces. La carta deja de estar aquí.</p>`} />
        <${Pregunta} texto="Descartar" accion="descartar" grave titulo="¿Dar por perdido este mensaje?" ruta=${`${ruta}/descarte-comando`} campos=${MOTIVO} auditoria=${auditoria} alAcabar=${atender}
          explica=${html`<p>No se atenderá nunca. Si era un comando, queda rechazado, y quien lo pidió lo verá. No se puede deshacer.</p>`} />`} />
    <${Tarjeta} titulo="Qué falló" data-parte="error"><pre class="error">${c.error ?? "No lo dice."}</pre></${Tarjeta}>
    <${Tarjeta} titulo="El sobre" data-parte="sobre">
      <${Hechos} de=${[
        ["Tipo", c.tipo && html`<${Id} de=${c.tipo} />`], ["Consumidor", c.consumidor], ["Intentos", html`<span class="cifra">${c.intentos}</span>`],
        ["Apartada", exacto(c.momento)], ["Clave", c.clave && html`<${Id} de=${c.clave} />`], ["Mensaje", c.id_mensaje && html`<${Id} de=${c.id_mensaje} />`],
        ["Correlación", c.correlacion && html`<${Id} de=${c.correlacion} />`], ["Tópico", c.topico && html`<${Id} de=${c.topico} />`], ["Octetos", c.octetos?.toLocaleString("es")],
      ]} />
      <p class="tenue nota">Su contenido no se muestra: puede decir de quién trata.</p>
    </${Tarjeta}>
  `} />`;
}

// One thing, which may have been asked for a moment ago and not be there yet.
import { html, useEffect, useState } from "../html.js";
import { destinoDe, pedir, usarConsulta } from "../api.js";
import { Esqueleto, Fallo } from "./estados.js";
import { Insignia } from "./insignia.js";

const CADA_MS = 700;

/** A query about one thing, asked again while the command that makes it (`recuerdo.comando`) is not decided. */
export function usarRecurso(ruta, recuerdo) {
  const vista = usarConsulta(ruta);
  const [destino, poner] = useState(null);
  const falta = vista.problema?.estado === 404 && Boolean(recuerdo?.comando);
  const rechazado = destino?.estado === "RECHAZADO";
  useEffect(() => {
    if (!falta || rechazado) return undefined;
    const reloj = setTimeout(async () => {
      poner(await pedir(recuerdo.comando).catch(() => null));
      vista.repetir();
    }, CADA_MS);
    return () => clearTimeout(reloj);
  }, [falta, rechazado, vista]);
  return { ...vista, comando: recuerdo?.comando, esperando: falta && !rechazado, destino };
}

/** What became of a command about a thing that was there before it. */
function Destino({ comando }) {
  const [destino, poner] = useState(null);
  useEffect(() => {
    let vigente = true;
    if (comando) destinoDe(comando).then((d) => vigente && poner(d), () => {});
    return () => (vigente = false);
  }, [comando]);
  if (destino?.estado !== "RECHAZADO") return null;
  return html`<p class="franja franja-mal" role="alert" data-destino="RECHAZADO"><b>Lo último que se pidió se rechazó.</b> ${destino.motivo}</p>`;
}

/** What usarRecurso knows, as the page shows it. */
export function DeRecurso({ recurso, hijo }) {
  const { datos, problema, destino, esperando, repetir } = recurso;
  if (datos) return html`<${Destino} comando=${recurso.comando} />${hijo(datos)}`;
  if (destino?.estado === "RECHAZADO") {
    const dicho = { estado: 0, titulo: "El comando se rechazó", detalle: destino.motivo ?? "", errores: [] };
    return html`<${Fallo} principal problema=${dicho}><p>${destino.detalle ?? ""}</p></${Fallo}>`;
  }
  if (esperando) {
    return html`<p class="franja" role="status" data-estado-pagina="esperando"><${Insignia} estado="PENDIENTE" /> El comando se aceptó; se espera a que se aplique…</p><${Esqueleto} />`;
  }
  return problema ? html`<${Fallo} principal problema=${problema} repetir=${repetir} />` : html`<${Esqueleto} filas=${8} />`;
}

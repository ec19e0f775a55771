// A newcomer's first click: a PRO subscription by the document's own example, and its saga as it runs.
import { html, useRef, useState } from "../html.js";
import { esOperador, mandar, sesionActual, unico } from "../api.js";
import { destino } from "../destinos.js";
import { comandosDe, cuerpoDe, documento, formas } from "../documento.js";
import { navegar } from "../lugar.js";

const CREAR = "crearSuscripcion";

export function PrimeraSuscripcion() {
  const [como, estar] = useState({});
  const { quien } = sesionActual();
  const clave = useRef(unico()); // pressed again after a failure, it is the same command
  const crear = async () => {
    estar({ enviando: true });
    try {
      const doc = await documento();
      const comando = comandosDe(doc).find((c) => c.id === CREAR);
      const [{ campos }] = formas(doc, comando);
      const valores = Object.fromEntries(campos.map((c) => [c.nombre, String(c.valor)]));
      if (quien?.cliente) valores["cliente.codigo"] = quien.cliente;
      const aceptado = await mandar(comando.ruta, cuerpoDe(campos, valores, false), { clave: clave.current });
      navegar(destino(aceptado, comando.id), { recuerdo: { comando: aceptado.comando } });
    } catch (problema) {
      estar({ problema });
    }
  };
  if (!esOperador() && !quien?.roles?.includes("cliente")) return null;
  return html`
    <button type="button" class="boton boton-fuerte" data-accion="primera" disabled=${como.enviando} onClick=${crear}>Crear una suscripción PRO de ejemplo</button>
    ${como.problema && html`<span class="alerta" role="alert">${como.problema.titulo ?? "No se pudo"}. ${como.problema.detalle ?? ""}</span>`}
  `;
}

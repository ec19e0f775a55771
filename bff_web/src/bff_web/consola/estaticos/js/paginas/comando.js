// The form of a command, made from what the door says that it takes, with the example filled in.
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { consulta, mandar, pedir, unico, usarConsulta } from "../api.js";
import { Campo } from "../componentes/campo.js";
import { Confirmacion } from "../componentes/dialogo.js";
import { Errores, Esqueleto, Fallo } from "../componentes/estados.js";
import { Cabeza } from "../componentes/hechos.js";
import { destino } from "../destinos.js";
import { comandosDe, cuerpoDe, documento, enLaRuta, formas } from "../documento.js";
import { recordar } from "../enviadas.js";
import { enlace, navegar, parte } from "../lugar.js";
import { DE_MUESTRA, muestra, muestraDePaquete } from "../muestra.js";
import { titular } from "../tema.js";
import NoEsta from "./noesta.js";

// Where those are found that a command can be about: the newest is what one most likely means.
const SUGERENCIAS = {
  id_suscripcion: ["/suscripciones", { estado: "ACTIVA" }, (s) => s.id_suscripcion],
  id_servicio_datos: ["/servicios-datos", {}, (s) => s.id_servicio_datos],
  id_imagen: ["/procesar/imagenes", { estado: "CUARENTENA" }, (i) => i.id_imagen],
  "suscripcion.codigo": ["/suscripciones", { estado: "ACTIVA" }, (s) => s.id_suscripcion],
  cliente_codigo: ["/suscripciones", {}, (s) => s.cliente.codigo],
};
const PROPIO_DE_QUIEN_ENVIA = "id_imagen"; // in a body, the id of what does not exist yet

export default function Comando({ id, filtros }) {
  const [visto, poner] = useState({});
  const preguntar = () => documento().then((doc) => poner({ doc }), (problema) => poner({ problema }));
  useEffect(() => {
    preguntar();
  }, []);
  const comando = visto.doc && comandosDe(visto.doc).find((c) => c.id === id);
  useEffect(() => titular(comando?.titulo ?? "Comando"), [comando]);
  if (visto.problema) return html`<${Fallo} principal problema=${visto.problema} repetir=${preguntar} />`;
  if (!visto.doc) return html`<${Esqueleto} filas=${12} />`;
  if (!comando) return html`<${NoEsta} />`;
  return html`<${Ficha} comando=${comando} doc=${visto.doc} filtros=${filtros} />`;
}

function Ficha({ comando, doc, filtros }) {
  const todas = useMemo(() => formas(doc, comando), [comando]);
  const [cual, elegir] = useState(0);
  const forma = todas[cual];
  const ruta = useMemo(() => enLaRuta(comando), [comando]);
  return html`
    <${Cabeza} sobre=${html`<a href=${enlace("/comandos")}>Comandos</a> · ${comando.etiqueta}`} titulo=${comando.titulo}><p class="tenue previo">${comando.descripcion}</p></${Cabeza}>
    ${todas.length > 1 && html`<div class="pestanas" role="group" aria-label="Cómo se envía">
      ${todas.map((f, i) => html`<button type="button" key=${i} aria-pressed=${i === cual} onClick=${() => elegir(i)}>${f.formulario ? "Con su archivo" : "Por referencia"}</button>`)}
    </div>`}
    <${Formulario} key=${cual} comando=${comando} forma=${forma} ruta=${ruta} filtros=${filtros} />
  `;
}

function Formulario({ comando, forma, ruta, filtros }) {
  const grave = Boolean(comando.pierde);
  const [valores, poner] = useState(() => deSalida(forma, filtros, grave));
  const [enRuta, ponerRuta] = useState(() => Object.fromEntries(ruta.map((r) => [r.nombre, filtros.get(r.nombre) ?? ""])));
  const [sugeridos, sugerir] = useState({});
  const [como, estar] = useState({});
  const [preguntando, preguntar] = useState(false);
  const clave = useRef(unico());
  const deMuestra = useRef(new Map());
  const escribir = (nombre, valor) => {
    clave.current = unico(); // with another body the same key would be refused
    poner((antes) => ({ ...antes, [nombre]: valor }));
  };
  useEffect(() => {
    const buscar = (nombre, elegido) => {
      const [donde, con, de] = SUGERENCIAS[nombre];
      pedir(consulta(donde, con)).then(({ elementos }) => {
        const ids = [...new Set(elementos.map(de))].filter(Boolean);
        sugerir((antes) => ({ ...antes, [nombre]: ids }));
        // What cannot be undone is about what somebody named, never about what is found first.
        if (ids.length && !grave) elegido(ids[0]);
      }, () => {});
    };
    for (const { nombre } of ruta.filter((r) => SUGERENCIAS[r.nombre])) {
      buscar(nombre, (id) => ponerRuta((antes) => ({ ...antes, [nombre]: antes[nombre] || id })));
    }
    // The example's is nobody's: what is asked for has to be about one that there is.
    for (const { nombre } of forma.campos.filter((c) => SUGERENCIAS[c.nombre] && c.nombre !== PROPIO_DE_QUIEN_ENVIA)) buscar(nombre, (id) => filtros.get(nombre) || escribir(nombre, id));
  }, []);
  const planes = usarPlanes(forma.campos, (nombre) => escribir("plan.nombre", nombre));
  usarFactura(forma.campos, enRuta.id_suscripcion, filtros, (factura) => Object.entries(factura).forEach(([nombre, valor]) => escribir(nombre, valor)));
  const ponerMuestra = async (nombre) => {
    escribir(nombre, [await muestra()]);
    for (const [campo, valor] of Object.entries(DE_MUESTRA)) escribir(campo, valor);
  };
  const ponerPaquete = async () => {
    const { archivos, metadatos, ids } = await muestraDePaquete();
    deMuestra.current = ids;
    escribir("archivos", archivos);
    escribir("metadatos", [metadatos]);
    escribir("paquete", []);
  };
  const intentar = (e) => {
    e.preventDefault();
    if (grave) preguntar(true);
    else enviar();
  };
  const enviar = async () => {
    estar({ enviando: true, avance: 0 });
    const donde = comando.ruta.replace(/\{(\w+)\}/g, (_, nombre) => parte(enRuta[nombre].trim()));
    try {
      const aceptado = await mandar(donde, cuerpoDe(forma.campos, valores, forma.formulario), {
        clave: clave.current,
        avance: forma.formulario ? (avance) => estar({ enviando: true, avance }) : undefined,
      });
      if (aceptado.id_imagen) recordar(aceptado.id_imagen, valores.archivo?.[0]);
      for (const archivo of valores.archivos ?? []) if (deMuestra.current.has(archivo)) recordar(deMuestra.current.get(archivo), archivo);
      navegar(destino(aceptado, comando.id), { recuerdo: { comando: aceptado.comando } });
    } catch (problema) {
      estar({ problema });
    }
  };
  const malos = Object.fromEntries((como.problema?.errores ?? []).map((e) => [e.campo, e.motivo]));
  const conocidos = new Set([...forma.campos.map((c) => c.nombre), ...ruta.map((r) => r.nombre)]);
  const grupos = [...new Set(forma.campos.map((c) => c.grupo))];
  return html`
    <form class="formulario" onSubmit=${intentar} data-formulario=${comando.id} data-grave=${grave}>
      ${ruta.length > 0 && html`<fieldset><legend>A qué se dirige</legend><div class="campos">
        ${ruta.map((r) => html`<${Campo} key=${r.nombre} campo=${{ ...r, obligatorio: true, tipo: "texto", ayuda: "" }} valor=${enRuta[r.nombre]} problema=${malos[r.nombre]} sugeridos=${sugeridos[r.nombre]}
          poner=${(v) => ponerRuta((antes) => ({ ...antes, [r.nombre]: v }))} />`)}</div></fieldset>`}
      ${grupos.map((g) => html`<fieldset key=${g}><legend>${g || "Qué se pide"}</legend><div class="campos">
        ${forma.campos.map(planes.comoSeElige).filter((c) => c && c.grupo === g).map((c) => html`
          <${Campo} key=${c.nombre} campo=${c} valor=${valores[c.nombre]} problema=${malos[c.nombre]} sugeridos=${sugeridos[c.nombre]} poner=${(v) => {
            escribir(c.nombre, v);
            planes.alElegir(c.nombre, v);
          }}>
            ${c.tipo === "archivo" && valores[c.nombre]?.length > 0 && html`<span class="campo-ayuda" data-elegido>${resumen(valores[c.nombre])}</span>`}
            ${c.nombre === "archivo" && html`<button type="button" class="boton boton-leve" data-accion="muestra" onClick=${() => ponerMuestra(c.nombre)}>Usar una imagen de muestra</button>`}
            ${c.nombre === "archivos" && html`<button type="button" class="boton boton-leve" data-accion="muestra" onClick=${ponerPaquete}>Usar un paquete de muestra</button>`}
          </${Campo}>`)}</div></fieldset>`)}
      ${como.problema && html`<${Rechazo} problema=${como.problema} sueltos=${(como.problema.errores ?? []).filter((e) => !conocidos.has(e.campo))} repetir=${enviar} />`}
      <div class="botonera formulario-pie">
        <button class=${`boton ${grave ? "boton-grave" : "boton-fuerte"}`} disabled=${como.enviando} data-accion="enviar">${como.enviando ? "Enviando…" : grave ? "Enviar…" : "Enviar"}</button>
        ${como.enviando && forma.formulario && html`<progress max="1" value=${como.avance} aria-label="Cuánto se ha enviado"></progress>`}
        <span class="tenue">${grave ? "Antes de enviarlo se pregunta: no se puede deshacer." : "Si se repite tal cual, no se hace dos veces."}</span>
      </div>
    </form>
    ${preguntando && html`<${Confirmacion} titulo=${`¿${comando.titulo}?`} texto="Sí, enviar" confirmar=${enviar} cerrar=${() => preguntar(false)}>
      ${ruta.map((r) => html`<p key=${r.nombre}>${r.etiqueta}: <code class="id" data-parte="a-quien">${enRuta[r.nombre]}</code></p>`)}
      <p>${comando.pierde} <b>No se puede deshacer.</b></p>
    </${Confirmacion}>`}
  `;
}

/** The plans that there are, one of which is chosen: its name follows from its code. Who can't tell them has it typed. */
function usarPlanes(campos, nombrar) {
  const deSalida = campos.find((c) => c.nombre === "plan.codigo");
  const { datos, problema } = usarConsulta(deSalida ? "/planes" : null);
  const textos = Object.fromEntries((datos?.elementos ?? []).map((p) => [p.codigo, p.nombre]));
  const seElige = deSalida && !(problema && !datos);
  return {
    comoSeElige: (c) => {
      if (!seElige || !c.nombre.startsWith("plan.")) return c;
      return c === deSalida ? { ...c, etiqueta: "Plan", tipo: "opcion", opciones: datos ? Object.keys(textos) : [c.valor], textos } : null;
    },
    alElegir: (nombre, valor) => seElige && nombre === "plan.codigo" && nombrar(textos[valor]),
  };
}

/** The invoice that is to be paid, of the subscription that is named: the example's is nobody's. */
function usarFactura(campos, suscripcion, filtros, poner) {
  const pide = campos.some((c) => c.nombre === "id_factura") && !filtros.get("id_factura");
  const { datos } = usarConsulta(pide && suscripcion ? `/suscripciones/${parte(suscripcion.trim())}` : null);
  useEffect(() => {
    if (!pide) return;
    const factura = datos?.facturas.find((f) => f.estado === "EMITIDA");
    poner(factura ? { id_factura: factura.id_factura, monto: factura.monto, moneda: factura.moneda } : { id_factura: "", monto: "" });
  }, [pide, datos]);
}

/** What a form begins with: what the page that led here said, or the example. Why something is undone is nobody's example. */
function deSalida(forma, filtros, grave) {
  const suyo = (c) => (c.tipo === "archivo" ? [] : grave ? "" : String(c.valor));
  const valores = Object.fromEntries(forma.campos.map((c) => [c.nombre, filtros.get(c.nombre) ?? suyo(c)]));
  if (PROPIO_DE_QUIEN_ENVIA in valores && !filtros.get(PROPIO_DE_QUIEN_ENVIA)) valores[PROPIO_DE_QUIEN_ENVIA] = unico();
  return valores;
}

const resumen = (archivos) => {
  const kb = Math.ceil(archivos.reduce((suma, a) => suma + a.size, 0) / 1024).toLocaleString("es");
  return archivos.length === 1 ? `${archivos[0].name}, ${kb} kB` : `${archivos.length} archivos, ${kb} kB`;
};

function Rechazo({ problema, sueltos, repetir }) {
  const sinSaber = problema.estado === 503 || problema.estado === 0;
  return html`
    <div class=${`franja ${sinSaber ? "franja-ojo" : "franja-mal"}`} role="alert" data-codigo=${problema.estado}>
      <p><b>${sinSaber ? "No se sabe si llegó" : problema.titulo}.</b> ${problema.detalle}</p>
      <${Errores} errores=${sueltos} />
      ${sinSaber && html`<p class="botonera"><button type="button" class="boton" data-accion="repetir" onClick=${() => repetir()}>Repetir con la misma clave</button><span>Si ya llegó, no se hace otra vez.</span></p>`}
    </div>
  `;
}

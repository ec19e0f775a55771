// The overview: how the platform is, as the door saw it this very second.
import { html, useCallback, useEffect, useRef, useState } from "../html.js";
import { Problema, esOperador, pedir } from "../api.js";
import { Esqueleto, Fallo, Vacio } from "../componentes/estados.js";
import { Grafica } from "../componentes/grafica.js";
import { Cabeza, Tarjeta } from "../componentes/hechos.js";
import { Icono } from "../componentes/icono.js";
import { Insignia } from "../componentes/insignia.js";
import { PrimeraSuscripcion } from "../componentes/primera.js";
import { duracion, hora } from "../componentes/tiempo.js";
import { enlace } from "../lugar.js";
import { SERVICIOS } from "../textos.js";
import { titular } from "../tema.js";

const CADA_MS = 1000;
const PLAZO_MS = 4000;
const VIEJO_S = 15; // the door looks every 5 s at least
const MINUTOS = 5;

const PARTES = { broker: "Broker de mensajes", almacen: "Almacén de archivos", identidad: "Claves de identidad" };

/** What the door saw last, asked for once a second while the page is seen. */
function usarPanorama(activo) {
  const [visto, poner] = useState({ datos: null, problema: null });
  const despertar = useRef(() => {});
  useEffect(() => {
    if (!activo) return undefined;
    let reloj = 0;
    let control = null;
    const preguntar = async () => {
      clearTimeout(reloj);
      if (document.hidden || control) return;
      control = new AbortController();
      const propio = control;
      const plazo = setTimeout(() => propio.abort(), PLAZO_MS);
      const desde = performance.now();
      try {
        const datos = await pedir("/panorama", { senal: propio.signal });
        if (control === propio) poner({ datos, problema: null });
      } catch (error) {
        const problema = error.name === "AbortError" ? new Problema(0, { title: "Sin respuesta", detail: "La puerta tarda demasiado." }) : error;
        if (control === propio) poner((antes) => ({ ...antes, problema }));
      }
      clearTimeout(plazo);
      if (control !== propio) return;
      control = null;
      if (!document.hidden) reloj = setTimeout(preguntar, Math.max(0, CADA_MS - (performance.now() - desde)));
    };
    despertar.current = preguntar;
    document.addEventListener("visibilitychange", preguntar);
    preguntar();
    return () => {
      document.removeEventListener("visibilitychange", preguntar);
      clearTimeout(reloj);
      const ultimo = control;
      control = null;
      ultimo?.abort();
    };
  }, [activo]);
  return { ...visto, repetir: useCallback(() => despertar.current(), []) };
}

const numero = (valor, decimales = 0) =>
  valor == null ? "—" : valor.toLocaleString("es", { maximumFractionDigits: decimales, minimumFractionDigits: 0 });
const ritmo = (valor) => numero(valor, valor != null && valor < 10 ? 1 : 0);
const edad = (s) => {
  if (s == null) return "—";
  return s < 60 ? `${numero(s, s < 10 ? 1 : 0)} s` : duracion(s * 1000);
};

/** What a chart tells, in words. */
function resumen(titulo, valores, escrito) {
  const sabidos = valores.filter((v) => v != null);
  if (!sabidos.length) return `${titulo}: sin datos en los últimos ${MINUTOS} minutos`;
  const [menor, mayor] = [Math.min(...sabidos), Math.max(...sabidos)];
  return `${titulo}, últimos ${MINUTOS} minutos: ahora ${escrito(valores.at(-1))}, mínimo ${escrito(menor)}, máximo ${escrito(mayor)}`;
}

const mayorDe = (columnas, i) => {
  const sabidos = columnas.map((c) => c[i]).filter((v) => v != null);
  return sabidos.length ? Math.max(...sabidos) : null;
};

/** What a person should look at, with the way there; nothing where there is none. */
const Pendientes = ({ cuantas, que, donde }) => cuantas > 0 && html` · <a class="alerta" href=${donde} data-pendientes=${que}>${numero(cuantas)} ${que}</a>`;

function Ficha({ nombre, titulo, valor, nota, momento, valores, color, escrito }) {
  return html`
    <section class="ficha" data-ficha=${nombre}>
      <h2>${titulo}</h2>
      <p class="ficha-valor cifra">${valor}</p>
      <p class="ficha-nota">${nota}</p>
      <${Grafica} datos=${[momento, valores]} series=${[{ nombre: titulo, color }]} resumen=${resumen(titulo, valores, escrito)} segundos=${60 * MINUTOS} alto=${92} />
    </section>
  `;
}

function Fichas({ datos }) {
  const { historia, sagas } = datos;
  const atrasos = Object.values(historia.atraso_segundos);
  const esperas = historia.momento.map((_, i) => mayorDe(atrasos, i));
  const lento = datos.servicios.reduce((a, b) => ((b.atraso_segundos ?? -1) > (a?.atraso_segundos ?? -1) ? b : a), null);
  const comun = { momento: historia.momento };
  return html`
    <div class="fichas">
      <${Ficha} ...${comun} nombre="peticiones" titulo="Peticiones/s" valor=${ritmo(datos.peticiones_por_segundo)} nota="De clientes, a esta puerta"
        valores=${historia.peticiones_por_segundo} color="--curso" escrito=${ritmo} />
      <${Ficha} ...${comun} nombre="sagas" titulo="Sagas en curso" valor=${numero(sagas.en_curso)}
        nota=${html`En 24 h, completadas: ${numero(sagas.completadas)}; compensadas: ${numero(sagas.compensadas)}<${Pendientes} cuantas=${sagas.atascadas} que="atascadas" donde=${enlace("/sagas", { estado: "EN_CURSO" })} />`}
        valores=${historia.sagas_en_curso} color="--acento" escrito=${numero} />
      <${Ficha} ...${comun} nombre="imagenes" titulo="Imágenes/s" valor=${ritmo(datos.imagenes_por_segundo)} nota=${html`Decididas: limpias, apartadas o rechazadas<${Pendientes} cuantas=${datos.imagenes_apartadas} que="por decidir" donde=${enlace("/cuarentena")} />`}
        valores=${historia.imagenes_por_segundo} color="--bien" escrito=${ritmo} />
      <${Ficha} ...${comun} nombre="espera" titulo="Lo que más espera" valor=${edad(esperas.at(-1))} nota=${lento?.atraso_segundos > 0 ? `En ${SERVICIOS[lento.nombre] ?? lento.nombre}` : "Nada espera"}
        valores=${esperas} color="--ojo" escrito=${edad} />
    </div>
  `;
}

const Estado = ({ de }) => html`
  <span class="con-motivo"><${Insignia} estado=${de.estado} />${de.motivo && html`<span class="motivo">${de.motivo}</span>`}</span>
`;

function Trabajadores({ de: { instancias, instancias_deseadas: deseadas } }) {
  const faltan = instancias != null && deseadas != null && instancias < deseadas;
  return html`<span class=${faltan ? "cifra alerta" : "cifra"}>${numero(instancias)} de ${numero(deseadas)}${faltan && html` <${Icono} cual="aviso" />`}</span>`;
}

function Cartas({ de: { nombre, cartas_muertas: cuantas } }) {
  if (!cuantas) return html`<span class="cifra">${numero(cuantas)}</span>`;
  const texto = cuantas === 1 ? "1 carta" : `${numero(cuantas)} cartas`;
  return html`<a class="cifra" href=${enlace("/cartas", { servicio: nombre })}>${texto}<span class="oculto"> de ${SERVICIOS[nombre] ?? nombre}</span></a>`;
}

function Servicios({ servicios }) {
  const titulos = ["Servicio", "Estado", "Espera", "Trabajadores", "Cartas muertas"];
  const celdas = (s) => [
    html`<${Estado} de=${s} />`,
    html`<span class="cifra">${edad(s.atraso_segundos)}</span>`,
    html`<${Trabajadores} de=${s} />`,
    html`<${Cartas} de=${s} />`,
  ];
  return html`
    <${Tarjeta} titulo="Servicios">
      <table class="tabla tabla-panorama">
        <thead><tr>${titulos.map((t) => html`<th scope="col" key=${t}>${t}</th>`)}</tr></thead>
        <tbody>
          ${servicios.map((s) => html`
            <tr key=${s.nombre} data-servicio=${s.nombre}>
              <th scope="row" data-titulo=${titulos[0]}>${SERVICIOS[s.nombre] ?? s.nombre}</th>
              ${celdas(s).map((celda, i) => html`<td key=${titulos[i + 1]} data-titulo=${titulos[i + 1]}>${celda}</td>`)}
            </tr>`)}
        </tbody>
      </table>
    <//>
  `;
}

const Cimientos = ({ partes }) => html`
  <${Tarjeta} titulo="Lo que los sostiene">
    <ul class="cimientos">
      ${partes.map((p) => html`<li key=${p.nombre} data-parte=${p.nombre}><span>${PARTES[p.nombre] ?? p.nombre}</span><${Estado} de=${p} /></li>`)}
    </ul>
  <//>
`;

/** How fresh it is; it takes its room from the first on, so that nothing moves for it. */
function AlDia({ datos, problema }) {
  if (!datos) return html`<span data-frescura="cargando">Preguntando a la puerta…</span>`;
  const hace = (Date.now() - new Date(datos.momento)) / 1000;
  if (problema) return html`<span class="alerta" data-frescura="perdida"><${Icono} cual="aviso" />Reconectando… Lo que se ve es de las ${hora(datos.momento).split(",")[0]}.</span>`;
  if (hace > VIEJO_S) return html`<span class="alerta" data-frescura="vieja"><${Icono} cual="aviso" />La puerta no mira desde hace ${edad(hace)}.</span>`;
  return html`<span data-frescura="viva"><i class="latido" aria-hidden="true"></i>Al día, cada segundo</span>`;
}

/** What is not well, in one line: what holds the others up first. */
function loQueVaMal({ partes, servicios }) {
  const todos = [...partes.map((p) => ({ ...p, texto: PARTES[p.nombre] ?? p.nombre })), ...servicios.map((s) => ({ ...s, texto: SERVICIOS[s.nombre] ?? s.nombre }))];
  const de = (estado) => todos.filter((t) => t.estado === estado).map((t) => t.texto).join(", ");
  return [["No va bien", de("MAL")], ["No se sabe de", de("SIN_DATOS")]].filter(([, cuales]) => cuales).map(([que, cuales]) => `${que}: ${cuales}`).join(". ");
}

export default function Panorama() {
  const operador = esOperador();
  const { datos, problema, repetir } = usarPanorama(operador);
  const mal = datos ? loQueVaMal(datos) : "";
  useEffect(() => titular(mal ? `⚠ ${mal}` : "Panorama"), [mal]);
  if (!operador) {
    return html`
      <${Cabeza} titulo="Panorama" acciones=${html`<${PrimeraSuscripcion} />`} />
      <${Vacio} titulo="El panorama es de quien opera la plataforma"><p>En el menú está lo que usted puede ver.</p><//>
    `;
  }
  const fallo = !datos && problema && problema.estado !== 503;
  return html`
    <${Cabeza} titulo="Panorama" estado=${!fallo && html`<${AlDia} datos=${datos} problema=${problema} />${mal && html`<b class="alerta" data-parte="mal"><${Icono} cual="aviso" />${mal}</b>`}`} acciones=${html`<${PrimeraSuscripcion} />`} />
    ${fallo
      ? html`<${Fallo} problema=${problema} repetir=${repetir} />`
      : datos
        ? html`<${Fichas} datos=${datos} /><${Servicios} servicios=${datos.servicios} /><${Cimientos} partes=${datos.partes} />`
        : html`
            <div class="fichas">${[0, 1, 2, 3].map((i) => html`<div class="ficha" key=${i}><${Esqueleto} filas=${4} /></div>`)}</div>
            <div class="tarjeta tarjeta-servicios"><${Esqueleto} filas=${7} /></div>
          `}
  `;
}

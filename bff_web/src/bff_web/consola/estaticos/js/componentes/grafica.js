// A small chart of numbers over time, drawn by uPlot, which comes when the first one is asked for.
import { html, useEffect, useRef } from "../html.js";
import { enlace } from "../lugar.js";

let pedida = null;

/** uPlot: a script that names itself for all, since what is published of it smallest is no module. */
function uplot() {
  pedida ??= new Promise((resolver, rechazar) => {
    const hoja = document.createElement("link");
    hoja.rel = "stylesheet";
    hoja.href = enlace("/estaticos/terceros/uplot/uPlot.min.css");
    const guion = document.createElement("script");
    guion.src = enlace("/estaticos/terceros/uplot/uPlot.iife.min.js");
    guion.onload = () => resolver(globalThis.uPlot);
    guion.onerror = () => {
      pedida = null;
      rechazar(new Error("uPlot no vino"));
    };
    document.head.append(hoja, guion);
  });
  return pedida;
}

const RELOJ = new Intl.DateTimeFormat("es", { hour: "2-digit", minute: "2-digit" });
const relojes = (_, momentos) => momentos.map((m) => RELOJ.format(m * 1000));

/** A custom property's colour as it is now: a canvas knows neither those nor `light-dark()`, a style that is computed does. */
function color(sitio, nombre) {
  sitio.style.color = `var(${nombre})`;
  return getComputedStyle(sitio).color;
}

/**
 * @param datos uPlot's columns: seconds since 1970, then one of numbers or nulls for each series.
 * @param series [{nombre, color}], its colour the name of a custom property.
 * @param segundos how much time it shows, up to the last of them: as much from the first one on.
 * @param resumen what the chart tells, for who does not see it.
 */
export function Grafica({ datos, series, resumen, segundos, alto = 120 }) {
  const sitio = useRef();
  const trazada = useRef(null);
  useEffect(() => {
    let vigente = true;
    uplot().then((UPlot) => {
      if (!vigente || !sitio.current) return;
      const caja = sitio.current;
      const de = (nombre) => () => color(caja, nombre); // asked as it is drawn: the page may turn dark
      const eje = { stroke: de("--tenue"), grid: { stroke: de("--linea"), width: 1 }, ticks: { show: false }, font: "12px sans-serif" };
      trazada.current = new UPlot(
        {
          width: caja.clientWidth,
          height: alto,
          cursor: { y: false },
          legend: { show: false },
          scales: { x: { range: (_, desde, hasta) => [segundos ? hasta - segundos : desde, hasta] }, y: { range: (_, __, maximo) => [0, Math.max(1, (maximo ?? 0) * 1.15)] } },
          axes: [{ ...eje, size: 24, values: relojes, incrs: [60, 120, 300, 600, 1800, 3600, 21600, 86400] }, { ...eje, size: 40 }],
          series: [{}, ...series.map((s) => ({ label: s.nombre, stroke: de(s.color), width: 1.5, points: { show: false } }))],
        },
        datos,
        caja,
      );
    }, () => {});
    const medir = new ResizeObserver(() => trazada.current?.setSize({ width: sitio.current.clientWidth, height: alto }));
    medir.observe(sitio.current);
    return () => {
      vigente = false;
      medir.disconnect();
      trazada.current?.destroy();
      trazada.current = null;
    };
  }, []);
  useEffect(() => trazada.current?.setData(datos), [datos]);
  return html`<div class="grafica" role="img" aria-label=${resumen} ref=${sitio} style=${{ height: `${alto}px` }}></div>`;
}

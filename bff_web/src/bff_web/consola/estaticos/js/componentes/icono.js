// The icons: lines of 16 by 16, beside words and never in their stead.
import { html } from "../html.js";

const TRAZOS = {
  visto: "M3.5 8.5l3 3 6-7",
  cruz: "M4.5 4.5l7 7m0-7l-7 7",
  reloj: "M8 4.5V8l2.5 1.5M8 14A6 6 0 108 2a6 6 0 000 12z",
  pausa: "M6 4.5v7m4-7v7",
  raya: "M4 8h8",
  vuelta: "M6.5 4.5L3.5 7l3 2.5M3.5 7h6a3 3 0 010 6H7",
  ojo: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 100-3.6 1.8 1.8 0 000 3.6z",
  aviso: "M8 2.5l6 10.5H2L8 2.5zM8 6.5v3m0 2v.2",
  panorama: "M2.5 13.5h11M4 11V8m4 3V3.5m4 7.5V6",
  saga: "M3 4h4m2 4h4m-8 4h5M3 4v8",
  suscripcion: "M3 3h10v10H3zM5.5 6.5h5m-5 3h3",
  servicio: "M8 6.5c3 0 5-.9 5-2s-2-2-5-2-5 .9-5 2 2 2 5 2zM3 4.5v7c0 1.100 2 2 5 2s5-.9 5-2v-7M3 8c0 1.100 2 2 5 2s5-.9 5-2",
  imagen: "M2.500 3h11v10h-11zM2.500 11l3.500-3.500 3 3 2-2 2.500 2.500M10.500 6h.1",
  paquete: "M8 2l5.500 3v6L8 14l-5.500-3V5L8 2zm0 6l5.500-3M8 8v6M8 8L2.500 5",
  carta: "M2 4h12v8.500H2zM2 4.500l6 4.500 6-4.500",
  parada: "M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5L5.500 2zM8 5v3.500m0 2v.2",
  lista: "M5.500 4h8m-8 4h8m-8 4h8M2.500 4h.1m-.1 4h.1m-.1 4h.1",
  comando: "M3 4.500L6 8l-3 3.500M8 12h5",
  flecha: "M4 8h8m-3-3l3 3-3 3",
  menu: "M2.500 4.500h11m-11 3.500h11m-11 3.500h11",
  tema: "M8 2a6 6 0 100 12V2z",
  bajar: "M8 2.500v7.500m-3-3l3 3 3-3M3 13.500h10",
};

export const Icono = ({ cual, grande = false }) => html`
  <svg class=${grande ? "icono icono-grande" : "icono"} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${TRAZOS[cual] ?? TRAZOS.raya} />
  </svg>
`;

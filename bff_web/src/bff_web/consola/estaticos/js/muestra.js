// A picture to try with: drawn here, of nobody. It looks like an X-ray from afar.
const ANCHO = 480;
const ALTO = 360;

export async function muestra() {
  const lienzo = Object.assign(document.createElement("canvas"), { width: ANCHO, height: ALTO });
  const pincel = lienzo.getContext("2d");
  const fondo = pincel.createRadialGradient(ANCHO / 2, ALTO / 2, 30, ANCHO / 2, ALTO / 2, 300);
  fondo.addColorStop(0, "#7d7d7d");
  fondo.addColorStop(1, "#0a0a0a");
  pincel.fillStyle = fondo;
  pincel.fillRect(0, 0, ANCHO, ALTO);
  for (const lado of [-1, 1]) {
    pincel.fillStyle = "rgba(12,12,12,.72)";
    pincel.beginPath();
    pincel.ellipse(ANCHO / 2 + lado * 82, ALTO / 2, 58, 128, lado * 0.12, 0, 7);
    pincel.fill();
    pincel.strokeStyle = "rgba(225,225,225,.3)";
    pincel.lineWidth = 6;
    for (let i = 0; i < 7; i += 1) {
      pincel.beginPath();
      pincel.arc(ANCHO / 2 + lado * 40, 110 + i * 30, 96, lado < 0 ? 2.4 : -0.2, lado < 0 ? 3.4 : 0.8);
      pincel.stroke();
    }
  }
  pincel.fillStyle = "rgba(235,235,235,.55)";
  pincel.fillRect(ANCHO / 2 - 12, 20, 24, ALTO - 40);
  const trozo = await new Promise((hecho) => lienzo.toBlob(hecho, "image/png"));
  return new File([trozo], "muestra.png", { type: "image/png" });
}

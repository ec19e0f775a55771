// Light or dark: as the machine has it, unless one chose.
const LUGAR = "saludtech.tema";

export function temaActual() {
  try {
    return localStorage.getItem(LUGAR) ?? "auto";
  } catch {
    return "auto";
  }
}

export function ponerTema(tema) {
  document.documentElement.dataset.tema = tema;
  try {
    localStorage.setItem(LUGAR, tema);
  } catch {
    // A browser that keeps nothing shows it until it is closed.
  }
  return tema;
}

/** Set the page's title. */
export const titular = (titulo) => {
  document.title = titulo ? `${titulo} · Consola de SaludTech` : "Consola · SaludTech de los Alpes";
};

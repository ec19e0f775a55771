"""This service's database in memory, and its unit of work on it."""

from collections.abc import Collection

from seedwork.aplicacion.entorno import Entorno
from seedwork.aplicacion.unidad import Abrir, abridor
from seedwork.infraestructura.repositorio import campos
from seedwork.infraestructura.tabla import Fila
from seedwork.pruebas.almacen import Almacen, TransaccionMemoria
from seedwork.pruebas.tablas import definiciones
from servicio_datos.dominio.catalogo import Catalogo
from servicio_datos.dominio.publicacion import Imagen
from servicio_datos.infraestructura.imagenes import Cuaderno, Sumas, fila_de_clase, fila_de_imagen
from servicio_datos.infraestructura.repositorio import UnidadServicioDatos
from servicio_datos.infraestructura.tablas import METADATOS


class CapacidadExcedida(Exception):
    """What the database's checks would refuse: more places given back than were taken."""


def almacen(entorno: Entorno, catalogo: Catalogo) -> Almacen:
    """One whose catalogue is this."""
    nuevo = Almacen(entorno, definiciones(METADATOS))
    catalogar(nuevo, catalogo)
    return nuevo


def catalogar(almacen: Almacen, catalogo: Catalogo) -> None:
    """Bring the tables to what the catalogue says, as ``existencias.sincronizar`` does."""
    for nombre, entradas in (
        ("expertos", catalogo.expertos),
        ("nubes", catalogo.nubes),
        ("datasets", catalogo.datasets),
    ):
        tabla = almacen.tablas[nombre]
        for codigo, fila in tabla.items():
            tabla[codigo] = {**fila, "vigente": False}
        for entrada in entradas:
            nueva = {"usados": 0} if nombre == "expertos" else {}
            tabla[entrada.codigo] = {**tabla.get(entrada.codigo, nueva), **campos(entrada), "vigente": True}


def abrir_en(almacen: Almacen) -> Abrir:
    """How units of work are opened on it."""
    return abridor(almacen.transacciones, lambda t: UnidadServicioDatos(t, RecursosMemoria, ImagenesMemoria))


class RecursosMemoria:
    """The catalogue as one transaction sees it."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        self._almacen = transaccion.almacen
        self._azar = transaccion.entorno.azar

    def elegir_nube(self) -> str | None:
        """Any of them, all alike."""
        return self._cualquiera("nubes")

    def elegir_dataset(self) -> str | None:
        """Any of them, all alike."""
        return self._cualquiera("datasets")

    def tiene_experto(self, codigo: str) -> bool:
        """Whether the catalogue in force has that expert."""
        return codigo in self._vigentes("expertos")

    def tiene_nube(self, codigo: str) -> bool:
        """Whether the catalogue in force has that cloud."""
        return codigo in self._vigentes("nubes")

    def tiene_dataset(self, codigo: str) -> bool:
        """Whether the catalogue in force has that data set."""
        return codigo in self._vigentes("datasets")

    def tomar_experto(self) -> str | None:
        """A place of the expert with the least of its capacity in use."""
        expertos = self._almacen.tablas["expertos"]
        libres = [e for c in self._vigentes("expertos") if (e := expertos[c])["usados"] < e["capacidad"]]
        if not libres:
            return None
        elegido: str = min(libres, key=lambda e: (e["usados"] / e["capacidad"], self._azar.random()))["codigo"]
        self._sumar(elegido, 1)
        return elegido

    def tomar_a(self, codigo: str) -> bool:
        """A place of that expert, where there is one free."""
        experto = self._almacen.tablas["expertos"].get(codigo)
        if experto is None or not experto["vigente"] or experto["usados"] >= experto["capacidad"]:
            return False
        self._sumar(codigo, 1)
        return True

    def devolver_experto(self, codigo: str) -> None:
        """Give one place back.

        Raises:
            CapacidadExcedida: none was taken.
        """
        if codigo in self._almacen.tablas["expertos"]:
            self._sumar(codigo, -1)

    def _sumar(self, codigo: str, cuantos: int) -> None:
        expertos = self._almacen.tablas["expertos"]
        usados = expertos[codigo]["usados"] + cuantos
        if usados < 0:
            raise CapacidadExcedida(codigo)
        self._almacen.poner(expertos, codigo, {**expertos[codigo], "usados": usados})

    def _vigentes(self, tabla: str) -> Collection[str]:
        self._almacen.exigir()
        filas: Collection[Fila] = self._almacen.tablas[tabla].values()
        return [f["codigo"] for f in filas if f["vigente"]]

    def _cualquiera(self, tabla: str) -> str | None:
        codigos = list(self._vigentes(tabla))
        return self._azar.choice(codigos) if codigos else None


class ImagenesMemoria(Cuaderno):
    """Writes them row by row."""

    def __init__(self, transaccion: TransaccionMemoria) -> None:
        super().__init__(transaccion)
        self._almacen = transaccion.almacen

    def _guardar(self, imagenes: Collection[Imagen]) -> None:
        clases, conocidas = self._almacen.tablas["clases"], self._almacen.tablas["imagenes"]
        for imagen in imagenes:
            clase, nueva = fila_de_clase(imagen.clase), fila_de_imagen(imagen)
            if clase["id"] not in clases:
                self._almacen.poner(clases, clase["id"], {**clase, "paso": 0, "k": None, "imagenes": 0, "ultima": 0})
            antes = conocidas.get(imagen.id)
            if antes is None:
                self._almacen.poner(conocidas, imagen.id, {**nueva, "pendiente": not imagen.sin_emisor})
            elif imagen.secuencia > antes["secuencia"]:
                otra = any(antes[c] != nueva[c] for c in ("clase", "seudonimo", "sha256", "sin_emisor"))
                espera = not imagen.sin_emisor and (antes["pendiente"] or otra)
                self._almacen.poner(conocidas, imagen.id, {**nueva, "pendiente": espera})

    def _sumar(self, sumas: Sumas) -> None:
        tabla = self._almacen.tablas["imagenes_por_modalidad"]
        for clave, (cuantas, con_archivo) in sumas.items():
            antes = tabla.get(clave, {"cuantas": 0, "con_archivo": 0})
            nueva = {"cuantas": antes["cuantas"] + cuantas, "con_archivo": antes["con_archivo"] + con_archivo}
            self._almacen.poner(tabla, clave, {"modalidad": clave, **nueva})

"""The commands about data services: each body with its rules, and the routes that take them."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import override

from bff_web import respuestas
from bff_web.comandos.comun import Comando, Recurso
from bff_web.modelos_comandos import Cuerpo, Documento, Palabras, ejemplo
from bff_web.tipos import Correo, Id, Objeto, Sujeto, Texto
from contratos.servicio_datos import (
    AsignarExperto,
    CambiarAccesoInvestigador,
    CrearServicioDatos,
    DatasetPedido,
    IniciarServicioDatos,
    NubePedida,
    SuscripcionPedida,
    TerminarServicioDatos,
)

SERVICIO_DATOS = Recurso(
    id="id_servicio_datos",
    consulta="/servicios-datos/{}",
    consulta_comando="/servicios-datos/comandos/{}",
    aceptado=respuestas.ServicioDatosAceptado,
    etiqueta="Servicios de datos",
)


class NombreOpcional(Objeto):
    """Nombres y apellidos, de los que no se guarda nada."""

    nombres: Texto | None = None
    apellidos: Texto | None = None


class ClienteDelServicio(Objeto):
    """Para quién es el servicio; nada de esto se guarda."""

    codigo: Id
    nombre: NombreOpcional | None = None
    usuario: Texto | None = None


class PlanDelServicio(Objeto):
    """El plan del cliente; no se guarda."""

    codigo: Id
    nombre: Texto | None = None


class ExpertoPedido(Objeto):
    """El experto, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: NombreOpcional | None = None
    usuario: Texto | None = None
    cedula: Documento | None = None
    email: Correo | None = None


class NubeDelServicio(Objeto):
    """La nube, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: Texto | None = None
    tipo: Texto | None = None


class DatasetDelServicio(Objeto):
    """El conjunto de datos, que se busca en el catálogo por su código; lo demás no se guarda."""

    codigo: Id
    nombre: Texto | None = None


class SuscripcionDelServicio(Objeto):
    """La suscripción a la que sirve; `codigo` es su `id_suscripcion`."""

    codigo: Id


class CuerpoCrearServicioDatos(Cuerpo):
    """Pide un servicio de datos hecho a mano para una suscripción activa que no tiene uno."""

    model_config = ejemplo(
        cliente={
            "codigo": "0001",
            "nombre": {"nombres": "Pablo", "apellidos": "Perez Prieto"},
            "usuario": "pperez",
        },
        plan={"codigo": "basico", "nombre": "BASICO"},
        experto={
            "codigo": "experto-01",
            "nombre": {"nombres": "Camila", "apellidos": "Rojas Tamayo"},
            "usuario": "crojas",
            "cedula": {"numero": 52123456},
            "email": "crojas@saludtech.co",
        },
        nube={"codigo": "nube-andes", "nombre": "Nube Andes", "tipo": "PRIVADA"},
        dataset={"codigo": "rayos-x-torax", "nombre": "Rayos X de tórax"},
        suscripcion={"codigo": "0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e11"},
    )

    cliente: ClienteDelServicio | None = None
    plan: PlanDelServicio | None = None
    experto: ExpertoPedido
    nube: NubeDelServicio
    dataset: DatasetDelServicio
    suscripcion: SuscripcionDelServicio

    @property
    @override
    def a_nombre_de(self) -> str:
        return _dado(self, "cliente.codigo")

    @override
    def mensaje(self, id_recurso: str) -> CrearServicioDatos:
        return CrearServicioDatos(
            cliente_codigo=_dado(self, "cliente.codigo"),
            cliente_nombres=_dado(self, "cliente.nombre.nombres"),
            cliente_apellidos=_dado(self, "cliente.nombre.apellidos"),
            cliente_usuario=_dado(self, "cliente.usuario"),
            plan_codigo=_dado(self, "plan.codigo"),
            plan_nombre=_dado(self, "plan.nombre"),
            experto_codigo=self.experto.codigo,
            experto_nombres=_dado(self, "experto.nombre.nombres"),
            experto_apellidos=_dado(self, "experto.nombre.apellidos"),
            experto_usuario=_dado(self, "experto.usuario"),
            experto_cedula=_dado(self, "experto.cedula.numero"),
            experto_email=_dado(self, "experto.email"),
            nube=NubePedida(codigo=self.nube.codigo, nombre=_dado(self, "nube.nombre"), tipo=_dado(self, "nube.tipo")),
            dataset=DatasetPedido(codigo=self.dataset.codigo, nombre=_dado(self, "dataset.nombre")),
            suscripcion=SuscripcionPedida(codigo=self.suscripcion.codigo),
        )


def _dado(objeto: Any, camino: str) -> str:
    """The text at a path, with dots; empty where something on the way was not given."""
    for nombre in camino.split("."):
        objeto = getattr(objeto, nombre)
        if objeto is None:
            return ""
    return str(objeto)


class CuerpoIniciarServicioDatos(Cuerpo):
    """Pide que un servicio de datos empiece; puede venir vacío."""

    model_config = ejemplo(motivo="El conjunto de datos está cargado.")

    motivo: Palabras | None = None

    @override
    def mensaje(self, id_recurso: str) -> IniciarServicioDatos:
        return IniciarServicioDatos(id_servicio_datos=id_recurso, motivo=self.motivo or "")


class ExpertoNuevo(Objeto):
    """El experto que se asigna."""

    codigo: Id


class CuerpoAsignarExperto(Cuerpo):
    """Pide otro experto para un servicio de datos."""

    model_config = ejemplo(experto={"codigo": "experto-02"})

    experto: ExpertoNuevo

    @override
    def mensaje(self, id_recurso: str) -> AsignarExperto:
        return AsignarExperto(id_servicio_datos=id_recurso, experto_codigo=self.experto.codigo)


class CuerpoTerminarServicioDatos(Cuerpo):
    """Pide el fin de un servicio de datos; puede venir vacío."""

    model_config = ejemplo(motivo="El estudio terminó.")

    motivo: Palabras | None = None

    @override
    def mensaje(self, id_recurso: str) -> TerminarServicioDatos:
        return TerminarServicioDatos(id_servicio_datos=id_recurso, motivo=self.motivo or "")


class CuerpoCambiarAccesoInvestigador(Cuerpo):
    """Dice si un investigador puede leer el conjunto de datos de un servicio."""

    model_config = ejemplo(investigador="inv-07", acceso="CONCEDIDO")

    investigador: Annotated[Sujeto, Field(description="Quién: el `sub` de su token, tal cual.")]
    acceso: Annotated[Literal["CONCEDIDO", "RETIRADO"], Field(description="Si puede leerlo desde ahora, o ya no.")]

    @override
    def mensaje(self, id_recurso: str) -> CambiarAccesoInvestigador:
        return CambiarAccesoInvestigador(
            id_servicio_datos=id_recurso, investigador=self.investigador, acceso=self.acceso
        )


COMANDOS = (
    Comando(
        rutas=("/servicios-datos/servicio-datos-comando",),
        cuerpo=CuerpoCrearServicioDatos,
        mensaje=CrearServicioDatos,
        titulo="Crear un servicio de datos a mano",
        recurso=SERVICIO_DATOS,
    ),
    Comando(
        rutas=("/servicios-datos/{id_servicio_datos}/inicio-comando",),
        cuerpo=CuerpoIniciarServicioDatos,
        mensaje=IniciarServicioDatos,
        titulo="Iniciar un servicio de datos",
        recurso=SERVICIO_DATOS,
    ),
    Comando(
        rutas=("/servicios-datos/{id_servicio_datos}/experto-comando",),
        cuerpo=CuerpoAsignarExperto,
        mensaje=AsignarExperto,
        titulo="Asignar otro experto a un servicio de datos",
        recurso=SERVICIO_DATOS,
    ),
    Comando(
        rutas=("/servicios-datos/{id_servicio_datos}/fin-comando",),
        cuerpo=CuerpoTerminarServicioDatos,
        mensaje=TerminarServicioDatos,
        titulo="Terminar un servicio de datos",
        recurso=SERVICIO_DATOS,
        se_pierde="El servicio de datos acaba: quien leía su conjunto de datos deja de poder hacerlo.",
    ),
    Comando(
        rutas=("/servicios-datos/{id_servicio_datos}/investigador-comando",),
        cuerpo=CuerpoCambiarAccesoInvestigador,
        mensaje=CambiarAccesoInvestigador,
        titulo="Decir si un investigador puede leer el conjunto de datos de un servicio",
        recurso=SERVICIO_DATOS,
    ),
)

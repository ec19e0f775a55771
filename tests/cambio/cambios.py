"""The table "the cost of change", each row made for real in a copy of the repository, and counted there.

A change is what a developer would commit, no more: it writes the new files and edits those that it must. What is
counted is what `git status` says, and the copy's fast gate must be content with it.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from tests.cambio.copia import Copia, clase_de
from tests.cambio.lugar import PLANES, SERVICIO

NUEVA = "microservicio-computo/"
CONTRATOS = "seedwork/src/contratos"
SUSCRIPCIONES = "microservicio-suscripciones/suscripciones"
PROCESAMIENTO = "microservicio-procesamiento/procesamiento"
NOTIFICACIONES = "microservicio-notificaciones/notificaciones"
CONTRATOS_DE_COMPUTO = {
    "contrato_computo.py": "contratos/computo",
    "consultas_computo.py": "contratos/consultas/computo",
}
"""What it publishes, which lies beside it in the test tree, by the module that it then is."""
REGLAS_DE_COMPUTO = "reglas_computo.py"
"""Its rules, which are then rows of the platform's tables."""
PUERTA = ("bff_web/", "deploy/postman/", "cli/")
"""The door, and those that are to offer all that it does."""


@dataclass(frozen=True)
class Cambio:
    """A row of the table.

    Attributes:
        nombre: the change, in the table's words.
        meta: its aim, likewise.
        hacer: makes it in a copy.
        propios: where it may touch source files, as the beginnings of their paths.
        maximo: how many of these at most.
        pruebas: tests that the copy must pass besides the architecture's.
        puerta: how many source files at most of the door and of the command line, which offers all that the door does.
        lineas: how many lines of source, where the aim counts these.
    """

    nombre: str
    meta: str
    hacer: Callable[[Copia], None]
    propios: tuple[str, ...]
    maximo: int
    pruebas: tuple[str, ...] = ()
    puerta: int = 0
    lineas: int | None = None

    def excesos(self, tocados: list[str]) -> list[str]:
        """What was touched against the aim."""
        fuente = [ruta for ruta in tocados if clase_de(ruta) == "source"]
        propias = [ruta for ruta in fuente if ruta.startswith(self.propios)]
        puerta = [ruta for ruta in fuente if ruta.startswith(PUERTA)]
        ajenas = [ruta for ruta in fuente if ruta not in propias and ruta not in puerta]
        # A test of another's is a sign that something names every service.
        carpetas = {propia.split("/")[0] for propia in (*self.propios, *(PUERTA if self.puerta else ()))}
        ajenas += [ruta for ruta in tocados if clase_de(ruta) == "tests" and ruta.split("/")[0] not in carpetas]
        return [
            *ajenas,
            *(propias if len(propias) > self.maximo else ()),
            *(puerta if len(puerta) > self.puerta else ()),
        ]

    def cuales(self, tocados: list[str]) -> str:
        """The files, in words; those of a folder that is all new as that folder."""
        nuevas = sorted({f"{ruta.split('/')[0]}/" for ruta in tocados if ruta.startswith(NUEVA)})
        dentro = len([ruta for ruta in tocados if ruta.startswith(NUEVA)])
        demas = [ruta for ruta in tocados if not ruta.startswith(NUEVA)]
        return ", ".join([*(f"{carpeta} ({dentro} files)" for carpeta in nuevas), *demas])


def _plan(copia: Copia) -> None:
    # Of what is provided today: another resource is another service's, with a contract of its own.
    plan = (PLANES / "laboratorio.toml").read_text("utf-8").replace(', "computo"', "")
    copia.escribir(f"{SUSCRIPCIONES}/planes/laboratorio.toml", plan)


def _evento(copia: Copia) -> None:
    """ImagenRecuperada: an image that was refused was sent again, put right."""
    copia.anexar(
        f"{CONTRATOS}/procesamiento.py",
        '''

@mensaje("procesamiento", "evento", sujeto="id_imagen", entrega="compartida")
class ImagenRecuperada(Mensaje):
    """An image that was refused before is anonymised after all."""

    id_imagen: str = ""
''',
    )
    _canal(copia, "ImagenRecuperada", "procesamiento", 'canal("procesamiento", mira="bff")')
    _contado(copia, "ImagenRecuperada", "procesamiento", "id_imagen")
    copia.anexar(
        f"{PROCESAMIENTO}/dominio/eventos.py",
        '''

@dataclass(frozen=True, kw_only=True, slots=True)
class Recuperada(EventoAnonimizacion):
    """It had been refused before."""
''',
    )
    copia.cambiar(
        f"{PROCESAMIENTO}/dominio/imagen.py",
        (
            r"^        self\.estado, self\.motivo, self\.datos, self\.decidida = ANONIMIZADA.*$",
            "        if self.estado == RECHAZADA:\n"
            "            self.registrar(eventos.Recuperada(id_imagen=self.id))\n"
            r"\g<0>",
        ),
    )
    copia.cambiar(
        f"{PROCESAMIENTO}/aplicacion/traducciones.py",
        (
            r"^    eventos\.Rechazada: .*$",
            r"\g<0>\n    eventos.Recuperada: lambda e: contrato.ImagenRecuperada(id_imagen=e.id_imagen),",
        ),
    )
    # It is one more among what the image has published.
    copia.cambiar(
        "microservicio-procesamiento/tests/unit/test_anonimizar_imagen.py",
        (r'\("ANONIMIZADA", None, 3\)$', '("ANONIMIZADA", None, 4)'),
    )
    # Nobody on the platform hears it: its service tells what it is for.
    copia.cambiar(
        "microservicio-procesamiento/README.md", (r"^\| Says \| ImagenAnonimizada", r"\g<0>, ImagenRecuperada")
    )


def _consumidor(copia: Copia) -> None:
    """suscripciones hears that a client could not be notified, and says so in its log."""
    copia.escribir(
        f"{SUSCRIPCIONES}/aplicacion/reacciones/error_notificacion.py",
        '''"""ErrorProcesamientoNotificacion: the client could not be told."""

import structlog

from contratos.notificaciones import ErrorProcesamientoNotificacion
from suscripciones.aplicacion.puertos import Unidad

log = structlog.get_logger(__name__)


def anotar_aviso_fallido(hecho: ErrorProcesamientoNotificacion, unidad: Unidad) -> None:
    """Let the operators know whose it is."""
    suscripcion = unidad.suscripciones.obtener(hecho.id_suscripcion)
    if suscripcion is not None:
        log.warning("aviso fallido", suscripcion=suscripcion.id, estado=suscripcion.estado, motivo=hecho.motivo)
''',
    )
    copia.cambiar(
        f"{CONTRATOS}/canales.py",
        (r'^( +ErrorProcesamientoNotificacion: +canal\("notificaciones"), +(?=mira=)', r'\g<1>, "suscripciones", '),
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/aplicacion/manejadores.py",
        (
            r"^from contratos import Mensaje$",
            r"\g<0>\nfrom contratos.notificaciones import ErrorProcesamientoNotificacion",
        ),
        (
            r"^from suscripciones\.aplicacion\.reacciones\.transicion .*$",
            r"from suscripciones.aplicacion.reacciones.error_notificacion import anotar_aviso_fallido\n\g<0>",
        ),
        (r"^    TransicionSaga: .*$", r"\g<0>\n    ErrorProcesamientoNotificacion: anotar_aviso_fallido,"),
    )


def _canal(copia: Copia, nombre: str, modulo: str, regla: str) -> None:
    """Who may say, and who may hear, a new message."""
    copia.cambiar(
        f"{CONTRATOS}/canales.py",
        (r"^# fmt: off$", rf"from contratos.{modulo} import {nombre}\n\n\g<0>"),
        (r"^CANALES = agregar\(\n    \{\n", rf"\g<0>        {nombre}: {regla},\n"),
    )


def _contado(copia: Copia, nombre: str, modulo: str, campos: str) -> None:
    """What streams tell of a new event."""
    copia.cambiar(
        "bff_web/src/bff_web/eventos/hechos.py",
        (r"^from seedwork\.aplicacion\.sobre import Sobre$", rf"from contratos.{modulo} import {nombre}\n\g<0>"),
        (r"^    TransicionSaga: ", rf'    {nombre}: _fila("{campos}"),\n\g<0>'),
    )


def _permiso(copia: Copia, nombre: str, modulo: str, regla: str) -> None:
    """Who may send a new command, or ask a new query."""
    copia.cambiar(
        f"{CONTRATOS}/permisos.py",
        (r"^NADA, PROPIO, TODO = ", rf"from contratos.{modulo} import {nombre}\n\n\g<0>"),
        (r"^PERMISOS = declarar\(\n    \{\n", rf"\g<0>        {nombre}: {regla},\n"),
    )


def _comando(copia: Copia) -> None:
    """AnularFactura: an invoice that is not paid yet is owed no more."""
    copia.anexar(
        f"{CONTRATOS}/suscripciones.py",
        '''

@mensaje("suscripciones", "comando", sujeto="id_suscripcion")
class AnularFactura(Mensaje):
    """Ask for an invoice to be owed no more."""

    id_suscripcion: str = ""
    id_factura: str = ""
''',
    )
    _canal(copia, "AnularFactura", "suscripciones", 'canal("bff", "suscripciones")')
    _permiso(copia, "AnularFactura", "suscripciones", '_regla("suscripciones:escribir", PROPIO, NADA, NADA, TODO)')
    copia.anexar(
        f"{SUSCRIPCIONES}/dominio/factura.py",
        '''
    def anular_a_peticion(self) -> None:
        """Nobody owes it any more, on request.

        Raises:
            ReglaViolada: it is paid or annulled already (FACTURA_PAGADA, FACTURA_ANULADA).
        """
        if self.estado != EMITIDA:
            raise ReglaViolada(f"FACTURA_{self.estado}")
        self.anular()
''',
    )
    copia.escribir(
        f"{SUSCRIPCIONES}/aplicacion/comandos/anular_factura.py",
        '''"""AnularFactura: an invoice of a subscription is owed no more."""

from contratos import motivos
from contratos.suscripciones import AnularFactura
from seedwork.aplicacion.validez import Reglas, exigir
from seedwork.dominio.errores import ReglaViolada
from seedwork.dominio.reglas import es_id
from suscripciones.aplicacion.peticiones import suscripcion_pedida
from suscripciones.aplicacion.puertos import Unidad

_REGLAS: Reglas = {"id_factura": es_id}


def anular_factura(comando: AnularFactura, unidad: Unidad) -> None:
    """Annul one invoice that is not paid."""
    exigir(comando, _REGLAS)
    suscripcion = suscripcion_pedida(unidad)
    suyas = {factura.id: factura for factura in unidad.facturas.de(suscripcion.id)}
    if comando.id_factura not in suyas:
        raise ReglaViolada(motivos.FACTURA_DESCONOCIDA)
    suyas[comando.id_factura].anular_a_peticion()
''',
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/aplicacion/manejadores.py",
        (r"^from contratos\.suscripciones import \(?", r"\g<0>AnularFactura, "),
        (
            r"^from suscripciones\.aplicacion\.comandos\.crear_suscripcion .*$",
            r"from suscripciones.aplicacion.comandos.anular_factura import anular_factura\n\g<0>",
        ),
        (r"^    TransicionSaga: .*$", r"    AnularFactura: anular_factura,\n\g<0>"),
    )
    copia.cambiar(
        "bff_web/src/bff_web/comandos/suscripciones.py",
        (r"^from contratos\.suscripciones import \(?", r"\g<0>AnularFactura, "),
        (
            r"^COMANDOS = \($",
            r'''class CuerpoAnularFactura(Cuerpo):
    """Pide que una factura deje de deberse."""

    model_config = ejemplo(id_factura="0191e9d0-8a6c-7c1e-9d1f-5b3c2a1f0e77")

    id_factura: Id

    @override
    def mensaje(self, id_recurso: str) -> AnularFactura:
        return AnularFactura(id_suscripcion=id_recurso, id_factura=self.id_factura)


\g<0>
    Comando(
        rutas=("/suscripciones/{id_suscripcion}/anulacion-comando",),
        cuerpo=CuerpoAnularFactura,
        mensaje=AnularFactura,
        titulo="Anular una factura de una suscripción",
        recurso=SUSCRIPCION,
    ),''',
        ),
    )
    copia.cambiar(
        "cli/src/saludtech_cli/suscripcion.py",
        (
            r"^@app\.command\(\)\ndef saga\($",
            r'''@app.command("anular-factura")
def anular_factura(
    contexto: typer.Context,
    id: Id,
    factura: Annotated[str, typer.Argument(metavar="ID_FACTURA", help="La factura.")],
    clave: opciones.Clave = None,
    esperar: opciones.Esperar = False,
    plazo: opciones.Plazo = PLAZO_S,
    en_json: opciones.EnJson = False,
) -> None:
    """Pide que una factura deje de deberse."""
    ruta = f"/suscripciones/{segmento(id)}/anulacion-comando"
    cuerpo = {"id_factura": factura}
    ordenes.mandar(contexto, ruta, cuerpo, clave=clave, esperar=esperar, plazo=plazo, en_json=en_json)


\g<0>''',
        ),
    )
    # A command is dangerous: who may give it is written down once more, by hand.
    copia.cambiar(
        "bff_web/tests/test_acceso.py",
        (r'^(    "POST /suscripciones/x/)pago(-comando": .*)$', r"\g<0>\n\1anulacion\2"),
    )
    copia.cambiar(
        "cli/tests/test_linea.py",
        (r'^    "suscripcion pagar s-1 .*$', r'\g<0>\n    "suscripcion anular-factura s-1 f-1",'),
    )
    copia.cambiar("docs/linea-de-comandos.md", (r"^\| `saludtech suscripcion` .*`pagar`", r"\g<0>, `anular-factura`"))


def _filtro(copia: Copia) -> None:
    """Notifications by their type."""
    copia.cambiar(
        f"{CONTRATOS}/consultas/notificaciones.py",
        (r"^    suscripcion: Id \| None = .*$", r'\g<0>\n    tipo: Id | None = filtro("Qué cuentan.")'),
    )
    copia.cambiar(
        f"{NOTIFICACIONES}/infraestructura/consultas.py",
        (r'^        "suscripcion": _V\.id_suscripcion,$', r'\g<0>\n        "tipo": _V.tipo,'),
    )


def _campo_de_respuesta(copia: Copia) -> None:
    """The invoice tells when the period that it is for began."""
    copia.cambiar(
        f"{CONTRATOS}/consultas/suscripciones.py",
        (
            r"^    emitida: str = .*$",
            r"\g<0>\n"
            r'    periodo: str = campo("Cuándo empezó su periodo, en UTC (RFC 3339).", "2026-02-01T09:10:01.884Z")',
        ),
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/infraestructura/consultas.py",
        (r"^( +)emitida=.*$", r'\g<0>\n\1periodo=en_texto(fila["periodo"]),'),
    )


def _campo_de_mensaje(copia: Copia) -> None:
    """ImagenAnonimizada tells the version of the key that its pseudonym comes from."""
    copia.cambiar(
        f"{CONTRATOS}/procesamiento.py",
        (r"^    condiciones: tuple.*\n    fecha_ingesta: .*$", r"\g<0>\n    version_clave: int = 0"),
    )
    copia.cambiar(
        f"{PROCESAMIENTO}/aplicacion/traducciones.py",
        (r"^        fecha_ingesta=.*$", r"\g<0>\n        version_clave=datos.version_clave,"),
    )


def _agregado(copia: Copia) -> None:
    """Reclamo: what a client has to say about an invoice."""
    copia.escribir(
        f"{SUSCRIPCIONES}/dominio/reclamo.py",
        '''"""Complaints: what a client has to say about an invoice."""

from dataclasses import dataclass

from seedwork.dominio.agregado import Agregado

ABIERTO = "ABIERTO"
RESUELTO = "RESUELTO"


@dataclass(kw_only=True)
class Reclamo(Agregado):
    """A complaint about one invoice."""

    id_factura: str
    estado: str = ABIERTO

    def resolver(self) -> None:
        """It is settled; a repeat changes nothing."""
        self.estado = RESUELTO
''',
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/infraestructura/tablas.py",
        (
            r"^facturas = sa\.Table\($",
            r"""reclamos = sa.Table(
    "reclamos",
    METADATOS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("id_factura", sa.Text, nullable=False),
    sa.Column("estado", sa.Text, nullable=False),
)

\g<0>""",
        ),
    )
    migraciones = "microservicio-suscripciones/migraciones/versions"
    ultima = max(int(m.name[:4]) for m in (copia.raiz / migraciones).glob("[0-9]*.py"))
    copia.escribir(
        f"{migraciones}/{ultima + 1:04}_reclamos.py",
        f'''"""Complaints."""

from alembic import op

revision = "{ultima + 1:04}"
down_revision = "{ultima:04}"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE reclamos (
            id text PRIMARY KEY,
            id_factura text NOT NULL,
            estado text NOT NULL CHECK (estado IN ('ABIERTO', 'RESUELTO'))
        );
    """)


def downgrade() -> None:
    raise NotImplementedError("un esquema no se desmonta: se restaura una copia de seguridad")
''',
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/infraestructura/repositorio.py",
        (r"^from suscripciones\.dominio\.plan .*$", r"\g<0>\nfrom suscripciones.dominio.reclamo import Reclamo"),
        (r"^_FACTURA = .*$", r'\g<0>\n_RECLAMO = mapeo_llano(Reclamo, salvo=("secuencia",))'),
        (
            r"^        self\.facturas = .*$",
            r'\g<0>\n        self.reclamos = Repositorio(transaccion, tablas["reclamos"], _RECLAMO)',
        ),
    )
    copia.cambiar(
        f"{SUSCRIPCIONES}/aplicacion/puertos.py",
        (r"^from suscripciones\.dominio\.plan .*$", r"\g<0>\nfrom suscripciones.dominio.reclamo import Reclamo"),
        (
            r"^class LineaDeTiempo",
            r'''class Reclamos(Protocol):
    """The complaints. ``obtener`` locks what it loads until the unit of work ends."""

    def obtener(self, id: str, /) -> Reclamo | None: ...

    def agregar(self, reclamo: Reclamo, /) -> None: ...


\g<0>''',
        ),
        (r"^    facturas: Facturas$", r"\g<0>\n    reclamos: Reclamos"),
    )
    copia.cambiar(
        "docs/datos-personales.md",
        (r"^(\| ids, codes, counts.* suscripciones, tables `saga_pasos`)", r"\1, `reclamos`"),
    )


def _reintentos(copia: Copia) -> None:
    """procesamiento tries half as often before it parks a message."""
    copia.cambiar(
        f"{PROCESAMIENTO}/config.py",
        (
            r"^    seudonimo_clave: Clave$",
            "    reintentos_maximo: PositiveInt = 4\n"
            '    """How often a failing message is handled on its own here before it is parked as a dead letter."""\n'
            r"\g<0>",
        ),
    )


def _servicio(copia: Copia) -> None:
    """microservicio-computo, as it is in the test tree, moves beside the other services."""
    propia = copia.raiz / "microservicio-computo"
    ajenos = ("__pycache__", REGLAS_DE_COMPUTO, *CONTRATOS_DE_COMPUTO)
    shutil.copytree(SERVICIO, propia, ignore=shutil.ignore_patterns(*ajenos))
    for archivo in propia.rglob("*.py"):
        texto = archivo.read_text(encoding="utf-8")
        for suyo, lugar in CONTRATOS_DE_COMPUTO.items():
            texto = texto.replace(f"from {suyo.removesuffix('.py')} import", f"from {lugar.replace('/', '.')} import")
        archivo.write_text(re.sub(r"^.*reglas_computo.*\n", "", texto, flags=re.MULTILINE), "utf-8")
    for suyo, lugar in CONTRATOS_DE_COMPUTO.items():
        copia.escribir(f"seedwork/src/{lugar}.py", (SERVICIO / suyo).read_text("utf-8"))
    _en_las_reglas(copia)
    _en_el_espacio_de_trabajo(copia)
    _en_contenedores(copia)
    _en_la_nube(copia)


_OIDOS = (
    "SuscripcionCreada",
    "CambioPlanIniciado",
    "SuscripcionActivada",
    "SuscripcionPlanModificado",
    "SuscripcionRechazada",
    "CambioPlanRechazado",
    "SuscripcionCancelada",
)


def _en_las_reglas(copia: Copia) -> None:
    _canal(copia, "ComputoReservado", "computo", 'canal("computo", mira="bff")')
    _contado(copia, "ComputoReservado", "computo", "id_suscripcion id_saga")
    copia.cambiar(
        f"{CONTRATOS}/canales.py",
        *((rf'^(        {oido}: +canal\("suscripciones", +"[^"]+)"', r'\1 computo"') for oido in _OIDOS),
        (r'^(        TransicionSaga: +canal\("[^"]+)"', r'\1 computo"'),
    )
    preguntas = {"ListarReservas": "computo", "ObtenerExistencias": "computo", "ListarAuditoriaDeComputo": "auditoria"}
    for consulta, ambito in preguntas.items():
        _permiso(copia, consulta, "consultas.computo", f'_regla("{ambito}:leer", NADA, NADA, NADA, TODO)')


def _en_el_espacio_de_trabajo(copia: Copia) -> None:
    copia.cambiar(
        "pyproject.toml",
        (r'^src = \[.*"microservicio-notificaciones"', r'\g<0>, "microservicio-computo"'),
        (r'^mypy_path = ".*:microservicio-notificaciones', r"\g<0>:microservicio-computo"),
        (r'^packages = \[.*"notificaciones"', r'\g<0>, "computo"'),
        (r'^testpaths = \[.*"microservicio-notificaciones/tests"', r'\g<0>, "microservicio-computo/tests"'),
    )
    copia.cambiar(".importlinter", (r"^    notificaciones(\.\w+)?$", r"\g<0>\n    computo\1"))
    copia.cambiar(
        "docs/datos-personales.md",
        (
            r"^\| ids, codes, counts.* suscripciones, tables `saga_pasos`, `saga_resumenes`",
            r"\g<0>; computo, tables `reservas`, `existencias`",
        ),
    )


def _en_contenedores(copia: Copia) -> None:
    prometheus = copia.leer("deploy/observabilidad/prometheus.yml")
    trabajos = _entre(prometheus, "  - job_name: suscripciones\n", "  - job_name: servicio-datos\n")
    copia.cambiar(
        "deploy/observabilidad/prometheus.yml",
        (r"^  - job_name: servicio-datos$", _como_computo(trabajos, "suscripciones") + r"\g<0>"),
    )
    compose = copia.leer("docker-compose.yml")
    comun = _entre(compose, "x-suscripciones:", "x-servicio-datos:")
    servicio = _entre(compose, "  # --- suscripciones ---\n", "  # --- servicio-datos ---\n")
    copia.cambiar(
        "docker-compose.yml",
        (r"^x-servicio-datos:", _como_computo(comun, "suscripciones") + r"\g<0>"),
        (r"^  # --- servicio-datos ---$", _como_computo(servicio, "suscripciones") + r"\g<0>"),
        (r"^    profiles: \[(?:pulsar, )?(?=suscripciones, serviciodatos)", r"\g<0>computo, "),
        (r"^      notificaciones-api: .*$", r"\g<0>\n      computo-api: {condition: service_healthy, required: false}"),
        (r"^  notificaciones: \{internal: true\}$", r"\g<0>\n  computo: {internal: true}"),
        (r"^  notificaciones:$(?=\n  prometheus:\n)", r"\g<0>\n  computo:"),
        # Its secrets: a database's two roles, a broker's token, the certificates of its database and of its API.
        (
            r'^  (pulsar_token_)?notificaciones([\w.-]*): (\{file: .*/)(?:pulsar_token_)?notificaciones[\w.-]*"\}$',
            r'\g<0>\n  \1computo\2: \3\1computo\2"}',
        ),
    )


def _en_la_nube(copia: Copia) -> None:
    nube = copia.leer("deploy/gcp/plataforma.tf")
    grupos = _entre(nube, "    suscripciones = {\n      de ", "    servicio-datos = {\n      de ")
    secretos = _entre(nube, "    suscripciones = {\n      DATABASE_URL", "    servicio-datos = {\n      DATABASE_URL")
    copia.cambiar(
        "deploy/gcp/plataforma.tf",
        (
            r'^    notificaciones = \{ base = "notificaciones", puerto_api = 5014, direccion_api = "10.20.0.14" \}$',
            r'\g<0>\n    computo        = { base = "computo", puerto_api = 5015, direccion_api = "10.20.0.15" }',
        ),
        (r"^    servicio-datos = \{\n      de ", _como_computo(grupos, "suscripciones") + r"\g<0>"),
        (
            r"^    servicio-datos = \{ PUERTA_CLAVE_PUBLICA = var\.puerta_clave_publica \}$",
            r"\g<0>\n    computo        = { PUERTA_CLAVE_PUBLICA = var.puerta_clave_publica }",
        ),
        (r"^    suscripciones = \{\n      DATABASE_URL", _como_computo(secretos, "suscripciones") + r"\g<0>"),
    )
    # Where an operator is told of each: its certificate, its image, its secrets, its job.
    copia.cambiar(
        "deploy/gcp/README.md",
        (r"notificaciones=10\.20\.0\.14,(\S+)$", r"\g<0> computo=10.20.0.15,\1"),
        (r"^(.*\bfor \w in .*notificaciones); do", r"\1 computo; do"),
    )


def _entre(texto: str, desde: str, hasta: str) -> str:
    comienzo = texto.index(desde)
    return texto[comienzo : texto.index(hasta, comienzo)]


def _como_computo(bloque: str, modelo: str) -> str:
    """A service's block as this one's, fit to stand in a replacement."""
    propio = bloque.replace(modelo, "computo").replace("5011", "5015").replace("5021", "5025")
    return propio.replace("\\", r"\\")


CAMBIOS = (
    Cambio(
        "a new plan",
        "1 in the plan catalogue, 0 elsewhere",
        _plan,
        (f"{SUSCRIPCIONES}/planes/",),
        1,
        ("microservicio-suscripciones/tests",),
    ),
    Cambio(
        "a new published event",
        "≤ 4 in its service and its contract",
        _evento,
        (f"{PROCESAMIENTO}/", f"{CONTRATOS}/procesamiento.py"),
        4,
        ("microservicio-procesamiento/tests", "bff_web/tests"),
        puerta=1,
    ),
    Cambio(
        "a consumer of an existing event",
        "≤ 2",
        _consumidor,
        (f"{SUSCRIPCIONES}/",),
        2,
        ("microservicio-suscripciones/tests",),
    ),
    Cambio(
        "a new command",
        "≤ 4, and one BFF route",
        _comando,
        (f"{SUSCRIPCIONES}/", f"{CONTRATOS}/suscripciones.py"),
        4,
        ("microservicio-suscripciones/tests", "bff_web/tests", "cli/tests"),
        puerta=2,
    ),
    Cambio(
        "a filter of a list",
        "1 line in the contract, 1 in the service",
        _filtro,
        (f"{NOTIFICACIONES}/", f"{CONTRATOS}/consultas/notificaciones.py"),
        2,
        ("microservicio-notificaciones/tests", "bff_web/tests", "cli/tests", "seedwork/tests/unit"),
        lineas=2,
    ),
    Cambio(
        "a field of an answer",
        "1 line in the contract, 1 in the service",
        _campo_de_respuesta,
        (f"{SUSCRIPCIONES}/", f"{CONTRATOS}/consultas/suscripciones.py"),
        2,
        ("microservicio-suscripciones/tests", "bff_web/tests", "cli/tests", "seedwork/tests/unit"),
        lineas=2,
    ),
    Cambio(
        "a field of an event",
        "1 line in the contract, 1 in the service",
        _campo_de_mensaje,
        (f"{PROCESAMIENTO}/", f"{CONTRATOS}/procesamiento.py"),
        2,
        ("microservicio-procesamiento/tests", "microservicio-servicio-datos/tests"),
        lineas=2,
    ),
    Cambio(
        "an aggregate",
        "≤ 5, all in its service",
        _agregado,
        ("microservicio-suscripciones/",),
        5,
        ("microservicio-suscripciones/tests",),
    ),
    Cambio(
        "a retry policy of one service",
        "1, in its settings",
        _reintentos,
        (f"{PROCESAMIENTO}/config.py",),
        1,
        ("microservicio-procesamiento/tests",),
    ),
    Cambio(
        "a new service",
        "its folder, its contract, a block each in compose, scrapes, cloud, rules and workspace; 0 in other services",
        _servicio,
        (
            "microservicio-computo/",
            f"{CONTRATOS}/computo.py",
            f"{CONTRATOS}/consultas/computo.py",
            "docker-compose.yml",
            "deploy/observabilidad/prometheus.yml",
            "deploy/gcp/plataforma.tf",
            ".importlinter",
            "pyproject.toml",
        ),
        100,
        ("microservicio-computo/tests",),
        puerta=1,
    ),
)

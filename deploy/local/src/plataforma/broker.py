"""The embedded Apache Pulsar: a standalone broker with its bookie and metadata in one Java process."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from plataforma.credenciales import Credenciales
from plataforma.descargas import Java
from plataforma.secretos import escribir_privado

MEMORIA = ("-Xmx384m", "-XX:MaxDirectMemorySize=512m")
RECOLECTOR = ("-XX:+UseSerialGC",)
AJUSTES_DE_PASO = {"journalSyncData": "false"}
"""Those of a broker whose data go with it: kill -9 leaves what it wrote to the system, a power cut does not."""
DEL_DISCO = {
    "entryLogPerLedgerEnabled": "true",
    "journalMaxSizeMB": "64",
    "journalMaxBackups": "0",
}
"""How the bookie writes: a ledger that is deleted takes its own file along, instead of its part of a shared one, which
goes when most of it is dead; and what is in the ledgers' files leaves the journal, instead of five files of 2 GB."""
_JAVA_DE_PASO = "-XX:TieredStopAtLevel=1"
"""What lives for minutes is compiled once and quickly: starting takes two thirds of the work."""
_ABIERTOS = (
    "java.base/java.nio",
    "java.base/java.lang",
    "java.base/sun.net",
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.platform",
    "java.management/sun.management",
)
_LOG4J2 = """\
status = warn
appender.salida.type = Console
appender.salida.name = salida
appender.salida.layout.type = PatternLayout
appender.salida.layout.pattern = %d{ISO8601} %-5p [%t] %c{1} - %m%n
rootLogger.level = warn
rootLogger.appenderRef.salida.ref = salida
"""


@dataclass(frozen=True)
class BrokerIncrustado:
    """A broker that keeps everything beneath `carpeta`; it survives kill -9 and restarts on the same state."""

    carpeta: Path
    puerto: int
    puerto_admin: int
    de_paso: bool = False
    """Whether its data go with it (`AJUSTES_DE_PASO`)."""
    credenciales: Credenciales | None = None
    """By whose tokens it knows who asks; None: it asks nobody."""

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"pulsar://127.0.0.1:{self.puerto}"

    @property
    def admin_url(self) -> str:
        """Where its admin API answers."""
        return f"http://127.0.0.1:{self.puerto_admin}"

    def configuracion(self) -> dict[str, str]:
        """What standalone.conf says."""
        propios = {
            "bindAddress": "127.0.0.1",
            # The bookie listens on the loopback, on a free port that its state keeps. Its transport within the
            # process needs none, but can't answer a read of an entry over 16 kB: such messages were never seen again.
            "listeningInterface": "lo",
            "brokerShutdownTimeoutMs": "2000",
        }
        de_paso = AJUSTES_DE_PASO if self.de_paso else DEL_DISCO
        quien = {} if self.credenciales is None else dict(self.credenciales.ajustes())
        return ajustes_de_broker(str(self.puerto), str(self.puerto_admin)) | propios | de_paso | quien

    def preparar(self, java: Java, jars: list[Path]) -> list[str]:
        """Write its configuration, and give the command that runs it in the foreground."""
        self.carpeta.mkdir(parents=True, exist_ok=True)
        # Native libraries are unpacked here; a killed broker leaves them behind.
        temporal = self.carpeta / "tmp"
        shutil.rmtree(temporal, ignore_errors=True)
        temporal.mkdir()
        conf, log4j2, argumentos = (self.carpeta / n for n in ("standalone.conf", "log4j2.properties", "java.args"))
        # It holds the broker's own token.
        escribir_privado(conf, "".join(f"{k}={v}\n" for k, v in self.configuracion().items()))
        log4j2.write_text(_LOG4J2)
        argumentos.write_text("\n".join(map(_citar, self._argumentos(java, jars, conf, log4j2, temporal))) + "\n")
        return [str(java.ejecutable), f"@{argumentos}"]

    def _argumentos(self, java: Java, jars: list[Path], conf: Path, log4j2: Path, temporal: Path) -> list[str]:
        nuevos = ["--sun-misc-unsafe-memory-access=allow"] if java.version >= 23 else []
        nuevos += ["--enable-native-access=ALL-UNNAMED"] if java.version >= 21 else []
        return [
            *MEMORIA,
            *RECOLECTOR,
            *([_JAVA_DE_PASO] if self.de_paso else []),
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
            f"-Djava.io.tmpdir={temporal}",
            f"-Dlog4j2.configurationFile={log4j2}",
            "-Dbookkeeper.metadata.bookie.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataBookieDriver",
            "-Dbookkeeper.metadata.client.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataClientDriver",
            "-Dio.netty.tryReflectionSetAccessible=true",
            *(f"--add-opens={paquete}=ALL-UNNAMED" for paquete in _ABIERTOS),
            *nuevos,
            "-cp",
            ":".join(map(str, jars)),
            "org.apache.pulsar.PulsarStandaloneStarter",
            "--config",
            str(conf),
            "--no-functions-worker",
            "--no-stream-storage",
            "--metadata-dir",
            str(self.carpeta / "metadata"),
            "--bookkeeper-dir",
            str(self.carpeta / "bookkeeper"),
            "--bookkeeper-port",
            "0",
        ]


def ajustes_de_broker(puerto: str, puerto_admin: str) -> dict[str, str]:
    """The broker settings that the platform counts on, wherever its local broker runs."""
    return {
        "clusterName": "standalone",
        "brokerServicePort": puerto,
        "webServicePort": puerto_admin,
        "advertisedAddress": "127.0.0.1",
        "managedLedgerDefaultEnsembleSize": "1",
        "managedLedgerDefaultWriteQuorum": "1",
        "managedLedgerDefaultAckQuorum": "1",
        "loadBalancerEnabled": "false",
        "systemTopicEnabled": "true",
        "topicLevelPoliciesEnabled": "true",
        # Provisioned topics stay, used or not.
        "brokerDeleteInactiveTopicsEnabled": "false",
        # Or else an idle topic's last ledger is never closed, and never forgotten, whatever its retention.
        "managedLedgerInactiveLedgerRolloverTimeSeconds": "3600",
        # A message of a producer's batch is acknowledged by itself, also across a redelivery.
        "acknowledgmentAtBatchIndexLevelEnabled": "true",
        # A developer's disk is often fuller than a server's: 95 % would stop the bookie.
        "diskUsageThreshold": "0.99",
        "diskUsageWarnThreshold": "0.98",
        "diskUsageLwmThreshold": "0.97",
    }


def _citar(argumento: str) -> str:
    """Quoted as Java's argument files want it: a path may hold spaces."""
    return '"' + argumento.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""sslyze over one TLS port; run by build/seguridad's Python: ``sondeo_tls.py NAME PORT CA [PROTOCOL]``.

CA is a file in PEM. The port, on this machine, is asked for by its name, and its certificate must come from that
authority. That is looked at by OpenSSL, as the platform's clients do: sslyze's own eye wants what the Web PKI wants of
public certificates. Where the protocol is another than http, the default, early data is not looked at: sslyze sends a
request in it. That of PostgreSQL (postgres) is asked for TLS first.
"""

import socket
import ssl
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from sslyze import (
    AllScanCommandsAttempts,
    ProtocolWithOpportunisticTlsEnum,
    ScanCommand,
    Scanner,
    ServerNetworkConfiguration,
    ServerNetworkLocation,
    ServerScanRequest,
    ServerScanStatusEnum,
)

ADMITIDAS = {"TLS_1_2", "TLS_1_3"}
PEDIR_TLS = struct.pack("!ii", 8, 80877103)
"""SSLRequest, of PostgreSQL's protocol (its manual, 55.7)."""
MANDATOS = {m for m in ScanCommand if m not in (ScanCommand.HTTP_HEADERS, ScanCommand.CERTIFICATE_INFO)}


def revisar(nombre: str, puerto: int, ca: Path, protocolo: str) -> list[str]:
    """All that is wrong with a port, in words."""
    mandatos = MANDATOS if protocolo == "http" else MANDATOS - {ScanCommand.TLS_1_3_EARLY_DATA}
    escaner = Scanner()
    lugar = ServerNetworkLocation(hostname=nombre, port=puerto, ip_address="127.0.0.1")
    pide = ProtocolWithOpportunisticTlsEnum.POSTGRES if protocolo == "postgres" else None
    como = ServerNetworkConfiguration(tls_server_name_indication=nombre, tls_opportunistic_encryption=pide)
    escaner.queue_scans([ServerScanRequest(lugar, network_configuration=como, scan_commands=mandatos)])
    (hecho,) = escaner.get_results()
    if hecho.scan_status is not ServerScanStatusEnum.COMPLETED or hecho.scan_result is None:
        return [f"it can't be asked: {hecho.connectivity_error_trace}"]
    hallado = hecho.scan_result
    sin_acabar = [m.value for m in mandatos if getattr(hallado, m.value).result is None]
    return [f"{m}: not looked at" for m in sin_acabar] or [
        *_del_certificado(nombre, puerto, ca, PEDIR_TLS if pide else b""),
        *_faltas(hallado),
    ]


def _del_certificado(nombre: str, puerto: int, ca: Path, pedido: bytes) -> Iterator[str]:
    contexto = ssl.create_default_context(cafile=ca)
    try:
        with socket.create_connection(("127.0.0.1", puerto), 10) as enchufe:
            if pedido:
                enchufe.sendall(pedido)
                if enchufe.recv(1) != b"S":
                    yield "it speaks no TLS"
                    return
            contexto.wrap_socket(enchufe, server_hostname=nombre).close()
    except ssl.SSLCertVerificationError as error:
        yield f"the certificate: {error.verify_message}"


def _faltas(hallado: AllScanCommandsAttempts) -> Iterator[str]:
    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"):
        suites = getattr(hallado, f"{version}_cipher_suites").result
        if suites.tls_version_used.name in ADMITIDAS:
            for suite in suites.accepted_cipher_suites:
                yield from _debil(suite.cipher_suite.name, suites.tls_version_used.name)
        elif suites.is_tls_version_supported:
            yield f"{suites.tls_version_used.name} is spoken"
    if not hallado.tls_1_3_cipher_suites.result.is_tls_version_supported:
        yield "TLS 1.3 is not spoken"
    if hallado.tls_compression.result.supports_compression:
        yield "compression (CRIME)"
    renegociar = hallado.session_renegotiation.result
    if renegociar.is_vulnerable_to_client_renegotiation_dos or renegociar.client_renegotiations_success_count:
        yield "a client may renegotiate"
    if hallado.heartbleed.result.is_vulnerable_to_heartbleed:
        yield "Heartbleed"
    if hallado.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection:
        yield "CCS injection"
    if hallado.robot.result.robot_result.name.startswith("VULNERABLE"):
        yield "ROBOT"
    if (temprano := hallado.tls_1_3_early_data) and temprano.result and temprano.result.supports_early_data:
        yield "early data, which can be replayed"


def _debil(suite: str, version: str) -> Iterator[str]:
    """What has no forward secrecy, or does not authenticate what it encrypts."""
    sin_secreto = version != "TLS_1_3" and not suite.startswith("TLS_ECDHE_")
    if sin_secreto or not any(modo in suite for modo in ("_GCM_", "_CHACHA20_")):
        yield f"{version}: {suite}"


def main() -> int:
    """Tell what is wrong; 1 where anything is."""
    nombre, puerto, ca, *protocolo = sys.argv[1:]
    faltas = revisar(nombre, int(puerto), Path(ca), *protocolo or ["http"])
    print(*faltas or ["nothing is wrong"], sep="\n")
    return bool(faltas)


if __name__ == "__main__":
    sys.exit(main())

"""An authority of one's own, and the certificates by which the parts of a platform know each other.

Whoever has its key can be any of them: it signs, and nothing that runs needs it.
"""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from plataforma.credenciales import nueva_clave
from plataforma.secretos import escribir_privado

CERTIFICADO = "ca.crt"
"""Its certificate: what everybody knows the others by."""
CLAVE = "ca.key"
DIAS_AUTORIDAD = 3650
DIAS = 397
"""Of a certificate that it gives."""
RESTO_DIAS = 60
"""With fewer left, one is made anew."""


def hacer(carpeta: Path, nombres: Mapping[str, Collection[str]], escribir: Callable[[Path, str], None]) -> list[str]:
    """Make what is missing in a folder, or has had its time: the authority's two files, and ``<part>.crt`` and
    ``<part>.key`` for each part. Gives the names of what was written.

    Args:
        carpeta: it exists.
        nombres: how each part is called by whoever asks it: names, or addresses.
        escribir: replaces a file's text.
    """
    hechos = []

    def poner(nombre: str, pem: bytes) -> None:
        escribir(carpeta / nombre, pem.decode())
        hechos.append(nombre)

    if not (carpeta / CLAVE).exists() or not (carpeta / CERTIFICADO).exists():
        poner(CLAVE, nueva_clave())
        poner(CERTIFICADO, _autoridad(_clave(carpeta / CLAVE)))
    autoridad, firma = _leido(carpeta / CERTIFICADO), _clave(carpeta / CLAVE)
    for parte, suyos in nombres.items():
        if not _sirve(carpeta / f"{parte}.crt", carpeta / f"{parte}.key", suyos, autoridad):
            poner(f"{parte}.key", nueva_clave())
            poner(f"{parte}.crt", _certificado(_clave(carpeta / f"{parte}.key"), parte, suyos, autoridad, firma))
    return hechos


def _clave(archivo: Path) -> ec.EllipticCurvePrivateKey:
    clave = serialization.load_pem_private_key(archivo.read_bytes(), None)
    if not isinstance(clave, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{archivo}: no es una clave de curva elíptica")
    return clave


def _leido(archivo: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(archivo.read_bytes())


def _sirve(certificado: Path, clave: Path, nombres: Collection[str], autoridad: x509.Certificate) -> bool:
    """Whether a certificate is this authority's, for that key and these names, and for a while yet."""
    if not certificado.exists() or not clave.exists():
        return False
    dado = _leido(certificado)
    try:
        dado.verify_directly_issued_by(autoridad)
    except (InvalidSignature, ValueError):
        return False
    return (
        dado.public_key() == _clave(clave).public_key()
        and dado.extensions.get_extension_for_class(x509.SubjectAlternativeName).value == _otros_nombres(nombres)
        and dado.not_valid_after_utc > datetime.now(UTC) + timedelta(days=RESTO_DIAS)
    )


def _otros_nombres(nombres: Collection[str]) -> x509.SubjectAlternativeName:
    def de(nombre: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ip_address(nombre))
        except ValueError:
            return x509.DNSName(nombre)

    return x509.SubjectAlternativeName([de(nombre) for nombre in nombres])


def _base(nombre: str, clave: ec.EllipticCurvePrivateKey, dias: int) -> x509.CertificateBuilder:
    ahora = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_llamado(nombre))
        .public_key(clave.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks are not all alike.
        .not_valid_before(ahora - timedelta(hours=1))
        .not_valid_after(ahora + timedelta(days=dias))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(clave.public_key()), critical=False)
    )


def _llamado(nombre: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SaludTech"), x509.NameAttribute(NameOID.COMMON_NAME, nombre)]
    )


def _usos(*, firma_otros: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not firma_otros,
        key_cert_sign=firma_otros,
        crl_sign=firma_otros,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _autoridad(clave: ec.EllipticCurvePrivateKey) -> bytes:
    return (
        _base("autoridad", clave, DIAS_AUTORIDAD)
        .issuer_name(_llamado("autoridad"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usos(firma_otros=True), critical=True)
        .sign(clave, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def _certificado(
    clave: ec.EllipticCurvePrivateKey,
    nombre: str,
    nombres: Collection[str],
    autoridad: x509.Certificate,
    firma: ec.EllipticCurvePrivateKey,
) -> bytes:
    suya = autoridad.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _base(nombre, clave, DIAS)
        .issuer_name(autoridad.subject)
        .add_extension(_otros_nombres(nombres), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usos(firma_otros=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(suya), critical=False)
        .sign(firma, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def main(argumentos: Sequence[str]) -> None:
    """``python -m plataforma.autoridad FOLDER PART=NAME,…``: the same, for parts that run elsewhere."""
    carpeta, *dichos = argumentos
    Path(carpeta).mkdir(mode=0o700, parents=True, exist_ok=True)
    nombres = {parte: suyos.split(",") for parte, _, suyos in (dicho.partition("=") for dicho in dichos)}
    print(*hacer(Path(carpeta), nombres, escribir_privado))


if __name__ == "__main__":
    main(sys.argv[1:])

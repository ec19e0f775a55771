"""The headers by which a browser takes an answer for what it is, and for nothing else."""

from werkzeug.datastructures import Headers

CSP = "Content-Security-Policy"
_SIEMPRE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # An answer is data: nothing in it is to be run, shown within another's page or sent anywhere.
    CSP: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whatever says nothing else of itself may be somebody's.
    "Cache-Control": "no-store",
}
_POR_TLS = "max-age=31536000; includeSubDomains"


def proteger(cabeceras: Headers, *, por_tls: bool = False) -> None:
    """Add those that an answer does not have of its own.

    Args:
        cabeceras: the answer's.
        por_tls: whether its client came by TLS, and is to keep to it for a year, with all that is named beneath it.
    """
    for nombre, valor in _SIEMPRE.items():
        cabeceras.setdefault(nombre, valor)
    if por_tls:
        cabeceras.setdefault("Strict-Transport-Security", _POR_TLS)

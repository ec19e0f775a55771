"""Who a process is to a broker that asks: to its admin API by a header, to itself by the client's own means."""


def credencial(token: str | None) -> dict[str, str]:
    """The header that says it, or none."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}

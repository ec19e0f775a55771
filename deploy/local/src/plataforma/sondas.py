"""Probes: is this part ready yet? Each answers None for yes, else the reason why not."""

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import psycopg2

Sonda = Callable[[], str | None]
SEGUNDOS = 2.0
# Straight to the address: a proxy that the environment names is no way to this machine's own processes.
ABRIDOR = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http(url: str, segundos: float = SEGUNDOS, token: str | None = None) -> Sonda:
    """Ready when the URL answers 200; the token is for a server that asks."""

    def sonda() -> str | None:
        try:
            with ABRIDOR.open(_pedido(url, token), timeout=segundos):
                return None
        except urllib.error.HTTPError as error:
            return f"{url} answers {error.code}: {error.read(300).decode('utf-8', 'replace')}"
        except OSError as error:
            return f"{url} does not answer: {error}"

    return sonda


def _pedido(url: str, token: str | None) -> urllib.request.Request:
    cabeceras = {} if token is None else {"Authorization": f"Bearer {token}"}
    return urllib.request.Request(url, headers=cabeceras)  # noqa: S310 — our own addresses


def pulsar(admin_url: str, token: str | None = None) -> Sonda:
    """Ready when the broker has made its namespaces, and a message went through it and came back.

    The broker's own health check sends, stores and reads that message. The token is an administrator's, for a broker
    that asks.
    """
    salud = http(f"{admin_url}/admin/v2/brokers/health", segundos=5, token=token)

    def sonda() -> str | None:
        try:
            with ABRIDOR.open(_pedido(f"{admin_url}/admin/v2/namespaces/public", token), timeout=SEGUNDOS) as respuesta:
                espacios: Any = json.load(respuesta)
        except (OSError, ValueError) as error:
            return f"{admin_url} does not answer: {error}"
        return salud() if "public/default" in espacios else "its default namespace does not exist yet"

    return sonda


def postgres(url: str) -> Sonda:
    """Ready when the URL's user can run a statement."""

    def sonda() -> str | None:
        try:
            psycopg2.connect(url, connect_timeout=2).close()
        except psycopg2.OperationalError as error:
            return str(error).strip()
        return None

    return sonda


def smtp(puerto: int) -> Sonda:
    """Ready when the local port greets as an SMTP server does."""

    def sonda() -> str | None:
        try:
            smtplib.SMTP("127.0.0.1", puerto, local_hostname="localhost", timeout=SEGUNDOS).quit()
        except OSError as error:
            return str(error)
        return None

    return sonda

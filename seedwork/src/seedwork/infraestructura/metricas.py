"""The metrics that every process has. Units are in the names."""

from prometheus_client import Counter, Gauge, Histogram

CUENTA_MAXIMA = 10_000
"""How far rows are counted for a gauge: a table may hold any number, and gauges look every few seconds."""
HASTA = f"counted up to {CUENTA_MAXIMA:,}"
"""What such a gauge's help says of it."""

MENSAJES = Counter("saludtech_mensajes_total", "Messages handled", ["consumidor", "tipo", "resultado"])
REINTENTOS = Counter("saludtech_reintentos_total", "Single handlings that failed", ["consumidor", "tipo"])
LOTE_SEGUNDOS = Histogram(
    "saludtech_lote_segundos",
    "Seconds that a batch's transaction took",
    ["consumidor"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
RETENIDOS = Gauge(
    "saludtech_mensajes_retenidos",
    "Messages waiting for a retry, or behind one",
    ["consumidor"],
    multiprocess_mode="livesum",
)
EN_ESPERA = Gauge(
    "saludtech_comandos_en_espera", f"Commands waiting for what they name, {HASTA}", multiprocess_mode="max"
)
TRAMOS = Counter("saludtech_trazas_tramos_total", "Spans that the collector took, or that were lost", ["resultado"])
OUTBOX_ENVIADOS = Counter("saludtech_outbox_enviados_total", "Outbox rows that the broker confirmed")
RELAY_DIRIGE = Gauge("saludtech_relay_dirige", "1 where the relay of this process leads", multiprocess_mode="max")
OUTBOX_PENDIENTES = Gauge("saludtech_outbox_pendientes", f"Outbox rows not sent, {HASTA}", multiprocess_mode="max")
OUTBOX_EDAD_SEGUNDOS = Gauge(
    "saludtech_outbox_edad_segundos", "Age of the oldest outbox row not sent", multiprocess_mode="max"
)
CARTAS_MUERTAS = Gauge("saludtech_cartas_muertas", "Dead letters parked", multiprocess_mode="max")
ATRASO_ENTRADAS = Gauge(
    "saludtech_atraso_entradas",
    "Entries not acknowledged yet, as the broker counts them: an entry holds as many messages as were sent together",
    ["topico"],
    multiprocess_mode="mostrecent",
)
ATRASO_SEGUNDOS = Gauge(
    "saludtech_atraso_segundos",
    "Age of the oldest message not acknowledged, over a consumer's topics; of a service's own queue (<service>-cola), "
    "since when its oldest row is due; 0 for none",
    ["consumidor"],
    multiprocess_mode="mostrecent",
)
ENTREGADOS = Gauge(
    "saludtech_mensajes_entregados",
    "Messages of a topic that the broker has delivered to the service, since it has counted them; again is once more",
    ["topico"],
    multiprocess_mode="mostrecent",
)
INSTANCIAS = Gauge(
    "saludtech_instancias",
    "How many workers of the service are connected to the broker",
    ["servicio"],
    multiprocess_mode="mostrecent",
)
INSTANCIAS_DESEADAS = Gauge(
    "saludtech_instancias_deseadas",
    "How many workers of the service are wanted, by what arrives, how long it waits, and what one of them does",
    ["servicio"],
    multiprocess_mode="mostrecent",
)

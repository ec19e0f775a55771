# Every service's image: `docker build --target suscripciones .`, and so on. What they share is one layer each.

FROM python:3.11.14-slim-bookworm AS python

# The dependencies, each checked by its hash; wheels only, so that nothing is compiled and no compiler is needed.
FROM python AS dependencias
COPY requirements-contenedores.lock /
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        -r /requirements-contenedores.lock

FROM python AS comun
RUN groupadd --system --gid 10001 saludtech \
    && useradd --system --uid 10001 --gid saludtech --no-create-home --shell /usr/sbin/nologin saludtech
# A process listens for the other containers; nothing is written to the image's folders.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HTTP_HOST=0.0.0.0 BFF_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencias /venv /venv
COPY seedwork/src/ ./
USER 10001:10001

FROM comun AS suscripciones
COPY microservicio-suscripciones/suscripciones ./suscripciones
COPY microservicio-suscripciones/migraciones ./migraciones
EXPOSE 5011 5021
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "seedwork.entrada.sonda", "5011"]
ENTRYPOINT ["python", "-m", "suscripciones"]
CMD ["api"]

FROM comun AS servicio-datos
COPY microservicio-servicio-datos/servicio_datos ./servicio_datos
COPY microservicio-servicio-datos/migraciones ./migraciones
EXPOSE 5012 5022
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "seedwork.entrada.sonda", "5012"]
ENTRYPOINT ["python", "-m", "servicio_datos"]
CMD ["api"]

FROM comun AS procesamiento
COPY microservicio-procesamiento/procesamiento ./procesamiento
COPY microservicio-procesamiento/migraciones ./migraciones
EXPOSE 5013 5031
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "seedwork.entrada.sonda", "5013"]
ENTRYPOINT ["python", "-m", "procesamiento"]
CMD ["api"]

FROM comun AS notificaciones
COPY microservicio-notificaciones/notificaciones ./notificaciones
COPY microservicio-notificaciones/migraciones ./migraciones
EXPOSE 5014 5024
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "seedwork.entrada.sonda", "5014"]
ENTRYPOINT ["python", "-m", "notificaciones"]
CMD ["api"]

FROM comun AS bff
COPY bff_web/src/bff_web ./bff_web
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-m", "seedwork.entrada.sonda", "5005"]
ENTRYPOINT ["python", "-m", "bff_web"]

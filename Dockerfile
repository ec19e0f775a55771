# Every image: the door's is the target `bff`, any service's the target `servicio` with the arguments that its block of
# docker-compose.yml gives; that of the one which reads texts in pictures is `servicio-con-lector`, which has a reader
# more (250 MB). What they share is one layer each.

FROM python:3.11.14-slim-bookworm AS python

# The dependencies, each checked by its hash; wheels only, so that nothing is compiled and no compiler is needed.
FROM python AS dependencias
COPY requirements-contenedores.lock /
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        -r /requirements-contenedores.lock

FROM dependencias AS lector
COPY requirements-ocr.lock /
RUN python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        --target /lector -r /requirements-ocr.lock

FROM python AS comun
RUN groupadd --system --gid 10001 saludtech \
    && useradd --system --uid 10001 --gid saludtech --no-create-home --shell /usr/sbin/nologin saludtech \
    && install --directory --owner=saludtech --group=saludtech --mode=0700 /almacen \
        /almacen/originales /almacen/resultados
# A process listens for the other containers; nothing is written to the image's folders. A new volume for files takes
# its owner from the folder that it is mounted on.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HTTP_HOST=0.0.0.0 BFF_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencias /venv /venv
COPY seedwork/src/ ./
COPY anonimizacion/src/anonimizacion ./anonimizacion
USER 10001:10001

FROM comun AS servicio
ARG SERVICIO
ARG PAQUETE
ARG HTTP_PUERTO
ARG SALUD_PUERTO
ENV HTTP_PUERTO=${HTTP_PUERTO} SALUD_PUERTO=${SALUD_PUERTO}
COPY microservicio-${SERVICIO}/${PAQUETE} ./${PAQUETE}
COPY microservicio-${SERVICIO}/migraciones ./migraciones
# An exec form can't name the package: Python runs the folder by what the package's own __main__ says.
COPY microservicio-${SERVICIO}/${PAQUETE}/__main__.py ./
EXPOSE ${HTTP_PUERTO} ${SALUD_PUERTO}
HEALTHCHECK --interval=10s --timeout=10s --start-period=300s CMD ["python", "-m", "seedwork.entrada.sonda"]
ENTRYPOINT ["python", "/app"]
CMD ["api"]

FROM servicio AS servicio-con-lector
ENV PYTHONPATH=/lector
COPY --from=lector /lector /lector

FROM comun AS bff
COPY json-estricto/src/json_estricto ./json_estricto
COPY bff_web/src/bff_web ./bff_web
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=10s --start-period=300s CMD ["python", "-m", "seedwork.entrada.sonda", "5005"]
ENTRYPOINT ["python", "-m", "bff_web"]

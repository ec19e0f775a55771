# SaludTech de los Alpes: everything that a developer types. `make help` lists it.
# Needs make and Python 3.11 or newer; the rest is fetched into .venv and the user's cache.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LISTO := $(VENV)/.listo
# How many processes share the tests, each with a broker (400 MB) and a PostgreSQL of its own.
PROCESOS ?= 3
DISTRIBUCIONES := json-estricto anonimizacion seedwork bff_web $(patsubst %/pyproject.toml,%,$(wildcard microservicio-*/pyproject.toml)) cli deploy/local
METADATOS := $(DISTRIBUCIONES:%=%/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: demo run operar capturas test test-largo test-contenedores check bench corrientes consola experimento1 experimento2 experimento3 escala resistencia avalancha rafaga paquete olvido marcas verificar-anonimizacion simular mutantes documento puerta clientes seguridad nube nube-terraform sbom sitio generados secretos clean lock help

demo: $(LISTO) ## show a PRO subscription, an image and a package of DICOM files going all the way through, then stop everything
	@$(BIN)/python -m plataforma demo

run: $(LISTO) ## start the platform, until Ctrl-C (PROCESAMIENTO=3: three workers, auto: 1 to 3 by the load; BFF=2: two doors behind a balancer; AUTENTICACION=desarrollo: callers say who they are)
	@$(BIN)/python -m plataforma run

operar: $(LISTO) ## a service's command on the running platform: SERVICIO=suscripciones ARGS="cartas list"
	@$(BIN)/python -m plataforma operar $(SERVICIO) $(ARGS)

test: $(LISTO) ## every promise, on a real Pulsar and a real PostgreSQL; PROCESOS=3 share the tests
	@$(BIN)/python -m pytest -n $(PROCESOS) -m "not largo and not contenedores"

test-largo: $(LISTO) ## the long tests: faults on the whole platform, the cost of change, run and demo
	@$(BIN)/python -m pytest -n $(PROCESOS) -m largo

test-contenedores: $(LISTO) ## the images and docker-compose.yml on a container engine: DOCKER=docker names its command
	@$(BIN)/python -m pytest -m contenedores tests/contenedores

capturas: $(LISTO) ## the console in a real Chromium, and docs/imagenes' pictures of it taken anew
	@CAPTURAS=docs/imagenes $(BIN)/python -m pytest tests/navegador

check: $(LISTO) ## the fast gate, without servers: format, lint, types, import rules, unit tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n 2 -m "not integracion and not largo and not contenedores"

bench: $(LISTO) ## the timings that the project reports
	@$(BIN)/python tests/carga/banco.py

corrientes: $(LISTO) ## a thousand open streams of events at one process of the door: memory, CPU, latency
	@$(BIN)/python tests/carga/corrientes.py

consola: $(LISTO) ## the console in a real Chromium: what it weighs, when it can be used, how long an event takes to its pixel
	@$(BIN)/python -m tests.carga.navegador

experimento1: $(LISTO) ## a thousand users before the balancer, with JMeter: half an hour, or VARIANTE=normal alone (HILOS=1000)
	@$(BIN)/python -m tests.experimento1.experimento $(VARIANTE:%=--variante %) $(HILOS:%=--hilos %) $(SUBIDA:%=--subida %)

experimento2: $(LISTO) ## the guarantees under faults: kills, outages, repeats, races (CASO=name: only that one)
	@$(BIN)/python -m tests.fallos.experimento $(CASO:%=--solo %)

experimento3: $(LISTO) ## the cost of change: a new plan, resource, service and event version; what each touches
	@$(BIN)/python -m tests.cambio.experimento $(PARTE:%=--parte %)

escala: $(LISTO) ## what 1 to 8 workers do under experiment 1's load and more, simulated from measured times; draws docs/imagenes
	@$(BIN)/python -m tests.escala

resistencia: $(LISTO) ## a soak: half an hour of steady load (MINUTOS=30), and nothing that grows
	@$(BIN)/python -m tests.fallos.resistencia $(MINUTOS:%=--minutos %)

avalancha: $(LISTO) ## a flood, twice: commands for ids that nobody knows wait, and others do not (COMANDOS=50000)
	@$(BIN)/python -m tests.fallos.avalancha $(COMANDOS:%=--comandos %)

rafaga: $(LISTO) ## a burst: as many PRO subscriptions at once as there is room for, and all are made (SUSCRIPCIONES=9500)
	@$(BIN)/python -m tests.fallos.rafaga $(SUSCRIPCIONES:%=--suscripciones %)

paquete: $(LISTO) ## a package of a thousand images, its unpacker killed and a worker frozen: all decided, none twice (IMAGENES=1000)
	@$(BIN)/python -m tests.fallos.paquete $(IMAGENES:%=--imagenes %)

olvido: $(LISTO) ## what is to be forgotten: marks sent by every way there is, days cut to minutes, and every file searched
	@$(BIN)/python -m tests.fallos.olvido

marcas: $(LISTO) ## what may hold which value: a mark for each, sent by every way there is, and all that was written searched
	@$(BIN)/python -m tests.fallos.marcas

verificar-anonimizacion: $(LISTO) build/imagenes/.listo ## canaries and public files through the engine and the platform, and all that comes out searched (RONDAS=1 PLATAFORMA=no)
	@$(BIN)/python -m tests.anonimizacion $(RONDAS:%=--rondas %) $(PLATAFORMA:no=--no-plataforma)

simular: $(LISTO) ## the whole platform in a simulator, with faults: SAGAS=100000 SEMILLA=1 MINUTOS=0 PROCESOS=1 GUION=file
	@$(BIN)/python -m tests.simulador $(SAGAS:%=--sagas %) $(SEMILLA:%=--semilla %) $(MINUTOS:%=--minutos %) \
		$(PROCESOS:%=--procesos %) $(GUION:%=--guion %)

mutantes: $(LISTO) ## the rules, changed on purpose: which changes the simulator finds (SAGAS=2000: after at most so many)
	@$(BIN)/python -m tests.simulador.mutantes $(SAGAS:%=--sagas %) $(CUAL:%=--cual %) --procesos $(PROCESOS)

documento: $(LISTO) ## redocly and spectral read the door's OpenAPI document, AsyncAPI's parser its messages'; needs Node.js 20 or newer
	@$(BIN)/python -m tests.documento revisar

puerta: $(LISTO) ## schemathesis asks the door all that its document says, for long (CASOS=100 SEMILLA=1; AUTENTICACION=desarrollo: as each role, and as nobody)
	@$(BIN)/python -m tests.documento puerta $(CASOS:%=--casos %) $(SEMILLA:%=--semilla %) $(AUTENTICACION:%=--autenticacion %)

clientes: $(LISTO) ## generated clients in Python and TypeScript create, follow and list; needs Node.js 20 or newer
	@$(BIN)/python -m tests.documento clientes

seguridad: $(LISTO) build/seguridad/.listo ## bandit reads the source, detect-secrets the whole history, pip-audit the locks' advisories
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(DISTRIBUCIONES) deploy 2>build/bandit.log \
		|| { cat build/bandit.log; exit 1; }
	@build/seguridad/bin/python tests/seguridad/secretos.py
	@build/seguridad/bin/python tests/seguridad/avisos.py

nube: build/nube/.listo ## checkov reads deploy/gcp; where there is a terraform, the form of its files too
	@build/nube/bin/checkov --directory deploy/gcp --framework terraform --skip-download --compact --quiet
	@if command -v terraform >/dev/null; then terraform fmt -check -diff -recursive deploy/gcp; \
		else echo "NO TERRAFORM: THE FORM OF ITS FILES WAS NOT LOOKED AT"; fi

nube-terraform: ## deploy/gcp as Terraform sees it, on a provider that calls nobody: validate and test; needs Terraform 1.11
	@terraform -chdir=deploy/gcp init -backend=false -input=false
	@terraform -chdir=deploy/gcp validate
	@terraform -chdir=deploy/gcp test

sbom: build/sbom/.listo ## what the images' Python is made of, as CycloneDX: build/saludtech.cdx.json
	@cat requirements-contenedores.lock requirements-ocr.lock | build/sbom/bin/cyclonedx-py requirements - --output-reproducible \
		--output-format JSON --output-file build/saludtech.cdx.json
	@echo build/saludtech.cdx.json

sitio: build/sitio/.listo ## the documentation as a site that asks nothing of the internet: build/documentacion/index.html
	@NO_MKDOCS_2_WARNING=1 build/sitio/bin/mkdocs build --strict
	@echo build/documentacion/index.html

generados: $(LISTO) ## what is made from the code: schemas, Postman collection, .env.example, docs/mensajes.md
	@$(BIN)/python -m contratos esquemas
	@$(BIN)/python -m deploy.postman.coleccion
	@$(BIN)/python -m tests.arquitectura.ajustes
	@$(BIN)/python -m tests.arquitectura.mapa

secretos: $(LISTO) ## the secrets of docker compose, made once into deploy/compose/secretos/; .env then says where they are
	@$(BIN)/python -m deploy.compose.secretos

clean: ## remove .local/: the state and the logs of every run
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m plataforma clean; else rm -rf .local; fi

lock: ## resolve the four locks anew from requirements.in and the distributions
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet uv
	@echo uv | build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --output-file requirements-uv.lock -
	@build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --all-extras --no-emit-package opencv-python --generate-hashes \
		--no-header --no-emit-index-url --output-file requirements.lock requirements.in $(METADATOS)
	@build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --constraint requirements.lock --output-file requirements-contenedores.lock \
		$(filter-out deploy/% cli/%,$(METADATOS))
	@build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra ocr --generate-hashes --no-emit-package opencv-python \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' requirements-contenedores.lock) \
		--no-header --no-emit-index-url --constraint requirements.lock --output-file requirements-ocr.lock anonimizacion/pyproject.toml

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv takes a sixth of pip's time, knows nothing of pip's settings, and is told of where pip has packages from.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
UV = $(if $(PIP_INDEX_URL),UV_DEFAULT_INDEX=$(PIP_INDEX_URL)) $(if $(PIP_FIND_LINKS),UV_FIND_LINKS=$(PIP_FIND_LINKS)) \
	$(BIN)/uv pip install --quiet --link-mode copy --python $(BIN)/python --no-deps

# One environment for everything; made anew in place when the lock or a distribution's metadata change.
$(LISTO): requirements-uv.lock requirements.lock $(METADATOS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is not that. Name one with: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python can't make virtual environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv: once, for about half a minute"
	@$(PYTHON) -m venv $(VENV)
	@{ $(PIP) --require-hashes -r requirements-uv.lock && $(UV) --require-hashes -r requirements.lock; } || { \
		echo "uv could not; now pip, which takes a minute longer"; $(PIP) --require-hashes -r requirements.lock; }
	@$(PIP) --no-build-isolation $(DISTRIBUCIONES:%=-e %)
	@touch $@

# A tool's own environment: what it needs does not go with what the project needs.
build/%/.listo: tests/despliegue/herramientas/%.lock
	@$(PYTHON) -m venv --clear build/$*
	@build/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

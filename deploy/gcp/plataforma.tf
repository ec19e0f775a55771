# What runs, and what it is told. Everything else in this folder is made of these tables.

locals {
  encendida = var.etapa == "plataforma"
  preparada = var.etapa != "cimientos"

  # Each has a database server, a database and a user of its own, an API, and a job. The API's address is fixed: its
  # certificate is made out to it.
  servicios = {
    suscripciones  = { base = "suscripciones", puerto_api = 5011, direccion_api = "10.20.0.11" }
    servicio-datos = { base = "servicio_datos", puerto_api = 5012, direccion_api = "10.20.0.12" }
    procesamiento  = { base = "procesamiento", puerto_api = 5013, direccion_api = "10.20.0.13" }
    notificaciones = { base = "notificaciones", puerto_api = 5014, direccion_api = "10.20.0.14" }
  }

  # The groups of machines: one process each, so that each is watched, restarted and scaled by itself. They have the
  # names, the orders and the settings of docker-compose.yml's containers.
  #   de: whose image, identity and secrets.      orden: what the image is asked to do.
  #   puerto: where it listens, its health too.   procesos: how many of its processes have connections to the database.
  #   segunda_senal: whether, beside CPU, it is scaled by what its service says that it needs.
  grupos = {
    bff = {
      de     = "bff", orden = [], puerto = 5005, procesos = 0
      minimo = 1, maximo = 3, maquina = "e2-standard-2", segunda_senal = false
      entorno = {
        # Google's balancers keep a connection for 600 s: the door must be the one that waits longer.
        BFF_INACTIVIDAD_S = "620"
        DRENAJE_S         = "15"
        # Who connects, and what the balancer writes behind the client's address: its own.
        BFF_PROXIES        = join(",", concat(local.rangos_de_google, [google_compute_global_address.puerta.address]))
        SUSCRIPCIONES_URL  = "https://${google_compute_address.api["suscripciones"].address}:5011"
        SERVICIO_DATOS_URL = "https://${google_compute_address.api["servicio-datos"].address}:5012"
        PROCESAMIENTO_URL  = "https://${google_compute_address.api["procesamiento"].address}:5013"
        NOTIFICACIONES_URL = "https://${google_compute_address.api["notificaciones"].address}:5014"
        SERVICIOS_CA       = "/etc/saludtech/ca.crt"
      }
    }

    # Any number of them share the images.
    procesamiento = {
      de      = "procesamiento", orden = ["trabajador"], puerto = 5031, procesos = 1
      minimo  = 1, maximo = 3, maquina = "e2-standard-2", segunda_senal = true
      entorno = { RELAY_APARTE = "true" }
    }
    # One leads, and a second would stand by: it publishes for all the workers, whatever their number.
    procesamiento-relay = {
      de      = "procesamiento", orden = ["relay"], puerto = 5031, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = {}
    }
    procesamiento-api = {
      de      = "procesamiento", orden = ["api"], puerto = 5013, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = { HTTP_CERTIFICADO = "/run/secrets/servidor.crt", HTTP_CLAVE = "/run/secrets/servidor.key" }
    }

    # Their topics keep an order, so one consumer is at work at a time: more machines would do no more.
    suscripciones = {
      de      = "suscripciones", orden = ["trabajador"], puerto = 5021, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = {}
    }
    suscripciones-api = {
      de      = "suscripciones", orden = ["api"], puerto = 5011, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = { HTTP_CERTIFICADO = "/run/secrets/servidor.crt", HTTP_CLAVE = "/run/secrets/servidor.key" }
    }
    servicio-datos = {
      de      = "servicio-datos", orden = ["trabajador"], puerto = 5022, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = {}
    }
    servicio-datos-api = {
      de      = "servicio-datos", orden = ["api"], puerto = 5012, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = { HTTP_CERTIFICADO = "/run/secrets/servidor.crt", HTTP_CLAVE = "/run/secrets/servidor.key" }
    }
    notificaciones = {
      de      = "notificaciones", orden = ["trabajador"], puerto = 5024, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = {}
    }
    notificaciones-api = {
      de      = "notificaciones", orden = ["api"], puerto = 5014, procesos = 1
      minimo  = 1, maximo = 1, maquina = "e2-small", segunda_senal = false
      entorno = { HTTP_CERTIFICADO = "/run/secrets/servidor.crt", HTTP_CLAVE = "/run/secrets/servidor.key" }
    }
  }

  # While a group takes a new version, its zones have one machine more each.
  sobrante = 3

  # What every process is told, and what every process of one service.
  entorno_comun = {
    PULSAR_URL       = var.pulsar_url
    PULSAR_ADMIN_URL = var.pulsar_admin_url
    AUTENTICACION    = "oidc"
  }
  entorno_de = {
    bff = {
      ALMACEN_URL    = "gs://${google_storage_bucket.imagenes.name}"
      OIDC_EMISOR    = var.oidc.emisor
      OIDC_AUDIENCIA = var.oidc.audiencia
      OIDC_JWKS      = var.oidc.jwks
      OIDC_CLIENTE   = var.oidc.cliente
    }
    suscripciones  = { PUERTA_CLAVE_PUBLICA = var.puerta_clave_publica }
    servicio-datos = { PUERTA_CLAVE_PUBLICA = var.puerta_clave_publica }
    procesamiento = {
      ALMACEN_URL          = "gs://${google_storage_bucket.imagenes.name}"
      PUERTA_CLAVE_PUBLICA = var.puerta_clave_publica
    }
    notificaciones = {
      PUERTA_CLAVE_PUBLICA = var.puerta_clave_publica
      SMTP_HOST            = var.smtp.host
      SMTP_PUERTO          = tostring(var.smtp.puerto)
      SMTP_USUARIO         = var.smtp.usuario
      SMTP_REMITENTE       = var.smtp.remitente
      SMTP_STARTTLS        = "true"
    }
  }

  # Which secret becomes which setting, or, with a dot in its name, which file that a setting names. An identity can read
  # what stands in its line, and nothing else; the ring of personal fields is in all of them, since what one encrypts
  # another reads.
  secretos_de = {
    bff = {
      IDEMPOTENCIA_SECRETO = "idempotencia-secreto", PULSAR_TOKEN = "pulsar-token-bff"
      CAMPOS_CLAVES        = "campos-claves", PUERTA_CLAVE = "puerta-clave"
    }
    suscripciones = {
      DATABASE_URL = "suscripciones-database-url", PULSAR_TOKEN = "pulsar-token-suscripciones", CAMPOS_CLAVES = "campos-claves"
      "bd-ca.crt"  = "suscripciones-bd-ca", "servidor.crt" = "suscripciones-http-certificado", "servidor.key" = "suscripciones-http-clave"
    }
    servicio-datos = {
      DATABASE_URL = "servicio-datos-database-url", PULSAR_TOKEN = "pulsar-token-servicio-datos", CAMPOS_CLAVES = "campos-claves"
      "bd-ca.crt"  = "servicio-datos-bd-ca", "servidor.crt" = "servicio-datos-http-certificado", "servidor.key" = "servicio-datos-http-clave"
    }
    procesamiento = {
      DATABASE_URL    = "procesamiento-database-url", PULSAR_TOKEN = "pulsar-token-procesamiento"
      SEUDONIMO_CLAVE = "seudonimo-clave", CAMPOS_CLAVES = "campos-claves"
      "bd-ca.crt"     = "procesamiento-bd-ca", "servidor.crt" = "procesamiento-http-certificado", "servidor.key" = "procesamiento-http-clave"
    }
    notificaciones = {
      DATABASE_URL = "notificaciones-database-url", PULSAR_TOKEN = "pulsar-token-notificaciones"
      SMTP_CLAVE   = "smtp-clave", CAMPOS_CLAVES = "campos-claves"
      "bd-ca.crt"  = "notificaciones-bd-ca", "servidor.crt" = "notificaciones-http-certificado", "servidor.key" = "notificaciones-http-clave"
    }
  }
  # Topics and subscriptions are made, and permissions granted, with an administrator's token; dead letters are worked with
  # an operator's. No machine ever sees either.
  secretos_de_preparar = {
    for servicio, _ in local.servicios : servicio => merge(
      { for ajuste, secreto in local.secretos_de[servicio] : ajuste => secreto if !startswith(ajuste, "servidor.") },
      { PULSAR_TOKEN = "pulsar-token-operador", PULSAR_TOKEN_ADMIN = "pulsar-token-preparar" },
    )
  }
  secretos = toset(flatten([for suyos in concat(values(local.secretos_de), values(local.secretos_de_preparar)) : values(suyos)]))

  # docs/contrato.md, section 7: what each process may open (BD_CONEXIONES), and what each server takes.
  bd_conexiones   = 8
  max_connections = 200
  # A group's machines, the ones more while it takes a new version, and the job.
  conexiones = {
    for servicio, _ in local.servicios : servicio => 10 + local.bd_conexiones * (
      1 + sum([for g in values(local.grupos) : (g.maximo + local.sobrante) * g.procesos if g.de == servicio])
    )
  }
}

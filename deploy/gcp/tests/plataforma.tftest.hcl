# What Terraform alone can tell: what the tables of plataforma.tf come to, and which settings are refused. On a provider
# that calls nobody: terraform test, or make nube-terraform.

mock_provider "google" {
  mock_resource "google_compute_network" {
    defaults = { id = "projects/saludtech-prueba/global/networks/saludtech" }
  }
  mock_resource "google_compute_subnetwork" {
    defaults = { id = "projects/saludtech-prueba/regions/us-central1/subnetworks/saludtech-maquinas" }
  }
  mock_resource "google_service_account" {
    defaults = {
      email  = "alguien@saludtech-prueba.iam.gserviceaccount.com"
      member = "serviceAccount:alguien@saludtech-prueba.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_secret_manager_secret" {
    defaults = { id = "projects/saludtech-prueba/secrets/uno" }
  }
  mock_resource "google_compute_address" {
    defaults = { id = "projects/saludtech-prueba/regions/us-central1/addresses/una", address = "10.20.0.9" }
  }
  mock_resource "google_compute_global_address" {
    defaults = { id = "projects/saludtech-prueba/global/addresses/una", address = "203.0.113.7" }
  }
  mock_resource "google_compute_health_check" {
    defaults = { id = "projects/saludtech-prueba/global/healthChecks/una" }
  }
  mock_resource "google_compute_instance_template" {
    defaults = { self_link_unique = "projects/saludtech-prueba/global/instanceTemplates/una?uniqueId=7" }
  }
  mock_resource "google_compute_region_instance_group_manager" {
    defaults = {
      id             = "projects/saludtech-prueba/regions/us-central1/instanceGroupManagers/uno"
      instance_group = "projects/saludtech-prueba/regions/us-central1/instanceGroups/uno"
    }
  }
  mock_resource "google_compute_region_backend_service" {
    defaults = { id = "projects/saludtech-prueba/regions/us-central1/backendServices/uno" }
  }
  mock_resource "google_compute_backend_service" {
    defaults = { id = "projects/saludtech-prueba/global/backendServices/saludtech-puerta" }
  }
  mock_resource "google_compute_managed_ssl_certificate" {
    defaults = { id = "projects/saludtech-prueba/global/sslCertificates/uno" }
  }
  mock_resource "google_compute_ssl_policy" {
    defaults = { id = "projects/saludtech-prueba/global/sslPolicies/una" }
  }
  mock_resource "google_compute_target_http_proxy" {
    defaults = { id = "projects/saludtech-prueba/global/targetHttpProxies/uno" }
  }
  mock_resource "google_compute_target_https_proxy" {
    defaults = { id = "projects/saludtech-prueba/global/targetHttpsProxies/uno" }
  }
  mock_resource "google_sql_database_instance" {
    defaults = {
      private_ip_address = "10.30.0.3"
      server_ca_cert = [{
        cert = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n", common_name = "", create_time = "", expiration_time = "", sha1_fingerprint = ""
      }]
    }
  }
  mock_data "google_iam_policy" {
    defaults = { policy_data = "{}" }
  }
  mock_data "google_project" {
    defaults = { number = "1234567890" }
  }
}

variables {
  proyecto         = "saludtech-prueba"
  version_imagenes = "0123abc"
  pulsar_url       = "pulsar+ssl://broker.example:6651"
  pulsar_admin_url = "https://broker.example"
  oidc = {
    emisor    = "https://identidad.example"
    audiencia = "saludtech"
    jwks      = "https://identidad.example/jwks"
  }
  puerta_clave_publica = "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA\\n-----END PUBLIC KEY-----\\n"
  servicios_ca         = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
  smtp                 = { host = "smtp.example", usuario = "saludtech", remitente = "SaludTech <avisos@saludtech.example>" }
  cuenta_facturacion   = "000000-000000-000000"
  correo_avisos        = "avisos@saludtech.example"
}

# --- The three stages ---

run "los_cimientos_no_tienen_maquinas_ni_trabajos" {
  variables { etapa = "cimientos" }

  assert {
    condition     = length(google_cloud_run_v2_job.preparar) == 0 && length(google_compute_region_autoscaler.grupo) == 0
    error_message = "A job or an autoscaler is there before its secrets are."
  }
  assert {
    condition     = alltrue([for grupo in google_compute_region_instance_group_manager.grupo : grupo.target_size == 0])
    error_message = "A machine starts before there is what it needs."
  }
  assert {
    condition     = length(google_sql_database_instance.servicio) == 4 && length(google_secret_manager_secret_version.database_url) == 4
    error_message = "A server, or its address, is missing."
  }
}

run "los_preparativos_tienen_un_trabajo_por_servicio_y_ninguna_maquina" {
  variables { etapa = "preparativos" }

  assert {
    condition     = join(" ", output.trabajos) == "saludtech-notificaciones saludtech-procesamiento saludtech-servicio-datos saludtech-suscripciones"
    error_message = "A service's job is missing."
  }
  assert {
    condition     = alltrue([for grupo in google_compute_region_instance_group_manager.grupo : grupo.target_size == 0])
    error_message = "A machine starts before its topics and tables are there."
  }
  assert {
    condition = alltrue([
      for trabajo in google_cloud_run_v2_job.preparar : anytrue([
        for ajuste in trabajo.template[0].template[0].containers[0].env :
        ajuste.name == "PULSAR_TOKEN_ADMIN" && try(ajuste.value_source[0].secret_key_ref[0].secret, "") == "pulsar-token-preparar"
      ])
    ])
    error_message = "A job has not the administrator's token."
  }
}

run "la_plataforma_escala_la_puerta_y_a_procesamiento" {
  assert {
    condition = { for nombre, e in google_compute_region_autoscaler.grupo : nombre => [
      e.autoscaling_policy[0].min_replicas, e.autoscaling_policy[0].max_replicas, e.autoscaling_policy[0].cpu_utilization[0].target, length(e.autoscaling_policy[0].metric)
      ] } == {
      bff           = [1, 3, 0.75, 0]
      procesamiento = [1, 3, 0.75, 1]
    }
    error_message = "Min 1, max 3, CPU 0.75; and what waits, for procesamiento alone."
  }
  assert {
    condition     = google_compute_region_autoscaler.grupo["procesamiento"].autoscaling_policy[0].metric[0].name == "custom.googleapis.com/saludtech_instancias_deseadas"
    error_message = "The second signal has another name."
  }
  assert {
    condition     = { for nombre, grupo in google_compute_region_instance_group_manager.grupo : nombre => grupo.target_size if !contains(["bff", "procesamiento"], nombre) } == { for nombre, g in local.grupos : nombre => 1 if g.maximo == 1 }
    error_message = "A fixed group has not one machine."
  }
}

# --- What comes out ---

run "cada_maquina_recibe_un_cloud_init_que_se_entiende" {
  assert {
    condition     = alltrue([for plantilla in google_compute_instance_template.grupo : startswith(plantilla.metadata["user-data"], "#cloud-config\n")])
    error_message = "cloud-init passes over what does not begin so."
  }
  assert {
    condition = alltrue([
      for nombre, plantilla in google_compute_instance_template.grupo :
      { for archivo in yamldecode(plantilla.metadata["user-data"]).write_files : archivo.path => archivo.content }["/etc/saludtech/secretos.sh"] == file("arranque/secretos.sh")
    ])
    error_message = "The script does not come out as it stands in its file."
  }
  assert {
    condition = alltrue([
      for nombre, plantilla in google_compute_instance_template.grupo :
      yamldecode({ for archivo in yamldecode(plantilla.metadata["user-data"]).write_files : archivo.path => archivo.content }["/etc/saludtech/colector.yaml"]).receivers.prometheus.config.scrape_configs[0].static_configs[0].targets == ["127.0.0.1:${local.grupos[nombre].puerto}"]
    ])
    error_message = "A collector asks where nobody listens."
  }
  assert {
    condition     = { for archivo in yamldecode(google_compute_instance_template.grupo["bff"].metadata["user-data"]).write_files : archivo.path => archivo.content }["/etc/saludtech/entorno"] == <<-FIN
      BFF_INACTIVIDAD_S=620
      BFF_PROXIES=35.191.0.0/16,130.211.0.0/22,203.0.113.7
      DRENAJE_S=15
      NOTIFICACIONES_URL=https://10.20.0.9:5014
      PROCESAMIENTO_URL=https://10.20.0.9:5013
      PULSAR_ADMIN_URL=https://broker.example
      PULSAR_URL=pulsar+ssl://broker.example:6651
      SERVICIO_DATOS_URL=https://10.20.0.9:5012
      SUSCRIPCIONES_URL=https://10.20.0.9:5011
    FIN
    error_message = "The door is told something else."
  }
}

run "las_conexiones_caben" {
  assert {
    condition     = local.conexiones == { suscripciones = 82, servicio-datos = 82, procesamiento = 130, notificaciones = 82 }
    error_message = "The sum of docs/contrato.md, section 7, comes out otherwise."
  }
}

run "una_identidad_lee_su_linea_y_nada_mas" {
  assert {
    condition = join(" ", keys(google_secret_manager_secret_iam_member.maquina)) == join(" ", [
      "bff/idempotencia-secreto", "bff/pulsar-token-bff",
      "notificaciones/notificaciones-database-url", "notificaciones/pulsar-token-notificaciones", "notificaciones/smtp-clave",
      "procesamiento/procesamiento-database-url", "procesamiento/pulsar-token-procesamiento", "procesamiento/seudonimo-clave",
      "servicio-datos/pulsar-token-servicio-datos", "servicio-datos/servicio-datos-database-url",
      "suscripciones/pulsar-token-suscripciones", "suscripciones/suscripciones-database-url",
    ])
    error_message = "A machine may read more, or less, than its own."
  }
}

# --- The door's name ---

run "sin_nombre_solo_hay_el_puerto_80" {
  assert {
    condition     = length(google_compute_global_forwarding_rule.https) == 0 && output.url == "http://203.0.113.7"
    error_message = "There is HTTPS without a name to certify."
  }
}

run "con_nombre_hay_https_y_el_80_sirve_o_desvia" {
  variables {
    dominio         = "api.saludtech.example"
    puerto_80_sirve = false
  }

  assert {
    condition     = google_compute_managed_ssl_certificate.puerta[0].managed[0].domains == tolist(["api.saludtech.example"]) && output.url == "https://api.saludtech.example"
    error_message = "The certificate is another name's."
  }
  assert {
    condition     = google_compute_target_http_proxy.puerta.url_map == google_compute_url_map.a_https.id
    error_message = "Port 80 serves."
  }
}

# --- What is refused ---

run "un_token_no_viaja_en_claro" {
  command = plan
  variables {
    pulsar_url       = "pulsar://broker.example:6650"
    pulsar_admin_url = "http://broker.example:8080"
  }
  expect_failures = [var.pulsar_url, var.pulsar_admin_url]
}

run "una_imagen_es_una_sola" {
  command = plan
  variables { version_imagenes = "latest" }
  expect_failures = [var.version_imagenes]
}

run "por_el_puerto_25_no_sale_nada" {
  command = plan
  variables {
    smtp = { host = "smtp.example", puerto = 25, usuario = "saludtech", remitente = "SaludTech <avisos@saludtech.example>" }
  }
  expect_failures = [var.smtp]
}

run "no_hay_otra_etapa" {
  command = plan
  variables { etapa = "todo" }
  expect_failures = [var.etapa]
}

# The machines: Container-Optimised OS, whose only program of ours is a container that systemd keeps running.

# Is the process alive? It decides who is made anew, so it looks at the process alone: while the broker or a database is
# away every process answers 200 here, and nothing is made anew. A minute of silence counts.
resource "google_compute_health_check" "viva" {
  for_each            = local.grupos
  name                = "saludtech-${each.key}-viva"
  check_interval_sec  = 15
  timeout_sec         = 10
  healthy_threshold   = 1
  unhealthy_threshold = 4

  dynamic "http_health_check" {
    for_each = local.cifrados[each.key] ? [] : [each.value.puerto]
    content {
      port         = http_health_check.value
      request_path = "/salud/viva"
    }
  }
  dynamic "https_health_check" {
    for_each = local.cifrados[each.key] ? [each.value.puerto] : []
    content {
      port         = https_health_check.value
      request_path = "/salud/viva"
    }
  }

  depends_on = [google_project_service.este]
}

resource "google_compute_instance_template" "grupo" {
  for_each     = local.grupos
  name_prefix  = "saludtech-${each.key}-"
  machine_type = each.value.maquina
  region       = var.region

  disk {
    source_image = "projects/cos-cloud/global/images/family/cos-121-lts"
    disk_type    = "pd-balanced"
    disk_size_gb = 20
    boot         = true
    auto_delete  = true
  }

  # No access_config: no address that the internet reaches.
  network_interface {
    subnetwork = google_compute_subnetwork.maquinas.id
  }

  service_account {
    email = google_service_account.maquina[each.value.de].email
    # What it may, its roles say.
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    user-data = templatefile("${path.module}/arranque/maquina.yaml.tftpl", {
      grupo    = each.key
      registro = local.registro
      orden    = join(" ", concat([local.imagenes[each.value.de]], each.value.orden))
      puerto   = each.value.puerto
      # Five seconds more than the process takes: its drain, then its own five.
      parada_s       = local.drenaje_s[each.key] + 10
      plazo_parada_s = local.drenaje_s[each.key] + 20
      entorno = indent(6, join("\n", [
        for ajuste, valor in merge(local.entorno_comun, local.entorno_de[each.value.de], each.value.entorno) : "${ajuste}=${valor}"
      ]))
      secretos = indent(6, join("\n", [
        for ajuste, secreto in local.secretos_de[each.value.de] : "${ajuste} projects/${var.proyecto}/secrets/${secreto}"
      ]))
      ca             = indent(6, trimspace(var.servicios_ca))
      traer_secretos = indent(6, file("${path.module}/arranque/secretos.sh"))
      colector = indent(6, templatefile("${path.module}/arranque/colector.yaml.tftpl", {
        grupo    = each.key
        puerto   = each.value.puerto
        esquema  = local.cifrados[each.key] ? "https" : "http"
        proyecto = var.proyecto
        region   = var.region
        senal_de = "${each.value.de}-api"
      }))
    })
    # Containers' standard output, a JSON object a line, goes to Cloud Logging.
    google-logging-enabled    = "true"
    google-monitoring-enabled = "true"
    enable-oslogin            = "TRUE"
    block-project-ssh-keys    = "true"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_instance_group_manager" "grupo" {
  for_each           = local.grupos
  name               = "saludtech-${each.key}"
  base_instance_name = "saludtech-${each.key}"
  region             = var.region
  # Where there is an autoscaler, the number is its own.
  target_size = local.encendida ? (each.value.maximo > each.value.minimo ? null : each.value.minimo) : 0

  version {
    instance_template = google_compute_instance_template.grupo[each.key].self_link_unique
  }

  named_port {
    name = "http"
    port = each.value.puerto
  }

  auto_healing_policies {
    health_check      = google_compute_health_check.viva[each.key].id
    initial_delay_sec = 300
  }

  # A new version comes before the old one goes.
  update_policy {
    type                         = "PROACTIVE"
    minimal_action               = "REPLACE"
    max_surge_fixed              = local.sobrante
    max_unavailable_fixed        = 0
    instance_redistribution_type = "PROACTIVE"
  }

  # Machines read their secrets and their image as they start.
  depends_on = [
    google_artifact_registry_repository_iam_member.maquina,
    google_secret_manager_secret_iam_member.maquina,
    google_sql_user.servicio,
    google_compute_router_nat.salida,
  ]
}

locals {
  # Those that are asked by HTTPS: the services' APIs.
  cifrados  = { for nombre, g in local.grupos : nombre => contains(keys(g.entorno), "HTTP_CERTIFICADO") }
  drenaje_s = { for nombre, g in local.grupos : nombre => tonumber(lookup(g.entorno, "DRENAJE_S", "0")) }
  escalados = { for nombre, g in local.grupos : nombre => g if g.maximo > g.minimo && local.encendida }
}

# Of its signals, a group takes the one that asks for more.
resource "google_compute_region_autoscaler" "grupo" {
  for_each = local.escalados
  name     = "saludtech-${each.key}"
  region   = var.region
  target   = google_compute_region_instance_group_manager.grupo[each.key].id

  autoscaling_policy {
    min_replicas    = each.value.minimo
    max_replicas    = each.value.maximo
    cooldown_period = 60

    cpu_utilization {
      target = 0.75
    }

    # A number of machines, as procesamiento's API tells it: one machine for each.
    dynamic "metric" {
      for_each = each.value.segunda_senal ? ["saludtech_instancias_deseadas"] : []
      content {
        name                       = "custom.googleapis.com/${metric.value}"
        filter                     = "resource.type = \"generic_task\" AND resource.labels.job = \"${each.value.de}-api\" AND metric.labels.servicio = \"${each.value.de}\""
        single_instance_assignment = 1
      }
    }

    # As slowly as the signal itself falls.
    scale_in_control {
      time_window_sec = 300
      max_scaled_in_replicas {
        fixed = 1
      }
    }
  }
}

# Where the door finds each API: an address that stays while machines come and go.
resource "google_compute_address" "api" {
  for_each     = local.servicios
  name         = "saludtech-${each.key}-api"
  region       = var.region
  subnetwork   = google_compute_subnetwork.maquinas.id
  address_type = "INTERNAL"
  address      = each.value.direccion_api
  purpose      = "GCE_ENDPOINT"
}

resource "google_compute_region_backend_service" "api" {
  for_each                        = local.servicios
  name                            = "saludtech-${each.key}-api"
  region                          = var.region
  load_balancing_scheme           = "INTERNAL"
  protocol                        = "TCP"
  health_checks                   = [google_compute_health_check.viva["${each.key}-api"].id]
  connection_draining_timeout_sec = 30

  backend {
    group          = google_compute_region_instance_group_manager.grupo["${each.key}-api"].instance_group
    balancing_mode = "CONNECTION"
  }
}

resource "google_compute_forwarding_rule" "api" {
  for_each              = local.servicios
  name                  = "saludtech-${each.key}-api"
  region                = var.region
  load_balancing_scheme = "INTERNAL"
  ip_protocol           = "TCP"
  ip_address            = google_compute_address.api[each.key].id
  ports                 = [tostring(each.value.puerto_api)]
  backend_service       = google_compute_region_backend_service.api[each.key].id
  network               = google_compute_network.saludtech.id
  subnetwork            = google_compute_subnetwork.maquinas.id
}

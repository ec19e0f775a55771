# A network in which no machine has an address that the internet reaches.

resource "google_compute_network" "saludtech" {
  name                    = "saludtech"
  auto_create_subnetworks = false
  depends_on              = [google_project_service.este]
}

resource "google_compute_subnetwork" "maquinas" {
  name                     = "saludtech-maquinas"
  network                  = google_compute_network.saludtech.id
  region                   = var.region
  ip_cidr_range            = "10.20.0.0/20"
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_5_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# The way out, to the broker and the mail server. Google's own APIs are reached without it.
resource "google_compute_router" "saludtech" {
  name    = "saludtech"
  network = google_compute_network.saludtech.id
  region  = var.region
}

resource "google_compute_router_nat" "salida" {
  name                               = "saludtech-salida"
  router                             = google_compute_router.saludtech.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

# Where Google puts the databases: a range of this network, reached from it alone.
resource "google_compute_global_address" "bases" {
  name          = "saludtech-bases"
  network       = google_compute_network.saludtech.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
}

resource "google_service_networking_connection" "bases" {
  network                 = google_compute_network.saludtech.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.bases.name]
  deletion_policy         = "ABANDON"
}

# What may come in. Whatever no rule names is refused.
locals {
  # Google's balancers and health checks, and nobody else, speak from these.
  rangos_de_google = ["35.191.0.0/16", "130.211.0.0/22"]
}

resource "google_compute_firewall" "puerta" {
  name                    = "saludtech-puerta"
  network                 = google_compute_network.saludtech.id
  source_ranges           = local.rangos_de_google
  target_service_accounts = [google_service_account.maquina["bff"].email]

  allow {
    protocol = "tcp"
    ports    = ["5005"]
  }
}

resource "google_compute_firewall" "sondas" {
  for_each                = local.servicios
  name                    = "saludtech-sondas-${each.key}"
  network                 = google_compute_network.saludtech.id
  source_ranges           = local.rangos_de_google
  target_service_accounts = [google_service_account.maquina[each.key].email]

  allow {
    protocol = "tcp"
    ports    = distinct([for g in values(local.grupos) : tostring(g.puerto) if g.de == each.key])
  }
}

# The services' APIs answer the door alone.
resource "google_compute_firewall" "consultas" {
  for_each                = local.servicios
  name                    = "saludtech-consultas-${each.key}"
  network                 = google_compute_network.saludtech.id
  source_service_accounts = [google_service_account.maquina["bff"].email]
  target_service_accounts = [google_service_account.maquina[each.key].email]

  allow {
    protocol = "tcp"
    ports    = [tostring(each.value.puerto_api)]
  }
}

# A server per service: a user whom Cloud SQL makes may enter every database of its server.

resource "google_sql_database_instance" "servicio" {
  #checkov:skip=CKV_GCP_6:Every connection is encrypted (ENCRYPTED_ONLY); clients prove who they are by password, and have no certificates
  #checkov:skip=CKV_GCP_79:PostgreSQL 17 is what compose and the tests run; all move on together
  #checkov:skip=CKV_GCP_108:Who connects has an address of the private network, and names none
  #checkov:skip=CKV_GCP_109:A statement that failed is not logged, since its values may be a person's
  #checkov:skip=CKV_GCP_110:pgAudit logs statements, whose values may be a person's
  #checkov:skip=CKV_GCP_111:Statements are not logged, since their values may be a person's
  #checkov:skip=CKV2_GCP_13:A line for each statement's duration is load, and tells nothing that saludtech_lote_segundos does not
  for_each            = local.servicios
  name                = "saludtech-${each.key}"
  region              = var.region
  database_version    = "POSTGRES_17"
  deletion_protection = var.proteger_datos

  settings {
    edition                     = "ENTERPRISE"
    tier                        = "db-custom-1-3840"
    availability_type           = "ZONAL"
    disk_autoresize             = true
    disk_autoresize_limit       = 100
    deletion_protection_enabled = var.proteger_datos

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.saludtech.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7
    }

    database_flags {
      name  = "max_connections"
      value = tostring(local.max_connections)
    }
    # As in docker-compose.yml: no statement and no error's detail goes to the log, since their values may be a person's.
    database_flags {
      name  = "log_min_error_statement"
      value = "panic"
    }
    database_flags {
      name  = "log_error_verbosity"
      value = "terse"
    }
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "log_temp_files"
      value = "0"
    }
  }

  lifecycle {
    precondition {
      condition     = local.conexiones[each.key] <= local.max_connections
      error_message = "The machines of ${each.key} may open ${local.conexiones[each.key]} connections; its server takes ${local.max_connections}."
    }
  }

  depends_on = [google_service_networking_connection.bases]
}

resource "google_sql_database" "servicio" {
  for_each = local.servicios
  name     = each.value.base
  instance = google_sql_database_instance.servicio[each.key].name
  # As its owner, whose tables are in it.
  deletion_policy = "ABANDON"
}

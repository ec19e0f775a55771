# Terraform makes the secrets' places. What lies in them is in no file, no variable and no state: passwords of databases
# are made in a run, are handed to both who need them, and forgotten; all others are put in by hand (README.md).

resource "google_secret_manager_secret" "este" {
  for_each  = local.secretos
  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.este]
}

# Letters and digits: it stands in an address.
ephemeral "random_password" "base" {
  for_each = local.servicios
  length   = 40
  special  = false
}

resource "google_sql_user" "servicio" {
  for_each            = local.servicios
  name                = each.value.base
  instance            = google_sql_database_instance.servicio[each.key].name
  password_wo         = ephemeral.random_password.base[each.key].result
  password_wo_version = var.version_claves_bd
  # Whoever owns tables can't be dropped; the server goes as a whole.
  deletion_policy = "ABANDON"
}

# The server's certificate bears this name, project and instance, and no address: the one is looked at, the other asked.
resource "google_secret_manager_secret_version" "database_url" {
  for_each               = local.servicios
  secret                 = google_secret_manager_secret.este[local.secretos_de[each.key].DATABASE_URL].id
  secret_data_wo         = "postgresql://${each.value.base}:${ephemeral.random_password.base[each.key].result}@/${each.value.base}?host=${var.proyecto}:${google_sql_database_instance.servicio[each.key].name}&hostaddr=${google_sql_database_instance.servicio[each.key].private_ip_address}&port=5432&sslmode=verify-full&sslrootcert=/run/secrets/bd-ca.crt"
  secret_data_wo_version = var.version_claves_bd
}

# Each server has an authority of its own. It is no secret; here it gets to where DATABASE_URL looks for it.
resource "google_secret_manager_secret_version" "bd_ca" {
  for_each               = local.servicios
  secret                 = google_secret_manager_secret.este[local.secretos_de[each.key]["bd-ca.crt"]].id
  secret_data_wo         = google_sql_database_instance.servicio[each.key].server_ca_cert[0].cert
  secret_data_wo_version = var.version_claves_bd
}

# What runs to its end: migrations, topics, subscriptions, and the operators' commands. On Cloud Run: a job costs what it
# runs, needs no machine that somebody logs in to, and has an identity, and a token of the broker's, that no machine has.

resource "google_cloud_run_v2_job" "preparar" {
  for_each            = local.preparada ? local.servicios : {}
  name                = "saludtech-${each.key}"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.preparar[each.key].email
      max_retries     = 1
      # As BD_MANTENIMIENTO_S.
      timeout = "3600s"

      containers {
        image = local.imagenes[each.key]
        # `gcloud run jobs execute saludtech-suscripciones --args=cartas,list` asks for something else.
        args = ["preparar"]

        dynamic "env" {
          for_each = merge(local.entorno_comun, local.entorno_de[each.key])
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = { for ajuste, secreto in local.secretos_de_preparar[each.key] : ajuste => secreto if !endswith(ajuste, ".crt") }
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = google_secret_manager_secret.este[env.value].secret_id
                version = "latest"
              }
            }
          }
        }

        # By which the database's server is known, where DATABASE_URL looks for it.
        volume_mounts {
          name       = "bd-ca"
          mount_path = "/run/secrets"
        }

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }
      }

      volumes {
        name = "bd-ca"
        secret {
          secret = google_secret_manager_secret.este[local.secretos_de_preparar[each.key]["bd-ca.crt"]].secret_id
          items {
            path    = "bd-ca.crt"
            version = "latest"
          }
        }
      }

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = google_compute_network.saludtech.id
          subnetwork = google_compute_subnetwork.maquinas.id
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_iam_member.preparar,
    google_secret_manager_secret_version.bd_ca,
    google_secret_manager_secret_version.database_url,
    google_sql_database.servicio,
    google_sql_user.servicio,
  ]
}

resource "google_artifact_registry_repository" "saludtech" {
  #checkov:skip=CKV_GCP_84:Images hold code, no data; Google's own keys encrypt them
  repository_id = "saludtech"
  location      = var.region
  format        = "DOCKER"
  description   = "The platform's five images."

  docker_config {
    immutable_tags = true
  }

  # Nine versions back is far enough.
  cleanup_policies {
    id     = "las-ultimas"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "las-viejas"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.este]
}

locals {
  registro = "${var.region}-docker.pkg.dev"
  imagenes = {
    for quien, _ in local.secretos_de : quien => "${local.registro}/${var.proyecto}/${google_artifact_registry_repository.saludtech.repository_id}/${quien}:${var.version_imagenes}"
  }
}

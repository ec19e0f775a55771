# Who may what: an identity for the door, one per service for its machines, one per service for its job.

resource "google_service_account" "maquina" {
  for_each     = local.secretos_de
  account_id   = "maquina-${each.key}"
  display_name = "The machines of ${each.key}"
  depends_on   = [google_project_service.este]
}

resource "google_service_account" "preparar" {
  for_each     = local.servicios
  account_id   = "preparar-${each.key}"
  display_name = "The job of ${each.key}"
  depends_on   = [google_project_service.este]
}

resource "google_project_iam_member" "registro" {
  for_each = local.secretos_de
  project  = var.proyecto
  role     = "roles/logging.logWriter"
  member   = google_service_account.maquina[each.key].member
}

resource "google_project_iam_member" "medidas" {
  for_each = local.secretos_de
  project  = var.proyecto
  role     = "roles/monitoring.metricWriter"
  member   = google_service_account.maquina[each.key].member
}

resource "google_artifact_registry_repository_iam_member" "maquina" {
  for_each   = local.secretos_de
  project    = var.proyecto
  location   = google_artifact_registry_repository.saludtech.location
  repository = google_artifact_registry_repository.saludtech.name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.maquina[each.key].member
}

locals {
  lecturas_de_maquinas = merge([for quien, suyos in local.secretos_de : {
    for secreto in values(suyos) : "${quien}/${secreto}" => { quien = quien, secreto = secreto }
  }]...)
  lecturas_de_preparar = merge([for quien, suyos in local.secretos_de_preparar : {
    for secreto in values(suyos) : "${quien}/${secreto}" => { quien = quien, secreto = secreto }
  }]...)
}

resource "google_secret_manager_secret_iam_member" "maquina" {
  for_each  = local.lecturas_de_maquinas
  secret_id = google_secret_manager_secret.este[each.value.secreto].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.maquina[each.value.quien].member
}

resource "google_secret_manager_secret_iam_member" "preparar" {
  for_each  = local.lecturas_de_preparar
  secret_id = google_secret_manager_secret.este[each.value.secreto].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.preparar[each.value.quien].member
}

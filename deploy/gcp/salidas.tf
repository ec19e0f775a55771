output "direccion" {
  description = "What the door's name is to point to."
  value       = google_compute_global_address.puerta.address
}

output "url" {
  description = "Where the platform is."
  value       = var.dominio == "" ? "http://${google_compute_global_address.puerta.address}" : "https://${var.dominio}"
}

output "registro" {
  description = "Where images are pushed to."
  value       = "${local.registro}/${var.proyecto}/${google_artifact_registry_repository.saludtech.repository_id}"
}

output "secretos_por_poner" {
  description = "The secrets that somebody has to fill, each once."
  value = sort(setsubtract(local.secretos, flatten([
    for servicio, _ in local.servicios : [local.secretos_de[servicio].DATABASE_URL, local.secretos_de[servicio]["bd-ca.crt"]]
  ])))
}

output "trabajos" {
  description = "The jobs to be run before the machines start."
  value       = sort([for trabajo in google_cloud_run_v2_job.preparar : trabajo.name])
}

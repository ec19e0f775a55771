# Images. procesamiento alone reads what is sent; the door creates that, can't even see it afterwards, and reads results.
resource "google_storage_bucket" "imagenes" {
  #checkov:skip=CKV_GCP_62:Cloud Audit Logs say who read an image (below), not usage logs in a bucket of their own
  #checkov:skip=CKV_GCP_78:A version is a copy that outlives the deletion of an original
  name                        = "${var.proyecto}-imagenes"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.proteger_datos

  # What is deleted is gone: an original may not outlive its deletion.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  # An upload that its door did not live to end.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  depends_on = [google_project_service.este]
}

# Authoritative for the whole bucket: the grants that Google gives a new bucket to the project's viewers, editors and
# owners are not in it, and so are taken away.
resource "google_storage_bucket_iam_policy" "imagenes" {
  bucket      = google_storage_bucket.imagenes.name
  policy_data = data.google_iam_policy.imagenes.policy_data
}

data "google_iam_policy" "imagenes" {
  binding {
    role    = "roles/storage.objectUser"
    members = [google_service_account.maquina["procesamiento"].member]
  }
  binding {
    role    = "roles/storage.objectCreator"
    members = [google_service_account.maquina["bff"].member]
  }
  binding {
    role    = "roles/storage.objectViewer"
    members = [google_service_account.maquina["bff"].member]
    condition {
      title      = "resultados"
      expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.imagenes.name}/objects/resultados/\")"
    }
  }
  # Who destroys the bucket, and changes this policy: can list and delete, and read no object.
  binding {
    role    = "roles/storage.legacyBucketOwner"
    members = ["projectOwner:${var.proyecto}"]
  }
}

# Who read or wrote which image, kept by Cloud Audit Logs.
resource "google_project_iam_audit_config" "imagenes" {
  project = var.proyecto
  service = "storage.googleapis.com"

  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

# 1.11 is the first that has write-only arguments: no password is kept in the state.
terraform {
  required_version = ">= 1.11"

  # A bucket of its own, made by hand before the first run: terraform init -backend-config=bucket=...
  backend "gcs" {
    prefix = "saludtech"
  }

  required_providers {
    google = {
      source = "hashicorp/google"
      # The version that esquema/google.json was taken from.
      version = "6.50.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.7.2"
    }
  }
}

provider "google" {
  project = var.proyecto
  region  = var.region
  # Budgets are asked for on behalf of a project.
  billing_project       = var.proyecto
  user_project_override = true
}

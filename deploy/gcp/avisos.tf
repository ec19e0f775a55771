# Letters to whoever answers for it: money, and what the platform says of itself.

data "google_project" "este" {
  project_id = var.proyecto
  depends_on = [google_project_service.este]
}

resource "google_monitoring_notification_channel" "correo" {
  display_name = "SaludTech"
  type         = "email"
  labels = {
    email_address = var.correo_avisos
  }
  depends_on = [google_project_service.este]
}

# It tells, and stops nothing: README.md says what does.
resource "google_billing_budget" "mensual" {
  billing_account = var.cuenta_facturacion
  display_name    = "SaludTech"

  budget_filter {
    projects = ["projects/${data.google_project.este.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.presupuesto_mensual)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 0.9
  }
  threshold_rules {
    threshold_percent = 1
  }
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.correo.id]
  }
}

locals {
  # docs/operacion.md, "Signs of trouble", says what to do.
  senales_de_apuro = {
    cartas-muertas = "max(saludtech_cartas_muertas) > 0"
    atraso         = "max(saludtech_atraso_segundos) > 300"
    outbox         = "max(saludtech_outbox_edad_segundos) > 60"
  }
}

resource "google_monitoring_alert_policy" "apuro" {
  for_each     = local.senales_de_apuro
  display_name = "SaludTech: ${each.key}"
  combiner     = "OR"

  conditions {
    display_name = each.value
    condition_prometheus_query_language {
      query               = each.value
      duration            = "300s"
      evaluation_interval = "60s"
    }
  }

  notification_channels = [google_monitoring_notification_channel.correo.id]
}

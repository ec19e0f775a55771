# The global balancer before the door.

resource "google_compute_global_address" "puerta" {
  name       = "saludtech-puerta"
  depends_on = [google_project_service.este]
}

# May the instance have requests? Whatever broker and services do it says so, until it is told to stop.
resource "google_compute_health_check" "trafico" {
  name                = "saludtech-bff-trafico"
  check_interval_sec  = 5
  timeout_sec         = 4
  healthy_threshold   = 1
  unhealthy_threshold = 2

  http_health_check {
    port         = local.grupos.bff.puerto
    request_path = "/salud/trafico"
  }

  depends_on = [google_project_service.este]
}

resource "google_compute_backend_service" "puerta" {
  name                  = "saludtech-puerta"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTP"
  port_name             = "http"
  health_checks         = [google_compute_health_check.trafico.id]
  # A command may wait 5 s for the broker.
  timeout_sec = 30
  # Longer than DRENAJE_S: what is in flight ends, and only then is the machine told to stop.
  connection_draining_timeout_sec = 30

  backend {
    group           = google_compute_region_instance_group_manager.grupo["bff"].instance_group
    balancing_mode  = "UTILIZATION"
    max_utilization = 0.8
    capacity_scaler = 1
  }

  # An instance that alone answers 5xx is left out for a while; of all of them half at most, since when the broker is
  # away every one of them says 503, and says it well.
  outlier_detection {
    consecutive_errors                    = 5
    enforcing_consecutive_errors          = 100
    max_ejection_percent                  = 50
    enforcing_success_rate                = 0
    enforcing_consecutive_gateway_failure = 0

    interval {
      seconds = 5
    }
    base_ejection_time {
      seconds = 30
    }
  }

  # One line a request: experiments count with them. They hold addresses and URLs, no body and no header of ours.
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_url_map" "puerta" {
  name            = "saludtech-puerta"
  default_service = google_compute_backend_service.puerta.id

  # The door believes a balancer, and this header no balancer of Google's writes: it would be a client's.
  header_action {
    request_headers_to_remove = ["X-Forwarded-Prefix"]
  }

  host_rule {
    hosts        = ["*"]
    path_matcher = "puerta"
  }

  path_matcher {
    name            = "puerta"
    default_service = google_compute_backend_service.puerta.id

    # A file of 2 GiB takes its client 12 hours at the least pace that the door lets it have. It is sent once: whoever
    # was cut off asks for the rest. So does whoever hears what happens (/eventos), and wants to for as long.
    route_rules {
      priority = 0
      service  = google_compute_backend_service.puerta.id
      match_rules {
        path_template_match = "/procesar/imagenes/*/archivo"
      }
      match_rules {
        full_path_match = "/eventos"
      }
      match_rules {
        full_path_match = "/procesar/imagenes"
        header_matches {
          header_name = ":method"
          exact_match = "POST"
        }
      }
      match_rules {
        full_path_match = "/procesar/paquetes"
        header_matches {
          header_name = ":method"
          exact_match = "POST"
        }
      }
      route_action {
        timeout {
          seconds = 46800
        }
        retry_policy {
          num_retries      = 1
          retry_conditions = ["connect-failure"]
          per_try_timeout {
            seconds = 46800
          }
        }
      }
    }

    # A query may be asked twice.
    dynamic "route_rules" {
      for_each = { 1 = "GET", 2 = "HEAD" }
      content {
        priority = route_rules.key
        service  = google_compute_backend_service.puerta.id
        match_rules {
          prefix_match = "/"
          header_matches {
            header_name = ":method"
            exact_match = route_rules.value
          }
        }
        route_action {
          timeout {
            seconds = 30
          }
          retry_policy {
            num_retries      = 1
            retry_conditions = ["5xx"]
            per_try_timeout {
              seconds = 10
            }
          }
        }
      }
    }

    # A command that was sent is never sent again: only what could not connect is.
    route_rules {
      priority = 3
      service  = google_compute_backend_service.puerta.id
      match_rules {
        prefix_match = "/"
      }
      route_action {
        timeout {
          seconds = 30
        }
        retry_policy {
          num_retries      = 1
          retry_conditions = ["connect-failure"]
          per_try_timeout {
            seconds = 30
          }
        }
      }
    }
  }
}

# --- 443 ---

resource "google_compute_managed_ssl_certificate" "puerta" {
  count = var.dominio == "" ? 0 : 1
  # Another name is another certificate, which is there before the old one goes.
  name = "saludtech-${substr(sha256(var.dominio), 0, 8)}"

  managed {
    domains = [var.dominio]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "puerta" {
  name            = "saludtech-puerta"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
  depends_on      = [google_project_service.este]
}

resource "google_compute_target_https_proxy" "puerta" {
  count            = var.dominio == "" ? 0 : 1
  name             = "saludtech-puerta"
  url_map          = google_compute_url_map.puerta.id
  ssl_certificates = [google_compute_managed_ssl_certificate.puerta[0].id]
  ssl_policy       = google_compute_ssl_policy.puerta.id
}

resource "google_compute_global_forwarding_rule" "https" {
  count                 = var.dominio == "" ? 0 : 1
  name                  = "saludtech-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.puerta.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.puerta[0].id
}

# --- 80: it serves, for load tests that know http alone; puerto_80_sirve = false sends to 443 ---

resource "google_compute_url_map" "a_https" {
  name = "saludtech-a-https"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "PERMANENT_REDIRECT"
    strip_query            = false
  }

  depends_on = [google_project_service.este]
}

resource "google_compute_target_http_proxy" "puerta" {
  name    = "saludtech-puerta"
  url_map = var.puerto_80_sirve ? google_compute_url_map.puerta.id : google_compute_url_map.a_https.id
}

resource "google_compute_global_forwarding_rule" "http" {
  name                  = "saludtech-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.puerta.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.puerta.id
}

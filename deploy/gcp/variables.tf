variable "proyecto" {
  description = "The project's id: an empty one, of its own."
  type        = string
}

variable "region" {
  description = "Where everything is."
  type        = string
  default     = "us-central1"
}

variable "etapa" {
  description = "How much of it there is: cimientos (network, servers, secrets, registry), preparativos (and the jobs), plataforma (and the machines)."
  type        = string
  default     = "plataforma"

  validation {
    condition     = contains(["cimientos", "preparativos", "plataforma"], var.etapa)
    error_message = "etapa is cimientos, preparativos or plataforma."
  }
}

variable "version_imagenes" {
  description = "The tag of the five images: the commit that they were built from."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{7,40}$", var.version_imagenes))
    error_message = "version_imagenes is a commit: what runs can be told, and a tag is never another image."
  }
}

variable "dominio" {
  description = "The door's host name, for its certificate. Empty: no certificate, and port 80 alone."
  type        = string
  default     = ""
}

variable "puerto_80_sirve" {
  description = "Whether port 80 serves, as today's load tests need it, or sends to HTTPS."
  type        = bool
  default     = true
}

variable "pulsar_url" {
  description = "The broker: pulsar+ssl://host:6651."
  type        = string

  validation {
    condition     = startswith(var.pulsar_url, "pulsar+ssl://")
    error_message = "pulsar_url begins with pulsar+ssl://: a token does not travel in the open."
  }
}

variable "pulsar_admin_url" {
  description = "Its admin API: https://host."
  type        = string

  validation {
    condition     = startswith(var.pulsar_admin_url, "https://")
    error_message = "pulsar_admin_url begins with https://: a token does not travel in the open."
  }
}

variable "smtp" {
  description = "The mail server; its password is the secret smtp-clave. Google Cloud lets nothing out on port 25."
  type = object({
    host      = string
    puerto    = optional(number, 587)
    usuario   = string
    remitente = string
  })

  validation {
    condition     = var.smtp.puerto != 25
    error_message = "Google Cloud lets nothing out on port 25."
  }
}

variable "oidc" {
  description = "Who issues callers' tokens, whom they must be meant for, the URL of the keys that they are checked with; and who the console is there, a public client: empty for nobody's signing in with a browser."
  type = object({
    emisor    = string
    audiencia = string
    jwks      = string
    cliente   = optional(string, "")
  })

  validation {
    condition     = startswith(var.oidc.jwks, "https://")
    error_message = "oidc.jwks begins with https://: keys do not travel in the open."
  }
}

variable "puerta_clave_publica" {
  description = "The public key of the secret puerta-clave: PEM in one line, its ends of lines written \\n."
  type        = string

  validation {
    condition     = startswith(var.puerta_clave_publica, "-----BEGIN PUBLIC KEY-----\\n")
    error_message = "puerta_clave_publica is a public key, PEM in one line, its ends of lines written \\n."
  }
}

variable "servicios_ca" {
  description = "The authority's certificate, PEM, that those of the services' APIs come from (README.md)."
  type        = string

  validation {
    condition     = startswith(var.servicios_ca, "-----BEGIN CERTIFICATE-----")
    error_message = "servicios_ca is a certificate in PEM."
  }
}

variable "version_claves_bd" {
  description = "Count it up, and each database gets a new password, and each DATABASE_URL with it; its server's authority is read anew."
  type        = number
  default     = 1
}

variable "proteger_datos" {
  description = "Whether databases and the bucket refuse to be destroyed. Only the way back to zero says false."
  type        = bool
  default     = true
}

variable "cuenta_facturacion" {
  description = "The billing account that the budget watches."
  type        = string
}

variable "presupuesto_mensual" {
  description = "Units of the billing account's currency a month; letters are sent at a half, nine tenths and all of it."
  type        = number
  default     = 600
}

variable "correo_avisos" {
  description = "Who gets the letters of budget and alerts."
  type        = string
}

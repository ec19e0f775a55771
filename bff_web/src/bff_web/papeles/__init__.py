"""The door as documents that tools and people read (ADR 59): OpenAPI of its routes, AsyncAPI of the messages."""

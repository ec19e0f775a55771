"""What happens, told to browsers as it happens (ADR 53): ``GET /eventos``, by Server-Sent Events."""

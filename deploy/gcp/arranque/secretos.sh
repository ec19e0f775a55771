#!/bin/bash
# Brings secrets from Secret Manager, as the machine that this runs on may read them.
#   secretos.sh LIST FOLDER OWNER
# LIST has a line for each: the setting, and the secret's name (projects/…/secrets/…). FOLDER, in memory, gets a file for
# each, named like the setting, which OWNER alone can read. All of them, or the exit code is not 0; none is ever printed.
set -euo pipefail
umask 077
lista=$1 carpeta=$2 dueno=$3

pedir() { curl --fail --silent --show-error --retry 5 --retry-connrefused --max-time 10 "$@"; }
# A field of a JSON object: the values that are asked for here have no quote in them.
campo() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }

ficha=$(pedir --header 'Metadata-Flavor: Google' \
  http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token | campo access_token)

mkdir -p "$carpeta"
chmod 0700 "$carpeta"
while read -r ajuste secreto; do
  # The token goes in by standard input: what stands on a command line, any process can read.
  dato=$(pedir --header @- "https://secretmanager.googleapis.com/v1/$secreto/versions/latest:access" \
    <<<"Authorization: Bearer $ficha" | campo data)
  [ -n "$dato" ] || { echo "$secreto: empty" >&2; exit 1; }
  base64 --decode <<<"$dato" >"$carpeta/.nuevo"
  chmod 0400 "$carpeta/.nuevo"
  mv "$carpeta/.nuevo" "$carpeta/$ajuste"
done <"$lista"
chown -R "$dueno" "$carpeta"
chmod 0500 "$carpeta"

#!/usr/bin/env bash
# Fetches Debian's own kubectl, which judges the simulated API server, and prints its path. Installs
# nothing, as a machine may have another one. Debian 12; root or sudo only if apt's lists are missing.
set -euo pipefail

folder=${1:?"Usage: $0 FOLDER"}
kubectl=$folder/usr/bin/kubectl
if [ ! -x "$kubectl" ]; then
  mkdir -p "$folder"
  cd "$folder"
  lists=(/var/lib/apt/lists/*_Packages*)
  if [ ! -e "${lists[0]}" ]; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get -q update >&2
  fi
  apt-get -q -o APT::Sandbox::User=root download kubernetes-client >&2
  dpkg -x kubernetes-client_*.deb . >&2
  cd - >/dev/null
fi
printf '%s\n' "$kubectl"

#!/usr/bin/env bash
# Installs the peers that the benchmarks of libvirt stand beside: python3-libvirt, and with "go" the
# Go client too, whose compiler takes some 340 MB. Does nothing when all is there. Debian 12.
set -euo pipefail

packages=(libvirt-clients python3-libvirt)
[ "${1-}" != go ] || packages+=(golang-go golang-github-digitalocean-go-libvirt-dev)

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
"${as_root[@]}" apt-get -q update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -q install -y --no-install-recommends "${missing[@]}"

#!/usr/bin/env bash
# Installs what `deno task test:windows` needs: Wine, and the compiler for its stand-ins. Does nothing
# when all of it is there. Debian 12; as root, or where sudo works. npm comes with Node.
set -euo pipefail

packages=(wine wine64 gcc-mingw-w64-x86-64)

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

lists=(/var/lib/apt/lists/*_Packages*)
[ -e "${lists[0]}" ] || "${as_root[@]}" apt-get -q update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -q install -y --no-install-recommends "${missing[@]}"

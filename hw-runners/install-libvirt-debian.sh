#!/usr/bin/env bash
# Installs what live libvirt runs, the sandbox, the guest's recipe and the native doubles need. Does
# nothing when all of it is there, so it can stand in front of every run. Debian 12; as root, or where
# sudo works.
set -euo pipefail

packages=(
  # live runs and hw-runners/sandbox.sh
  libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils dnsmasq-base iptables iproute2
  util-linux mount
  # the definitions are held to libvirt's own schemas with it
  libxml2-utils
  # the seeds of guests are read with it, too
  xorriso
  # fixtures/doubles
  gcc libc6-dev
  # fixtures/guest/build.sh
  kmod cpio gzip fdisk dosfstools mtools syslinux syslinux-common e2fsprogs openssh-client
)

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing+=("$package")
done

# The guest's recipe downloads packages too, so it needs apt's lists even when nothing is missing.
lists=(/var/lib/apt/lists/*_Packages*)
if [ ${#missing[@]} -gt 0 ] || [ ! -e "${lists[0]}" ]; then
  "${as_root[@]}" apt-get -q update
fi
if [ ${#missing[@]} -gt 0 ]; then
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}"
fi

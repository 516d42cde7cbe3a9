#!/usr/bin/env bash
# Runs one command next to a libvirtd of its own, and leaves nothing behind. See README.md.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: hw-runners/sandbox.sh COMMAND [ARGUMENT...]

Starts a private libvirtd and QEMU host in new network, mount and process namespaces, runs COMMAND
inside, then removes everything: processes, networks, mounts, machines and files. The host's own
libvirt, its machines and its networks can neither be seen nor changed from inside.

COMMAND gets the caller's folder, environment, input and output; its exit code is passed on.
SIGINT, SIGQUIT, SIGTERM and SIGHUP reach it, and the sandbox is removed once it has ended.
VMTCK_SANDBOX is set to the sandbox's folder.

Environment
  TMPDIR               where the sandbox's folder is made (default /tmp)
  VMTCK_SANDBOX_LOGS   a folder that receives the logs of libvirt and QEMU at the end

Exit code: that of COMMAND; 2 wrong usage; 3 the sandbox could not be started.

Example: hw-runners/sandbox.sh deno task conformance --driver libvirt --live
USAGE
}

fail() {
  echo "sandbox: $1" >&2
  exit 3
}

need() {
  command -v "$1" >/dev/null || fail "\"$1\" is missing: apt-get install $2"
}

case "${1-}" in
  -h | --help) usage; exit 0 ;;
  "") usage >&2; exit 2 ;;
  -*) echo "sandbox: unknown option \"$1\"" >&2; usage >&2; exit 2 ;;
esac

# A plain user's PATH lacks the folders of the daemons.
export PATH="$PATH:/usr/sbin:/sbin"
need unshare util-linux
need setsid util-linux
need setpriv util-linux
need mount mount
need ip iproute2
need iptables iptables
need dnsmasq dnsmasq-base
need virsh libvirt-clients
need virtlogd libvirt-daemon
need libvirtd libvirt-daemon
need qemu-system-x86_64 qemu-system-x86
need qemu-img qemu-utils
[ -d /etc/libvirt ] && [ -d /var/lib/libvirt/qemu ] ||
  fail "the folders of libvirt are missing: apt-get install libvirt-daemon-system"
[ "$(id -u)" = 0 ] || fail "namespaces and networks need root: sudo -E hw-runners/sandbox.sh ..."

here=$(dirname "$(readlink -f "$0")")
box=$(mktemp -d "${TMPDIR:-/tmp}/vmtck-sandbox.XXXXXX")
trap 'rm -rf --one-file-system "$box"' EXIT

# If this script is killed hard, the kernel kills unshare, and with it the whole process namespace.
launch=(
  env '--default-signal=INT,QUIT'
  setpriv --pdeathsig KILL
  unshare --net --mount --pid --fork --kill-child
  "$here/sandbox_init.sh" "$box" "$@"
)

interrupted=
forward() {
  interrupted=1
  # The namespace's first process writes its pid as soon as it can take signals.
  until [ -s "$box/init.pid" ] || ! kill -0 "$child" 2>/dev/null; do sleep 0.01; done
  [ ! -s "$box/init.pid" ] || kill -s "$1" "$(<"$box/init.pid")" 2>/dev/null || true
}
trap 'forward TERM' TERM
trap 'forward HUP' HUP
if [ -t 0 ]; then
  # The terminal itself sends these to the command; forwarding would deliver them twice.
  trap 'interrupted=1' INT QUIT
else
  # In a session of its own the command gets each signal once: from here.
  launch=(setsid "${launch[@]}")
  trap 'forward INT' INT
  trap 'forward QUIT' QUIT
fi

"${launch[@]}" <&0 &
child=$!

# A trap ends wait early; the second wait then gives the real exit code.
while
  interrupted=
  code=0
  wait "$child" 2>/dev/null || code=$?
  [ -n "$interrupted" ]
do :; done

[ -s "$box/init.pid" ] || fail "the kernel gave no namespaces (unshare exit code $code)"
if [ -n "${VMTCK_SANDBOX_LOGS-}" ]; then
  mkdir -p "$VMTCK_SANDBOX_LOGS" && cp -R "$box/log/." "$VMTCK_SANDBOX_LOGS/"
fi
exit "$code"

#!/usr/bin/env bash
# The first process of the sandbox's namespaces; started by sandbox.sh only. It builds the private
# view of the host, starts the daemons, runs the command, and reaps orphans while it waits. When it
# exits, the kernel kills all that is left in the process namespace; mounts and networks go with it.
set -euo pipefail

box=$1
shift

command=
interrupted=
forward() {
  interrupted=1
  [ -n "$command" ] || exit $((128 + $2))
  kill -s "$1" "$command" 2>/dev/null || true
}
trap 'forward TERM 15' TERM
trap 'forward HUP 1' HUP
if [ -t 0 ]; then
  trap 'interrupted=1' INT QUIT
else
  trap 'forward INT 2' INT
  trap 'forward QUIT 3' QUIT
fi

# Until the command runs, any failure is the sandbox's own.
trap 'exit 3' ERR

# The host's /proc still shows the pid by which the outside can send signals.
read -r pid _ </proc/self/stat
echo "$pid" >"$box/init.pid"

mount -t proc proc /proc
# A new /sys shows this network namespace, and none of the host's cgroups or AppArmor: libvirt then
# keeps no state there, which no namespace would isolate.
umount --recursive --lazy /sys
mount -t sysfs sysfs /sys
ip link set lo up

mkdir -p "$box"/{etc,lib,log,cache,run/libvirt,run/lock}
chmod 755 "$box"/{etc,lib,log,run,run/libvirt}
chmod 711 "$box/cache"
# Settings only: a copy of the host's machine and network definitions would let them be started.
cp --preserve=mode /etc/libvirt/*.conf "$box/etc/"
# By default libvirt asks each QEMU that it starts for the CPU's features one by one, about 300 questions
# that QEMU reads byte by byte: half a second of a processor at each start. Without this it asks once for
# all of them.
echo 'capability_filters = [ "cpu-unavailable-features" ]' >>"$box/etc/qemu.conf"
for folder in boot images qemu; do
  [ -d "/var/lib/libvirt/$folder" ] || continue
  mkdir "$box/lib/$folder"
  chown --reference="/var/lib/libvirt/$folder" "$box/lib/$folder"
  chmod --reference="/var/lib/libvirt/$folder" "$box/lib/$folder"
done

mkdir -p /var/log/libvirt /var/cache/libvirt
mount --bind "$box/etc" /etc/libvirt
mount --bind "$box/lib" /var/lib/libvirt
mount --bind "$box/log" /var/log/libvirt
mount --bind "$box/cache" /var/cache/libvirt
# All of /run, since /run/libvirt need not exist, and to hide the host's D-Bus and xtables lock.
mount --bind "$box/run" /run

# A device that libvirt's QEMU user may not open makes libvirt examine QEMU anew at each start of a
# machine, for many seconds. A node of its own lets it in, here alone.
if [ -c /dev/kvm ] && mknod -m 666 "$box/kvm" c 10 232 2>/dev/null; then
  mount --bind "$box/kvm" /dev/kvm
fi

start() {
  "$1" -d -p "/run/libvirt/$1.pid" >>"$box/log/$1.out" 2>&1 </dev/null && return
  echo "sandbox: $1 did not start:" >&2
  tail -n 5 "$box/log/$1".{out,log} >&2
  exit 3
}
start virtlogd
start libvirtd

attempts=100
until virsh -q -c qemu:///system uri >>"$box/log/virsh.out" 2>&1; do
  ((attempts -= 1)) && sleep 0.1 && continue
  echo "sandbox: libvirtd did not answer within 10 s:" >&2
  tail -n 5 "$box"/log/{virsh.out,libvirtd.log} >&2
  exit 3
done

trap - ERR
VMTCK_SANDBOX=$box env --default-signal=INT,QUIT "$@" <&0 &
command=$!

while
  interrupted=
  code=0
  wait "$command" 2>/dev/null || code=$?
  [ -n "$interrupted" ]
do :; done

# What the command made of a daemon that died says less than the daemon did.
pid=$(cat /run/libvirt/libvirtd.pid 2>/dev/null || true)
if [ "$code" != 0 ] && ! kill -0 "${pid:-none}" 2>/dev/null; then
  echo "sandbox: libvirtd does not run any more; the end of its log:" >&2
  tail -n 20 "$box/log/libvirtd.log" >&2 || true
fi
exit "$code"

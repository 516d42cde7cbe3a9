#!/usr/bin/env bash
# Writes a kubeconfig for the account that runs live suites on this machine's k3s: it is the service
# account "vmtck" of the namespace of that name, which has no right elsewhere. Run by provision.ts.
set -euo pipefail
umask 077

user=vmtck-runner
folder=$(getent passwd "$user" | cut -d: -f6)/.kube
kubectl=(k3s kubectl)

# A year, after which this is to be run again; the token is in no command line.
token=$("${kubectl[@]}" create token vmtck --namespace vmtck --duration 8760h)
cluster() {
  "${kubectl[@]}" config view --minify --raw --output "jsonpath={.clusters[0].cluster.$1}"
}
server=$(cluster server)
authority=$(cluster certificate-authority-data)

mkdir -p "$folder"
cat >"$folder/config.new" <<CONFIG
apiVersion: v1
kind: Config
clusters:
  - name: k3s
    cluster:
      server: $server
      certificate-authority-data: $authority
users:
  - name: vmtck
    user:
      token: $token
contexts:
  - name: vmtck
    context:
      cluster: k3s
      user: vmtck
      namespace: vmtck
current-context: vmtck
CONFIG
chown -R "$user:" "$folder"
mv "$folder/config.new" "$folder/config"

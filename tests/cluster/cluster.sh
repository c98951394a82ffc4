#!/usr/bin/env bash
# A real single-node Kubernetes inside a network namespace of its own.
#
#   cluster.sh build                 make the binaries only
#   cluster.sh oracles               make the oracles of the older versions
#   cluster.sh pin-oracles           write their go.mod and go.sum anew
#   cluster.sh build-server VERSION  make the API server of a version: 1.33 or 1.37
#   cluster.sh up [--while PID]      bring it up; take it down when PID has ended
#   cluster.sh serve VERSION [--while PID]  bring up etcd and the API server of a version alone
#   cluster.sh down                  take it down, and leave nothing behind
#   cluster.sh kubectl ARG…          kubectl, as admin
#   cluster.sh exec COMMAND ARG…     any command, where the API server can be reached
#   cluster.sh stop|start PART       ends etcd, apiserver or kubelet as a crash would; starts it again
#   cluster.sh browser               the path of a browser without a screen; installs Chromium if there is none
#   cluster.sh kubeconfig [USER]     the path of the kubeconfig of admin, low-rights or bad-token
#
# POD_TOOLS_CLUSTER_NAME  clusters with different names stand side by side (default: main)
# POD_TOOLS_UPSTREAM      the binary with Kubernetes in it, if it is not to be built here
#
# README.md says why things are as they are.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$(cd "$here/../.." && pwd)/target/cluster
name=${POD_TOOLS_CLUSTER_NAME:-main}
state=$target/$name
netns=podtools-$name
cgroup=podtools-$name
upstream=${POD_TOOLS_UPSTREAM:-$target/upstream}
stress=$target/stress
probe_server=$target/probe-server
version=$(tail -n 1 "$here/versions")
node_ip=10.250.0.1

die() { echo "cluster.sh: $*" >&2; exit 1; }
[[ $name =~ ^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$ ]] || die "POD_TOOLS_CLUSTER_NAME=$name: only a-z, 0-9 and - are allowed, 32 at most"

# shellcheck source=lib/needs.sh
. "$here/lib/needs.sh"
# shellcheck source=lib/browser.sh
. "$here/lib/browser.sh"
# shellcheck source=lib/oracles.sh
. "$here/lib/oracles.sh"
# shellcheck source=lib/config.sh
. "$here/lib/config.sh"
# shellcheck source=lib/up.sh
. "$here/lib/up.sh"
# shellcheck source=lib/down.sh
. "$here/lib/down.sh"
# shellcheck source=lib/parts.sh
. "$here/lib/parts.sh"
# shellcheck source=lib/serve.sh
. "$here/lib/serve.sh"

in_ns() { nsenter --net="/var/run/netns/$netns" "$@"; }
kubectl() { in_ns "$upstream" kubectl --kubeconfig "$state/admin.kubeconfig" "$@"; }
node_ready() { [[ $(kubectl get --request-timeout=5s node node-1 2>/dev/null) == *' Ready'* ]]; }
is_up() { [ -f "$state/ready" ] && [ -e "/var/run/netns/$netns" ] && node_ready; }
needs_up() { [ -f "$state/ready" ] || die "the cluster $name is not up: run '$0 up' first"; }

# One `up` or `down` of a name at a time. `down` removes the file, so it is the
# lock only if it is still there once we have it.
locked() {
  local lock=$target/.$name.lock
  mkdir -p "$target"
  until [ "$(stat -Lc %i /proc/self/fd/9 2>/dev/null)" = "$(stat -c %i "$lock" 2>/dev/null || echo none)" ]; do
    exec 9>"$lock"
    flock 9
  done
  "$@"
  if [ ! -e "$state" ]; then rm -f "$lock"; fi
}

usage() { sed -n '2,21s/^# \{0,1\}//p' "$here/cluster.sh" >&2; exit 2; }

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
  build) needs_go; build ;;
  browser) browser ;;
  oracles) build_oracles ;;
  pin-oracles) pin_oracles ;;
  build-server) build_server "${1:-}" ;;
  up) locked up "$@" ;;
  serve) locked serve "$@" ;;
  down) locked down ;;
  kubectl) needs_up; kubectl "$@" ;;
  stop) needs_up; locked stop_part "$@" ;;
  start) needs_up; locked start_part "$@" ;;
  exec) needs_up; KUBECONFIG=$state/admin.kubeconfig exec nsenter --net="/var/run/netns/$netns" "$@" ;;
  kubeconfig) needs_up; f=$state/${1:-admin}.kubeconfig; [ -f "$f" ] || die "there is no user $1"; echo "$f" ;;
  *) usage ;;
esac

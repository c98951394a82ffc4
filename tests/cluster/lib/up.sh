# Bringing the cluster up.
# shellcheck shell=bash disable=SC2154

started=()

# start NAME COMMAND…: in the background, in the namespace, without our lock.
start() {
  local component=$1
  shift
  setsid nsenter --net="/var/run/netns/$netns" "$@" >>"$state/log/$component.log" 2>&1 </dev/null 9>&- &
  echo $! >"$state/pids/$component"
  started+=("$component")
  # Its end is ours to tell, not the shell's.
  disown
}

# until_true COMPONENT COMMAND…: waits up to a minute. COMPONENT is to blame,
# unless one of those started before has ended: that is the cause then.
until_true() {
  local component=$1 deadline=$((SECONDS + 60)) other
  shift
  until "$@" >/dev/null 2>&1; do
    for other in "${started[@]}"; do
      kill -0 "$(cat "$state/pids/$other")" 2>/dev/null || blame "$other" "has ended"
    done
    [ $SECONDS -le $deadline ] || blame "$component" "gave no success in time to: $*"
    sleep 0.1
  done
}

blame() {
  echo "cluster.sh: $1 $2; the end of its log:" >&2
  tail -n 15 "$state/log/$1.log" | cut -c 1-300 >&2
  exit 1
}

# A socket's path has at most 107 bytes, and the longest of ours is the
# kubelet's pod-resources/kubelet.sock below its root.
choose_sockets() {
  sockets=$state/run
  [ ${#state} -le 60 ] || sockets=$(mktemp -d /tmp/podtools.XXXXXX)
  mkdir -p "$sockets"
  echo "$sockets" >"$state/sockets"
}

network() {
  ip netns add "$netns"
  in_ns ip link set lo up
  # A node's address must not be on loopback; `type dummy` is not in every kernel.
  in_ns ip link add eth0 type bridge
  in_ns ip addr add $node_ip/24 dev eth0
  in_ns ip link set eth0 up
  in_ns sysctl -qw net.ipv4.ip_forward=1
}

# The kubelet wants its cgroupRoot to be there, in every hierarchy.
make_cgroups() {
  local root file
  while read -r root; do
    # On a hybrid host the unified hierarchy is there and controls nothing.
    if grep -qs . "$root/cgroup.controllers"; then
      sed 's/\([a-z_]\+\)/+\1/g' "$root/cgroup.controllers" >"$root/cgroup.subtree_control" ||
        die "$root: its controllers cannot be delegated; is this a container without a cgroup of its own?"
    fi
    mkdir -p "$root/$cgroup"
    # Empty in a new child, and a process cannot join it then.
    for file in cpuset.cpus cpuset.mems; do
      if [ -f "$root/$file" ] && [ ! -f "$root/cgroup.controllers" ]; then cat "$root/$file" >"$root/$cgroup/$file"; fi
    done
  done < <(cgroup_roots)
}

# run COMPONENT: starts one of those that `cluster.sh stop` can end.
run() {
  case $1 in
    etcd)
      start etcd "$upstream" etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
        --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
      ;;
    apiserver)
      start apiserver "$(part_program apiserver)" apiserver --etcd-servers http://127.0.0.1:2379 --cert-dir "$state/pki" --bind-address 127.0.0.1 --secure-port 6443 \
        --advertise-address $node_ip --endpoint-reconciler-type none --service-cluster-ip-range 10.96.0.0/16 \
        --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$state/sa.key" --service-account-signing-key-file "$state/sa.key" \
        --token-auth-file "$state/tokens.csv" --authorization-mode Node,RBAC --allow-privileged --kubelet-preferred-address-types InternalIP \
        --audit-policy-file "$state/audit.yaml" --audit-log-path "$state/log/audit.log"
      ;;
    kubelet)
      start kubelet "$upstream" kubelet --config "$state/kubelet.yaml" --kubeconfig "$state/node.kubeconfig" --cert-dir "$state/kubelet-pki" \
        --root-dir "$sockets/kubelet" --hostname-override node-1 --node-ip $node_ip
      ;;
    *) die "'$1' is none of etcd, apiserver, kubelet" ;;
  esac
}

control_plane() {
  run etcd
  run apiserver
  until_true apiserver kubectl get --raw /readyz
  start controller-manager "$upstream" controller-manager --kubeconfig "$state/cm.kubeconfig" \
    --authentication-kubeconfig "$state/cm.kubeconfig" --authorization-kubeconfig "$state/cm.kubeconfig" \
    --service-account-private-key-file "$state/sa.key" --root-ca-file "$state/pki/apiserver.crt" --leader-elect=false \
    --kube-api-qps 500 --kube-api-burst 1000
  start scheduler "$upstream" scheduler --kubeconfig "$state/scheduler.kubeconfig" \
    --authentication-kubeconfig "$state/scheduler.kubeconfig" --authorization-kubeconfig "$state/scheduler.kubeconfig" --leader-elect=false
}

node() {
  until_true registry grep -q 'images ready' "$state/log/registry.log"
  until_true containerd test -S "$sockets/containerd.sock"
  run kubelet
}

# The user `nobody` may get Pods in the namespace default, and nothing else.
low_rights() {
  until_true apiserver kubectl get namespace default
  kubectl create role get-pods --namespace default --verb=get --resource=pods >/dev/null
  kubectl create rolebinding nobody-gets-pods --namespace default --role=get-pods --user=nobody >/dev/null
}

take_down_on_failure() {
  trap 'trap - EXIT; echo "cluster.sh: the cluster $name did not come up" >&2; down >&2' EXIT
}

# What an API server needs, and the namespace that it listens in.
prepare() {
  mkdir -p "$state"/{log,pids,pki,etcd,cni,certs.d/_default,pod-logs,volume-plugins}
  choose_sockets
  openssl genrsa -out "$state/sa.key" 2048 2>/dev/null
  users
  audit_policy
  network
}

# is_ready BEGAN OWNER: it stays up, until OWNER has ended if there is one.
is_ready() {
  touch "$state/ready"
  trap - EXIT
  if [ -n "$2" ]; then watch_owner "$2"; fi
  echo "the cluster $name is up after $((SECONDS - $1)) s: KUBECONFIG=$state/admin.kubeconfig, inside the network namespace $netns" >&2
  echo "$state/admin.kubeconfig"
}

up() {
  local owner=
  if [ "${1:-}" = --while ]; then owner=${2:?--while needs the id of a process}; fi
  needs_root
  needs_packages
  build
  if is_up; then
    echo "the cluster $name is already up: KUBECONFIG=$state/admin.kubeconfig, inside the network namespace $netns" >&2
    echo "$state/admin.kubeconfig"
    return
  fi
  if [ -n "$(leftovers)" ]; then
    echo "cleaning what an earlier cluster $name left" >&2
    down >&2
  fi
  local began=$SECONDS
  take_down_on_failure
  prepare
  containerd_config
  kubelet_config
  make_cgroups
  start registry "$upstream" registry --listen 127.0.0.1:5000 --stress "$stress" --probe-server "$probe_server"
  start containerd containerd -c "$state/containerd.toml"
  control_plane
  node
  low_rights
  until_true controller-manager kubectl get serviceaccount default
  until_true kubelet node_ready
  is_ready "$began" "$owner"
}

# A test binary cannot run anything after its last test, or after Ctrl-C.
watch_owner() {
  POD_TOOLS_CLUSTER_NAME=$name setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; exec "$2" down' \
    watch "$1" "$here/cluster.sh" >/dev/null 2>&1 </dev/null 9>&- &
}

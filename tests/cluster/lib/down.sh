# Taking the cluster down, and looking whether anything is left.
# shellcheck shell=bash disable=SC2154

# cgroup_roots: where hierarchies are mounted, v1 and v2.
cgroup_roots() { awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts; }

cgroup_dirs() { cgroup_roots | while read -r root; do if [ -d "$root/$cgroup" ]; then echo "$root/$cgroup"; fi; done; }

# socket_dir: chosen by `up`, and remembered in the state as long as that is there.
socket_dir() {
  if [ -n "${sockets:-}" ]; then echo "$sockets"; else cat "$state/sockets" 2>/dev/null || echo "$state/run"; fi
}

# processes: of the components (by namespace), of containers (by cgroup), and
# containerd's shims, which outlive it (by the socket in their arguments).
processes() {
  {
    if [ -e "/var/run/netns/$netns" ]; then ip netns pids "$netns"; fi
    cgroup_dirs | while read -r dir; do find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null; done
    pgrep -f -- "^[^ ]*containerd-shim.* -address $(socket_dir)/containerd.sock" || true
  } | sort -un
}

mounts() {
  awk -v a="$state/" -v b="$(socket_dir)/" 'index($2, a) == 1 || index($2, b) == 1 {print $2}' /proc/mounts | sort -r
}

# The kubelet links each log from one place for all.
log_links() { find /var/log/containers -maxdepth 1 -lname "$state/*" 2>/dev/null || true; }

# libcni remembers its results in one place for all, by the network's name and
# the Pod sandbox; the network of loopback has the same name in each cluster.
cni_results() {
  local results=/var/lib/cni/results file sandbox
  for file in "$results/$netns-"*-eth0; do
    [ -e "$file" ] || continue
    sandbox=${file#"$results/$netns-"}
    echo "$file"
    find "$results" -name "cni-loopback-${sandbox%-eth0}-lo"
  done
}

# Where kubelet and libcni write no matter what they are told; nobody else's
# once no cluster and no other kubelet is there.
remove_shared_directories() {
  if compgen -G '/var/run/netns/podtools-*' >/dev/null || pgrep -f '(^|[/ ])kubelet ' >/dev/null; then return; fi
  local plugins=/var/lib/kubelet/device-plugins dir
  rm -f $plugins/kubelet.sock $plugins/kubelet_internal_checkpoint
  for dir in $plugins /var/lib/kubelet /var/log/containers /var/lib/cni/results /var/lib/cni; do
    rmdir $dir 2>/dev/null || true
  done
}

# leftovers: one line for each thing that is there and should not be after `down`.
leftovers() {
  processes | sed 's/^/process /'
  mounts | sed 's/^/mount /'
  if [ -e "/var/run/netns/$netns" ]; then echo "network namespace $netns"; fi
  cgroup_dirs | sed 's/^/cgroup /'
  log_links | sed 's/^/link /'
  cni_results | sed 's/^/file /'
  if [ -e "$(socket_dir)" ]; then echo "directory $(socket_dir)"; fi
  if [ -e "$state" ]; then echo "directory $state"; fi
}

# Nothing of it is worth a gentle end: all it wrote goes too.
end_processes() {
  local n pids
  for n in $(seq 50); do
    pids=$(processes)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086
    kill -9 $pids 2>/dev/null || true
    sleep 0.1
  done
}

remove_shim_sockets() {
  find "$state/containerd/state" -name address -exec cat {} + 2>/dev/null | grep -o '/run/containerd/s/[0-9a-f]\{64\}' | xargs -r rm -f || true
}

down() {
  needs_root
  if [ -z "$(leftovers)" ]; then
    echo "the cluster $name is not up"
    return
  fi
  if [ -e "/var/run/netns/$netns" ] && [ "$(stat -Lc %i "/var/run/netns/$netns")" = "$(stat -Lc %i /proc/self/ns/net)" ]; then
    die "this shell is inside the namespace $netns that is to go"
  fi
  local sockets
  sockets=$(socket_dir)
  rm -f "$state/ready"
  end_processes
  remove_shim_sockets
  mounts | while read -r m; do umount -l "$m" || true; done
  if [ -e "/var/run/netns/$netns" ]; then ip netns del "$netns" || true; fi
  cgroup_dirs | while read -r dir; do find "$dir" -depth -type d -exec rmdir {} + || true; done
  { log_links; cni_results; } | xargs -r rm -f
  # What is still mounted may be somebody's own files: they are not to be removed.
  if [ -z "$(mounts)" ]; then rm -rf "$sockets" "$state"; fi
  remove_shared_directories
  local left
  left=$(leftovers)
  [ -z "$left" ] || die "the cluster $name left behind:"$'\n'"$left"
  echo "the cluster $name is down, and nothing of it is left"
}

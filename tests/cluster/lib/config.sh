# The files that the components read.
# shellcheck shell=bash disable=SC2154

# kubeconfig FILE TOKEN
kubeconfig() {
  cat >"$state/$1.kubeconfig" <<K
apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:6443", certificate-authority: "$state/pki/apiserver.crt"}}]
users: [{name: "$1", user: {token: "$2"}}]
contexts: [{name: local, context: {cluster: local, user: "$1"}}]
current-context: local
K
}

users() {
  cat >"$state/tokens.csv" <<T
admin-token,admin,admin,"system:masters"
cm-token,system:kube-controller-manager,cm,"system:masters"
scheduler-token,system:kube-scheduler,scheduler,"system:masters"
node-token,system:node:node-1,node,"system:nodes"
nobody-token,nobody,nobody
T
  local user
  for user in admin cm scheduler node; do kubeconfig $user $user-token; done
  kubeconfig low-rights nobody-token
  kubeconfig bad-token no-such-token
}

# Who asked for what, so that tests can count a program's requests by its
# user agent.
audit_policy() {
  cat >"$state/audit.yaml" <<P
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, users: [admin], verbs: [get, list, watch]}
- {level: None}
P
}

containerd_config() {
  # The namespaces' mounts lie in our own state, to be found again by `down`.
  cat >"$state/containerd.toml" <<C
version = 2
root = "$state/containerd/root"
state = "$state/containerd/state"
[grpc]
  address = "$sockets/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$state/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.9"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "$state/runc"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$state/certs.d"
C
  # Every registry's name leads to ours, and to no other when ours has no such image.
  cat >"$state/certs.d/_default/hosts.toml" <<C
server = "http://127.0.0.1:5000"
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
C
  cat >"$state/cni/10-pods.conflist" <<C
{"cniVersion": "0.4.0", "name": "$netns", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$state/ipam", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
C
}

kubelet_config() {
  cat >"$state/kubelet.yaml" <<C
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
containerRuntimeEndpoint: unix://$sockets/containerd.sock
podLogsDir: $state/pod-logs
volumePluginDir: $state/volume-plugins
resolvConf: ""
evictionHard: {memory.available: 50Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
C
}

# etcd and the API server of a version, and nothing else: what a server of that
# version accepts.
# shellcheck shell=bash disable=SC2154

# The oldest supported version. Its API server is built; that of the newest is upstream's.
oldest=$(grep "^$oldest_minor\." "$here/versions")

# server_of MINOR: the program that is its API server.
server_of() {
  case $1 in
    "${version%.*}") echo "$upstream" ;;
    "${oldest%.*}") echo "$target/apiserver-$1" ;;
    *) die "'$1' is none of ${oldest%.*}, ${version%.*}" ;;
  esac
}

# build_server MINOR: compiled without optimization, which takes less time.
build_server() {
  local server component=k8s.io/component-base/version
  build
  server=$(server_of "$1")
  [ "$server" != "$upstream" ] || return 0
  (
    flock 8
    if ! fresh "$server" "$here/apiserver"; then
      needs_go
      echo "building the API server of Kubernetes $oldest: some minutes the first time" >&2
      (cd "$here" && CGO_ENABLED=0 GOGC=400 go build -modfile="apiserver/$1/go.mod" -trimpath -gcflags 'all=-N -l' -o "$server.new" \
        -ldflags "-s -w -X $component.gitVersion=v$oldest -X $component.gitMajor=1 -X $component.gitMinor=${1#1.}" ./apiserver)
      mv "$server.new" "$server"
    fi
  ) 8>"$target/.apiserver-$1.lock"
}

serve() {
  local minor=${1:-} owner=
  server_of "$minor" >/dev/null
  if [ "${2:-}" = --while ]; then owner=${3:?--while needs the id of a process}; fi
  needs_root
  needs_packages
  build_server "$minor"
  [ -z "$(leftovers)" ] || down >&2
  local began=$SECONDS
  take_down_on_failure
  prepare
  echo "$minor" >"$state/serves"
  run etcd
  run apiserver
  until_true apiserver kubectl get --raw /readyz
  low_rights
  # No controller makes it, and Pods are refused without.
  until_true apiserver kubectl create serviceaccount default --namespace default
  is_ready "$began" "$owner"
}

# What has to be on this machine: Debian's packages, and binaries built here.
# shellcheck shell=bash

# missing_packages: Debian's names of what is not there.
missing_packages() {
  local file package
  while read -r file package; do
    command -v "$file" >/dev/null || [ -e "$file" ] || echo "$package"
  done <<'P' | sort -u
containerd containerd
runc runc
/usr/lib/cni/bridge containernetworking-plugins
ip iproute2
/usr/sbin/nginx nginx-light
killall psmisc
openssl openssl
pgrep procps
sysctl procps
nsenter util-linux
flock util-linux
setsid util-linux
P
  # A dynamically linked busybox would be no image of its own.
  if [ ! -x /bin/busybox ] || ldd /bin/busybox >/dev/null 2>&1; then echo busybox-static; fi
}

needs_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  missing=${missing//$'\n'/ }
  command -v apt-get >/dev/null || die "missing, and this machine has no apt-get to install them: $missing (names of Debian's packages)"
  echo "installing $missing" >&2
  # Only their files are wanted: no service is to start.
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e $policy ]; then ours=yes; printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; fi
  local log=$target/apt.log
  # shellcheck disable=SC2086
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || true
  [ -z "$ours" ] || rm -f $policy
  missing=$(missing_packages)
  [ -z "$missing" ] || { tail -n 5 "$log" >&2; die "apt-get could not install: ${missing//$'\n'/ }"; }
}

needs_root() { [ "$(id -u)" = 0 ] || die "only root can make namespaces, mounts and cgroups"; }
needs_go() { command -v go >/dev/null || die "missing: go, to build Kubernetes from the module cache (https://go.dev/dl/), or set POD_TOOLS_UPSTREAM"; }

# fresh BINARY DIRECTORY…: it is newer than all sources.
fresh() {
  local binary=$1
  shift
  [ -x "$binary" ] && [ -z "$(find "$@" \( -name '*.go' -o -name go.mod -o -name go.sum \) -newer "$binary" -print -quit)" ]
}

# build_program BINARY DIRECTORY: one that runs in containers.
build_program() {
  if fresh "$1" "$here/$2"; then return; fi
  needs_go
  (cd "$here" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$1.new" "./$2")
  mv "$1.new" "$1"
}

# The binaries serve all clusters of this checkout. A running one cannot be
# written to, but its name can be given to another.
build() {
  mkdir -p "$target"
  (
    flock 8
    if [ -n "${POD_TOOLS_UPSTREAM:-}" ]; then
      [ -x "$upstream" ] || die "POD_TOOLS_UPSTREAM=$upstream is not an executable file"
    elif ! fresh "$upstream" "$here"; then
      needs_go
      echo "building Kubernetes $version: some minutes the first time, some seconds later" >&2
      local component=k8s.io/component-base/version client=k8s.io/client-go/pkg/version minor
      minor=$(cut -d . -f 2 <<<"$version")
      (cd "$here" && CGO_ENABLED=0 GOGC=400 go build -trimpath -o "$upstream.new" -ldflags "-s -w \
        -X $component.gitVersion=v$version -X $component.gitMajor=1 -X $component.gitMinor=$minor \
        -X $client.gitVersion=v$version -X $client.gitMajor=1 -X $client.gitMinor=$minor" .)
      mv "$upstream.new" "$upstream"
    fi
    build_program "$stress" stress
    build_program "$probe_server" probeserver
  ) 8>"$target/.build.lock"
}

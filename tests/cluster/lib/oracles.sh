# The oracle of each supported minor before the one that the cluster runs, built
# from that minor's own modules.
# shellcheck shell=bash

# The oldest minor that is compared; of those before it some rules are known, too.
oldest_minor=1.33

# oracle_versions: of `versions`, those that are compared and not the cluster's own.
oracle_versions() {
  local one
  while read -r one; do
    [ "$one" != "$version" ] || continue
    printf '%s\n%s\n' "$oldest_minor" "$one" | sort -CV && echo "$one"
  done <"$here/versions"
  return 0
}

minor_of() { echo "${1%.*}"; }

# go_for VERSION COMMAND ARG…: go, with the modules and the build tags of a version.
go_for() {
  local minor command=$2
  minor=$(minor_of "$1")
  shift 2
  (cd "$here" && CGO_ENABLED=0 go "$command" -modfile="minors/$minor/go.mod" -tags "minor,kubernetes_${minor/./_}" "$@")
}

# build_oracle VERSION
build_oracle() {
  local minor oracle started=$SECONDS
  minor=$(minor_of "$1")
  oracle=$target/oracle-$minor
  mkdir -p "$target"
  (
    flock 8
    fresh "$oracle" "$here/oracle" "$here/minors/$minor" && exit
    needs_go
    go_for "$1" build -trimpath -ldflags "-s -w" -o "$oracle.new" ./oracle/minor
    mv "$oracle.new" "$oracle"
    echo "built the oracle of Kubernetes $minor in $((SECONDS - started)) s" >&2
  ) 8>"$target/.oracle-$minor.lock"
}

build_oracles() {
  local one
  for one in $(oracle_versions); do build_oracle "$one"; done
}

# pin_oracles: writes go.mod and go.sum of each version anew.
pin_oracles() {
  local one minor file module
  needs_go
  for one in $(oracle_versions); do
    minor=$(minor_of "$one")
    file=$here/minors/$minor/go.mod
    module=$(go mod download -json "k8s.io/kubernetes@v$one" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
    mkdir -p "${file%/*}"
    rm -f "${file%.mod}.sum"
    {
      printf 'module pod-tools.test/upstream\n\n'
      grep '^go ' "$module"
      printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$one"
      sed -n "s|^\t\(k8s.io/[^ ]*\) => \./staging/.*|\t\1 => \1 v0.${one#1.}|p" "$module"
      echo ')'
    } >"$file"
    echo "$minor: $(go_for "$one" list -mod=mod -deps ./oracle/minor | wc -l) packages" >&2
  done
}

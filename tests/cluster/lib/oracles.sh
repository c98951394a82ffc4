# The oracle of each supported minor before the one that the cluster runs, built
# from that minor's own modules.
# shellcheck shell=bash

# The patch of each, as the module proxy has it.
oracle_versions=(1.33.13 1.34.4 1.35.4 1.36.3)

minor_of() { echo "${1%.*}"; }

# leave_out_storage VERSION: a copy of the API server's module without the two
# files that lead from what is judged to how it is stored. With them etcd's client
# and client-go's informers are compiled, a third of everything.
leave_out_storage() {
  local copy=$target/modules/$(minor_of "$1")/apiserver module
  [ -d "$copy" ] && return
  module=$(go mod download -json "k8s.io/apiserver@v0.${1#1.}" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  rm -rf "$copy.new"
  mkdir -p "${copy%/*}"
  cp -R "$module" "$copy.new"
  chmod -R u+w "$copy.new"
  rm "$copy.new/pkg/registry/generic/options.go" "$copy.new/pkg/registry/generic/storage_decorator.go"
  mv "$copy.new" "$copy"
}

# go_for VERSION COMMAND ARG…: go, with the modules and the build tags of a version.
go_for() {
  local minor command=$2
  minor=$(minor_of "$1")
  shift 2
  (cd "$here" && CGO_ENABLED=0 go "$command" -modfile="versions/$minor/go.mod" -tags "minor,kubernetes_${minor/./_}" "$@")
}

# build_oracle VERSION
build_oracle() {
  local minor oracle started=$SECONDS
  minor=$(minor_of "$1")
  oracle=$target/oracle-$minor
  mkdir -p "$target"
  (
    flock 8
    fresh "$oracle" "$here/oracle" "$here/versions/$minor" && exit
    needs_go
    leave_out_storage "$1"
    go_for "$1" build -trimpath -ldflags "-s -w" -o "$oracle.new" ./oracle/minor
    mv "$oracle.new" "$oracle"
    echo "built the oracle of Kubernetes $minor in $((SECONDS - started)) s" >&2
  ) 8>"$target/.oracle-$minor.lock"
}

build_oracles() {
  local version
  for version in "${oracle_versions[@]}"; do build_oracle "$version"; done
}

# pin_oracles: writes go.mod and go.sum of each version anew.
pin_oracles() {
  local version minor file module
  needs_go
  for version in "${oracle_versions[@]}"; do
    minor=$(minor_of "$version")
    file=$here/versions/$minor/go.mod
    module=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
    leave_out_storage "$version"
    mkdir -p "${file%/*}"
    rm -f "${file%.mod}.sum"
    {
      printf 'module pod-tools.test/upstream\n\n'
      grep '^go ' "$module"
      printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$version"
      sed -n "s|^\t\(k8s.io/[^ ]*\) => \./staging/.*|\t\1 => \1 v0.${version#1.}|p" "$module" |
        sed "s|^\(\tk8s.io/apiserver => \).*|\1../../target/cluster/modules/$minor/apiserver|"
      echo ')'
    } >"$file"
    go_for "$version" list -mod=mod -deps ./oracle/minor >"$target/modules/$minor/packages"
    echo "$minor: $(wc -l <"$target/modules/$minor/packages") packages" >&2
  done
}

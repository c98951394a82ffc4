# shellcheck shell=bash
# The change of the tree, and the list of what is left to a person.

# with_release FILE: Kubernetes' modules in a go.mod become those of the new release.
with_release() {
  sed -i "/k8s\.io\//s/\bv\([01]\)\.${last//./\\.}\b/v\1.${new#1.}/g" "$1"
}

# Whether the reference's program can be built of the new modules.
print_reference() {
  heading "the real cluster's program with the modules of $new"
  if [[ -n $is_patch && $old != "${releases[-1]}" ]]; then
    echo "not the reference: nothing to build"
    return
  fi
  cp -r tests/cluster "$work/cluster"
  with_release "$work/cluster/go.mod"
  if (cd "$work/cluster" && go mod tidy && go vet ./...) >"$work/go.log" 2>&1; then
    echo "it compiles; go.mod changes:"
    diff <(grep 'k8s.io' tests/cluster/go.mod) <(grep 'k8s.io' "$work/cluster/go.mod") | grep '^[<>]' | head -n 20 || true
  else
    grep -v '^go: \(downloading\|finding\)' "$work/go.log" | head -n 40
  fi
}

# tidy: `go mod tidy` without a line for each download.
tidy() {
  local status=0
  (cd tests/cluster && go mod tidy) 2>"$work/tidy.log" || status=$?
  grep -v '^go: \(downloading\|finding\)' "$work/tidy.log" || true
  return "$status"
}

write_release() {
  heading "written"
  if [[ $old = "${releases[-1]}" ]]; then
    with_release tests/cluster/go.mod
    tidy || echo "go mod tidy failed: see above"
  fi
  cp "$work/releases" tests/cluster/versions
  cp "$work/pod-model/src/schema/builtin.gz" pod-model/src/schema/builtin.gz
  cp "$work/pod-model/src/features/gates.rs" pod-model/src/features/gates.rs
  if [[ -z $is_patch ]]; then
    local before=$((minor - 1)) count
    count=$(wc -l <tests/cluster/versions)
    sed -i -e "s|^    pub const V1_$before: Self = .*|&\n    /// Kubernetes 1.$minor.\n    pub const V1_$minor: Self = Self { minor: $minor };|" \
      -e "s|^        Self::V1_$before,|&\n        Self::V1_$minor,|" \
      -e "s|known: 1.31 to 1\.$before|known: 1.31 to 1.$minor|; s|\[Self; [0-9]*\]|[Self; $count]|; s|LATEST: Self = Self::V1_$before|LATEST: Self = Self::V1_$minor|" \
      pod-model/src/version.rs
    if [[ $locked_type = "v1_$minor" ]]; then
      sed -i "/^k8s-openapi = /s/v1_$before/v1_$minor/" Cargo.toml
    elif [[ $newest_type = "v1_$minor" ]]; then
      echo "Cargo.toml stays: v1_$minor is in a later release of k8s-openapi, which kube has to use, too"
    else
      echo "Cargo.toml stays: k8s-openapi has no v1_$minor yet"
    fi
  fi
  git status --short
}

print_todo() {
  heading "left to a person"
  cat <<TODO
* each line above that touches a Pod, a Job or a CronJob: a rule, a default or a range
TODO
  if [[ -z $is_patch ]]; then
    echo "* tests/cluster/cluster.sh pin-oracles: the version that was the reference gets an oracle of its own"
  elif [[ -d tests/cluster/minors/1.$minor ]]; then
    echo "* tests/cluster/cluster.sh pin-oracles, then oracles: the oracle of 1.$minor is made of the new patch"
  fi
  if [[ -d tests/cluster/apiserver/1.$minor ]]; then
    echo "* tests/cluster/apiserver/1.$minor: the versions in its go.mod"
  fi
  cat <<TODO
* tests/cluster/cluster.sh build, then tests/run: what differs is a bug or a row with its reason
TODO
  if [[ -z $is_patch ]]; then echo "* texts that name the versions: README.md, docs/, CHANGELOG.md"; fi
}

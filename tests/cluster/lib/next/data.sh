# shellcheck shell=bash
# The generated data with and without the new release, and what differs.

# The releases with the new one: after the others, or for the patch before it.
list_releases() {
  local release
  for release in "${releases[@]}"; do
    if [[ $release = "1.$minor."* ]]; then echo "$new"; else echo "$release"; fi
  done
  if [[ -z $is_patch ]]; then echo "$new"; fi
}

make_data() {
  list_releases >"$work/releases"
  cargo run --quiet --locked -p pod-model --example generate-data -- \
    "$(go env GOMODCACHE)" "$work/releases" "$work"
}

# reachable: of the schema's lines, those of the definitions that a Pod, Job, CronJob
# or a workload with a template leads to, each with its definition's name before it.
reachable() {
  zcat "$1" | awk '
    /^#/ || /^:/ { next }
    /^=/ { name = substr($1, 2); seen[name]; next }
    {
      lines[name] = lines[name] $0 "\n"
      if (match($2, /@.*/)) uses[name] = uses[name] " " substr($2, RSTART + 1)
    }
    END {
      split("core.v1.Pod core.v1.PodTemplate batch.v1.Job batch.v1.CronJob apps.v1.Deployment apps.v1.StatefulSet apps.v1.DaemonSet apps.v1.ReplicaSet", roots, " ")
      for (i in roots) todo[++count] = "io.k8s.api." roots[i]
      while (count > 0) {
        name = todo[count--]
        if (name in done) continue
        done[name]
        n = split(uses[name], next_ones, " ")
        for (i = 1; i <= n; i++) todo[++count] = next_ones[i]
      }
      for (name in done) {
        n = split(lines[name], own, "\n")
        short = name
        sub(/.*\./, "", short)
        for (i = 1; i < n; i++) print short "." own[i]
      }
    }'
}

print_fields() {
  heading "fields of Pods, Jobs, CronJobs and the other workloads (- of $old only, + of $new)"
  # Only the ranges that the new release begins or that end before it.
  local of_new="$minor-$minor\$" ended="-$((minor - 1))\$"
  if [[ -n $is_patch ]]; then
    diff <(reachable pod-model/src/schema/builtin.gz | sort) \
      <(reachable "$work/pod-model/src/schema/builtin.gz" | sort) | sed -n 's/^</-/p; s/^>/+/p' || true
    return
  fi
  reachable "$work/pod-model/src/schema/builtin.gz" | sort | sed -n "s/^\(.*\) $of_new/+ \1/p; s/^\(.*\) [0-9]*$ended/- \1/p"
}

# Versions of the table's line that begin with the new release, or for a patch all.
print_gates() {
  heading "feature gates that are new, removed or changed (the table's last two states)"
  diff <(grep '^    [A-Z]' pod-model/src/features/gates.rs) \
    <(grep '^    [A-Z]' "$work/pod-model/src/features/gates.rs") |
    sed -n 's/^> *//p' | sed -E 's/^([A-Za-z0-9]+): (.*, )?([^,]+, [^,]+)$/\1: \3/' || true
  heading "of them, gates that our code asks"
  local gate
  while read -r gate; do
    grep -rl --include='*.rs' "Gate::$gate\b" pod-model/src pod-env/src pod-probe/src kubectl-pod-tools/src |
      grep -v features/ | sed "s/^/$gate: /" || true
  done < <(diff <(grep '^    [A-Z]' pod-model/src/features/gates.rs) \
    <(grep '^    [A-Z]' "$work/pod-model/src/features/gates.rs") | sed -n 's/^> *\([A-Za-z0-9]*\):.*/\1/p')
}

print_pod_security() {
  heading "Pod Security checks (a row in pod-model/src/pod_security/checks.rs has their versions)"
  local before after
  before=$(module pod-security-admission "$old")/policy
  after=$(module pod-security-admission "$new")/policy
  (cd "$before" && grep -H 'ID: \|MinimumVersion' check_*.go | grep -v _test) | tr -s '\t ' ' ' >"$work/checks.old"
  (cd "$after" && grep -H 'ID: \|MinimumVersion' check_*.go | grep -v _test) | tr -s '\t ' ' ' >"$work/checks.new"
  diff "$work/checks.old" "$work/checks.new" || true
  print_changed "$before" "$after" pod-security-admission/policy
}

# types_of: the newest feature of k8s-openapi. In the workspace it is that of the
# version that Cargo.lock has, elsewhere that of the last release.
types_of() {
  cargo info --quiet k8s-openapi 2>/dev/null | grep -o 'v1_[0-9]*' | sort -Vu | tail -n 1 || true
}

print_types() {
  heading "Rust types"
  locked_type=$(types_of)
  newest_type=$(cd "$work" && types_of)
  echo "the newest feature of k8s-openapi is ${newest_type:-unknown}, of the version in Cargo.lock ${locked_type:-unknown};" \
    "Cargo.toml builds with $(grep '^k8s-openapi = ' Cargo.toml | grep -o 'v1_[0-9]*')"
}

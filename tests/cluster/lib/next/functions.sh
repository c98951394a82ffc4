# shellcheck shell=bash
# Functions of upstream that differ between two releases.

# Packages that our code mirrors as a whole, beside those that the rules name.
mirrored=(
  kubernetes/pkg/apis/core/validation
  kubernetes/pkg/apis/batch/validation
  kubernetes/pkg/apis/core/v1
  kubernetes/pkg/apis/batch/v1
  kubernetes/pkg/api/pod
  kubernetes/pkg/api/job
  kubernetes/pkg/registry/core/pod
  kubernetes/pkg/registry/batch/job
  kubernetes/pkg/registry/batch/cronjob
  kubernetes/pkg/apis/core/v1/helper/qos
  kubernetes/pkg/kubelet/envvars
  kubernetes/pkg/kubelet/cm
  kubernetes/pkg/controller/job
  component-helpers/resource
  component-helpers/scheduling/corev1/nodeaffinity
  "kubernetes/pkg/printers/internalversion printPod printJob hasPodReadyCondition hasJobCondition isPodInitializedConditionTrue translateTimestampSince"
  "apimachinery/pkg/util/duration HumanDuration"
)

# functions FOLDER: a line for each function of its package: name, tab, body without
# comments and indentation.
functions() {
  local file
  for file in "$1"/*.go; do
    case $file in *_test.go | */zz_generated.deepcopy.go | */zz_generated.conversion.go | */fake_* | *_fake.go | *_stub.go | *_unsupported.go | *_windows.go) continue ;; esac
    [[ -f $file ]] || continue
    sed 's#^\([[:space:]]*\)//.*##; s#[[:space:]]//[[:space:]].*##' "$file" | awk '
      /^func / {
        name = $0
        sub(/^func /, "", name)
        if (name ~ /^\(/) {
          receiver = name
          sub(/^\([^ )]* ?\*?/, "", receiver); sub(/[\[)].*/, "", receiver)
          sub(/^\([^)]*\) /, "", name); sub(/[\[(].*/, "", name)
          name = receiver "." name
        } else sub(/[\[(].*/, "", name)
        body = ""; inside = 1
      }
      inside { line = $0; gsub(/[[:space:]]+/, " ", line); if (line != "" && line != " ") body = body line }
      inside && (/^}/ || /^func .*}$/) { print name "\t" body; inside = 0 }'
  done | sort
}

# print_changed OLD NEW LABEL [NAME…]: the functions of a package that are new, gone or
# changed; with names, only those.
print_changed() {
  local old_package=$1 new_package=$2 label=$3
  shift 3
  functions "$old_package" >"$work/functions.old"
  functions "$new_package" >"$work/functions.new"
  comm -3 "$work/functions.old" "$work/functions.new" | sed 's/^\t//' | cut -f 1 | sort | uniq -c |
    while read -r _ name; do
      if [[ $# -gt 0 && " $* " != *" $name "* && " $* " != *" ${name#*.} "* ]]; then continue; fi
      if ! grep -q "^$name	" "$work/functions.old"; then echo "+ $label: $name"
      elif ! grep -q "^$name	" "$work/functions.new"; then echo "- $label: $name"
      else echo "  $label: $name"; fi
    done
}

# The `upstream` of the rules, one package a line: MODULE/FOLDER NAME NAME…
named_by_rules() {
  cat pod-model/src/rules/*.rs | sed -n 's/.*upstream: "\(.*\)",$/\1/p' | awk '
    {
      n = split($0, parts, "; ")
      for (i = 1; i <= n; i++) {
        if (split(parts[i], at, ": ") != 2) continue
        package = at[1]
        # `pkg/…` is in the module that was named before it.
        if (package ~ /^pkg\//) package = root "/" package
        if (package !~ /^k8s.io\//) continue
        root = package
        sub(/^k8s.io\//, "", package)
        split(root, steps, "/"); root = steps[1] "/" steps[2]
        gsub(/ \(.*\)/, "", at[2]); gsub(/,/, "", at[2])
        all[package] = all[package] " " at[2]
      }
    }
    END { for (package in all) print package all[package] }' | sort
}

# package_pair FOLDER: sets `before` and `after`, or fails where one of them is not there.
package_pair() {
  local name=${1%%/*}
  before=$(module "$name" "$old")/${1#*/} && after=$(module "$name" "$new")/${1#*/}
}

print_functions() {
  local package names before after
  heading "functions that our rules name (pod-model/src/rules; + new, - gone)"
  while read -r package names; do
    package_pair "$package"
    # The schema, whose fields are printed above.
    if [[ -f $before ]]; then continue; fi
    [[ -d $before ]] || { echo "no package: k8s.io/$package, named by a rule"; continue; }
    # shellcheck disable=SC2086
    print_changed "$before" "$after" "$package" $names
  done < <(named_by_rules)
  heading "functions of the packages that our code mirrors (+ new, - gone)"
  while read -r package names; do
    package_pair "$package"
    # shellcheck disable=SC2086
    print_changed "$before" "$after" "$package" $names
  done < <(printf '%s\n' "${mirrored[@]}")
}

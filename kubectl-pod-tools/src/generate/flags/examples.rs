//! Examples in the help of `create pod` and `create job`, at most 80 columns wide. A test runs
//! each.

pub(super) const CREATE_POD: &str = r#"Examples:
  # Write YAML to commit, without a cluster
  kubectl pod-tools create pod web --image=nginx:1.29 --port=80 \
      --readiness=http:80/ --dry-run=client -o yaml

  # A Pod that meets the Pod Security level `restricted`
  kubectl pod-tools create pod api --image=registry/api:2.0 \
      --profile=restricted --user=1000 --read-only --tmp

  # On nodes with fast disks, one Pod a node, spread over the zones
  kubectl pod-tools create pod db-0 --image=postgres:18 -l app=db \
      --require-node='disktype in (ssd,nvme)' --apart=app=db --spread=zone

  # With an init container that waits, and a sidecar that ships logs
  kubectl pod-tools create pod app --image=registry/app:1.4 \
      --init='wait busybox:1.37 shell="until nc -z db 5432; do sleep 1; done"' \
      --sidecar='logs fluent/fluent-bit:4.0 mount=emptydir=logs:/logs' \
      --mount=emptydir=logs:/var/log/app

  # Run a script once, on a node with the taint of batch work
  kubectl pod-tools create pod once --image=busybox:1.37 --restart=Never \
      --toleration=dedicated=batch:NoSchedule --shell='date; df -h'

Use --help for the syntax of each flag."#;

pub(super) const CREATE_JOB: &str = r"Examples:
  # Run a command and wait for it
  kubectl pod-tools create job migrate --image=registry/app:1.4 \
      --deadline=10m --wait -- ./migrate up

  # Ten indexes, three at a time; two retries each, two may fail
  kubectl pod-tools create job render --image=registry/render:3 \
      --indexed --completions=10 --parallelism=3 --backoff-limit-per-index=2 \
      --max-failed-indexes=2

  # Ignore evicted Pods; fail at once on exit code 42
  kubectl pod-tools create job import --image=registry/import:1 --ttl=1h \
      --pod-failure-policy='ignore:DisruptionTarget; fail:exit 42'

  # Succeed with the leader, or with six of the other indexes
  kubectl pod-tools create job sweep --image=registry/sweep:1 \
      --indexed --completions=9 --success-policy='0; 1-8:6'

  # Run a script with the image and environment of a Deployment
  kubectl pod-tools create job check --from=deployment/web \
      --shell='./manage.py check'

Use --help for the syntax of each flag.";

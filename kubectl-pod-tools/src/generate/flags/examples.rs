//! What stands below the help of `create pod` and `create job`: as narrow as a
//! terminal, and a test runs each.

pub(super) const OF_POD: &str = r#"Examples:
  # YAML that is fit to commit; no cluster is asked
  kubectl pod-tools create pod web --image=nginx:1.29 --port=80 \
      --readiness=http:80/ --dry-run=client -o yaml

  # As little as a namespace of the level `restricted` wants
  kubectl pod-tools create pod api --image=registry/api:2.0 \
      --profile=restricted --user=1000 --read-only --tmp

  # Fast disks only, no two on one node, evenly over the zones
  kubectl pod-tools create pod db-0 --image=postgres:18 -l app=db \
      --require-node='disktype in (ssd,nvme)' --apart=app=db --spread=zone

  # Wait for a database first, and send the logs away beside the program
  kubectl pod-tools create pod app --image=registry/app:1.4 \
      --init='wait busybox:1.37 shell="until nc -z db 5432; do sleep 1; done"' \
      --sidecar='logs fluent/fluent-bit:4.0 mount=emptydir=logs:/logs' \
      --mount=emptydir=logs:/var/log/app

  # Run a script once, on a node that only batch work is let onto
  kubectl pod-tools create pod once --image=busybox:1.37 --restart=Never \
      --toleration=dedicated=batch:NoSchedule --shell='date; df -h'

-h lists the flags, --help says what can stand behind each."#;

pub(super) const OF_JOB: &str = r"Examples:
  # A command, and its end is waited for
  kubectl pod-tools create job migrate --image=registry/app:1.4 \
      --deadline=10m --wait -- ./migrate up

  # Ten numbered Pods, three at once; each may fail twice, and two for good
  kubectl pod-tools create job render --image=registry/render:3 \
      --indexed --completions=10 --parallelism=3 --backoff-limit-per-index=2 \
      --max-failed-indexes=2

  # An evicted Pod is no failure; exit code 42 ends the Job at once
  kubectl pod-tools create job import --image=registry/import:1 --ttl=1h \
      --pod-failure-policy='ignore:DisruptionTarget; fail:exit 42'

  # The leader's success, or that of six of the others, is enough
  kubectl pod-tools create job sweep --image=registry/sweep:1 \
      --indexed --completions=9 --success-policy='0; 1-8:6'

  # Another program with the image and the environment of a Deployment
  kubectl pod-tools create job check --from=deployment/web \
      --shell='./manage.py check'

-h lists the flags, --help says what can stand behind each.";

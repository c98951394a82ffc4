//! Command lines of `create pod` and `create job`, and their errors.

use snapbox::{assert_data_eq, str};

use crate::support::Home;

fn made(home: &Home, args: &[&str]) -> String {
    let all = [&["create"], args, &["--dry-run=client", "-o", "yaml"]].concat();
    home.run(&all).all()
}

#[test]
fn all_errors_are_shown_at_their_flags() {
    let home = Home::with(&[("app.env", "# settings\nLEVEL=debug\n  2ND=hunter2\n")]);
    let shown = made(
        &home,
        &[
            "pod",
            "web",
            "--image=nginx",
            "--limits=cpu=1x",
            "--port=http",
            "--liveness=http:8080/healthz?perod=3s",
            "--pre-stop=exec:nginx -s quit; sleep 1",
            "--mount=emptydir",
            "--env-file=app.env",
            "--env-file=none.env",
            "--init=wait busybox limits='memory=1GB' -- nc -z db 5432",
            "--sidecar=logs fluent-bit limit=memory=64Mi",
        ],
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_data_eq!(
        shown,
        str![[r#"
exit code 2
--- stderr
error[flag-value]: expected a quantity, found `1x`
 --> command line:1:14
  |
1 | --limits cpu=1x
  |              ^^
  |
  = help: use 500m or 2 for CPUs, 128Mi or 1Gi for bytes

error[flag-value]: expected a port from 1 to 65535, found `http`
 --> command line:1:8
  |
1 | --port http
  |        ^^^^
  |
  = help: for example: --port http=8080

error[flag-value]: unknown option `perod`; did you mean `period`?
 --> command line:1:30
  |
1 | --liveness http:8080/healthz?perod=3s
  |                              ^^^^^
  |
  = help: options: delay, period, timeout, failures, successes, grace, header, scheme, host; end the path with one more `?` if it is part of the path

error[flag-value]: `;` requires a shell, but the command runs without one
 --> command line:1:30
  |
1 | --pre-stop exec:nginx -s quit; sleep 1
  |                              ^
  |
  = help: use sh: for a script, or quote it once more

error[flag-value]: expected `VOLUME:PATH`, found `emptydir`
 --> command line:1:9
  |
1 | --mount emptydir
  |         ^^^^^^^^
  |
  = help: add a mount path: emptydir:/path

error[flag-value]: invalid variable name before `=`
 --> app.env:3:1
  |
3 | …
  | ^
  |
  = help: a name has letters, digits, `_`, `-` and `.` and does not start with a digit; write no spaces around `=`, such as LOG_LEVEL=debug

error[flag-value]: cannot read none.env: no such file or directory
 --> command line:1:12
  |
1 | --env-file none.env
  |            ^^^^^^^^
  |
  = help: for example: --env-file app.env

error[flag-value]: expected a quantity, found `1GB`
 --> command line:1:36
  |
1 | --init wait busybox limits='memory=1GB' -- nc -z db 5432
  |                                    ^^^
  |
  = help: use 500m or 2 for CPUs, 128Mi or 1Gi for bytes

error[flag-value]: unknown container option `limit`
 --> command line:1:27
  |
1 | --sidecar logs fluent-bit limit=memory=64Mi
  |                           ^^^^^
  |
  = help: did you mean `limits`?


"#]]
    );
}

#[test]
fn conflicting_flags_are_shown_together() {
    let home = Home::new();
    let mut shown = made(
        &home,
        &["pod", "web", "--image=nginx", "--command", "--shell=date"],
    );
    let args = [
        "create",
        "job",
        "web",
        "--image=nginx",
        "--shell=date",
        "--dry-run=client",
        "--",
        "ls",
        "-l",
    ];
    shown += &home.run(&args).all();
    assert_data_eq!(
        shown,
        str![[r#"
exit code 2
--- stderr
error[flags-together]: --command requires a command after --
 --> command line:1:1
  |
1 | --command
  | ^^^^^^^^^
  |
  = help: add a command after --, or leave out --command

exit code 2
--- stderr
error[flags-together]: cannot combine --shell with a command after --
 --> command line:1:1
  |
1 | --shell date
  | ^^^^^^^^^^^^
  |
 ::: command line:2:1
  |
2 | -- ls -l
  | --------
  |
  = help: leave out one of them


"#]]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one picture")]
fn flags_set_fields_of_typical_pod() {
    let home = Home::with(&[("app.env", "LEVEL=debug\nNAME=\"quoted\"\n")]);
    let shown = made(
        &home,
        &[
            "pod",
            "web",
            "--image=nginx:1.29",
            "--port=http=8080",
            "--env-file=app.env",
            "--requests=cpu=100m,memory=128Mi",
            "--limits=memory=256Mi",
            "--startup=http:http/healthz?period=2s&failures=30",
            "--readiness=tcp:http",
            "--pre-stop=sleep:5s",
            "--grace-period=45s",
            "--mount=emptydir=logs:/var/log/nginx",
            "--mount=configmap/nginx/nginx.conf:/etc/nginx/nginx.conf:ro",
            "--tmp",
            "--init=wait busybox:1.37 env=HOST=db shell='until nc -z $HOST 5432; do sleep 1; done'",
            "--sidecar=ship fluent/fluent-bit:4.0 mount=emptydir=logs:/logs:ro limits=memory=64Mi",
            "--image-pull-secret=registry-login",
        ],
    );
    assert_data_eq!(
        shown,
        str![[r#"
exit code 0
--- stdout
# kubectl pod-tools create pod web --image nginx:1.29 --port http=8080 --env-file app.env --requests cpu=100m,memory=128Mi --limits memory=256Mi --startup 'http:http/healthz?period=2s&failures=30' --readiness tcp:http --pre-stop sleep:5s --grace-period 45s --mount emptydir=logs:/var/log/nginx --mount configmap/nginx/nginx.conf:/etc/nginx/nginx.conf:ro --tmp --init 'wait busybox:1.37 env=HOST=db shell='/''until nc -z $HOST 5432; do sleep 1; done'/''' --sidecar 'ship fluent/fluent-bit:4.0 mount=emptydir=logs:/logs:ro limits=memory=64Mi' --image-pull-secret registry-login
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  volumes:
  - name: logs
    emptyDir: {}
  - name: nginx
    configMap:
      name: nginx
  - name: tmp
    emptyDir: {}
  initContainers:
  - name: wait
    image: busybox:1.37
    command:
    - sh
    - -c
    - until nc -z $HOST 5432; do sleep 1; done
    env:
    - name: HOST
      value: db
  - name: ship
    image: fluent/fluent-bit:4.0
    restartPolicy: Always
    resources:
      limits:
        memory: 64Mi
    volumeMounts:
    - name: logs
      mountPath: /logs
      readOnly: true
  containers:
  - name: web
    image: nginx:1.29
    ports:
    - name: http
      containerPort: 8080
    env:
    - name: LEVEL
      value: debug
    - name: NAME
      value: "/"quoted/""
    resources:
      limits:
        memory: 256Mi
      requests:
        cpu: 100m
        memory: 128Mi
    volumeMounts:
    - name: logs
      mountPath: /var/log/nginx
    - name: nginx
      mountPath: /etc/nginx/nginx.conf
      subPath: nginx.conf
      readOnly: true
    - name: tmp
      mountPath: /tmp
    startupProbe:
      httpGet:
        path: /healthz
        port: http
      periodSeconds: 2
      failureThreshold: 30
    readinessProbe:
      tcpSocket:
        port: http
    lifecycle:
      preStop:
        sleep:
          seconds: 5
  terminationGracePeriodSeconds: 45
  imagePullSecrets:
  - name: registry-login
--- stderr
warning: app.env:2: the quotes are part of the value of NAME, as with kubectl's --from-env-file
warning: /etc/nginx/nginx.conf: a single file (subPath) is not updated when its ConfigMap or Secret changes

"#]]
    );
}

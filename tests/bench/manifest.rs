//! A file of 5,000 Pods as people write them.

use std::fmt::Write as _;
use std::path::Path;

/// Writes it, with so many variables in each Pod; three at least. With three,
/// it has about 2.8 MB, with 20 about 7.
pub(crate) fn write(file: &Path, variables: usize) {
    let mut text = String::new();
    for i in 0..5_000 {
        let mut more = String::new();
        for n in 3..variables {
            let lines = format!("    - name: FEATURE_{n}\n      value: \"{n}-{i}-on\"\n");
            more.push_str(&lines);
        }
        write!(
            text,
            "---
apiVersion: v1
kind: Pod
metadata:
  name: web-{i}
  labels:
    app: web
    tier: \"{}\"
spec:
  containers:
  - name: app
    image: registry.example.com/team/app:1.{}
    command: [\"/bin/app\", \"--listen\", \":8080\"]
    ports:
    - containerPort: 8080
    env:
    - name: HOST
      value: db-{i}.example.com
    - name: URL
      value: postgres://$(HOST):5432/app
    - name: POD
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
{more}    resources:
      requests: {{cpu: 250m, memory: 64Mi}}
      limits: {{cpu: \"1\", memory: 128Mi}}
    livenessProbe:
      httpGet: {{path: /healthz, port: 8080}}
",
            i % 3,
            i % 20
        )
        .unwrap();
    }
    std::fs::write(file, text).unwrap();
}

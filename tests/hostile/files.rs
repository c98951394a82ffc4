//! The files that the commands read and write.

/// The file of every `--junit`.
pub(crate) const JUNIT: &str = "report.xml";

/// The files of every `-f`.
pub(crate) const FILES: [(&str, &str); 2] = [
    (
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  restartPolicy: Never\n  enableServiceLinks: false\n  containers:\n  - name: web\n    image: i\n    envFrom: [{configMapRef: {name: settings}}]\n",
    ),
    (
        "widget.yaml",
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: gear}\nspec: {size: 1}\n",
    ),
];

//! Rules of `explain-env`: the environment that the kubelet builds.

rules! {
    UNRESOLVED_REFERENCE: Error, "unresolved-reference", "A $(NAME) refers to no variable that is defined before it";
    UNKNOWN_REFERENCE: Warning, "unknown-reference", "A $(NAME) may come from a source that was not read";
    DUPLICATE_NAME: Warning, "duplicate-name", "An entry of env is replaced by a later one of the same name";
    INVALID_NAME: Error, "invalid-name", "The API server refuses the name of a variable";
    INVALID_SOURCE: Error, "invalid-source", "A source of variables is not exactly one source";
    MISSING_CONFIGMAP: Error, "missing-configmap", "A ConfigMap that is required does not exist";
    MISSING_SECRET: Error, "missing-secret", "A Secret that is required does not exist";
    MISSING_KEY: Error, "missing-key", "A key that is required is not in its ConfigMap or Secret";
    OPTIONAL_MISSING: Info, "optional-missing", "An optional source does not exist";
    INVALID_KEY: Error, "invalid-key", "A key of a ConfigMap or Secret is not valid";
    FORBIDDEN: Warning, "forbidden", "The cluster does not allow a look-up";
    NOT_LOOKED_UP: Warning, "not-looked-up", "A source was not looked up";
    REPLACED_BY_ENVFROM: Info, "replaced-by-envfrom", "A source of envFrom replaces variables of an earlier one";
    MAY_BE_REPLACED: Warning, "may-be-replaced", "A source that was not read may replace variables";
    ABSENT_FIELD: Warning, "absent-field", "A field of the downward API is not set on the Pod";
    UNSUPPORTED_FIELD: Error, "unsupported-field", "The downward API does not offer a field";
    UNSUPPORTED_RESOURCE: Error, "unsupported-resource", "The downward API does not offer a resource";
    UNKNOWN_CONTAINER: Error, "unknown-container", "A resourceFieldRef names a container that the Pod does not have";
    FEATURE_GATE: Error, "feature-gate", "A field is not on by default in this version";
    UNKNOWN_VOLUME: Error, "unknown-volume", "A fileKeyRef names no emptyDir volume of the Pod";
    FILE_NOT_WRITTEN: Error, "file-not-written", "No earlier container can have written the file of a fileKeyRef";
    SHELL_VARIABLE: Warning, "shell-variable", "A variable in a script is replaced by the shell";
    SHELL_SUBSTITUTION: Info, "shell-substitution", "A $(…) in a script is left to the shell";
    SHELL_PROCESS_ID: Info, "shell-process-id", "A $$ in a script becomes one dollar sign";
    NOT_EXPANDED: Warning, "not-expanded", "A $(NAME) in the command of a probe or hook is not expanded";
    NOT_SHELL_NAME: Info, "not-shell-name", "A POSIX shell cannot refer to a variable";
    OVERRIDES_SERVICE_LINK: Warning, "overrides-service-link", "A variable replaces one that a Service brings";
    OVERRIDES_PATH: Warning, "overrides-path", "A variable replaces the PATH of the image";
    SERVICE_LINK_COLLISION: Warning, "service-link-collision", "Two Services make the same variable";
    INVALID_SUB_PATH: Error, "invalid-sub-path", "A subPathExpr does not lead to a directory of the volume";
    FORBIDDEN_SUB_PATH: Error, "forbidden-sub-path", "An ephemeral container has a subPathExpr";
    INVALID_HOSTNAME: Error, "invalid-hostname", "The Pod cannot have its host name";
    UNUSED_HOSTNAME: Warning, "unused-hostname", "A host name of a template is not used";
    NO_CONTAINERS: Error, "no-containers", "The Pod has no containers";
    VALUE_TOO_LONG: Error, "value-too-long", "A variable is longer than Linux allows";
    ARGUMENT_TOO_LONG: Error, "argument-too-long", "An argument is longer than Linux allows";
    ENVIRONMENT_TOO_LONG: Error, "environment-too-long", "Arguments and environment together are longer than Linux allows";
    NUL_BYTE: Error, "nul-byte", "A value has a NUL byte";
    NOT_UTF8: Error, "not-utf8", "A value is not UTF-8";
}

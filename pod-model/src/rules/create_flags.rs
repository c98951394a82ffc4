//! Rules of the flags of `create pod` and `create job`.

rules! {
    FLAG_VALUE: Error, "flag-value", "The value of a flag cannot be used";
    FLAG_MISSING: Error, "flag-missing", "A flag that the object needs is missing";
    FLAGS_TOGETHER: Error, "flags-together", "Flags contradict each other, or one requires another";
    POD_SECURITY: Error, "pod-security", "The Pod does not meet the level of `--profile`";
}

//! The environment that the kubelet builds for a container.

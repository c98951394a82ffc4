//! Probes and lifecycle hooks as the kubelet runs them.

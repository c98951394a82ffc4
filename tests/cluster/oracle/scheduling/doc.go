// Package scheduling asks the scheduler's own plugins, as the version configures them by default,
// about a Pod and a cluster, and the DaemonSet controller about its nodes.
package scheduling

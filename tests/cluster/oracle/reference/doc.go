// Package reference registers the operations of the oracle that are asked of one
// Kubernetes only, the newest: what it answers is the same in all that are
// supported, or the kubelet's, whose code takes minutes to compile.
package reference

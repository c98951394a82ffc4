// Package security answers as whom containers run, and what Pod Security admission
// says of a Pod or an owner in a namespace.
package security

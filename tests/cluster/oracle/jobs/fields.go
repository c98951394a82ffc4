// Package jobs asks the controllers of Jobs and CronJobs what they make of an object: the whole
// sync of each, with the clock, the Pods and what they remember as the request says.
package jobs

import (
	"reflect"
	"unsafe"
)

// set gives a field of upstream's structs, which are not ours to construct, another value.
func set(target any, field string, value any) {
	of := reflect.ValueOf(target).Elem().FieldByName(field)
	reflect.NewAt(of.Type(), unsafe.Pointer(of.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

// get returns a field of upstream's structs.
func get(target any, field string) reflect.Value {
	of := reflect.ValueOf(target).Elem().FieldByName(field)
	return reflect.NewAt(of.Type(), unsafe.Pointer(of.UnsafeAddr())).Elem()
}

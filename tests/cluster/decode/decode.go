// Package decode reads a stream of manifests exactly as kubectl does.
package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// Stream returns the documents of one file as JSON, and the error that ended
// it, if any; documents before the error are returned too.
//
// It is what FileVisitor and StreamVisitor of k8s.io/cli-runtime/pkg/resource
// do before an object is made of each document.
func Stream(input []byte) (docs []json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	utf16 := unicode.BOMOverride(unicode.UTF8.NewDecoder())
	decoder := utilyaml.NewYAMLOrJSONDecoder(transform.NewReader(bytes.NewReader(input), utf16), 4096)
	for {
		ext := runtime.RawExtension{}
		if err := decoder.Decode(&ext); err != nil {
			if errors.Is(err, io.EOF) {
				return docs, nil
			}
			return docs, err
		}
		raw := bytes.TrimSpace(ext.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		// The decoder may use its buffer again.
		docs = append(docs, bytes.Clone(raw))
	}
}

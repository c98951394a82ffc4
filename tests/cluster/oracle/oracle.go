// Package oracle answers what upstream's own packages make of an input, one
// JSON object per line in and out, in the same order.
//
// A request names its operation in `op`; the other members are that
// operation's own. Each family of operations is one file that registers its
// handlers. An answer may hold `err` (the input is refused), and holds `panic`
// when upstream's code panicked on it.
//
// This package holds the operations whose answer depends on Kubernetes' version,
// and builds with the modules of each supported one; `reference` holds the rest.
package oracle

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
)

// Answer is what is written for one request.
type Answer map[string]any

// handler answers one request; an error becomes the answer's `err`.
type handler func(request json.RawMessage) (Answer, error)

var handlers = map[string]handler{}

// Register makes an operation known, whose request decodes into T.
func Register[T any](op string, handle func(T) (Answer, error)) {
	handlers[op] = func(raw json.RawMessage) (Answer, error) {
		var request T
		if err := json.Unmarshal(raw, &request); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
		return handle(request)
	}
}

// Serve answers requests until the input ends.
func Serve(in io.Reader, out io.Writer) error {
	// Without it the validation refuses each privileged container.
	capabilities.Setup(true, 0)
	// What upstream logs is no answer.
	klog.SetLogger(klog.Logger{})
	lines := bufio.NewReaderSize(in, 1<<20)
	// An answer is out before the next request is read, so a test may ask one
	// question at a time; a buffer keeps it one write.
	buffered := bufio.NewWriterSize(out, 1<<16)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadString('\n')
		if strings.TrimSpace(line) != "" {
			if err := encoder.Encode(reply(json.RawMessage(line))); err != nil {
				return err
			}
			if err := buffered.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func reply(raw json.RawMessage) (out Answer) {
	defer func() {
		if p := recover(); p != nil {
			out = Answer{"panic": fmt.Sprint(p)}
		}
	}()
	var request struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(raw, &request); err != nil {
		return Answer{"err": "request: " + err.Error()}
	}
	handle, ok := handlers[request.Op]
	if !ok {
		known := slices.Sorted(maps.Keys(handlers))
		return Answer{"err": fmt.Sprintf("unknown op %q, known are %s", request.Op, strings.Join(known, ", "))}
	}
	out, err := handle(raw)
	if err != nil {
		return Answer{"err": err.Error()}
	}
	return out
}

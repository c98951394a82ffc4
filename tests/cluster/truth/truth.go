// Package truth writes down what kubectl's decoder makes of files, for
// tests that run without Go.
package truth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"pod-tools.test/upstream/decode"
)

// Main writes, for each NAME.yaml in each directory of args:
//
//	NAME.json        the documents, those before an error included
//	NAME.or.json     what else it makes of them: the order of a Go map decides
//	NAME.err         why kubectl refuses the rest
//	NAME.strict.err  what only --validate=strict refuses: a key given twice
func Main(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: upstream truth DIRECTORY…")
	}
	for _, dir := range args {
		cases, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			return fmt.Errorf("%s: no *.yaml", dir)
		}
		for _, c := range cases {
			if err := write(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func write(path string) error {
	input, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	documents, refused := readings(input)
	_, lenient := yaml.YAMLToJSON(input)
	_, strict := yaml.YAMLToJSONStrict(input)
	if lenient != nil {
		strict = nil
	}
	if len(documents) > 2 {
		return fmt.Errorf("%s: %d readings, and room for two", path, len(documents))
	}
	base := strings.TrimSuffix(path, ".yaml")
	return errors.Join(
		put(base+".json", at(documents, 0)),
		put(base+".or.json", at(documents, 1)),
		put(base+".err", message(refused)),
		put(base+".strict.err", message(strict)),
	)
}

// readings decodes input often enough to see each thing that the decoder makes
// of it, sorted, and returns the error of the last time. Two keys of a map that
// become one in JSON (1 and "1") leave the value to the order in which Go walks
// a map: seven times of eight it is the same one, so 400 times miss the other
// once in 10^23.
func readings(input []byte) ([][]byte, error) {
	times := 400
	if len(input) > 4096 {
		times = 1
	}
	seen := map[string]bool{}
	var refused error
	for range times {
		var docs []json.RawMessage
		docs, refused = decode.Stream(input)
		if refused == nil || len(docs) > 0 {
			seen[string(render(docs))] = true
		}
	}
	all := make([][]byte, 0, len(seen))
	for _, text := range slices.Sorted(maps.Keys(seen)) {
		all = append(all, []byte(text))
	}
	return all, refused
}

func at(all [][]byte, i int) []byte {
	if i < len(all) {
		return all[i]
	}
	return nil
}

// render puts each document on its own line.
func render(docs []json.RawMessage) []byte {
	lines := make([][]byte, len(docs))
	for i, d := range docs {
		lines[i] = append([]byte("\n"), d...)
	}
	return append(append([]byte("["), bytes.Join(lines, []byte(","))...), "\n]\n"...)
}

func message(err error) []byte {
	if err == nil {
		return nil
	}
	return []byte(err.Error() + "\n")
}

// put writes a file, or removes one that no longer has a reason to be.
func put(path string, content []byte) error {
	if content == nil {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	}
	return os.WriteFile(path, content, 0o644)
}

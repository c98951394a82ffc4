package reference

import (
	"bytes"
	"encoding/json"

	"pod-tools.test/upstream/decode"
	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("yaml", yamlStream) }

// yamlRequest gives the bytes of one file: as text, or in base64 when they are
// not UTF-8.
type yamlRequest struct {
	Input       string `json:"input"`
	InputBase64 []byte `json:"inputBase64"`
}

// yamlStream answers with the documents that kubectl makes of a file, those
// before an error included.
func yamlStream(r yamlRequest) (oracle.Answer, error) {
	input := []byte(r.Input)
	if r.InputBase64 != nil {
		input = r.InputBase64
	}
	docs, err := decode.Stream(input)
	values := make([]any, 0, len(docs))
	for _, doc := range docs {
		// As kubectl reads them later: of JSON the text is passed on as it is,
		// half surrogates included.
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		var value any
		if e := d.Decode(&value); e != nil {
			return nil, e
		}
		values = append(values, value)
	}
	out := oracle.Answer{"docs": values}
	if err != nil {
		out["err"] = err.Error()
		return out, nil
	}
	return out, nil
}

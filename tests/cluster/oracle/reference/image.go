package reference

import (
	"k8s.io/kubernetes/pkg/util/parsers"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("image", image) }

type imageRequest struct {
	Input string `json:"input"`
}

// image answers with the tag and digest of an image's name, as the kubelet
// reads it before it pulls.
func image(r imageRequest) (oracle.Answer, error) {
	_, tag, digest, err := parsers.ParseImageName(r.Input)
	if err != nil {
		return nil, err
	}
	return oracle.Answer{"tag": tag, "digest": digest}, nil
}

package registry

import (
	"archive/tar"
	"bytes"
	"io"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const (
	passwd = "root:x:0:0:root:/root:/bin/sh\n" +
		"www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n" +
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
	group = "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n"
)

// tree is a root file system in the making, by path.
type tree struct {
	entries map[string]entry
}

type entry struct {
	kind    byte
	mode    int64
	link    string
	content []byte
}

// newTree has the directories and the users that programs expect.
func newTree() *tree {
	t := &tree{map[string]entry{}}
	t.dir("/bin", "/data", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/usr/bin", "/usr/share", "/var/lib", "/var/log")
	t.entries["/tmp"] = entry{kind: tar.TypeDir, mode: 0o1777}
	t.file("/etc/passwd", 0o644, []byte(passwd))
	t.file("/etc/group", 0o644, []byte(group))
	return t
}

func (t *tree) clone() *tree { return &tree{maps.Clone(t.entries)} }

func (t *tree) dir(paths ...string) {
	for _, p := range paths {
		for ; p != "/"; p = path.Dir(p) {
			if _, known := t.entries[p]; !known {
				t.entries[p] = entry{kind: tar.TypeDir, mode: 0o755}
			}
		}
	}
}

func (t *tree) file(p string, mode int64, content []byte) {
	t.dir(path.Dir(p))
	t.entries[p] = entry{kind: tar.TypeReg, mode: mode, content: content}
}

func (t *tree) link(p, target string) {
	t.dir(path.Dir(p))
	t.entries[p] = entry{kind: tar.TypeSymlink, mode: 0o777, link: target}
}

// archive is the tree as tar; sorted, so a directory comes before what it holds.
func (t *tree) archive() ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, p := range slices.Sorted(maps.Keys(t.entries)) {
		e := t.entries[p]
		name := strings.TrimPrefix(p, "/")
		if e.kind == tar.TypeDir {
			name += "/"
		}
		header := &tar.Header{Name: name, Typeflag: e.kind, Mode: e.mode, Linkname: e.link, Size: int64(len(e.content))}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// image is the tree as an image of one layer.
func (t *tree) image(config v1.Config) (v1.Image, error) {
	archive, err := t.archive()
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	// The binaries are this machine's.
	file.Architecture, file.OS, file.Config = runtime.GOARCH, "linux", config
	return mutate.ConfigFile(image, file)
}

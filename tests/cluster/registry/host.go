package registry

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// hostFile copies a file of this machine, following links.
func (t *tree) hostFile(to, from string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	t.file(to, int64(info.Mode().Perm()), content)
	return nil
}

// hostBinaries copies dynamically linked binaries with the libraries that ldd
// names, each to the path it has here.
func (t *tree) hostBinaries(binaries ...string) error {
	for _, b := range binaries {
		if err := t.hostFile(b, b); err != nil {
			return err
		}
	}
	out, err := exec.Command("ldd", binaries...).Output()
	if err != nil {
		return fmt.Errorf("ldd: %w", err)
	}
	for _, word := range strings.Fields(string(out)) {
		// `FILE:` heads the answer for one binary.
		if !strings.HasPrefix(word, "/") || strings.HasSuffix(word, ":") {
			continue
		}
		if err := t.hostFile(word, word); err != nil {
			return err
		}
	}
	return nil
}

// busyboxTree is one static binary, and a link for each of its applets.
func busyboxTree() (*tree, error) {
	const busybox = "/bin/busybox"
	applets, err := exec.Command(busybox, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --list: %w", busybox, err)
	}
	t := newTree()
	if err := t.hostFile(busybox, busybox); err != nil {
		return nil, err
	}
	for _, a := range strings.Fields(string(applets)) {
		if a != "busybox" {
			t.link("/bin/"+a, "busybox")
		}
	}
	return t, nil
}

// nginxVersion is what the official image says in NGINX_VERSION.
func nginxVersion() string {
	out, err := exec.Command("/usr/sbin/nginx", "-v").CombinedOutput()
	version := regexp.MustCompile(`nginx/([0-9.]+)`).FindSubmatch(out)
	if err != nil || version == nil {
		return "unknown"
	}
	return string(version[1])
}

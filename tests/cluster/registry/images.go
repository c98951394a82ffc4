package registry

import (
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// debianTools is what the image of Debian holds: a shell and coreutils.
var debianTools = []string{
	"/bin/sh", "/bin/cat", "/bin/chmod", "/bin/chown", "/bin/cp", "/bin/date", "/bin/echo", "/bin/false", "/bin/ls",
	"/bin/mkdir", "/bin/mv", "/bin/rm", "/bin/sleep", "/bin/touch", "/bin/true", "/bin/uname", "/bin/pwd",
	"/bin/grep", "/bin/sed",
	"/usr/bin/env", "/usr/bin/head", "/usr/bin/id", "/usr/bin/printenv", "/usr/bin/printf", "/usr/bin/seq",
	"/usr/bin/sort", "/usr/bin/stat", "/usr/bin/tail", "/usr/bin/test", "/usr/bin/timeout", "/usr/bin/tr",
	"/usr/bin/wc", "/usr/bin/whoami",
}

// nginxConf logs to where Kubernetes looks, as the official image does, and
// listens on port 80 only.
const nginxConf = `user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events {}
http {
    include /etc/nginx/mime.types;
    access_log /dev/stdout;
    server {
        listen 80;
        root /usr/share/nginx/html;
    }
}
`

// all returns every image by its repository and tag. The name of the registry
// before them does not matter.
func all(stress, probeServer string) (map[string]v1.Image, error) {
	busybox, err := busyboxTree()
	if err != nil {
		return nil, err
	}
	debian := newTree()
	if err := debian.hostBinaries(debianTools...); err != nil {
		return nil, err
	}
	nginx, err := nginxTree(debian)
	if err != nil {
		return nil, err
	}
	burner := newTree()
	if err := burner.hostFile("/stress", stress); err != nil {
		return nil, err
	}
	probed := busybox.clone()
	if err := probed.hostFile("/probe-server", probeServer); err != nil {
		return nil, err
	}
	shell := v1.Config{Cmd: []string{"sh"}, Env: []string{searchPath}}
	nonroot := shell
	nonroot.User = "1000"
	named := shell
	named.User = "www-data"
	server := v1.Config{
		Cmd:        []string{"nginx", "-g", "daemon off;"},
		Env:        []string{searchPath, "NGINX_VERSION=" + nginxVersion()},
		StopSignal: "SIGQUIT",
	}
	images := map[string]v1.Image{}
	for _, i := range []struct {
		tree   *tree
		config v1.Config
		names  []string
	}{
		{busybox, shell, []string{"library/busybox:1.28", "library/busybox:1.37", "library/busybox:latest"}},
		{busybox, nonroot, []string{"library/nonroot:latest"}},
		{busybox, named, []string{"library/named-user:latest"}},
		{busybox, v1.Config{Env: []string{searchPath}}, []string{"library/no-command:latest"}},
		{busybox, v1.Config{Cmd: []string{"/bin/sleep", "2147483647"}}, []string{"pause:3.9"}},
		{debian, shell, []string{"library/debian:latest"}},
		{nginx, server, []string{"library/nginx:latest", "qingfeng666/nginx:latest"}},
		{burner, v1.Config{Entrypoint: []string{"/stress"}}, []string{"qingfeng666/stress:latest"}},
		{probed, v1.Config{Entrypoint: []string{"/probe-server"}, Env: []string{searchPath}}, []string{"library/probe-server:latest"}},
	} {
		image, err := i.tree.image(i.config)
		if err != nil {
			return nil, err
		}
		for _, n := range i.names {
			images[n] = image
		}
	}
	return images, nil
}

// nginxTree adds to base Debian's nginx and killall, which the preStop hook of
// an example calls.
func nginxTree(base *tree) (*tree, error) {
	t := base.clone()
	if err := t.hostBinaries("/usr/sbin/nginx", "/usr/bin/killall"); err != nil {
		return nil, err
	}
	for _, f := range []string{"/etc/nginx/mime.types", "/usr/share/nginx/html/index.html"} {
		if err := t.hostFile(f, f); err != nil {
			return nil, err
		}
	}
	t.file("/etc/nginx/nginx.conf", 0o644, []byte(nginxConf))
	t.dir("/var/lib/nginx", "/var/log/nginx")
	return t, nil
}

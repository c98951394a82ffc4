// Package registry serves a few small images over the OCI distribution API,
// made from this machine's own binaries: nothing is fetched from anywhere.
package registry

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Main serves until it is killed, and prints `images ready` once all images
// can be pulled. They live in memory.
func Main(args []string) error {
	flags := flag.NewFlagSet("registry", flag.ContinueOnError)
	address := flags.String("listen", "127.0.0.1:5000", "`address` to listen on; any name of a registry leads here")
	stress := flags.String("stress", "", "static `binary` for the image qingfeng666/stress")
	probeServer := flags.String("probe-server", "", "static `binary` for the image probe-server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *stress == "" || *probeServer == "" {
		return errors.New("--stress and --probe-server are required")
	}
	images, err := all(*stress, *probeServer)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	handler := refusing(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	go func() { served <- http.Serve(listener, handler) }()
	for repository, image := range images {
		ref, err := name.ParseReference(listener.Addr().String()+"/"+repository, name.Insecure)
		if err != nil {
			return err
		}
		if err := remote.Write(ref, image); err != nil {
			return err
		}
	}
	fmt.Println("images ready")
	return <-served
}

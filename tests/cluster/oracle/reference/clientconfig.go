package reference

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/transport"

	// As kubectl does: the logins that are built in, and the refusals of old ones.
	_ "k8s.io/client-go/plugin/pkg/client/auth"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("clientConfig", clientConfig) }

// clientConfigRequest is kubeconfig files in their order, and kubectl's flags.
type clientConfigRequest struct {
	Files []string            `json:"files"`
	Flags map[string][]string `json:"flags"`
}

// clientConfig answers with what a client sends where, as far as that is decided
// before anything is sent. No plugin is run: its command must not exist.
func clientConfig(r clientConfigRequest) (oracle.Answer, error) {
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: r.Files}
	overrides := overridesFrom(r.Flags)
	loaded, err := rules.Load()
	if err != nil {
		return nil, err
	}
	loader := clientcmd.NewNonInteractiveClientConfig(*loaded, overrides.CurrentContext, overrides, rules)
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, err
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, err
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("unsupported protocol scheme %q", base.Scheme)
	}
	if err := dialable(base.Scheme, base.Host); err != nil {
		return nil, err
	}
	conf, err := config.TransportConfig()
	if err != nil {
		return nil, err
	}
	tls, err := transport.TLSConfigFor(conf)
	if err != nil {
		return nil, err
	}
	sent := &recorder{}
	wrapped, err := transport.HTTPWrappersForConfig(conf, sent)
	if err != nil {
		return nil, err
	}
	// The client itself sends what the URL holds.
	client := &http.Client{Transport: wrapped}
	request, err := http.NewRequest("GET", base.String(), nil)
	if err != nil {
		return nil, err
	}
	runs := false
	if _, err := client.Do(request); err != nil {
		runs = strings.Contains(err.Error(), "getting credentials: exec: ")
		if !runs {
			return nil, err
		}
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	out := oracle.Answer{
		"server":             base.String(),
		"namespace":          namespace,
		"insecure":           config.Insecure,
		"serverName":         config.ServerName,
		"disableCompression": config.DisableCompression,
		"headers":            sent.headers,
	}
	if runs {
		exec := config.ExecProvider
		env := []string{}
		for _, variable := range exec.Env {
			env = append(env, variable.Name+"="+variable.Value)
		}
		out["exec"] = oracle.Answer{
			"command": exec.Command, "args": exec.Args, "env": env, "apiVersion": exec.APIVersion,
			"interactiveMode": exec.InteractiveMode, "provideClusterInfo": exec.ProvideClusterInfo,
		}
		if exec.ProvideClusterInfo {
			cluster, err := rest.ConfigToExecCluster(config)
			if err != nil {
				return nil, err
			}
			out["execCluster"] = oracle.Answer{
				"server": cluster.Server, "name": cluster.TLSServerName, "proxy": cluster.ProxyURL,
				"insecure":  cluster.InsecureSkipTLSVerify,
				"authority": base64.StdEncoding.EncodeToString(cluster.CertificateAuthorityData),
			}
		}
	}
	if config.Proxy != nil {
		proxy, err := config.Proxy(request)
		if err != nil {
			return nil, err
		}
		out["proxy"] = proxy.String()
	}
	if tls != nil && tls.RootCAs != nil {
		//nolint:staticcheck // The number is all that is asked for.
		out["authorities"] = len(tls.RootCAs.Subjects())
	}
	if tls != nil && tls.GetClientCertificate != nil && conf.HasCertAuth() {
		certificate, err := tls.GetClientCertificate(nil)
		if err != nil {
			return nil, err
		}
		var text []byte
		for _, der := range certificate.Certificate {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
		out["certificate"] = base64.StdEncoding.EncodeToString(text)
	}
	return out, nil
}

// dialable is what net.Dial says of an address before it looks for a host.
func dialable(scheme, address string) error {
	host := address
	port := ""
	if i := strings.LastIndex(address, ":"); i > strings.LastIndex(address, "]") {
		host, port = address[:i], address[i+1:]
	}
	if port == "" {
		port = scheme
		address = host + ":" + scheme
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return err
	}
	if host == "" {
		return fmt.Errorf("no host in %q", address)
	}
	_, err := net.LookupPort("tcp", port)
	return err
}

// recorder keeps the headers of the last request, and answers it.
type recorder struct{ headers http.Header }

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.headers = request.Header.Clone()
	for name, values := range r.headers {
		for _, value := range values {
			// As net/http's own transport does.
			if strings.ContainsAny(value, "\r\n\x00") {
				return nil, fmt.Errorf("invalid header field value for %q", name)
			}
		}
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: request}, nil
}

// overridesFrom binds flags as k8s.io/cli-runtime/pkg/genericclioptions does.
func overridesFrom(flags map[string][]string) *clientcmd.ConfigOverrides {
	one := func(name string) string {
		if values := flags[name]; len(values) > 0 {
			return values[len(values)-1]
		}
		return ""
	}
	extra := map[string][]string{}
	for _, pair := range flags["as-user-extra"] {
		if key, value, ok := strings.Cut(pair, "="); ok {
			extra[key] = append(extra[key], value)
		}
	}
	absolute := func(name string) string {
		if one(name) == "" {
			return ""
		}
		path, err := filepath.Abs(one(name))
		if err != nil {
			return one(name)
		}
		return path
	}
	return &clientcmd.ConfigOverrides{
		// Without kubectl's default of localhost:8080: no server is an error here.
		CurrentContext: one("context"),
		Context: clientcmdapi.Context{
			Cluster: one("cluster"), AuthInfo: one("user"), Namespace: one("namespace"),
		},
		AuthInfo: clientcmdapi.AuthInfo{
			ClientCertificate: absolute("client-certificate"), ClientKey: absolute("client-key"),
			Token: one("token"), Username: one("username"), Password: one("password"),
			Impersonate: one("as"), ImpersonateUID: one("as-uid"),
			ImpersonateGroups: flags["as-group"], ImpersonateUserExtra: extra,
		},
		ClusterInfo: clientcmdapi.Cluster{
			Server: one("server"), TLSServerName: one("tls-server-name"),
			CertificateAuthority:  absolute("certificate-authority"),
			InsecureSkipTLSVerify: one("insecure-skip-tls-verify") == "true",
			DisableCompression:    one("disable-compression") == "true",
		},
	}
}

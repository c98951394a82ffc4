package registry

import (
	"net/http"
	"strings"
)

// refusals are the repositories, by the first part of their name, that are refused with a status.
var refusals = map[string]int{
	"limited":     http.StatusTooManyRequests,
	"private":     http.StatusForbidden,
	"unavailable": http.StatusServiceUnavailable,
}

// refusing answers for those, and hands on everything else.
func refusing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		repository, _ := strings.CutPrefix(r.URL.Path, "/v2/")
		owner, _, _ := strings.Cut(repository, "/")
		if status, refused := refusals[owner]; refused {
			http.Error(w, http.StatusText(status), status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

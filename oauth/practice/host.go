package practice

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// maxForm bounds what is read of a posted form, in bytes.
const maxForm = 64 << 10

// enhancedLabels are the hosts of Enhanced Auth: near the US and near Europe.
var enhancedLabels = []string{"us-partner-integrations", "partner-integrations"}

// Handler serves every host of the service; anything else is misdirected. It
// is what a Server listens with, for use under a server of one's own.
func (s *Server) Handler() http.Handler {
	service, enhanced := s.adminPages(), s.enhancedPages()
	domains := map[string]http.Handler{}
	for _, label := range domainLabels {
		domains[label] = site{s, label}.pages()
	}
	companies := map[string]http.Handler{} // a company's own host name answers for nothing but its domain
	for _, custom := range customNames {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /rest/public/1.0/env-pub", s.endpoint("env-pub", site{s, custom.domain}.envPub))
		companies[custom.host] = mux
	}
	hosts := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		label, ours := labelOf(r.Host)
		switch {
		case companies[label] != nil:
			companies[label].ServeHTTP(w, r)
		case !ours:
			http.Error(w, "practice egnyte answers for "+serviceName+" only", http.StatusMisdirectedRequest)
		case label == "":
			service.ServeHTTP(w, r)
		case slices.Contains(enhancedLabels, label):
			enhanced.ServeHTTP(w, r)
		case domains[label] != nil:
			domains[label].ServeHTTP(w, r)
		default:
			s.show(w, http.StatusNotFound, "message", page{Title: "No such domain",
				Text: "Practice Egnyte has no domain of this name."})
		}
	})
	// Pages of other origins, those of another port of this machine included,
	// must not press buttons here.
	return http.NewCrossOriginProtection().Handler(limitForms(hosts))
}

func limitForms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// labelOf is what stands before the service's name in a Host header.
func labelOf(host string) (label string, ours bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(host)
	if host == serviceName {
		return "", true
	}
	label, ours = strings.CutSuffix(host, "."+serviceName) // the whole host if it is not ours
	return label, ours && !strings.Contains(label, ".")
}

// site is one domain's own host.
type site struct {
	*Server
	label string
}

func (d site) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.home)
	// Egnyte's documentation gives the second address, its own client the first.
	mux.HandleFunc("GET /puboauth/authorize", d.endpoint("authorize", d.authorize))
	mux.HandleFunc("GET /puboauth/token", d.endpoint("authorize", d.authorize))
	mux.HandleFunc("GET /puboauth/signin", d.signInPage)
	mux.HandleFunc("POST /puboauth/signin", d.signIn)
	mux.HandleFunc("GET /puboauth/consent", d.consentPage)
	mux.HandleFunc("POST /puboauth/consent", d.consent)
	mux.HandleFunc("POST /puboauth/token", d.endpoint("token", d.token))
	mux.HandleFunc("GET /rest/public/1.0/env-pub", d.endpoint("env-pub", d.envPub))
	mux.HandleFunc("GET /pubapi/v1/userinfo", d.endpoint("userinfo", d.userInfo))
	mux.HandleFunc("POST /pubapi/v1/tokens/revoke", d.endpoint("revoke", d.revoke))
	return mux
}

func (d site) home(w http.ResponseWriter, r *http.Request) {
	p := page{Title: "This is " + d.label + "’s Egnyte", Text: "Files would be here. Nobody is signed in to this page."}
	if who, ok := d.session(r); ok {
		p.Text = "Files would be here. " + who.Name() + " is signed in in this browser."
	}
	d.show(w, http.StatusOK, "message", p)
}

package oauth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// web is every https host of the world: what each answers, which is where it redirects to
// if it begins with http or /, and what it was asked.
type web struct {
	leads map[string]string
	mu    sync.Mutex
	asked []*http.Request
}

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r)
	w.mu.Unlock()
	http.SetCookie(rw, &http.Cookie{Name: "left", Value: "behind"})
	next := w.leads[r.Host]
	if strings.HasPrefix(next, "http") || strings.HasPrefix(next, "/") {
		rw.Header().Set("Location", next)
		rw.WriteHeader(http.StatusFound)
	} else {
		fmt.Fprint(rw, next)
	}
}

func (w *web) client(t *testing.T) *http.Client {
	t.Helper()
	server := httptest.NewTLSServer(w)
	t.Cleanup(server.Close)
	client := server.Client()
	transport := client.Transport.(*http.Transport)
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	transport.TLSClientConfig.ServerName = "example.com" // the name in the server's certificate
	return client
}

func TestACustomNameIsToldFromWhatIsNone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"files.acme.com": "files.acme.com", " Files.ACME.com ": "files.acme.com", "https://files.acme.com/app#x": "files.acme.com",
		"files.acme.com.": "files.acme.com", "acme.com": "acme.com",
		"acme": "", "acme.egnyte.com": "", "egnyte.com": "", "a.b.egnyte.com": "", "acme.egnytegov.com": "", "acme.qa-egnyte.com": "",
		"http://files.acme.com": "", "files_.acme.com": "", "files.acme.com:8443": "", "jane@files.acme.com": "", "1.2.3.4": "", "1.2.3": "",
		"files.localhost": "", "files.acme.localhost": "", "-.com": "", "": "", ".": "", "a..b": "", strings.Repeat("a.", 130) + "com": "",
	} {
		if host, ok := service(t, "").CustomName(typed); host != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", typed, host, ok)
		}
	}
}

func named(label string) string { return `{"other":[1],"workgroup":{"name":"` + label + `"}}` }

// Given a company's own host name, then it names its domain, which confirms it. Nothing that
// tells who asks is sent, and no redirect is followed.
func TestACustomNameNamesItsDomain(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"directly": named("acme"), "in capitals": named("ACME"), "by a redirect": "https://acme.egnyte.com/login.do",
		"by a redirect with the port": "https://ACME.egnyte.com:443/", "without the scheme": "//acme.egnyte.com/x",
	} {
		w := &web{leads: map[string]string{"files.acme.com": answer, "acme.egnyte.com": named("acme")}}
		got, err := Names{HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "https://files.acme.com/app")
		if err != nil || got.Host() != "acme.egnyte.com" || len(w.asked) != 2 {
			t.Errorf("%s: %v, %v, %d requests", name, got, err, len(w.asked))
		}
		for _, r := range w.asked {
			if r.Header.Get("Cookie")+r.Header.Get("Authorization")+r.Header.Get("Referer") != "" || r.ContentLength != 0 || r.URL.Path != "/rest/public/1.0/env-pub" {
				t.Errorf("%s: %s was sent %v", name, r.Host, r.Header)
			}
		}
	}
}

func TestANameThatLeadsElsewhereIsNoDomain(t *testing.T) {
	t.Parallel()
	for name, leads := range map[string]map[string]string{
		"nowhere":              {},
		"a page":               {"h.acme.com": "<html>Welcome"},
		"another type":         {"h.acme.com": `{"workgroup":{"name":7}}`},
		"no label":             {"h.acme.com": named("acme.egnyte.com")},
		"Egnyte's own":         {"h.acme.com": named("www")},
		"another service":      {"h.acme.com": named("acme.evil.example")},
		"a lookalike":          {"h.acme.com": "https://acme.egnyte.com.evil.example/"},
		"user information":     {"h.acme.com": "https://acme.egnyte.com@evil.example/"},
		"two labels":           {"h.acme.com": "https://a.acme.egnyte.com/"},
		"plain http":           {"h.acme.com": "http://acme.egnyte.com/"},
		"another port":         {"h.acme.com": "https://acme.egnyte.com:8443/"},
		"this machine":         {"h.acme.com": "https://127.0.0.1/"},
		"no confirmation":      {"h.acme.com": named("acme")},
		"another one confirms": {"h.acme.com": named("acme"), "acme.egnyte.com": named("globex")},
		"a redirect confirms":  {"h.acme.com": named("acme"), "acme.egnyte.com": "https://globex.egnyte.com/"},
	} {
		w := &web{leads: leads}
		got, err := Names{HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "h.acme.com")
		var wrong *CustomNameError
		if !errors.As(err, &wrong) || wrong.Name != "h.acme.com" || !got.IsZero() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for _, r := range w.asked {
			if r.Host != "h.acme.com" && r.Host != "acme.egnyte.com" {
				t.Errorf("%s: asked %s", name, r.Host)
			}
		}
	}
}

// Given a host name that somebody typed, then no address of this machine or its link is
// dialled for it. A proxy may be there, and a private address may be the company's.
func TestATypedNameLeadsToNoAddressOfThisMachine(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"127.0.0.1:443": true, "[::1]:443": true, "169.254.169.254:443": true, "[fe80::1]:443": true, "0.0.0.0:443": true, "224.0.0.1:443": true,
		"[::ffff:127.0.0.1]:443": true, "10.0.0.1:443": false, "192.168.1.1:443": false, "[fd00::1]:443": false, "93.184.216.34:443": false,
	} {
		if err := refuseThisMachine("tcp", address, nil); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	address := server.Listener.Addr().String()
	for typed, refused := range map[string]bool{"127.0.0.1": true, "files.acme.com": false} {
		conn, err := dial(withPublicHost(t.Context(), typed), "tcp", address)
		if (err != nil) != refused {
			t.Errorf("%s typed: %v", typed, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Names{HTTP: (&web{}).client(t)}.Resolve(ctx, service(t, ""), "files.acme.com")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func FuzzCustomName(f *testing.F) {
	for _, seed := range []string{"files.acme.com", "https://a.b/?#", "acme.egnyte.com", "1.2.3.4", "é.com", "a.b:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		host, ok := Service{}.CustomName(typed)
		if !ok {
			return
		}
		if checkHostName(host) != nil || host == "egnyte.com" || strings.HasSuffix(host, ".egnyte.com") {
			t.Errorf("%q is taken as %q", typed, host)
		}
		if d, err := (Service{}).ParseDomain(typed); err == nil {
			t.Errorf("%q is both a custom name and %v", typed, d)
		}
	})
}

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
	"time"
)

// aliases is a DNS that gives one hop at a time. A name that it does not know
// is its own canonical name.
type aliases map[string]string

func (a aliases) LookupCNAME(_ context.Context, host string) (string, error) {
	switch next, known := a[host]; {
	case !known:
		return host + ".", nil
	case next == "":
		return "", &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	default:
		return next, nil
	}
}

// web is every https host of the world: where each redirects to, and what it
// was asked.
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
	if next := w.leads[r.Host]; next != "" {
		rw.Header().Set("Location", next)
		rw.WriteHeader(http.StatusFound)
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
		"files.localhost": "", "-.com": "", "": "", ".": "", "a..b": "", strings.Repeat("a.", 130) + "com": "",
	} {
		if host, ok := service(t, "").CustomName(typed); host != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", typed, host, ok)
		}
	}
}

func TestACustomNameIsResolvedByItsAliases(t *testing.T) {
	t.Parallel()
	for name, dns := range map[string]aliases{
		"directly":         {"files.acme.com": "acme.egnyte.com."},
		"in capitals":      {"files.acme.com": "ACME.Egnyte.COM."},
		"by another alias": {"files.acme.com": "f.acme.net.", "f.acme.net": "acme.egnyte.com."},
		"and beyond":       {"files.acme.com": "acme.egnyte.com.", "acme.egnyte.com": "edge.example.net."},
	} {
		w := &web{}
		got, err := Names{DNS: dns, HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "files.acme.com")
		if err != nil || got.Host() != "acme.egnyte.com" || len(w.asked) > 0 {
			t.Errorf("%s: %v, %v, %d requests", name, got, err, len(w.asked))
		}
	}
}

func TestACustomNameIsResolvedByItsRedirects(t *testing.T) {
	t.Parallel()
	for name, leads := range map[string]map[string]string{
		"directly":           {"files.acme.com": "https://acme.egnyte.com/login.do"},
		"with the port":      {"files.acme.com": "https://ACME.egnyte.com:443/"},
		"by another host":    {"files.acme.com": "https://www.acme.com/files", "www.acme.com": "//acme.egnyte.com/x"},
		"by Egnyte's own":    {"files.acme.com": "https://www.egnyte.com/", "www.egnyte.com": "https://acme.egnyte.com/"},
		"by Enhanced Auth's": {"files.acme.com": "https://partner-integrations.egnyte.com/", "partner-integrations.egnyte.com": "https://acme.egnyte.com/"},
	} {
		w := &web{leads: leads}
		got, err := Names{DNS: aliases{"files.acme.com": ""}, HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "files.acme.com")
		if err != nil || got.Host() != "acme.egnyte.com" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for _, r := range w.asked {
			if r.Header.Get("Cookie")+r.Header.Get("Authorization")+r.Header.Get("Referer") != "" || r.ContentLength != 0 {
				t.Errorf("%s: %s was sent %v", name, r.Host, r.Header)
			}
			if r.Host == "acme.egnyte.com" {
				t.Errorf("%s: the domain itself was asked", name)
			}
		}
	}
}

func TestACustomNameOfAPracticeServiceLeadsToPlainHTTP(t *testing.T) {
	t.Parallel()
	w := &web{leads: map[string]string{"files.acme.example": "http://acme.egnyte.localhost:81/"}}
	got, err := Names{DNS: aliases{}, HTTP: w.client(t)}.Resolve(t.Context(), service(t, "http://egnyte.localhost:81"), "files.acme.example")
	if err != nil || got.Host() != "acme.egnyte.localhost:81" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestANameThatLeadsElsewhereIsNoDomain(t *testing.T) {
	t.Parallel()
	loop := map[string]string{}
	for i := range 20 {
		loop[fmt.Sprintf("h%d.acme.com", i)] = fmt.Sprintf("https://h%d.acme.com/", i+1)
	}
	for name, c := range map[string]struct {
		leads    map[string]string
		requests int
	}{
		"nowhere":           {nil, 1},
		"a lookalike":       {map[string]string{"h0.acme.com": "https://acme.egnyte.com.evil.example/"}, 2},
		"another lookalike": {map[string]string{"h0.acme.com": "https://evilegnyte.com/"}, 2},
		"user information":  {map[string]string{"h0.acme.com": "https://acme.egnyte.com@evil.example/"}, 1},
		"two labels":        {map[string]string{"h0.acme.com": "https://a.acme.egnyte.com/"}, 2},
		"plain http":        {map[string]string{"h0.acme.com": "http://acme.egnyte.com/"}, 1},
		"another port":      {map[string]string{"h0.acme.com": "https://acme.egnyte.com:8443/"}, 2},
		"no address":        {map[string]string{"h0.acme.com": "https://%zz/"}, 1},
		"too many hops":     {loop, maxRedirects},
	} {
		w := &web{leads: c.leads}
		got, err := Names{DNS: aliases{}, HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "h0.acme.com")
		var wrong *CustomNameError
		if !errors.As(err, &wrong) || wrong.Name != "h0.acme.com" || !got.IsZero() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if len(w.asked) != c.requests {
			t.Errorf("%s: %d requests, want %d", name, len(w.asked), c.requests)
		}
	}
}

func TestAliasesThatRunInACircleEnd(t *testing.T) {
	t.Parallel()
	dns := aliases{"files.acme.com": "b.acme.com.", "b.acme.com": "files.acme.com."}
	if got, err := (Names{DNS: dns, HTTP: (&web{}).client(t)}).Resolve(t.Context(), service(t, ""), "files.acme.com"); err == nil {
		t.Errorf("resolved to %v", got)
	}
}

// silent is a DNS that never answers.
type silent struct{}

func (silent) LookupCNAME(ctx context.Context, _ string) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestASearchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := Names{DNS: silent{}, HTTP: (&web{}).client(t)}.Resolve(ctx, service(t, ""), "files.acme.com")
	if !errors.Is(err, context.DeadlineExceeded) {
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

package oauth

import (
	"errors"
	"strings"
	"testing"
)

func service(t *testing.T, raw string) Service {
	t.Helper()
	s, err := ParseService(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatPeopleTypeAsDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, typed, host string }{
		{"", "acme", "acme.egnyte.com"},
		{"", "ACME ", "acme.egnyte.com"},
		{"", "acme.egnyte.com", "acme.egnyte.com"},
		{"", "acme.egnyte.com.", "acme.egnyte.com"},
		{"", "https://acme.egnyte.com/app/index.do#x", "acme.egnyte.com"},
		{"", "https://acme.egnyte.com?x=1", "acme.egnyte.com"},
		{"", "a", "a.egnyte.com"},
		{"", "a-1", "a-1.egnyte.com"},
		{"", strings.Repeat("a", 63), strings.Repeat("a", 63) + ".egnyte.com"},
		{"https://egnytegov.com", "acme", "acme.egnytegov.com"},
		{"http://egnyte.localhost:81", "acme.egnyte.localhost", "acme.egnyte.localhost:81"},
		{"http://egnyte.localhost:81", "http://acme.egnyte.localhost:81/", "acme.egnyte.localhost:81"},
	} {
		got, err := service(t, c.service).ParseDomain(c.typed)
		if err != nil || got.Host() != c.host {
			t.Errorf("%q at %q: got %v, %v; want %s", c.typed, c.service, got, err, c.host)
		}
	}
}

func TestWhatCanBeNoDomain(t *testing.T) {
	t.Parallel()
	for typed, reason := range map[string]string{
		"":                                      "empty",
		"  ":                                    "empty",
		"-acme":                                 "hyphen",
		"acme-":                                 "hyphen",
		"ac me":                                 "letters, digits and hyphens",
		"acmé":                                  "letters, digits and hyphens",
		strings.Repeat("a", 64):                 "63",
		"files.acme.com":                        "not under egnyte.com",
		"a.b.egnyte.com":                        "letters, digits and hyphens",
		"acme.egnyte.com.evil.example":          "not under egnyte.com",
		"https://acme.egnyte.com@evil.example/": "character",
		"acme.egnyte.com:8443":                  "not under egnyte.com",
		"http://acme.egnyte.com":                "https",
		"ftp://acme.egnyte.com":                 "https",
		".egnyte.com":                           "missing",
		"www.egnyte.com":                        "Egnyte itself",
		"www":                                   "Egnyte itself",
		"partner-integrations":                  "Egnyte itself",
		"us-partner-integrations.egnyte.com":    "Egnyte itself",
	} {
		got, err := Service{}.ParseDomain(typed)
		var domain *DomainError
		if !errors.As(err, &domain) || !strings.Contains(domain.Reason, reason) {
			t.Errorf("%q: got %v, %v; want a reason with %q", typed, got, err, reason)
		}
	}
}

func TestWhatACallbackMayName(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"acme", "Acme", "acme.egnyte.com", "https://acme.egnyte.com", "https://acme.egnyte.com/"} {
		if got, err := (Service{}).domainFromCallback(value); err != nil || got.Host() != "acme.egnyte.com" {
			t.Errorf("%q: got %v, %v", value, got, err)
		}
	}
	for _, value := range []string{
		"", " ", "evil.example", "acme.egnyte.com.evil.example", "acme.egnyte.com@evil.example",
		"evil.example/.egnyte.com", "https://evil.example/.egnyte.com", "https://acme.egnyte.com@evil.example",
		"https://user:pw@acme.egnyte.com", "http://acme.egnyte.com", "https://acme.egnyte.com:444", "https://acme.egnyte.com?x",
		"https://acme.egnyte.com#x", "//acme.egnyte.com", "acme.egnyte.com/x", "acme.egnyte.com#", "acme\x00", "acme%2eegnyte.com",
		"www", "partner-integrations", "https://us-partner-integrations.egnyte.com", "[::1]", "127.0.0.1", "acme.egnytegov.com",
	} {
		if got, err := (Service{}).domainFromCallback(value); err == nil {
			t.Errorf("%q was taken for %v", value, got)
		}
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"": "https://egnyte.com", "https://egnytegov.com/": "https://egnytegov.com", "https://QA-egnyte.com": "https://qa-egnyte.com",
		"http://egnyte.localhost:8080": "http://egnyte.localhost:8080",
	} {
		if got, err := ParseService(raw); err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{
		"egnyte.com", "http://egnyte.com", "ftp://egnyte.com", "https://", "https://com", "https://user@egnyte.com",
		"https://egnyte.com/path", "https://egnyte.com?q", "http://localhost.evil.example", "https://egnyte.com:0", "https://egnyte.com:", "https://egnyte.com:99999",
	} {
		if got, err := ParseService(raw); err == nil {
			t.Errorf("%q was taken for %v", raw, got)
		}
	}
}

// Whatever is typed or named, a domain is one label directly under its service.
func FuzzDomain(f *testing.F) {
	for _, seed := range []string{"acme", "https://acme.egnyte.com/app", "a.b", "acme.egnyte.com@evil.example", "xn--a", "\u202eacme"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, parse := range []func(string) (Domain, error){Service{}.ParseDomain, Service{}.domainFromCallback} {
			domain, err := parse(typed)
			if err != nil {
				continue
			}
			label, found := strings.CutSuffix(domain.Host(), ".egnyte.com")
			if !found || checkLabel(label) != nil {
				t.Errorf("%q became %q", typed, domain.Host())
			}
		}
	})
}

package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

var fileSeeds = []string{
	"", "{}", "null", "[]", `{"service":`, "\ufeff{}", `{"service":"https://egnytegov.com","domain":"acme"}`,
	`{"service":"http://egnyte.localhost:8765","client_id":"id","redirect_uri":"http://localhost:9000/cb","flow":"code","domain":"acme","region":"eu","scopes":["Egnyte.link"],"pkce":false,"relay":true,"log_level":"debug"}`,
	`{"domain":"acme.egnyte.com@evil.example"}`, `{"domain":"evil.example"}`, `{"service":"https://egnyte.com:443/x"}`,
	`{"client_id":1}`, `{"scopes":"Egnyte.link"}`, `{"locked":["domain","service","no such"],"client_secret":"s","domain":"acme"}`,
	`{"redirect_uri":"https://x@y/#"}`, `{"flow":"password","domain":"ACME."}`, `{"Domain":"acme","DOMAIN":"globex"}`,
}

// fuzzFiles writes what came as one of the two files and looks at what is then
// in force.
func fuzzFiles(f *testing.F, asPolicy bool) {
	for _, seed := range fileSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := machine(t)
		path := settingsPath(dir)
		if asPolicy {
			path = policyPath()
		}
		write(t, path, string(content))
		e, err := Load(dir, Values{})
		var file *FileError
		switch {
		case err == nil:
			checkEffective(t, e)
		case !errors.As(err, &file) || file.Path != path || file.Reason == "" && file.Err == nil:
			t.Errorf("%q: %v does not name the file and the reason", content, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(content) {
			t.Errorf("reading changed the file: %v", err)
		}
		if !asPolicy {
			fuzzSave(t, dir, content)
		}
	})
}

// checkEffective: whatever a file says, codes and secrets only ever go to one
// label directly under the service, and plain http only to this machine.
func checkEffective(t *testing.T, e Effective) {
	t.Helper()
	service, err := oauth.ParseService(e.Service.String())
	if err != nil || !service.Equal(e.Service) {
		t.Errorf("the service is %q: %v", e.Service, err)
	}
	if strings.HasPrefix(e.Service.String(), "http://") && !strings.Contains(e.Service.Host(), "localhost") {
		t.Errorf("the service is %q", e.Service)
	}
	if !e.Domain.IsZero() {
		label, under := strings.CutSuffix(e.Domain.Host(), "."+e.Service.Host())
		if !under || label == "" || strings.ContainsAny(label, ".@/:") {
			t.Errorf("the domain is %q under %q", e.Domain, e.Service)
		}
	}
	if _, err := checkRedirectURI(e.Key.RedirectURI); err != nil {
		t.Errorf("the redirect address is %q: %v", e.Key.RedirectURI, err)
	}
	_ = e.SignIn()
}

// fuzzSave: saving over it loses nothing. What can't be read is kept beside it.
func fuzzSave(t *testing.T, dir string, content []byte) {
	t.Helper()
	outcome, err := Apply(t.Context(), dir, secrets{}, Edit{Set: map[string]string{"region": "eu"}})
	if err != nil {
		if after, _ := os.ReadFile(settingsPath(dir)); string(after) != string(content) {
			t.Errorf("saving failed (%v), and the file is another", err)
		}
		return
	}
	if outcome.Kept != "" {
		if kept, _ := os.ReadFile(outcome.Kept); string(kept) != string(content) || filepath.Dir(outcome.Kept) != dir {
			t.Errorf("%s does not hold what was there", outcome.Kept)
		}
	}
	if e, err := Load(dir, Values{}); err != nil || e.Region != oauth.RegionEurope {
		t.Errorf("what was saved can't be read: %v, %q", err, e.Region)
	}
}

func FuzzSettings(f *testing.F) { fuzzFiles(f, false) }

func FuzzPolicy(f *testing.F) { fuzzFiles(f, true) }

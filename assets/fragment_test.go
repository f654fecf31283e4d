package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
)

// Exactly one script, the one that is allowed, which loads nothing and talks
// to nobody but its own server.
func TestTheFragmentPageRunsItsOwnScriptAlone(t *testing.T) {
	t.Parallel()
	scripts := regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`).FindAllStringSubmatch(FragmentHTML(), -1)
	if len(scripts) != 1 {
		t.Fatalf("%d scripts", len(scripts))
	}
	hash := sha256.Sum256([]byte(scripts[0][1]))
	if !strings.Contains(FragmentPolicy(), "script-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'") {
		t.Error("the policy does not allow the page's own script")
	}
	for _, want := range []string{"default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(FragmentPolicy(), want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if found := regexp.MustCompile(`(?i)https?:|import|innerHTML|eval|localStorage|cookie|<link|<img|\bsrc=`).FindString(FragmentHTML()); found != "" {
		t.Errorf("the page holds %q", found)
	}
	if strings.Contains(PagePolicy(), "script-src") {
		t.Error("the other pages may run scripts")
	}
}

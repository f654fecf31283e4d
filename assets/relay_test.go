package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The relay page is hosted by others, who can't be asked to set headers: its
// policy stands in the page and allows its own script and style alone.
func TestTheRelayPageRunsItsOwnScriptAloneAndGoesToOnePlace(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("relay/index.html")
	if err != nil {
		t.Fatal(err)
	}
	html := string(file)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(html)
	if policy == nil {
		t.Fatal("there is no policy")
	}
	for _, element := range []string{"script", "style"} {
		all := regexp.MustCompile(`(?s)<`+element+`[^>]*>(.*?)</`+element+`>`).FindAllStringSubmatch(html, -1)
		if len(all) != 1 {
			t.Fatalf("%d elements %s", len(all), element)
		}
		hash := sha256.Sum256([]byte(all[0][1]))
		if want := element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"; !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy[1], want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if strings.Index(html, "Content-Security-Policy") > strings.Index(html, "<style>") {
		t.Error("the policy comes after what it has to govern")
	}
	if addresses := regexp.MustCompile(`(?i)[a-z]+://[^ ]*`).FindAllString(html, -1); len(addresses) != 1 || addresses[0] != `http://127.0.0.1:"` {
		t.Errorf("the page names %q", addresses)
	}
	if found := regexp.MustCompile(`(?i)import|innerHTML|eval|localStorage|cookie|fetch|XMLHttp|beacon|<link|<img|<iframe|\bsrc=|\bon[a-z]+=|postMessage|document\.write`).FindString(html); found != "" {
		t.Errorf("the page holds %q", found)
	}
}

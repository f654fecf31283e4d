package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
)

var all = map[string]Page{"came back": CameBack, "denied": Denied, "failed": Failed, "stray": Stray}

// A page works offline and under its own policy: no script, no address, no
// inline style attribute, and exactly the style whose hash is allowed.
func TestPagesNeedNothingFromAnywhere(t *testing.T) {
	t.Parallel()
	loads := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|\bsrc=|\bhref=|\bstyle=|url\(|@import|https?:|\bon[a-z]+=`)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	for name, page := range all {
		html := page.HTML()
		if found := loads.FindString(html); found != "" {
			t.Errorf("%s: the page holds %q", name, found)
		}
		if strings.Contains(html, "{{") {
			t.Errorf("%s: a placeholder was left", name)
		}
		styles := style.FindAllStringSubmatch(html, -1)
		if len(styles) != 1 {
			t.Fatalf("%s: %d style elements, want 1", name, len(styles))
		}
		hash := sha256.Sum256([]byte(styles[0][1]))
		if !strings.Contains(PagePolicy(), "'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'") {
			t.Errorf("%s: the policy does not allow the page's own style", name)
		}
	}
}

func TestEachPageHasItsOwnShapeAndWords(t *testing.T) {
	t.Parallel()
	marks, headings := map[string]bool{}, map[string]bool{}
	for _, page := range all {
		marks[page.mark], headings[page.heading] = true, true
	}
	if len(marks) != len(all) || len(headings) != len(all) {
		t.Errorf("%d pages share %d marks and %d headings", len(all), len(marks), len(headings))
	}
}

func TestThePageOfASuccessPromisesNoMoreThanIsKnown(t *testing.T) {
	t.Parallel()
	if strings.Contains(strings.ToLower(CameBack.HTML()), "signed in") {
		t.Error("the page says 'signed in' before the code was exchanged")
	}
}

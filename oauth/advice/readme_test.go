package advice_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"egnyte-accounts/oauth/advice"
)

// readmeSentences are those that gui/README.md explains: the first column of its
// section on trouble, where … stands for what the app fills in.
func readmeSentences(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "gui", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## When something is wrong\n")
	section, _, _ = strings.Cut(section, "\n## ")
	all := map[string]*regexp.Regexp{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2 || strings.Contains(line, "---") || strings.TrimSpace(cells[0]) == "the app says" {
			continue
		}
		for sentence := range strings.SplitSeq(cells[0], "<br>") {
			sentence = strings.TrimSpace(sentence)
			all[sentence] = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(sentence), "…", ".+") + "$")
		}
	}
	if len(all) == 0 {
		t.Fatal("README explains no sentence")
	}
	return all
}

func TestEverySentenceThatREADMEExplainsIsSaid(t *testing.T) {
	t.Parallel()
	for sentence, pattern := range readmeSentences(t) {
		said := false
		for _, m := range met {
			said = said || pattern.MatchString(advice.For(m.err, noon).What)
		}
		if !said {
			t.Errorf("nothing that can go wrong says %q", sentence)
		}
	}
}

// What passes (4), what the person did themselves (130, denied) and what only a
// terminal asks (an account's name) needs no explanation.
func TestREADMEExplainsEverySentenceThatNeedsThePerson(t *testing.T) {
	t.Parallel()
	sentences := readmeSentences(t)
	for _, m := range met {
		switch advice.Code(m.err) {
		case "denied", "no-account", "ambiguous":
			continue
		}
		what := advice.For(m.err, noon).What
		explained := m.exit == 4 || m.exit == 130
		for _, pattern := range sentences {
			explained = explained || pattern.MatchString(what)
		}
		if !explained {
			t.Errorf("README does not explain %q", what)
		}
	}
}

package words_test

import (
	"strings"
	"sync"
	"testing"

	"egnyte-accounts/oauth/words"
)

// shouted is a language that has one sentence and one plural.
type shouted struct{}

func (shouted) Name() string { return "x-shouted" }

func (shouted) Text(english string) (string, bool) {
	return strings.ToUpper(english[:1]) + english[1:] + "!", english == "hello {name}"
}

func (shouted) Plural(english string, n int) (string, bool) {
	if n == 2 {
		return "a pair", english == "{n} days"
	}
	return "", false
}

func TestWithoutACatalogueItIsEnglish(t *testing.T) {
	for want, got := range map[string]string{
		"hello Jane":           words.Say("hello {name}", "name", "Jane"),
		"hello {who}, by {to}": words.Say("hello {name}, by {to}", "name", "{who}"),
		"1 day":                words.Count(1, "{n} day", "{n} days"),
		"2 days":               words.Count(2, "{n} day", "{n} days"),
		"0 days of Jane":       words.Count(0, "{n} day of {name}", "{n} days of {name}", "name", "Jane"),
		"hello":                words.Say("hello"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestACatalogueSaysWhatItHasAndTheRestIsEnglish(t *testing.T) {
	words.Use(shouted{})
	t.Cleanup(func() { words.Use(nil) })
	for want, got := range map[string]string{
		"Hello Jane!": words.Say("hello {name}", "name", "Jane"),
		"bye":         words.Say("bye"),
		"a pair":      words.Count(2, "{n} day", "{n} days"),
		"3 days":      words.Count(3, "{n} day", "{n} days"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheLanguageIsSetWhileOthersSpeak(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	var speakers sync.WaitGroup
	for range 4 {
		speakers.Go(func() {
			for range 100 {
				if got := words.Say("hello {name}", "name", "Jane"); !strings.Contains(got, "Jane") {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	words.Use(shouted{})
	speakers.Wait()
}

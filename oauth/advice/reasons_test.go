package advice

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// marked is a language of English between marks, facts left out of them.
type marked struct{}

func (marked) Name() string { return "x-marked" }

func (marked) Text(english string) (string, bool) {
	return "⟦" + fact().ReplaceAllString(english, "⟧$0⟦") + "⟧", english != ""
}

func (m marked) Plural(english string, _ int) (string, bool) { return m.Text(english) }

var (
	inMarks = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	quoted  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|https?://\S+|\w+\.egnyte\.com|egnyte\.com`)
	letter  = regexp.MustCompile(`\p{L}`)
)

// wrongs are the words of oauth and its neighbours for all that can be wrong
// with what a person types.
func wrongs(t *testing.T) []error {
	t.Helper()
	var all []error
	var egnyte oauth.Service
	for _, typed := range []string{"", "ftp://acme", "a@acme", "files.acme.com", "https://.egnyte.com", strings.Repeat("a", 64), "-acme", "a_b", "www"} {
		_, err := egnyte.ParseDomain(typed)
		all = append(all, err)
		if wrong, ok := as[*oauth.DomainError](err); ok {
			all = append(all, errors.New(wrong.Reason))
		}
	}
	for _, url := range []string{"egnyte", "https://acme.com/there", "http://acme.com", "https://acme", "https://a_b.com", "https://acme.com:0"} {
		_, err := oauth.ParseService(url)
		all = append(all, err)
	}
	for name, values := range map[string][]string{
		"client_id": {" ", "a b", strings.Repeat("a", 600)}, "scopes": {`a"b`}, "service": {"egnyte"}, "domain": {"a_b"},
		"redirect_uri": {"there", "https://acme.com/#x", "https://me@acme.com/", "http://acme.com/"},
	} {
		for _, value := range values {
			_, err := settings.Apply(t.Context(), t.TempDir(), keyring.System(), settings.Edit{Set: map[string]string{name: value}})
			all = append(all, settings.Complaints(err)[name])
		}
	}
	_, err := settings.Apply(t.Context(), t.TempDir(), keyring.System(), settings.Edit{Secret: oauth.NewSecret("x")})
	all = append(all, settings.Complaints(err)[settings.SecretName])
	for _, uri := range []string{"there", "http://me@localhost/", "http://localhost/#x", "ftp://localhost/", "http://acme.com/",
		"http://localhost/../x", "http://localhost/?code=1", "http://localhost:99999/"} {
		_, err := redirect.Explain(uri, false)
		wrong, ok := as[*redirect.UnsupportedRedirectError](err)
		if !ok {
			t.Fatalf("%s: %v", uri, err)
		}
		all = append(all, errors.New(wrong.Reason))
	}
	return append(all, &settings.LockedError{Field: "domain", Path: "/etc/policy.json"})
}

func TestWhatIsWrongWithATypedTextIsTranslated(t *testing.T) {
	all := wrongs(t)
	words.Use(marked{})
	t.Cleanup(func() { words.Use(nil) })
	for _, wrong := range all {
		if wrong == nil {
			t.Fatal("something that should be wrong is not")
		}
		left := quoted.ReplaceAllString(inMarks.ReplaceAllString(Reason(wrong.Error()), " "), " ")
		if strings.Contains(wrong.Error(), "policy") {
			left = strings.NewReplacer("domain", "", "/etc/policy.json", "").Replace(left)
		}
		if letter.MatchString(left) {
			t.Errorf("%q is not known: %q", wrong, left)
		}
	}
}

func TestAReasonStaysAsItIsInEnglish(t *testing.T) {
	for _, wrong := range append(wrongs(t), errors.New("nobody knows {this}")) {
		if got := Reason(wrong.Error()); got != wrong.Error() {
			t.Errorf("%q became %q", wrong, got)
		}
	}
	if got := Complaint("it is empty"); got != "It is empty." {
		t.Errorf("got %q", got)
	}
}

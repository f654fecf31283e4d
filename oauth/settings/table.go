package settings

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"egnyte-accounts/oauth"
)

// field is one setting: its JSON name, its text, and what it can't be. The
// check gives the text as it is kept.
type field struct {
	name  string
	get   func(Fields) string
	set   func(f *Fields, text string)
	check func(text string) (string, error)
}

// table is all settings, in the order in which people read them.
var table = []field{
	{"service", func(f Fields) string { return strings.TrimSpace(f.Service) }, func(f *Fields, t string) { f.Service = t }, checkService},
	{"client_id", func(f Fields) string { return strings.TrimSpace(f.ClientID) }, func(f *Fields, t string) { f.ClientID = t }, checkClientID},
	{"redirect_uri", func(f Fields) string { return strings.TrimSpace(f.RedirectURI) }, func(f *Fields, t string) { f.RedirectURI = t }, checkRedirectURI},
	{"flow", func(f Fields) string { return f.Flow }, func(f *Fields, t string) { f.Flow = t }, named(oauth.ParseFlow)},
	{"domain", func(f Fields) string { return strings.TrimSpace(f.Domain) }, func(f *Fields, t string) { f.Domain = t }, trimmed},
	{"region", func(f Fields) string { return f.Region }, func(f *Fields, t string) { f.Region = t }, named(oauth.ParseRegion)},
	{"scopes", func(f Fields) string { return strings.Join(f.Scopes, " ") }, func(f *Fields, t string) { f.Scopes = strings.Fields(t) }, checkScopes},
	{"pkce", func(f Fields) string { return yesNo(f.PKCE) }, func(f *Fields, t string) { f.PKCE = saidYesNo(t) }, checkYesNo},
	{"relay", func(f Fields) string { return yesNo(f.Relay) }, func(f *Fields, t string) { f.Relay = saidYesNo(t) }, checkYesNo},
	{"ca_file", func(f Fields) string { return strings.TrimSpace(f.CAFile) }, func(f *Fields, t string) { f.CAFile = t }, checkCAFile},
	{"log_level", func(f Fields) string { return f.LogLevel }, func(f *Fields, t string) { f.LogLevel = t }, checkLogLevel},
}

// Names are the settings that settings.json may hold, by JSON name.
func Names() []string {
	names := make([]string, len(table))
	for i, f := range table {
		names[i] = f.name
	}
	return names
}

func fieldNamed(name string) (field, bool) {
	for _, f := range table {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

// only keeps the named fields, without drops them.
func (f Fields) only(names map[string]bool) Fields    { return f.filtered(names, true) }
func (f Fields) without(names map[string]bool) Fields { return f.filtered(names, false) }

func (f Fields) filtered(names map[string]bool, keep bool) Fields {
	for _, t := range table {
		if names[t.name] != keep {
			t.set(&f, "")
		}
	}
	return f
}

// check validates all that a source says, also what another outranks. A domain
// is checked where it is used: it depends on the service in force.
func (l layer) check() error {
	for _, scope := range l.fields.Scopes { // before they are joined
		if _, err := checkScope(scope); err != nil {
			return l.fail("scopes", err)
		}
	}
	for _, t := range table {
		if text := t.get(l.fields); text != "" {
			if _, err := t.check(text); err != nil {
				return l.fail(t.name, err)
			}
		}
	}
	return nil
}

func yesNo(said *bool) string {
	if said == nil {
		return ""
	}
	return fmt.Sprint(*said)
}

func saidYesNo(text string) *bool {
	if text == "" {
		return nil
	}
	yes := text == "true"
	return &yes
}

func checkYesNo(text string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on":
		return "true", nil
	case "false", "no", "off":
		return "false", nil
	}
	return "", fmt.Errorf("%q is neither true nor false", text)
}

func trimmed(text string) (string, error) { return strings.TrimSpace(text), nil }

func named[T ~string](parse func(string) (T, error)) func(string) (string, error) {
	return func(text string) (string, error) {
		parsed, err := parse(strings.ToLower(strings.TrimSpace(text)))
		return string(parsed), err
	}
}

func checkService(text string) (string, error) {
	service, err := oauth.ParseService(text)
	return service.String(), err
}

// maxClientID is far above any key's length, in bytes.
const maxClientID = 512

func checkClientID(text string) (string, error) {
	id := strings.TrimSpace(text)
	switch {
	case id == "":
		return "", errors.New("the API key is missing")
	case len(id) > maxClientID:
		return "", errors.New("an API key is not that long")
	case strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return "", errors.New("an API key has no spaces")
	}
	return id, nil
}

func checkScopes(text string) (string, error) {
	scopes := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	for _, scope := range scopes {
		if _, err := checkScope(scope); err != nil {
			return "", err
		}
	}
	return strings.Join(scopes, " "), nil
}

// checkScope knows what no scope can be (RFC 6749, 3.3). Which ones there are
// only Egnyte knows, and it adds some.
func checkScope(scope string) (string, error) {
	if scope == "" || strings.ContainsAny(scope, " \t\n\"\\") {
		return "", fmt.Errorf("%q is not one scope", scope)
	}
	return scope, nil
}

// checkRedirectURI knows what no server could take; whether it is the
// registered address only Egnyte knows (RFC 6749, 3.1.2; RFC 8252, 7.3).
func checkRedirectURI(text string) (string, error) {
	raw := strings.TrimSpace(text)
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q is not an address like %s", raw, oauth.DefaultRedirectURI)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return "", errors.New("a redirect address has no #")
	case u.User != nil:
		return "", errors.New("a redirect address has no user name")
	case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1":
		return "", fmt.Errorf("%q must use https: plain http is for this machine only", raw)
	}
	return raw, nil
}

package settings

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"unicode"

	"egnyte-accounts/oauth"
)

// Problem is why a setting can't have a value. Its code is one of the constants
// below; its facts are what the sentence of that code names.
type Problem struct {
	code  string
	facts []string // name, value, …
}

// Code is the short name of the problem.
func (p *Problem) Code() string { return p.code }

// Facts are what Error's sentence fills in, by name.
func (p *Problem) Facts() map[string]string {
	facts := map[string]string{}
	for i := 0; i+1 < len(p.facts); i += 2 {
		facts[p.facts[i]] = p.facts[i+1]
	}
	return facts
}

// Error is the problem in English, without a full stop.
func (p *Problem) Error() string {
	var pairs []string
	for name, value := range p.Facts() {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(Problems()[p.code])
}

func problem(code string, facts ...string) *Problem { return &Problem{code, facts} }

// The codes of problems.
const (
	empty            = "empty"
	keyMissing       = "key-missing"
	keyTooLong       = "key-too-long"
	keyHasSpaces     = "key-has-spaces"
	noKeyYet         = "no-key-yet"
	keyBringsSecret  = "key-brings-secret"
	notOneScope      = "not-one-scope"
	notASwitch       = "not-a-switch"
	notALevel        = "not-a-level"
	redirectAddress  = "redirect-address"
	redirectFragment = "redirect-fragment"
	redirectUser     = "redirect-user"
	redirectHTTPS    = "redirect-https"
	pathNotWhole     = "path-not-whole"
)

// Problems are the sentences of all codes, in English, with {facts} in them.
func Problems() map[string]string {
	return map[string]string{
		empty:            "it is empty",
		keyMissing:       "the API key is missing",
		keyTooLong:       "an API key is not that long",
		keyHasSpaces:     "an API key has no spaces",
		noKeyYet:         "there is no API key yet that it could belong to",
		keyBringsSecret:  "the API key in force is from the {source}, which brings its secret along",
		notOneScope:      "{scope} is not one scope",
		notASwitch:       "{text} is neither true nor false",
		notALevel:        "{text} is neither warning, info nor debug",
		redirectAddress:  "{address} is not an address like {example}",
		redirectFragment: "a redirect address has no #",
		redirectUser:     "a redirect address has no user name",
		redirectHTTPS:    "{address} must use https: plain http is for this machine only",
		pathNotWhole:     "the whole path of a file is needed",
	}
}

func yesNo(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

func checkSwitch(text string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "on":
		return "true", nil
	case "false", "no", "off":
		return "false", nil
	}
	return "", problem(notASwitch, "text", quoted(text))
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

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
		return "", problem(keyMissing)
	case len(id) > maxClientID:
		return "", problem(keyTooLong)
	case strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return "", problem(keyHasSpaces)
	}
	return id, nil
}

// checkScopes knows what no scope can be (RFC 6749, 3.3). Which ones there are
// only Egnyte knows, and it adds some.
func checkScopes(text string) (string, error) {
	scopes := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	for _, scope := range scopes {
		if strings.ContainsAny(scope, "\"\\") {
			return "", problem(notOneScope, "scope", quoted(scope))
		}
	}
	return strings.Join(scopes, " "), nil
}

// checkRedirectURI knows what no server could take; whether it is the
// registered address only Egnyte knows (RFC 6749, 3.1.2; RFC 8252, 7.3).
func checkRedirectURI(text string) (string, error) {
	raw := strings.TrimSpace(text)
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return "", problem(redirectAddress, "address", quoted(raw), "example", oauth.DefaultRedirectURI)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return "", problem(redirectFragment)
	case u.User != nil:
		return "", problem(redirectUser)
	case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1":
		return "", problem(redirectHTTPS, "address", quoted(raw))
	}
	return raw, nil
}

func levelName(level slog.Level) string {
	for name, l := range levels {
		if l == level {
			return name
		}
	}
	return ""
}

func checkLogLevel(text string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	if _, known := levels[name]; !known {
		return "", problem(notALevel, "text", quoted(text))
	}
	return name, nil
}

// LogLevel is the level in force, without a keyring. Where the settings or the
// policy can't be read it is the default: the log then has something to tell.
func LogLevel(dir string) slog.Level {
	e, _ := LoadPast(dir, nil)
	if _, fault := e.Stopped.(*PolicyError); fault || e.From["log_level"] == "" {
		return slog.LevelWarn
	}
	return e.LogLevel
}

package advice

import (
	"errors"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

func TestATestedKeyIsToldInWords(t *testing.T) {
	t.Parallel()
	var egnyte oauth.Service
	acme, err := egnyte.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	kind := &oauth.Refusal{Kind: oauth.RefusedKeyKind}
	for name, c := range map[string]struct {
		signIn oauth.SignIn
		err    error
		says   string
		good   bool
		action Action
	}{
		"right":                    {oauth.SignIn{Domain: acme}, nil, "acme.egnyte.com knows this key", true, None},
		"no domain":                {oauth.SignIn{}, nil, "type yours", true, None},
		"internal, as set":         {oauth.SignIn{Flow: oauth.FlowPassword, Domain: acme}, kind, "as one for internal", true, None},
		"internal, set as public":  {oauth.SignIn{Domain: acme}, kind, "Choose that kind of key", false, None},
		"public, set as internal":  {oauth.SignIn{Flow: oauth.FlowPassword, Domain: acme}, nil, "Choose that kind of key", false, None},
		"internal, without domain": {oauth.SignIn{Flow: oauth.FlowPassword}, nil, "Type your domain", true, None},
		"unknown":                  {oauth.SignIn{Domain: acme}, &oauth.Refusal{Kind: oauth.RefusedKey}, "does not know this API key", false, None},
		"address":                  {oauth.SignIn{Domain: acme}, &oauth.Refusal{Kind: oauth.RefusedRedirectURI, RedirectURI: "http://localhost/back"}, "know http://localhost/back as", false, CopyRedirect},
		"nobody there":             {oauth.SignIn{Domain: acme}, &oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("x")}, "can't be reached", false, None},
		"no domain, none to ask":   {oauth.SignIn{}, &oauth.ConfigError{Field: "domain"}, "needs to know your Egnyte domain", false, None},
	} {
		a, good := Tested(c.signIn, c.err, time.Now())
		if good != c.good || !strings.Contains(a.Sentences(), c.says) || a.Action != c.action || (a.Button == "") != (c.action == None) {
			t.Errorf("%s: %v, %+v", name, good, a)
		}
	}
}

func TestEveryWayOfReceivingHasItsSentence(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, c := range []struct {
		uri   string
		relay bool
		says  string
	}{
		{oauth.DefaultRedirectURI, false, "any free port"},
		{"http://localhost:8080/", false, "port 8080"},
		{"https://localhost:8443/", false, "certificate"},
		{"https://login.acme.com/", true, "sends it on"},
		{"https://login.acme.com/", false, "paste"},
	} {
		sentence, err := Reception(c.uri, c.relay)
		if err != nil || !strings.Contains(sentence, c.says) || said[sentence] {
			t.Errorf("%s: %q, %v", c.uri, sentence, err)
		}
		said[sentence] = true
	}
	var unsupported *redirect.UnsupportedRedirectError
	if sentence, err := Reception("http://acme.com/", false); !errors.As(err, &unsupported) || !strings.Contains(sentence, "only 127.0.0.1") {
		t.Errorf("%q, %v", sentence, err)
	}
}

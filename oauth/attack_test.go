package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// victim is a sign-in that waits for its person, with what an attacker may see.
type victim struct {
	*testing.T
	at     *practice.Server
	signIn oauth.SignIn
	link   string // the authorize address
	done   chan outcome
}

type outcome struct {
	grant oauth.Grant
	err   error
}

// waitingVictim has begun a code-flow sign-in at acme.
func waitingVictim(t *testing.T, options ...func(*practice.Options)) *victim {
	t.Helper()
	at := practice.Start(t, options...)
	v := &victim{T: t, at: at, signIn: ready(t, at, person{}), done: make(chan outcome, 1)}
	v.signIn.Domain = domain(t, v.signIn, "acme")
	v.signIn.Browser = nil
	opened := make(chan string, 1)
	v.signIn.Report = func(step oauth.Step) {
		if waiting, ok := step.(oauth.WaitingForBrowser); ok {
			opened <- waiting.URL
		}
	}
	go func() {
		grant, err := v.signIn.Run(t.Context())
		v.done <- outcome{grant, err}
	}()
	v.link = <-opened
	return v
}

// attackersAnswer is a good redirect of a sign-in that another person began:
// the attacker, at the same app and domain.
func (v *victim) attackersAnswer(link string) practice.Callback {
	v.Helper()
	callback, err := v.at.Decide(v.Context(), link, v.at.People()[1], practice.Allow, "")
	if err != nil {
		v.Fatal(err)
	}
	return callback
}

// attackersLink is the victim's authorize address with another state and
// another challenge, as the attacker's own copy of the app would make it.
func (v *victim) attackersLink(state string) string {
	u, err := url.Parse(v.link)
	if err != nil {
		v.Fatal(err)
	}
	query := u.Query()
	query.Set("state", state)
	if query.Has("code_challenge") {
		query.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM") // RFC 7636, appendix B
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (v *victim) state() string {
	u, _ := url.Parse(v.link)
	return u.Query().Get("state")
}

// endsAsTheirOwn lets the person sign in: nothing that came before counted.
func (v *victim) endsAsTheirOwn() {
	v.Helper()
	if v.at.Requests("token") != 0 {
		v.Errorf("%d token requests were made for a forged answer", v.at.Requests("token"))
	}
	who := v.at.People()[0]
	if err := v.at.SignInAs(v.Context(), v.link, who, practice.Allow, ""); err != nil {
		v.Fatal(err)
	}
	if got := <-v.done; got.err != nil || got.grant.User.Username != who.Username {
		v.Errorf("the sign-in ended as %q, %v", got.grant.User.Username, got.err)
	}
}

// Login CSRF (RFC 9700, 4.7): a page sends the victim's browser to the waiting
// app with a code of the attacker's, so that the victim works in the attacker's
// account. Without the victim's state it changes nothing.
func TestAnAttackersCodeSignsNobodyIn(t *testing.T) {
	t.Parallel()
	v := waitingVictim(t)
	good := v.attackersAnswer(v.attackersLink("attackers-own"))
	for name, change := range map[string]func(url.Values){
		"the attacker's state": func(url.Values) {},
		"no state":             func(q url.Values) { q.Del("state") },
		"an empty state":       func(q url.Values) { q.Set("state", "") },
		"two states":           func(q url.Values) { q.Add("state", v.state()) },
	} {
		u, _ := url.Parse(good.URL)
		query := u.Query()
		change(query)
		u.RawQuery = query.Encode()
		if err := v.at.Follow(v.Context(), practice.Callback{URL: u.String(), Referer: "https://evil.example/"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	v.endsAsTheirOwn()
}

// Code injection (RFC 9700, 4.5): the attacker knows even the state, and brings
// a code that was issued to another sign-in. PKCE tells them apart.
func TestACodeOfAnotherSignInIsRefused(t *testing.T) {
	t.Parallel()
	v := waitingVictim(t, func(o *practice.Options) { o.PKCE = practice.PKCERequired })
	stolen := v.attackersAnswer(v.attackersLink(v.state()))
	if err := v.at.Follow(v.Context(), stolen); err != nil {
		t.Fatal(err)
	}
	got := <-v.done
	var refusal *oauth.Refusal
	if !errors.As(got.err, &refusal) || refusal.Kind != oauth.RefusedInvalidGrant {
		t.Errorf("a code of another sign-in gave %q, %v", got.grant.User.Username, got.err)
	}
}

// Each sign-in has a state, a verifier and a port of its own, and of a length
// that nobody guesses (RFC 9700, 4.7.1; RFC 7636, 7.1).
func TestNoTwoSignInsShareAStateOrAChallenge(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 50 {
		at := practice.Start(t)
		signIn := ready(t, at, person{})
		ctx, cancel := context.WithCancel(t.Context())
		signIn.Browser = nil
		signIn.Report = func(step oauth.Step) {
			waiting, ok := step.(oauth.WaitingForBrowser)
			if !ok {
				return
			}
			u, _ := url.Parse(waiting.URL)
			for _, name := range []string{"state", "code_challenge"} {
				value := u.Query().Get(name)
				if seen[value] || len(value) < 26 { // 128 bits in base32
					t.Errorf("%s %q is short or came before", name, value)
				}
				seen[value] = true
			}
			if u.Query().Get("code_challenge_method") != "S256" {
				t.Error("the challenge is not S256")
			}
			cancel()
		}
		_, _ = signIn.Run(ctx)
		cancel()
	}
}

// Mix-up (RFC 9700, 4.4): Enhanced Auth, or somebody on the way back from it,
// names another domain than the one that issued the code. Another customer's
// domain is still Egnyte's: it refuses the code, and nothing goes elsewhere.
func TestACodeSentToAnotherDomainOfTheServiceIsRefusedThere(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	at.SetDomainName("globex") // acme is what the person chose
	_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedInvalidGrant || !strings.HasPrefix(refusal.Host, "globex.") {
		t.Errorf("got %v", err)
	}
}

// A forged Referer can't name a host that is not the service's.
func TestARefererOfAnotherHostNamesNoDomain(t *testing.T) {
	t.Parallel()
	for _, referer := range []string{
		"https://evil.example/", "http://acme.egnyte.localhost.evil.example/", "http://evil.example/acme.egnyte.localhost",
		"http://acme.egnyte.localhost@evil.example/", "javascript:acme", "//acme", "http://us-partner-integrations.egnyte.localhost/",
	} {
		at := practice.Start(t, func(o *practice.Options) { o.NameDomain = practice.NameNothing })
		signIn := ready(t, at, person{})
		ctx, cancel := context.WithCancelCause(t.Context())
		asked := errors.New("the person is asked")
		signIn.Report = func(step oauth.Step) {
			if _, ok := step.(oauth.AskDomain); ok {
				cancel(asked)
			}
		}
		signIn.Browser = browser(func(ctx context.Context, link string) error {
			callback, err := at.Decide(ctx, link, at.People()[0], practice.Allow, "acme")
			if err != nil {
				return err
			}
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, callback.URL, nil)
			r.Header.Set("Referer", referer)
			reply, err := at.Client().Transport.RoundTrip(r)
			if err == nil {
				_ = reply.Body.Close()
			}
			return err
		})
		if _, err := signIn.Run(ctx); !errors.Is(err, asked) || at.Requests("token") != 0 {
			t.Errorf("%s: %v after %d token requests", referer, err, at.Requests("token"))
		}
		cancel(nil)
	}
}

// catcher is a host that gets nothing.
func catcher(t *testing.T) (address string, calls *atomic.Int64) {
	t.Helper()
	calls = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// Given an Egnyte that answers any call with any redirect, to another host, to
// plain http or to itself, then no call follows, so no code, token or secret
// travels on (RFC 9700, 4.12).
func TestNoCallToEgnyteFollowsARedirect(t *testing.T) {
	t.Parallel()
	elsewhere, calls := catcher(t)
	tried := 0
	for _, status := range []int{301, 302, 303, 307, 308} {
		at := practice.Start(t)
		signIn := ready(t, at, person{})
		acme := domain(t, signIn, "acme")
		secret := oauth.NewSecret("s")
		for _, target := range []string{elsewhere, elsewhere + "/puboauth/token", at.DomainURL("acme") + "/again"} {
			fault := practice.Fault{Status: status, Header: http.Header{"Location": {target}}}
			for endpoint, call := range map[string]func() error{
				"token": func() error {
					_, err := oauth.Refresh(t.Context(), oauth.NewHTTPClient(nil), acme, signIn.Key, secret, nil)
					return err
				},
				"userinfo": func() error {
					_, err := oauth.UserInfo(t.Context(), oauth.NewHTTPClient(nil), acme, secret)
					return err
				},
				"revoke": func() error {
					return oauth.Revoke(t.Context(), oauth.NewHTTPClient(nil), acme, signIn.Key, secret)
				},
			} {
				at.Fault(endpoint, fault)
				before := at.Requests(endpoint)
				var refusal *oauth.Refusal
				if err := call(); !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedRedirected {
					t.Errorf("%s, %d to %s: %v", endpoint, status, target, err)
				}
				if n := at.Requests(endpoint) - before; n != 1 {
					t.Errorf("%s, %d: %d calls", endpoint, status, n)
				}
				tried++
			}
		}
	}
	if calls.Load() != 0 {
		t.Errorf("%d of %d calls went elsewhere", calls.Load(), tried)
	}
}

// harmless is all that an authorize address is made of: nothing that a shell, a
// command line or a browser's opener could take for its own.
var harmless = regexp.MustCompile(`^https?://[A-Za-z0-9.:-]+/[A-Za-z0-9/]*\?[A-Za-z0-9._~%&=+-]*$`)

// ticket is the address that a browser of this machine opens: nothing of the
// authorize address is in it.
var ticket = regexp.MustCompile(`^http://127\.0\.0\.1:[0-9]+/start/[A-Z2-7]{26}$`)

// Argument injection through the opener of addresses: whatever a policy, a
// setting or a flag brings along, the address can't become an option, a second
// argument or a command.
func TestWhateverIsSetTheAddressForTheBrowserIsHarmless(t *testing.T) {
	t.Parallel()
	nasty := []string{
		"--new-window", "-x", "$(touch pwned)", "`id`", "; rm -rf ~", "a b", "a\tb", "a\nb", "a\x00b", `"quoted"`, "'quoted'", "%s", "%U",
		"<script>", "&calc", "|calc", "^&calc", "\\\\evil.example\\share", "\u202ereversed", "\x1b]0;title\x07", "#fragment", "?query",
	}
	for _, text := range nasty {
		at := practice.Start(t)
		for name, set := range map[string]func(*oauth.SignIn){
			"client_id":     func(s *oauth.SignIn) { s.Key.ID = text },
			"scope":         func(s *oauth.SignIn) { s.Scopes = []string{text} },
			"client_secret": func(s *oauth.SignIn) { s.Key.Secret = oauth.NewSecret(text) },
		} {
			signIn := ready(t, at, person{})
			set(&signIn)
			ctx, cancel := context.WithCancel(t.Context())
			signIn.Browser = nil
			signIn.Report = func(step oauth.Step) {
				waiting, ok := step.(oauth.WaitingForBrowser)
				if !ok {
					return
				}
				link := waiting.URL // opened as it is where the user pastes the address
				if !harmless.MatchString(link) || !ticket.MatchString(waiting.Start) {
					t.Errorf("%s %q: the address is %q, and starts at %q", name, text, link, waiting.Start)
				}
				const chance = 3 // a text as short may stand in a random state
				if name == "client_secret" && len(text) > chance && strings.Contains(link, url.QueryEscape(text)) {
					t.Errorf("the secret is in the address %q", link)
				}
				cancel()
			}
			_, _ = signIn.Run(ctx)
			cancel()
		}
		if service, err := oauth.ParseService("https://" + text + ".example"); err == nil {
			t.Errorf("%q is taken for a service: %s", text, service)
		}
	}
}

package oauth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// scripted is a person whose browser does by hand what the fragment page's
// script does; change is what an attacker does to the fragment.
type scripted struct {
	person
	t      *testing.T
	change func(string) string
}

func (p scripted) Open(ctx context.Context, address string) error {
	came, err := p.at.Decide(ctx, address, p.who, p.decision, "")
	if err != nil {
		return err
	}
	where, fragment, found := strings.Cut(came.URL, "#")
	if !found {
		p.t.Errorf("the answer is not in the fragment: %s", where)
	}
	fragments := []string{fragment}
	if p.change != nil {
		fragments = []string{p.change(fragment), fragment}
	}
	for _, fragment := range fragments {
		if err := p.post(ctx, where, fragment); err != nil {
			return err
		}
	}
	return nil
}

func (p scripted) post(ctx context.Context, where, fragment string) error {
	u, err := url.Parse(where)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, where, strings.NewReader(fragment))
	if err != nil {
		return err
	}
	request.Header.Set("Origin", u.Scheme+"://"+u.Host)
	reply, err := p.at.Client().Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	_, err = io.Copy(io.Discard, reply.Body)
	return err
}

func implicitly(t *testing.T, at *practice.Server, change func(string) string) oauth.SignIn {
	t.Helper()
	s := ready(t, at, person{})
	s.Flow, s.Domain = oauth.FlowImplicit, domain(t, s, "acme")
	s.Browser = scripted{s.Browser.(person), t, change}
	return s
}

func TestTheImplicitGrantHasNoExchangeAndNoRefresh(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := implicitly(t, at, nil)
	var seen steps
	var asked string
	signIn.Report = func(step oauth.Step) {
		seen.report(step)
		if waiting, ok := step.(oauth.WaitingForBrowser); ok {
			asked = waiting.URL
		}
	}
	grant, err := signIn.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if grant.Flow != oauth.FlowImplicit || grant.User.Username != "jsmith" || !grant.Token.Refresh.IsZero() {
		t.Errorf("got %+v", grant)
	}
	if life := grant.Token.Expiry.Sub(grant.Token.Issued); life != 30*24*time.Hour {
		t.Errorf("the token lives %s", life)
	}
	if seen.names() != "preparing waiting verifying done" || at.Requests("token") != 0 {
		t.Errorf("steps: %s, %d token requests", seen.names(), at.Requests("token"))
	}
	u, err := url.Parse(asked)
	if err != nil || u.Query().Get("response_type") != "token" || u.Query().Has("code_challenge") {
		t.Errorf("asked for %s", u.Query())
	}
}

func TestAForgedFragmentChangesNothing(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	for name, change := range map[string]func(string) string{
		"another state": func(s string) string { return strings.Replace(s, "state=", "state=x", 1) },
		"no state":      func(string) string { return "access_token=forged&token_type=bearer" },
		"two tokens":    func(s string) string { return "access_token=forged&" + s },
	} {
		grant, err := implicitly(t, at, change).Run(t.Context())
		if err != nil || grant.Token.Access.Reveal() == "forged" {
			t.Errorf("%s: got %+v, %v", name, grant, err)
		}
	}
}

func TestATokenOfAnUnknownTypeIsNotUsed(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	_, err := implicitly(t, at, func(s string) string { return strings.Replace(s, "bearer", "mac", 1) }).Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedUnreadable {
		t.Errorf("got %v", err)
	}
}

func TestADenialOfTheImplicitGrant(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	s := ready(t, at, person{decision: practice.Deny})
	s.Flow, s.Domain = oauth.FlowImplicit, domain(t, s, "acme")
	s.Browser = scripted{s.Browser.(person), t, nil}
	if _, err := s.Run(t.Context()); !errors.Is(err, oauth.ErrDenied) {
		t.Errorf("got %v, want ErrDenied", err)
	}
}

// The person copies the address out of the browser, whichever flow it is.
func TestPastingServesTheFlowsThatHaveABrowser(t *testing.T) {
	t.Parallel()
	const registered = "https://acme.example/signed-in"
	at := practice.Start(t, func(o *practice.Options) { o.Key.RedirectURI = registered })
	for _, flow := range []oauth.Flow{oauth.FlowEnhanced, oauth.FlowCode, oauth.FlowImplicit} {
		t.Run(string(flow), func(t *testing.T) {
			t.Parallel()
			s := ready(t, at, person{})
			s.Key.RedirectURI, s.Flow, s.Browser = registered, flow, nil
			if flow != oauth.FlowEnhanced {
				s.Domain = domain(t, s, "acme")
			}
			s.Listen = redirect.Listener{Paste: true}.Listen
			s.Report = func(step oauth.Step) {
				waiting, ok := step.(oauth.WaitingForBrowser)
				if !ok {
					return
				}
				came, err := at.Decide(t.Context(), waiting.URL, at.People()[0], practice.Allow, "")
				if err != nil {
					t.Error(err)
				} else if err := waiting.Receiver.Offer(came.URL); err != nil {
					t.Error(err)
				}
			}
			grant, err := s.Run(t.Context())
			if err != nil || grant.User.Username != "jsmith" || grant.Key.RedirectURI != registered {
				t.Errorf("got %+v, %v", grant, err)
			}
		})
	}
}

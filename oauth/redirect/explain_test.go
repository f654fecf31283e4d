package redirect

import (
	"errors"
	"testing"

	"egnyte-accounts/oauth"
)

// What is explained is what happens: the listener takes the same way.
func TestAnAddressIsExplainedAsItWillBeReceived(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]Reception{
		oauth.DefaultRedirectURI:             {AnyPort, "127.0.0.1", 0},
		"http://LocalHost/cb":                {AnyPort, "localhost", 0},
		"http://[::1]/cb":                    {AnyPort, "::1", 0},
		"http://127.0.0.1:8080/cb":           {FixedPort, "127.0.0.1", 8080},
		"https://localhost:8443/callback":    {Secure, "localhost", 8443},
		"https://localhost/callback":         {Secure, "localhost", 443},
		"https://login.acme.com/egnyte":      {Pasted, "login.acme.com", 0},
		"https://login.acme.com:444/?app=x1": {Pasted, "login.acme.com", 0},
	} {
		got, err := Explain(uri, false)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", uri, got, err, want)
		}
		pasted, listener := want.Way == Pasted, Listener{Paste: true}
		if want.Port == 0 { // no fixed ports in tests
			r, err := listener.Listen(t.Context(), uri, testState)
			if err != nil {
				t.Errorf("%s: %v", uri, err)
				continue
			}
			pasted = r.ByHand()
			_ = r.Close()
		}
		if pasted != (want.Way == Pasted) {
			t.Errorf("%s is pasted: %v", uri, pasted)
		}
	}
	if got, err := Explain("https://login.acme.com/egnyte", true); err != nil || got.Way != Forwarded {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Explain("https://localhost:8443/cb", true); err != nil || got.Way != Secure {
		t.Errorf("an address of this machine needs no page that forwards: %+v, %v", got, err)
	}
}

func TestWhatCannotBeReceivedIsExplainedToo(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"", "callback", "ftp://localhost/", "http://acme.com/cb", "http://localhost/cb#x", "https://login.acme.com/#x",
		"https://jane@login.acme.com/", "http://127.0.0.1/a/../cb", "https://login.acme.com/?code=1", "http://localhost:99999/", "https://%zz/",
	} {
		var unsupported *UnsupportedRedirectError
		if got, err := Explain(uri, false); !errors.As(err, &unsupported) {
			t.Errorf("%q: %+v, %v", uri, got, err)
		}
	}
}

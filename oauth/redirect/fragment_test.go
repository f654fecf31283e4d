package redirect

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

const rightFragment = "access_token=t0ken&token_type=bearer&expires_in=3600&scope=Egnyte.filesystem&state=" + testState

func listenForFragment(t *testing.T) oauth.Receiver {
	t.Helper()
	r := listenAt(t, "http://127.0.0.1/callback?app=1")
	r.ExpectFragment()
	return r
}

// post sends a body to the callback, as a page of that origin would.
func post(t *testing.T, r oauth.Receiver, origin, body string) (*http.Response, string) {
	t.Helper()
	header := []string{fmt.Sprint("Content-Length: ", len(body)), "Content-Type: application/x-www-form-urlencoded"}
	if origin != "" {
		header = append(header, "Origin: "+origin)
	}
	return exchange(t, dialReceiver(t, r), plainRequest("POST", "/callback?app=1", hostOf(t, r), header...)+body)
}

func TestTheFragmentComesBackThroughItsPage(t *testing.T) {
	t.Parallel()
	r := listenForFragment(t)
	reply, body := browse(t, r, "GET", "/callback?app=1")
	if reply.StatusCode != http.StatusOK || body != assets.FragmentHTML() || reply.Header.Get("Content-Security-Policy") != assets.FragmentPolicy() ||
		reply.Header.Get("Cache-Control") != "no-store" || reply.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("status %d, %v", reply.StatusCode, reply.Header)
	}
	stillWaits(t, r)
	for range 2 { // the second time as a reload would
		if reply, body = post(t, r, "http://"+hostOf(t, r), rightFragment); reply.StatusCode != http.StatusOK || body != assets.CameBack.HTML() {
			t.Errorf("status %d", reply.StatusCode)
		}
	}
	got := receive(t, r)
	if got.Token == nil || got.Token.Access.Reveal() != "t0ken" || got.Token.Type != "bearer" || got.Token.ExpiresIn != "3600" || got.Token.Scope != "Egnyte.filesystem" {
		t.Errorf("got %+v", got.Token)
	}
}

func TestAStrayPostChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ origin, body string }{
		"no origin":              {"", rightFragment},
		"a null origin":          {"null", rightFragment},
		"another site":           {"https://evil.example", rightFragment},
		"another port":           {"http://127.0.0.1:1", rightFragment},
		"https":                  {"https://{host}", rightFragment},
		"another name":           {"http://localhost:{port}", rightFragment},
		"nothing":                {"http://{host}", ""},
		"another state":          {"http://{host}", strings.Replace(rightFragment, testState, "bad", 1)},
		"two states":             {"http://{host}", rightFragment + "&state=" + testState},
		"two tokens":             {"http://{host}", rightFragment + "&access_token=x"},
		"two lives":              {"http://{host}", rightFragment + "&expires_in=1"},
		"a token and an error":   {"http://{host}", rightFragment + "&error=x"},
		"neither":                {"http://{host}", "state=" + testState},
		"a code":                 {"http://{host}", "code=x&state=" + testState},
		"more than is read":      {"http://{host}", rightFragment + "&x=" + strings.Repeat("x", maxHeader)},
		"a badly escaped answer": {"http://{host}", "access_token=%zz&state=" + testState},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := listenForFragment(t)
			host := hostOf(t, r)
			_, port, _ := strings.Cut(host, ":")
			reply, body := post(t, r, strings.NewReplacer("{host}", host, "{port}", port).Replace(c.origin), c.body)
			if reply.StatusCode < 400 || body != assets.Stray.HTML() {
				t.Errorf("status %d", reply.StatusCode)
			}
			stillWaits(t, r)
		})
	}
}

func TestAnErrorMayComeInEitherPart(t *testing.T) {
	t.Parallel()
	r := listenForFragment(t)
	if _, body := browse(t, r, "GET", "/callback?app=1&error=access_denied&state="+testState); body != assets.Denied.HTML() {
		t.Error("a denial in the query got another page")
	}
	if got := receive(t, r); got.Error != "access_denied" {
		t.Errorf("got %+v", got)
	}
	r = listenForFragment(t)
	if _, body := post(t, r, "http://"+hostOf(t, r), "error=access_denied&state="+testState); body != assets.Denied.HTML() {
		t.Error("a denial in the fragment got another page")
	}
	if got := receive(t, r); got.Error != "access_denied" {
		t.Errorf("got %+v", got)
	}
}

func TestACodeIsNoAnswerToTheImplicitGrant(t *testing.T) {
	t.Parallel()
	r := listenForFragment(t)
	if reply, _ := browse(t, r, "GET", "/callback?app=1&code=x&state="+testState); reply.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", reply.StatusCode)
	}
	stillWaits(t, r)
}

func TestAPastedFragmentIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, text := range []string{pastedAt + "#" + rightFragment, "#" + rightFragment, rightFragment} {
		callback, err := readPastedFragment(text, pastedAt, testState)
		if err != nil || callback.Token == nil || callback.Token.Access.Reveal() != "t0ken" {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for text, want := range map[string]PasteFault{
		"":                                       PasteEmpty,
		"t0ken":                                  PasteOtherPlace,
		"https://evil.example/#" + rightFragment: PasteOtherPlace,
		pastedAt:                                 PasteNoAnswer,
		pastedAt + "#top":                        PasteNoAnswer,
		pastedAt + "?code=x&state=" + testState:  PasteNoAnswer,
		pastedAt + "#access_token=x":             PasteOtherSignIn,
		"#access_token=x&state=other":            PasteOtherSignIn,
	} {
		_, err := readPastedFragment(text, pastedAt, testState)
		var fault *PasteError
		if !errors.As(err, &fault) || fault.Fault != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	p := pasteAt(t, Listener{}, pastedAt)
	p.ExpectFragment()
	if err := p.OfferWithoutState("access_token=x"); err == nil {
		t.Error("a token without a state was taken")
	}
	if err := p.Offer(pastedAt + "#" + rightFragment); err != nil {
		t.Error(err)
	}
}

// Whatever is posted: it is taken only with one state, the right one, and one
// of token and error.
func FuzzFragment(f *testing.F) {
	for _, body := range []string{"", rightFragment, "access_token=t&state=S", "error=e&state=S", "access_token=t&error=e&state=S", "access_token=t&state=S&state=S", "%zz=1&access_token=%&state=S"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		callback, err := readFragment(body, "S")
		if err != nil {
			return
		}
		if (callback.Token == nil) == (callback.Error == "") || !callback.Code.IsZero() {
			t.Errorf("%q gave not exactly one of token and error", body)
		}
		if strings.Count(body, "S") == 0 && !strings.Contains(body, "%53") {
			t.Errorf("%q was taken without the state", body)
		}
	})
}

// Whatever is pasted where the implicit grant is waited for: it is taken only
// with the right state, as a whole address only at the redirect address, and a
// token alone never.
func FuzzPastedFragment(f *testing.F) {
	for _, text := range []string{
		"", "t0ken", rightFragment, "#access_token=t&state=S", pastedAt + "#access_token=t&state=S", "https://evil.example/signed-in#access_token=t&state=S",
		pastedAt + "?error=access_denied&state=S", "access_token=t", "acme.example/signed-in#access_token=t&state=S", "#%zz", "://#access_token=t&state=S",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		callback, err := readPastedFragment(text, pastedAt, "S")
		var fault *PasteError
		if err != nil {
			if !errors.As(err, &fault) || fault.Error() == "" || callback.Token != nil {
				t.Fatalf("%q: %v, and a token: %v", text, err, callback.Token != nil)
			}
			return
		}
		if (callback.Token == nil) == (callback.Error == "") || !callback.Code.IsZero() {
			t.Errorf("%q gave not exactly one of token and error", text)
		}
		if !strings.Contains(text, "S") && !strings.Contains(text, "%53") {
			t.Errorf("%q was taken without the state", text)
		}
		clean := strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(strings.TrimSpace(text))
		if u, err := url.Parse(strings.Trim(clean, " \"'<>")); err == nil && u.Host != "" && !strings.EqualFold(u.Hostname(), "acme.example") {
			t.Errorf("%q was taken, an address at %s", text, u.Host)
		}
	})
}

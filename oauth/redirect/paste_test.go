package redirect

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

const pastedAt = "https://acme.example/signed-in"

func TestWhatAPersonPastesIsUnderstood(t *testing.T) {
	t.Parallel()
	const answer = "code=c0de&state=" + testState
	for name, text := range map[string]string{
		"the whole address":     pastedAt + "?" + answer,
		"with a port":           "https://acme.example:443/signed-in?" + answer,
		"in other letters":      "HTTPS://Acme.Example/signed-in?" + answer,
		"without its scheme":    "acme.example/signed-in?" + answer,
		"with a fragment":       pastedAt + "?" + answer + "#top",
		"broken into lines":     "  " + pastedAt + "?code=c0\r\n\tde&state=" + testState + "\n",
		"broken and indented":   " " + pastedAt + "?code=c0\n  de&state=\n  " + testState + "\n",
		"in quotes":             `"` + pastedAt + "?" + answer + `"`,
		"in angle brackets":     "<" + pastedAt + "?" + answer + ">",
		"the query":             "?" + answer,
		"the query, bare":       answer,
		"the query and a URL":   answer + "&iss=https://acme.egnyte.com",
		"with other parameters": pastedAt + "?utm=1&" + answer,
	} {
		callback, err := readPasted(text, pastedAt, testState)
		if err != nil || callback.Code.Reveal() != "c0de" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	callback, err := readPasted("?"+answer+"&egnyte_domain=acme", pastedAt, testState)
	if err != nil || len(callback.Domain) != 1 || callback.Domain[0] != "acme" {
		t.Errorf("the domain is lost: %v, %v", callback.Domain, err)
	}
	callback, err = readPasted(pastedAt+"?error=access_denied&state="+testState, pastedAt, testState)
	if err != nil || callback.Error != "access_denied" {
		t.Errorf("a denial: %+v, %v", callback, err)
	}
}

func TestACodeAloneIsFlagged(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"c0de": "c0de", " c0de\n": "c0de", "code=c0de": "c0de", "?code=c0de": "c0de",
		"a+b/c==": "a+b/c==", "a%2Bb": "a+b", "code=a%2Bb": "a+b",
	} {
		callback, err := readPasted(text, pastedAt, testState)
		var fault *PasteError
		if !errors.As(err, &fault) || fault.Fault != PasteNoState || callback.Code.Reveal() != want {
			t.Errorf("%q: got %v with %q", text, err, callback.Code.Reveal())
		}
	}
}

func TestWhatIsNotTheAnswerIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	const answer = "?code=zebra&state=" + testState
	for text, want := range map[string]PasteFault{
		"": PasteEmpty, " \n": PasteEmpty, "hello zebra world": PasteEmpty, strings.Repeat("zebra", maxPasted): PasteEmpty,
		"https://evil.example/signed-in" + answer:       PasteOtherPlace,
		"https://acme.example.evil/signed-in" + answer:  PasteOtherPlace,
		"https://acme.example@evil.zebra/signed-in":     PasteOtherPlace,
		"https://zebra@acme.example/signed-in" + answer: PasteOtherPlace,
		"https://acme.example:8443/signed-in" + answer:  PasteOtherPlace,
		"http://acme.example/signed-in" + answer:        PasteOtherPlace,
		"evil.example/signed-in" + answer:               PasteOtherPlace,
		"javascript://acme.example/signed-in" + answer:  PasteOtherPlace,
		pastedAt:                                           PasteNoAnswer,
		pastedAt + "?state=" + testState:                   PasteNoAnswer,
		pastedAt + "?code=&state=" + testState:             PasteNoAnswer,
		pastedAt + "?code=a&code=zebra&state=" + testState: PasteNoAnswer,
		pastedAt + answer + "&error=zebra":                 PasteNoAnswer,
		"code=&zebra":                                      PasteOtherSignIn,
		pastedAt + "?code=zebra":                           PasteOtherSignIn,
		pastedAt + "?code=zebra&state=other":               PasteOtherSignIn,
		pastedAt + answer + "&state=other":                 PasteOtherSignIn,
		"?code=zebra&state=":                               PasteOtherSignIn,
		"error=access_denied":                              PasteOtherSignIn,
	} {
		_, err := readPasted(text, pastedAt, testState)
		var fault *PasteError
		if !errors.As(err, &fault) || fault.Fault != want {
			t.Errorf("%.60q: got %v, want %s", text, err, want)
			continue
		}
		if fault.Error() == "" || strings.Contains(fault.Error(), "zebra") {
			t.Errorf("%.60q: the error says %q", text, fault.Error())
		}
	}
}

func TestARegisteredQueryHasToBeThere(t *testing.T) {
	t.Parallel()
	registered := pastedAt + "?app=1"
	if _, err := readPasted(registered+"&code=c&state="+testState, registered, testState); err != nil {
		t.Error(err)
	}
	if _, err := readPasted(pastedAt+"?app=2&code=c&state="+testState, registered, testState); err == nil {
		t.Error("another page's address was taken")
	}
}

func pasteAt(t *testing.T, l Listener, uri string) oauth.Receiver {
	t.Helper()
	l.Paste = true
	r, err := l.Listen(t.Context(), uri, testState)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if !r.ByHand() || r.RedirectURI() != uri {
		t.Fatalf("%s is not pasted", uri)
	}
	return r
}

func TestAnOfferEndsTheWaitOnlyIfItIsTheAnswer(t *testing.T) {
	t.Parallel()
	p := pasteAt(t, Listener{}, pastedAt)
	for _, text := range []string{"whatever was on the clipboard", "word", pastedAt + "?code=x&state=other"} {
		if p.Offer(text) == nil {
			t.Errorf("%q was taken", text)
		}
	}
	if p.OfferWithoutState(pastedAt+"?code=x&state=other") == nil {
		t.Error("another sign-in's code was taken")
	}
	stillWaits(t, p)
	if err := errors.Join(p.Offer(pastedAt+"?code=right&state="+testState), p.Offer("?code=second&state="+testState)); err != nil {
		t.Fatal(err)
	}
	if callback := receive(t, p); callback.Code.Reveal() != "right" {
		t.Error("the second offer replaced the first")
	}
}

func TestACodeAloneNeedsThePersonsWord(t *testing.T) {
	t.Parallel()
	p := pasteAt(t, Listener{}, pastedAt)
	if err := p.OfferWithoutState("right"); err != nil {
		t.Fatal(err)
	}
	if callback := receive(t, p); callback.Code.Reveal() != "right" {
		t.Errorf("got %+v", callback)
	}
}

func TestAPasteEndsWithItsContextAndWithClose(t *testing.T) {
	t.Parallel()
	p := pasteAt(t, Listener{}, pastedAt)
	why := errors.New("the window was closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := p.Receive(ctx); !errors.Is(err, why) {
		t.Errorf("got %v, want the cause", err)
	}
	_ = p.Close()
	if _, err := p.Receive(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want net.ErrClosed", err)
	}
	if err := p.Offer("?code=right&state=" + testState); !errors.Is(err, net.ErrClosed) {
		t.Errorf("an offer after the end: %v", err)
	}
}

// A port that is taken, or a certificate that nobody trusts, leaves this way.
func TestAddressesOfThisMachineCanBePastedToo(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"https://localhost:8443/callback", "http://127.0.0.1:8080/callback", "http://localhost/callback"} {
		p := pasteAt(t, Listener{PasteOnly: true}, uri)
		if err := p.Offer(uri + "?code=right&state=" + testState); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// Given the right answer at an address that differs from the registered one as servers
// and programs that carry text change them, then it is taken. With another state, or at
// another host, it is not.
func TestAnAnswerIsTakenWhateverHappenedToItsAddress(t *testing.T) {
	t.Parallel()
	answer := "?code=right&state=" + testState
	for name, text := range map[string]string{
		"a slash":            pastedAt + "/" + answer,
		"www":                strings.Replace(pastedAt, "://", "://www.", 1) + answer,
		"a language folder":  strings.Replace(pastedAt, "/signed-in", "/de/signed-in", 1) + answer,
		"curly quotes":       "\u201c" + pastedAt + answer + "\u201d",
		"angle quotes":       "\u00ab" + pastedAt + answer + "\u00bb",
		"a zero width space": "\u200b" + pastedAt + "?\u200bcode=right&state=" + testState + "\ufeff",
		"HTML":               pastedAt + strings.Replace(answer, "&", "&amp;", 1),
	} {
		p := pasteAt(t, Listener{}, pastedAt)
		if err := p.Offer(strings.Replace(text, testState, "another", 1)); err == nil {
			t.Errorf("%s: another state was taken", name)
		}
		if err := p.Offer(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := pasteAt(t, Listener{}, pastedAt).Offer("https://evil.example/signed-in" + answer); err == nil {
		t.Error("the answer of another host was taken")
	}
}

func TestAnAddressThatCannotBePastedIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	l := Listener{PasteOnly: true, Paste: true}
	for _, uri := range []string{
		"", "acme.example/x", "ftp://acme.example/", "https://u@acme.example/", "https://acme.example/#x",
		"https://acme.example/?state=1", "http://acme.example/x", "https://",
	} {
		_, err := l.Listen(t.Context(), uri, testState)
		var unsupported *UnsupportedRedirectError
		if !errors.As(err, &unsupported) || unsupported.Reason == "" {
			t.Errorf("%q: got %v, want a reason", uri, err)
		}
	}
}

// Whatever is pasted: it is taken only with the right state, and an address
// only if it is the redirect address.
func FuzzPasted(f *testing.F) {
	for _, text := range []string{
		"", "c0de", "code=c&state=S", "?code=c&state=S", pastedAt + "?code=c&state=S", "acme.example/signed-in?code=c&state=S#x",
		"https://evil.example/signed-in?code=c&state=S", "https://acme.example@evil/?code=c&state=S", "code=c&state=S&state=S",
		"error=access_denied&state=S", "a+b/c==", "%zz", "\x00", "<\"'>", "://?code=c&state=S", "//acme.example/signed-in?code=c&state=S",
		pastedAt + "#access_token=t&token_type=bearer&expires_in=3600&state=S",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		callback, err := readPasted(text, pastedAt, "S")
		var fault *PasteError
		if err != nil {
			if !errors.As(err, &fault) || fault.Error() == "" {
				t.Fatalf("%q: no reason is given: %v", text, err)
			}
			if fault.Fault != PasteNoState && (!callback.Code.IsZero() || callback.Error != "") {
				t.Errorf("%q: a refused text gave an answer", text)
			}
			return
		}
		if callback.Code.IsZero() == (callback.Error == "") {
			t.Errorf("%q gave not exactly one of code and error", text)
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

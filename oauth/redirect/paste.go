package redirect

import (
	"context"
	"crypto/subtle"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"egnyte-accounts/oauth"
)

// maxPasted bounds what is looked at, in bytes.
const maxPasted = 64 << 10

// PasteFault is what is wrong with a pasted text.
type PasteFault string

// The faults, in the order in which they are looked for.
const (
	PasteEmpty       PasteFault = "empty"         // nothing, or far too much
	PasteOtherPlace  PasteFault = "other-address" // an address, and not the redirect address
	PasteNoAnswer    PasteFault = "no-answer"     // neither a code nor an error in it
	PasteOtherSignIn PasteFault = "other-sign-in" // the answer to another sign-in
	PasteNoState     PasteFault = "no-state"      // a code alone: nothing tells whose it is
)

// PasteError says why a pasted text was not taken. It quotes nothing of it: a
// clipboard may hold anything.
type PasteError struct{ Fault PasteFault }

func (e *PasteError) Error() string {
	return map[PasteFault]string{
		PasteEmpty:       "there is nothing in it that could be the address",
		PasteOtherPlace:  "it is the address of another page",
		PasteNoAnswer:    "it holds no answer from Egnyte",
		PasteOtherSignIn: "it belongs to another sign-in",
		PasteNoState:     "a code alone does not tell which sign-in it belongs to",
	}[e.Fault]
}

func pasteFault(fault PasteFault) (oauth.Callback, error) {
	return oauth.Callback{}, &PasteError{fault}
}

// readPasted reads what a person copied out of the browser's address bar: the
// whole address, its query, or the code alone. The address must be
// redirectURI, and the state must be this sign-in's. Of a text that has a code
// and no state, the callback comes together with a PasteNoState fault: it may
// be taken only if the person says that the code is from their own browser.
func readPasted(text, redirectURI, state string) (oauth.Callback, error) {
	text = cleaned(text)
	if text == "" {
		return pasteFault(PasteEmpty)
	}
	answer, whole, fault := answerIn(text, redirectURI)
	if fault != "" {
		return pasteFault(fault)
	}
	given, err := readParameters(answer)
	if err != nil {
		return pasteFault(PasteNoAnswer)
	}
	switch states := given["state"]; {
	case len(given["code"])+len(given["error"]) == 0:
		return pasteFault(PasteNoAnswer)
	case len(states) == 0 && !whole && len(given["code"]) == 1 && len(given["error"]) == 0 && given["code"][0] != "":
		return withoutState(given)
	case len(states) != 1 || subtle.ConstantTimeCompare([]byte(states[0]), []byte(state)) != 1:
		return pasteFault(PasteOtherSignIn)
	}
	callback, err := readCallback(answer, "", state)
	if err != nil {
		return pasteFault(PasteNoAnswer)
	}
	return callback, nil
}

// cleaned gives the text without what copying adds, and nothing where it can't
// be an address. Terminals and mail programs break long lines, and may indent
// them; no answer holds a space, but a code alone must not be put together from words.
func cleaned(text string) string {
	if strings.Contains(text, "=") {
		text = strings.ReplaceAll(strings.Join(strings.Fields(text), ""), "&amp;", "&")
	}
	text = copying.Replace(strings.TrimSpace(text))
	text = strings.Trim(text, " \"'<>“”‘’„«»‹›")
	if len(text) > maxPasted || strings.ContainsAny(text, " \x00") {
		return ""
	}
	return text
}

// copying is what terminals, mail and word processors put into a text: line ends, and
// characters that nobody sees.
var copying = strings.NewReplacer("\r", "", "\n", "", "\t", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "")

func withoutState(given map[string][]string) (oauth.Callback, error) {
	callback := oauth.Callback{Code: oauth.NewSecret(given["code"][0]), Domain: domainsIn(given)}
	return callback, &PasteError{PasteNoState}
}

// answerIn finds the parameters of the answer in a text, and tells whether the
// text is a whole address.
func answerIn(text, redirectURI string) (answer string, whole bool, fault PasteFault) {
	beforeQuery, _, hasQuery := strings.Cut(text, "?")
	scheme, _, hasScheme := strings.Cut(beforeQuery, "://")
	switch {
	case hasScheme && !strings.ContainsAny(scheme, "=&#"):
	case hasQuery && beforeQuery != "": // some browsers show addresses without their scheme
		registered, _, _ := strings.Cut(redirectURI, "://")
		text = registered + "://" + text
	default:
		query, _, _ := strings.Cut(strings.TrimPrefix(text, "?"), "#")
		if !hasQuery && isCode(query) {
			return "code=" + strings.ReplaceAll(query, "+", "%2B"), false, ""
		}
		return query, false, ""
	}
	there, err := url.Parse(text)
	if err != nil || !samePlace(there, redirectURI) {
		return "", true, PasteOtherPlace
	}
	return there.RawQuery, true, ""
}

// isCode reports a text that is no query and could be a code as it stands in
// an address bar, where '=' can only be padding.
func isCode(text string) bool {
	code := strings.TrimRight(text, "=")
	return code != "" && !strings.ContainsAny(code, "=&#:<>\"\\") && len(code) <= 4096
}

// samePlace compares scheme, host and port, and what is registered of the query. A
// server may lead on from the registered path or to www: whether an answer belongs to
// this sign-in is the state's to say.
func samePlace(there *url.URL, redirectURI string) bool {
	registered, err := url.Parse(redirectURI)
	if err != nil || there.User != nil || !strings.EqualFold(there.Scheme, registered.Scheme) {
		return false
	}
	for name, values := range registered.Query() {
		if strings.Join(there.Query()[name], "\x00") != strings.Join(values, "\x00") {
			return false
		}
	}
	return bareHost(there) == bareHost(registered) && portOf(there) == portOf(registered)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "http"):
		return "80"
	}
	return "443"
}

func bareHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }

// isElsewhere reports an https address that is not this machine's.
func isElsewhere(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return false
	}
	_, here := loopback[strings.ToLower(u.Hostname())]
	return !here
}

// byHand is the Receiver of an address that can't be listened at: the browser
// ends there, and the user pastes its address.
type byHand struct {
	redirectURI, state string
	callback           chan oauth.Callback
	closed             chan struct{}
	close              sync.Once
	fragment           atomic.Bool // the implicit grant's answer is waited for
}

var _ oauth.Receiver = (*byHand)(nil)

func newByHand(redirectURI, state string) (*byHand, error) {
	u, err := url.Parse(redirectURI)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, &UnsupportedRedirectError{redirectURI, "it is not a web address"}
	case u.User != nil:
		return nil, &UnsupportedRedirectError{redirectURI, "it holds a user name"}
	case strings.Contains(redirectURI, "#"):
		return nil, &UnsupportedRedirectError{redirectURI, "it holds a fragment, which RFC 6749 rules out"}
	case clashes(u.RawQuery):
		return nil, &UnsupportedRedirectError{redirectURI, "its query holds a parameter that belongs to Egnyte's answer"}
	}
	if !isElsewhere(redirectURI) {
		if _, err := parseAddress(redirectURI); err != nil {
			return nil, err
		}
	}
	return &byHand{redirectURI: redirectURI, state: state, callback: make(chan oauth.Callback, 1), closed: make(chan struct{})}, nil
}

// Offer implements oauth.Receiver.
func (p *byHand) Offer(text string) error {
	callback, err := p.read(text)
	if err != nil {
		return err
	}
	return p.take(callback)
}

// Check says of a text what Offer would, and takes nothing.
func (p *byHand) Check(text string) error {
	_, err := p.read(text)
	return err
}

// OfferWithoutState implements oauth.Receiver.
func (p *byHand) OfferWithoutState(text string) error {
	callback, err := p.read(text)
	var fault *PasteError
	if err != nil && (!errors.As(err, &fault) || fault.Fault != PasteNoState) {
		return err
	}
	return p.take(callback)
}

func (p *byHand) read(text string) (oauth.Callback, error) {
	if p.fragment.Load() {
		return readPastedFragment(text, p.redirectURI, p.state)
	}
	return readPasted(text, p.redirectURI, p.state)
}

func (p *byHand) take(callback oauth.Callback) error {
	select {
	case <-p.closed:
		return net.ErrClosed
	default:
	}
	select {
	case p.callback <- callback:
	default: // answered already
	}
	return nil
}

// RedirectURI is the registered address, unchanged.
func (p *byHand) RedirectURI() string { return p.redirectURI }

// State is the sign-in's own.
func (p *byHand) State() string { return p.state }

// ByHand is true.
func (p *byHand) ByHand() bool { return true }

// Start returns authorizeURL: no port waits here that could lead to it.
func (p *byHand) Start(authorizeURL string) string { return authorizeURL }

// Contested is false: the user brings the answer.
func (p *byHand) Contested() bool { return false }

// Receive waits for a text that was taken. It returns the cause of ctx's end,
// or net.ErrClosed after Close.
func (p *byHand) Receive(ctx context.Context) (oauth.Callback, error) {
	return receiveFrom(ctx, p.callback, p.closed)
}

// Close ends the wait.
func (p *byHand) Close() error {
	p.close.Do(func() { close(p.closed) })
	return nil
}

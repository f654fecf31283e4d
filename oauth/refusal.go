package oauth

import (
	"cmp"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RefusalKind is a row of what Egnyte is known to refuse with.
type RefusalKind string

// The known refusals; what each means to a person stands in oauth/advice.
const (
	RefusedRedirectURI    RefusalKind = "redirect-uri"       // not https, or not the registered one
	RefusedKeyKind        RefusalKind = "key-kind"           // an internal-application key
	RefusedKey            RefusalKind = "unknown-key"        // no such API key
	RefusedParameters     RefusalKind = "parameters"         // a bug of ours
	RefusedOtherDomain    RefusalKind = "other-domain"       // an uncertified key on another domain
	RefusedInactive       RefusalKind = "developer-inactive" // wrong token, or a QA key in production
	RefusedOverQPS        RefusalKind = "over-qps"           // over 2 calls a second
	RefusedOverRate       RefusalKind = "over-rate"          // over 1,000 calls a day
	RefusedTokenLimit     RefusalKind = "token-limit"        // over 100 token requests an hour
	RefusedInvalidGrant   RefusalKind = "invalid-grant"      // code or refresh token dead
	RefusedPassword       RefusalKind = "password"           // user name or password wrong, or an account that signs in by SSO
	RefusedPasswords      RefusalKind = "password-limit"     // over 10 password sign-ins of a person an hour
	RefusedPasswordKey    RefusalKind = "password-key"       // a key for the browser's flows, in the password flow
	RefusedClient         RefusalKind = "invalid-client"     // key and secret do not belong together
	RefusedUnauthorized   RefusalKind = "unauthorized"       // 401 from the API
	RefusedServer         RefusalKind = "server-trouble"     // 5xx
	RefusedRedirected     RefusalKind = "redirected"         // an answer that sends us elsewhere
	RefusedUnreadable     RefusalKind = "unreadable"         // no verdict: a page, a proxy or a firewall
	RefusedKeyNotApproved RefusalKind = "key-not-approved"   // the key may not use this API
	RefusedScope          RefusalKind = "scope"              // more than the key or the user may allow
	RefusedDenied         RefusalKind = "denied-by-egnyte"   // access_denied, with Egnyte's own words
	RefusedUnknown        RefusalKind = "unknown-answer"     // the authorize address answered with an error that is not known
	RefusedOther          RefusalKind = "other"              // another error value of OAuth's: see Code and Words
)

// Refusal is Egnyte's no. It carries no body: a body may hold what was sent.
type Refusal struct {
	Kind       RefusalKind
	Host       string
	Status     int           // 0: it came with the callback
	Code       string        // the verdict's code or words; empty if there is no verdict
	Words      string        // what the server said to the user: one line, at most 200 letters
	RetryAfter time.Duration // 0: not said

	// RedirectURI is ours, to register on the developer portal: with
	// RefusedRedirectURI alone, where it is known.
	RedirectURI string
}

// Wait is how long Egnyte wants no further request; 0: no pause was asked for. If it
// asked without saying how long, Wait is one minute.
func (r *Refusal) Wait() time.Duration {
	switch {
	case r.RetryAfter > 0:
		return r.RetryAfter
	case r.Kind == RefusedTokenLimit, r.Kind == RefusedOverQPS, r.Kind == RefusedOverRate:
		return time.Minute
	}
	return 0
}

func (r *Refusal) Error() string {
	text := fmt.Sprintf("Egnyte refused (%s)", r.Kind)
	if r.Host != "" {
		text = fmt.Sprintf("%s refused (%s)", r.Host, r.Kind)
	}
	if r.Code != "" {
		text += ": " + r.Code
	}
	if r.Words != "" {
		text += ": " + r.Words
	}
	if r.Status != 0 {
		text += fmt.Sprintf(" (HTTP %d)", r.Status)
	}
	if more := explanations[r.Kind]; more != "" {
		text += ": " + more
	}
	return text
}

// explanations are for refusals that their own words don't explain.
var explanations = map[RefusalKind]string{
	RefusedPassword:  "the user name or the password is wrong; people who sign in by SSO have no Egnyte password to give",
	RefusedPasswords: "Egnyte takes 10 password sign-ins of a person an hour",
}

// Passing reports whether waiting may help, without a person.
func (r *Refusal) Passing() bool {
	switch r.Kind {
	case RefusedOverQPS, RefusedOverRate, RefusedTokenLimit, RefusedPasswords, RefusedServer, RefusedUnreadable, RefusedRedirected:
		return true
	}
	return false
}

// TokenRefused reports that an API call was refused for its token, and not for
// something else: a renewed one may be taken. Egnyte's gateway has an answer of
// its own for a token that it does not know.
func TokenRefused(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) && (refusal.Kind == RefusedUnauthorized || refusal.Kind == RefusedInactive)
}

// Unreachable: there was no answer.
type Unreachable struct {
	Host string
	Err  error
}

func (e *Unreachable) Error() string { return fmt.Sprintf("%s can't be reached: %v", e.Host, e.Err) }
func (e *Unreachable) Unwrap() error { return e.Err }

// Passing reports whether an error is one that goes away by itself: the
// network, a throttle, a server in trouble. Everything else needs a person.
func Passing(err error) bool {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Passing()
	}
	var away *Unreachable
	return errors.As(err, &away)
}

// unreachable drops the request's URL, which a *url.Error would print.
func unreachable(host string, err error) *Unreachable {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return &Unreachable{host, err}
}

// gatewayCodes are the error codes of Egnyte's gateways: Mashery's header
// X-Mashery-Error-Code and Apigee's fault.detail.errorcode, in small letters
// without anything else. The first that is part of a code counts.
var gatewayCodes = []struct {
	part string
	kind RefusalKind
}{
	{"errdeveloperinactive", RefusedInactive},
	{"errdeveloperoverqps", RefusedOverQPS},
	{"errdeveloperoverrate", RefusedOverRate},
	{"invalidaccesstoken", RefusedUnauthorized},
	{"accesstokenexpired", RefusedUnauthorized},
	{"invalidrefreshtoken", RefusedInvalidGrant},
	{"refreshtokenexpired", RefusedInvalidGrant},
	{"forgivenresource", RefusedKeyNotApproved}, // InvalidApiKeyForGivenResource
	{"invalidapikey", RefusedKey},
	{"invalidclient", RefusedKey}, // and InvalidClientIdentifier
	{"apikeynotapproved", RefusedKeyNotApproved},
	{"missingscopes", RefusedKeyNotApproved},
	{"apiproduct", RefusedKeyNotApproved},
	{"quotaviolation", RefusedOverRate},
	{"spikearrestviolation", RefusedOverQPS},
	{"messaging", RefusedServer},
	{"steps", RefusedServer},
	{"protocolhttp", RefusedServer},
}

// oauthErrors are the values of error (RFC 6749, 4.1.2.1 and 5.2; slow_down is
// from RFC 8628, 3.5).
var oauthErrors = map[string]RefusalKind{
	"invalid_grant":             RefusedInvalidGrant,
	"invalid_client":            RefusedClient,
	"unauthorized_client":       RefusedKeyKind,
	"invalid_scope":             RefusedScope,
	"access_denied":             RefusedDenied,
	"invalid_request":           RefusedOther,
	"unsupported_grant_type":    RefusedOther,
	"unsupported_response_type": RefusedOther,
	"server_error":              RefusedServer,
	"temporarily_unavailable":   RefusedServer,
	"slow_down":                 RefusedTokenLimit,
}

// sentences are Egnyte's own, as the words that matter in them. Integrators quote
// them in several spellings.
var sentences = []struct {
	words string
	kind  RefusalKind
}{
	{"invalid callback", RefusedRedirectURI},
	{"redirect uri must valid https url", RefusedRedirectURI},
	{"request hostname redirect url not match", RefusedRedirectURI},
	{"incorrect request type get resource owner flow", RefusedKeyKind},
	{"no valid app info found api key", RefusedKey},
	{"required params missing", RefusedParameters},
	{"invalid egnyte domain configured app profile", RefusedOtherDomain},
	{"developer over qps", RefusedOverQPS},
	{"developer over rate", RefusedOverRate},
	{"developer inactive", RefusedInactive},
}

// errorReply is what Egnyte, its gateways and an OAuth server say in JSON. Any
// field may be missing or of another type.
type errorReply struct {
	value, code string   // error; fault.detail.errorcode
	words       []string // for the user, the best first
}

func readErrorReply(reply *http.Response, body []byte) errorReply {
	fields := readFields(reply, body)
	fault, _ := fields["fault"].(map[string]any)
	detail, _ := fault["detail"].(map[string]any)
	form, _ := fields["formErrors"].([]any)
	var first map[string]any
	if len(form) > 0 {
		first, _ = form[0].(map[string]any)
	}
	r := errorReply{value: strings.ToLower(text(fields, "error")), code: cmp.Or(text(detail, "errorcode"), element(body, "errorcode"))}
	plain := ""
	if strings.HasPrefix(reply.Header.Get("Content-Type"), "text/plain") {
		plain = string(body)
	}
	for _, said := range []string{
		text(fields, "error_description"), text(fault, "faultstring"), text(first, "msg"), text(fields, "errorMessage"), element(body, "faultstring"), element(body, "message"), element(body, "title"), plain,
	} {
		if said != "" {
			r.words = append(r.words, said)
		}
	}
	return r
}

func text(fields map[string]any, name string) string {
	value, _ := fields[name].(string)
	return value
}

// element is the text of a page's or an XML reply's first element of that name.
func element(body []byte, name string) string {
	_, rest, _ := strings.Cut(string(body), "<"+name+">")
	content, _, found := strings.Cut(rest, "</"+name+">")
	if !found {
		return ""
	}
	return html.UnescapeString(content)
}

// readRefusal reads an answer that is no success. An error value of OAuth's, a code
// of a gateway and a sentence of Egnyte's are a verdict; everything else comes from
// something between us and Egnyte, or is trouble that passes. Sent are secrets of
// the request, which must not be repeated.
func readRefusal(host string, reply *http.Response, body []byte, sent ...string) *Refusal {
	refusal := &Refusal{Kind: RefusedUnreadable, Host: host, Status: reply.StatusCode, RetryAfter: retryAfter(reply.Header)}
	said := readErrorReply(reply, body)
	if len(said.words) > 0 {
		refusal.Words = plainWithout(said.words[0], sent)
	}
	oauthKind, isOAuth := oauthErrors[said.value]
	status := reply.StatusCode
	if kind, code := gatewayKind(cmp.Or(said.code, reply.Header.Get("X-Mashery-Error-Code"))); kind != "" {
		refusal.Kind, refusal.Code = kind, code
	} else if status == http.StatusConflict || status == http.StatusTooManyRequests {
		refusal.Kind = RefusedTokenLimit
	} else if isOAuth && oauthKind != RefusedOther {
		refusal.Kind, refusal.Code = oauthKind, said.value
	} else if kind, words := sentenceIn(body); kind != "" { // it says more than invalid_request
		refusal.Kind, refusal.Code = kind, words
	} else if isOAuth {
		refusal.Kind, refusal.Code = oauthKind, said.value
	} else if status >= 500 {
		refusal.Kind = RefusedServer
	} else if status >= 300 && status < 400 {
		refusal.Kind = RefusedRedirected
	}
	if refusal.Kind == RefusedOverRate && refusal.RetryAfter == 0 {
		now := time.Now().UTC()
		refusal.RetryAfter = now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now) // the next day
	}
	return refusal
}

// readAPIRefusal is readRefusal for a call with an access token: there any 401
// means that it may be dead.
func readAPIRefusal(host string, reply *http.Response, body []byte, access Secret) *Refusal {
	refusal := readRefusal(host, reply, body, access.Reveal())
	if refusal.Kind == RefusedUnreadable && refusal.Status == http.StatusUnauthorized {
		refusal.Kind = RefusedUnauthorized
	}
	return refusal
}

func gatewayKind(code string) (RefusalKind, string) {
	letters := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(code))
	for _, known := range gatewayCodes {
		if strings.Contains(letters, known.part) {
			return known.kind, cmp.Or(safeCode(code), known.part)
		}
	}
	return "", ""
}

// sentenceIn finds one of Egnyte's sentences: its words within a few others, in any
// order.
func sentenceIn(body []byte) (kind RefusalKind, sentence string) {
	said := strings.FieldsFunc(strings.ToLower(string(body)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	for _, known := range sentences {
		if within(strings.Fields(known.words), said) {
			return known.kind, known.words
		}
	}
	return "", ""
}

// within reports whether words occur in said close to each other.
func within(words, said []string) bool {
	last := map[string]int{} // the position of each word, from 1
	for i, word := range said {
		if !slices.Contains(words, word) {
			continue
		}
		last[word] = i + 1
		if len(last) == len(words) && i+1-slices.Min(slices.Collect(maps.Values(last))) < len(words)+len(words)/2+2 {
			return true
		}
	}
	return false
}

// plainWithout is what a server said as a line, or nothing if it repeats a secret.
func plainWithout(said string, secrets []string) string {
	line := oneLine(said)
	for _, secret := range secrets {
		if secret != "" && strings.Contains(line, secret) {
			return ""
		}
	}
	return shorten(line, maxWords)
}

// retryAfter reads the header (RFC 9110, 10.2.3): seconds or a date.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		return min(time.Duration(seconds), 24*3600) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, min(time.Until(at), 24*time.Hour))
	}
	return 0
}

// safeCode lets through what reads like a code word and nothing else: it may
// come from anybody who can reach the callback. Checked by hand, because
// compiling a pattern for it took a fifth of the terminal program's start.
func safeCode(code string) string {
	const longest = 64
	if len(code) > longest {
		return ""
	}
	for i, c := range []byte(code) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_ .-", rune(c))) {
			return ""
		}
	}
	return code
}

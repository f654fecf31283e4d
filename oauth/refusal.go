package oauth

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// RefusalKind is a row of what Egnyte is known to refuse with.
type RefusalKind string

// The known refusals; what each means to a person stands in oauth/advice.
const (
	RefusedRedirectURI  RefusalKind = "redirect-uri"       // not https, or not the registered one
	RefusedKeyKind      RefusalKind = "key-kind"           // an internal-application key
	RefusedKey          RefusalKind = "unknown-key"        // no such API key
	RefusedParameters   RefusalKind = "parameters"         // a bug of ours
	RefusedOtherDomain  RefusalKind = "other-domain"       // an uncertified key on another domain
	RefusedInactive     RefusalKind = "developer-inactive" // wrong token, or a QA key in production
	RefusedOverQPS      RefusalKind = "over-qps"           // over 2 calls a second
	RefusedOverRate     RefusalKind = "over-rate"          // over 1,000 calls a day
	RefusedTokenLimit   RefusalKind = "token-limit"        // over 100 token requests an hour
	RefusedInvalidGrant RefusalKind = "invalid-grant"      // code or refresh token dead
	RefusedPassword     RefusalKind = "password"           // user name or password wrong, or an account that signs in by SSO
	RefusedPasswords    RefusalKind = "password-limit"     // over 10 password sign-ins of a person an hour
	RefusedPasswordKey  RefusalKind = "password-key"       // a key for the browser's flows, in the password flow
	RefusedClient       RefusalKind = "invalid-client"     // key and secret do not belong together
	RefusedUnauthorized RefusalKind = "unauthorized"       // 401 from the API
	RefusedServer       RefusalKind = "server-trouble"     // 5xx
	RefusedRedirected   RefusalKind = "redirected"         // an answer that sends us elsewhere
	RefusedUnreadable   RefusalKind = "unreadable"         // no answer that makes sense
	RefusedOther        RefusalKind = "other"
)

// Refusal is Egnyte's no. It carries no body: a body may hold what was sent.
type Refusal struct {
	Kind       RefusalKind
	Host       string
	Status     int           // 0: it came with the callback
	Code       string        // the server's own short code, where it has one
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
	case RefusedOverQPS, RefusedOverRate, RefusedTokenLimit, RefusedPasswords, RefusedServer, RefusedUnreadable:
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

// knownBodies is matched in order; JSON, HTML and XML bodies carry the same words.
var knownBodies = []struct {
	words string
	kind  RefusalKind
}{
	{"INVALID_CALLBACK", RefusedRedirectURI},
	{"Request hostname and redirect url hostname do not match", RefusedRedirectURI},
	{"Incorrect request type GET for resource owner flow", RefusedKeyKind},
	{"No valid app info found for api key", RefusedKey},
	{"REQUIRED_PARAMS_MISSING", RefusedParameters},
	{"Invalid Egnyte domain configured in app profile", RefusedOtherDomain},
	{"ERR_403_DEVELOPER_OVER_QPS", RefusedOverQPS},
	{"ERR_403_DEVELOPER_OVER_RATE", RefusedOverRate},
	{"ERR_403_DEVELOPER_INACTIVE", RefusedInactive},
	{"Developer Inactive", RefusedInactive},
	{"invalid_grant", RefusedInvalidGrant},
	{"invalid_client", RefusedClient},
	{"unauthorized_client", RefusedKeyKind},
}

// readRefusal tells what an answer means: the body counts first, since the
// status varies, then the gateway's header, then the status.
func readRefusal(host string, reply *http.Response, body []byte) *Refusal {
	refusal := &Refusal{Kind: RefusedOther, Host: host, Status: reply.StatusCode, RetryAfter: retryAfter(reply.Header)}
	gateway := reply.Header.Get("X-Mashery-Error-Code")
	for _, known := range knownBodies {
		if bytes.Contains(body, []byte(known.words)) || gateway == known.words {
			refusal.Kind, refusal.Code = known.kind, safeCode(known.words)
			return refusal
		}
	}
	switch status := reply.StatusCode; {
	case status == http.StatusConflict, status == http.StatusTooManyRequests:
		refusal.Kind = RefusedTokenLimit
	case status == http.StatusUnauthorized:
		refusal.Kind = RefusedUnauthorized
	case status >= 500:
		refusal.Kind = RefusedServer
	case status >= 300 && status < 400:
		refusal.Kind = RefusedRedirected
	case status < 300:
		refusal.Kind = RefusedUnreadable
	}
	return refusal
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

package oauth

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestExpiryQuirks(t *testing.T) {
	t.Parallel()
	const month = 30 * 24 * time.Hour
	for raw, want := range map[string]struct {
		life time.Duration
		ends bool
	}{
		`2592000`: {month, true}, `"2592000"`: {month, true}, `2592000.0`: {month, true}, `0`: {}, `0.4`: {400 * time.Millisecond, true},
		``: {}, `null`: {}, `-1`: {}, `"-1"`: {}, `1e12`: {}, `"soon"`: {}, `{}`: {}, `true`: {}, `"NaN"`: {}, `"inf"`: {},
	} {
		life, ends := readLife(strings.Trim(raw, `"`))
		if life != want.life || ends != want.ends {
			t.Errorf("expires_in %s: got %s, %t", raw, life, ends)
		}
	}
}

func TestWhatRefusalsMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		header  map[string]string
		body    string
		kind    RefusalKind
		after   time.Duration
		passing bool
	}{
		{400, nil, `{"formErrors":[{"code":"INVALID_CALLBACK","msg":"Invalid redirect uri"}],"inputErrors":{}}`, RefusedRedirectURI, 0, false},
		{400, nil, `{"errorMessage":"Request hostname and redirect url hostname do not match"}`, RefusedRedirectURI, 0, false},
		{400, nil, `{"errorMessage":"Incorrect request type GET for resource owner flow. Use POST"}`, RefusedKeyKind, 0, false},
		{403, nil, `<h1>No valid app info found for api key</h1>`, RefusedKey, 0, false},
		{400, nil, `REQUIRED_PARAMS_MISSING`, RefusedParameters, 0, false},
		{400, nil, `Invalid Egnyte domain configured in app profile.`, RefusedOtherDomain, 0, false},
		{403, map[string]string{"X-Mashery-Error-Code": "ERR_403_DEVELOPER_INACTIVE"}, `<h1>Developer Inactive</h1>`, RefusedInactive, 0, false},
		{403, map[string]string{"X-Mashery-Error-Code": "ERR_403_DEVELOPER_OVER_QPS", "Retry-After": "1"}, ``, RefusedOverQPS, time.Second, true},
		{403, map[string]string{"X-Mashery-Error-Code": "ERR_403_DEVELOPER_OVER_RATE", "Retry-After": "600"}, ``, RefusedOverRate, 10 * time.Minute, true},
		{409, map[string]string{"Retry-After": "900"}, `wait`, RefusedTokenLimit, 15 * time.Minute, true},
		{429, map[string]string{"Retry-After": "nonsense"}, ``, RefusedTokenLimit, 0, true},
		{409, map[string]string{"Retry-After": "99999999999"}, ``, RefusedTokenLimit, 0, true},
		{400, nil, `{"error":"invalid_grant"}`, RefusedInvalidGrant, 0, false},
		{401, nil, `{"error":"invalid_client"}`, RefusedClient, 0, false},
		{401, nil, ``, RefusedUnreadable, 0, true},
		{503, nil, `<html>`, RefusedServer, 0, true},
		{302, map[string]string{"Location": "https://evil.example"}, ``, RefusedRedirected, 0, true},
		{200, nil, `<html>`, RefusedUnreadable, 0, true},
		{418, nil, ``, RefusedUnreadable, 0, true},
	} {
		reply := &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body))}
		for name, value := range c.header {
			reply.Header.Set(name, value)
		}
		got := readRefusal("acme.egnyte.com", reply, []byte(c.body))
		if got.Kind != c.kind || got.Passing() != c.passing {
			t.Errorf("%d %q: got %s, passing %t", c.status, c.body, got.Kind, got.Passing())
		}
		if c.after != 0 && got.RetryAfter != c.after {
			t.Errorf("%d %q: got Retry-After %s", c.status, c.body, got.RetryAfter)
		}
	}
}

func TestARefusalRepeatsNothingThatWasSent(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"access_denied": "access_denied", "Developer Inactive": "Developer Inactive",
		"<script>": "", "a\nb": "", "\x1b[31m": "", strings.Repeat("a", 65): "",
	} {
		if got := safeCode(code); got != want {
			t.Errorf("%q: got %q", code, got)
		}
	}
}

// Given an error on the callback, then one that is temporary says so, and Egnyte's own
// words are kept.
func TestAnErrorOnTheCallbackKeepsItsWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, words string
		kind        RefusalKind
		passing     bool
	}{
		{"access_denied", "Your administrator has blocked\x1b this application", RefusedDenied, false},
		{"server_error", "", RefusedServer, true},
		{"Temporarily_Unavailable", "invalid_grant", RefusedServer, true},
		{"invalid_scope", "", RefusedScope, false},
		{"unauthorized_client", "", RefusedKeyKind, false},
		{"odd_error", "Odd.", RefusedOther, false},
	} {
		var refusal *Refusal
		if err := refusalOnCallback(c.code, c.words); !errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.Passing() != c.passing || refusal.Words != Plain(c.words) {
			t.Errorf("%s: %v", c.code, err)
		}
	}
	if err := refusalOnCallback("access_denied", ""); !errors.Is(err, ErrDenied) {
		t.Errorf("the user said no: %v", err)
	}
}

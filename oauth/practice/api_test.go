package practice_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth/practice"
)

func atMashery(o *practice.Options) { o.Gateway = practice.GatewayMashery }

func TestUserInfoTellsWhoItIs(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, atMashery)
	access := signInDirectly(t, s).text("access_token")
	a := userInfo(t, s, "acme", access)
	wantStatus(t, a, http.StatusOK)
	if a.text("username") != "jsmith" || a.text("first_name") != "Jane" || a.text("last_name") != "Smith" || a.fields["id"] != 121.0 {
		t.Errorf("the answer is %s", a.body)
	}
	for domain, token := range map[string]string{"acme": "", "globex": access} {
		a := userInfo(t, s, domain, token)
		wantStatus(t, a, http.StatusForbidden, "Developer Inactive")
		if a.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_INACTIVE" {
			t.Errorf("headers %v", a.header)
		}
	}
	wantStatus(t, userInfo(t, practice.Start(t), "acme", access), http.StatusUnauthorized, "oauth.v2.InvalidAccessToken")
}

func TestTokensEndAtOnce(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *practice.Server, a answer){
		"password changed": func(s *practice.Server, _ answer) { s.ChangePassword("acme", "jsmith", "new") },
		"app removed":      func(s *practice.Server, _ answer) { s.RevokeAll("acme", "jsmith") },
		"access revoked": func(s *practice.Server, a answer) {
			wantStatus(t, revoke(t, s, a.text("access_token"), s.Key().Secret), 200)
		},
		"refresh revoked": func(s *practice.Server, a answer) {
			wantStatus(t, revoke(t, s, a.text("refresh_token"), s.Key().Secret), 200)
		},
	} {
		s := practice.Start(t)
		a := signInDirectly(t, s)
		end(s, a)
		if got := userInfo(t, s, "acme", a.text("access_token")).status; got != http.StatusUnauthorized {
			t.Errorf("%s: userinfo answers %d", name, got)
		}
		if got := refresh(t, s, a.text("refresh_token")).status; got != http.StatusBadRequest || len(s.Tokens("acme", "jsmith")) != 0 {
			t.Errorf("%s: refresh answers %d", name, got)
		}
	}
}

func TestRevokeNeedsTheSecret(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	access := signInDirectly(t, s).text("access_token")
	wantStatus(t, revoke(t, s, access, "wrong"), http.StatusBadRequest, "invalid_client")
	wantStatus(t, userInfo(t, s, "acme", access), http.StatusOK)
}

// A dead access token is no bearer to revoke with, be it itself or another one.
func TestRevokeByADeadBearerRevokesNothing(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	s.ExpiresIn("60")
	a := signInDirectly(t, s)
	s.Advance(time.Hour)
	for _, token := range []string{"access_token", "refresh_token"} {
		form := url.Values{"token": {a.text(token)}, "client_secret": {s.Key().Secret}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.DomainURL("acme")+"/pubapi/v1/tokens/revoke", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+a.text("access_token"))
		reply, err := s.Client().Do(r)
		wantStatus(t, read(t, reply, err), http.StatusUnauthorized)
	}
	wantStatus(t, refresh(t, s, a.text("refresh_token")), http.StatusOK)
}

func TestLimitsOfTheAPI(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := practice.Start(t, func(o *practice.Options) { o.NoLimits = false; o.Now = func() time.Time { return start } }, atMashery)
	access := signInDirectly(t, s).text("access_token")
	call := func() answer { return userInfo(t, s, "acme", access) }

	wantStatus(t, call(), http.StatusOK)
	wantStatus(t, call(), http.StatusOK)
	a := call()
	wantStatus(t, a, http.StatusForbidden)
	if a.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_OVER_QPS" || a.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", a.header)
	}
	for range 998 {
		s.Advance(time.Second)
		if a := call(); a.status != http.StatusOK {
			t.Fatalf("status %d", a.status)
		}
	}
	s.Advance(time.Second)
	if a := call(); a.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_OVER_RATE" || a.header.Get("Retry-After") == "" {
		t.Errorf("call 1,001 of a day: %d, headers %v", a.status, a.header)
	}
	s.Advance(24 * time.Hour)
	wantStatus(t, call(), http.StatusOK)
}

func TestLimitOfTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) { o.NoLimits = false })
	for range 100 {
		wantStatus(t, refresh(t, s, "none"), http.StatusBadRequest)
	}
	a := refresh(t, s, "none")
	wantStatus(t, a, http.StatusConflict)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.Advance(time.Hour)
	wantStatus(t, refresh(t, s, "none"), http.StatusBadRequest)
}

func TestThrottleRefusesUntilItIsOver(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	a := signInDirectly(t, s)
	s.Throttle(30 * time.Second)
	wantStatus(t, userInfo(t, s, "acme", a.text("access_token")), http.StatusTooManyRequests, "SpikeArrestViolation")
	wantStatus(t, refresh(t, s, a.text("refresh_token")), http.StatusConflict)
	s.Advance(30 * time.Second)
	wantStatus(t, userInfo(t, s, "acme", a.text("access_token")), http.StatusOK)
}

func TestAFaultLastsAsLongAsSaid(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	access := signInDirectly(t, s).text("access_token")
	call := func() answer { return userInfo(t, s, "acme", access) }
	s.Fault("userinfo", practice.Fault503.For(2))
	for _, want := range []int{503, 503, 200} {
		wantStatus(t, call(), want)
	}
	s.Fault("userinfo", practice.FaultOverQPS(1500*time.Millisecond).XML())
	for range 3 {
		a := call()
		wantStatus(t, a, http.StatusForbidden, "<error>")
		if a.header.Get("Retry-After") != "2" || a.header.Get("X-Mashery-Error-Code") != "ERR_403_DEVELOPER_OVER_QPS" {
			t.Errorf("headers %v", a.header)
		}
	}
	s.ClearFault("userinfo")
	wantStatus(t, call(), http.StatusOK)
	if n := s.Requests("userinfo"); n != 7 {
		t.Errorf("%d requests, want 7", n)
	}
	if practice.Fault503.Times != 0 {
		t.Error("a ready fault was changed")
	}
}

func TestEveryRefusalKeepsItsWordsInEveryFormat(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for words, f := range map[string]practice.Fault{
		"INVALID_CALLBACK": practice.FaultInvalidCallback, "REQUIRED_PARAMS_MISSING": practice.FaultParamsMissing,
		"Incorrect request type GET for resource owner flow":      practice.FaultResourceOwner,
		"No valid app info found for api key":                     practice.FaultUnknownKey,
		"Invalid Egnyte domain configured in app profile":         practice.FaultOtherDomain,
		"Request hostname and redirect url hostname do not match": practice.FaultHostMismatch,
		"Developer Inactive":                                      practice.FaultInactive, "invalid_grant": practice.FaultInvalidGrant, "invalid_client": practice.FaultInvalidClient,
	} {
		for kind, f := range map[string]practice.Fault{"application/json": f, "text/html": f.HTML(), "text/xml": f.XML()} {
			s.Fault("authorize", f.For(1))
			a := get(t, s, authorizeURL(s, "authorize", testRedirect))
			wantStatus(t, a, f.Status, words)
			if !strings.HasPrefix(a.header.Get("Content-Type"), kind) {
				t.Errorf("%s: content type %q, want %q", words, a.header.Get("Content-Type"), kind)
			}
		}
	}
}

func TestAHangEndsWithTheCallerOrTheService(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	s.Fault("authorize", practice.Fault{Hang: -1})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, authorizeURL(s, "authorize", testRedirect), nil)
	if _, err := s.Client().Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("the answer is %v", err)
	}
	over := make(chan error, 1)
	go func() {
		_, err := s.Client().Get(authorizeURL(s, "authorize", testRedirect))
		over <- err
	}()
	for s.Requests("authorize") < 2 {
		select {
		case err := <-over:
			t.Fatalf("answered early: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	s.Close()
	if err := <-over; err == nil {
		t.Error("answered after Close")
	}
}

func TestALostAnswerComesAfterTheWork(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	first := signInDirectly(t, s)
	s.Fault("token", practice.Fault{CloseMidBody: true, Times: 1})
	reply, err := s.Client().PostForm(s.DomainURL("acme")+"/puboauth/token", map[string][]string{
		"client_id": {s.Key().ID}, "client_secret": {s.Key().Secret},
		"grant_type": {"refresh_token"}, "refresh_token": {first.text("refresh_token")}})
	if err == nil {
		_, err = io.ReadAll(reply.Body)
		reply.Body.Close()
	}
	if err == nil {
		t.Error("the answer came whole")
	}
	if live := s.Tokens("acme", "jsmith"); len(live) != 1 || live[0].Refresh == first.text("refresh_token") {
		t.Error("the refresh was not carried out")
	}
}

func TestItListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "127.0.0.1"} {
		if s, err := practice.New(practice.Options{Listen: address}); err == nil {
			s.Close()
			t.Errorf("listens on %s", address)
		}
	}
	s := practice.Start(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL(), "http://"), ":")
	for _, host := range []string{"127.0.0.1", "::1"} {
		probe, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			continue // no IPv6 here
		}
		probe.Close()
		conn, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Error(err)
			continue
		}
		conn.Close()
	}
	if other, err := practice.New(practice.Options{Listen: "127.0.0.1:" + port}); err == nil {
		other.Close()
		t.Error("a taken port was no error")
	}
}

func TestServeAnnouncesAndEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := practice.Serve(ctx, practice.Options{Key: practice.Key{ID: "id", Secret: "the secret"}}, w)
		w.Close()
		ended <- err
	}()
	text := make([]byte, 4096)
	n, err := r.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"http://egnyte.localhost:", "the secret", "jsmith", "jane-at-acme", "globex", "ann-at-globex"} {
		if !strings.Contains(string(text[:n]), word) {
			t.Errorf("does not say %q:\n%s", word, text[:n])
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

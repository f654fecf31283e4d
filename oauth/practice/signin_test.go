package practice_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth/practice"
)

func TestEnhancedAuthFindsTheDomainAndNamesIt(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"acme", "ACME ", "acme.egnyte.localhost", "files.acme.example", "https://files.acme.example/app"} {
		s := practice.Start(t)
		q, _ := decide(t, s, authorizeURL(s, "enhanced", testRedirect), "jsmith", practice.Allow, typed)
		if q.Get("code") == "" || q.Get("state") != "st" || q.Get("egnyte_domain") != "acme" {
			t.Errorf("%q: came back with %v", typed, q)
		}
		wantStatus(t, redeem(t, s, q.Get("code")), http.StatusOK)
	}
}

func TestEnhancedAuthAsksAgainForAnUnknownDomain(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	address := strings.Replace(authorizeURL(s, "enhanced", testRedirect), "/services/oauth/code", "/services/oauth/domain", 1)
	reply, err := s.Client().PostForm(address, url.Values{"domain": {"nowhere<"}})
	a := read(t, reply, err)
	wantStatus(t, a, http.StatusUnprocessableEntity, "no such domain", "nowhere&lt;", `id="domain"`)
}

func TestTheEuropeanAddressWorksToo(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	address := strings.Replace(authorizeURL(s, "enhanced", testRedirect), "us-partner", "partner", 1)
	if q, _ := decide(t, s, address, "adoe", practice.Allow, ""); q.Get("egnyte_domain") != "globex" {
		t.Errorf("came back with %v", q)
	}
}

func TestEachWayOfNamingTheDomain(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	origin := s.DomainURL("acme") + "/"
	for naming, want := range map[practice.NameDomain][3]string{
		practice.NameEgnyteDomain: {"acme", "", origin},
		practice.NameDomainParam:  {"", "acme", origin},
		practice.NameReferer:      {"", "", origin},
		practice.NameNothing:      {"", "", ""},
	} {
		s.SetNameDomain(naming)
		q, callback := decide(t, s, authorizeURL(s, "enhanced", testRedirect), "jsmith", practice.Allow, "acme")
		if got := [3]string{q.Get("egnyte_domain"), q.Get("domain"), callback.Referer}; got != want {
			t.Errorf("%s: named %q, want %q", naming, got, want)
		}
	}
	s.SetDomainName("evil.example/.egnyte.com")
	q, _ := decide(t, s, authorizeURL(s, "enhanced", testRedirect), "jsmith", practice.Allow, "acme")
	if q.Get("egnyte_domain") != "evil.example/.egnyte.com" {
		t.Errorf("named %q", q.Get("egnyte_domain"))
	}
}

func TestAPlainCodeFlowNamesNoDomain(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for _, endpoint := range []string{"authorize", "documented"} {
		q, _ := decide(t, s, authorizeURL(s, endpoint, testRedirect), "jsmith", practice.Allow, "")
		if q.Get("code") == "" || q.Has("egnyte_domain") {
			t.Errorf("%s: came back with %v", endpoint, q)
		}
	}
	if n := s.Requests("authorize"); n != 2 {
		t.Errorf("%d authorize requests, want 2", n)
	}
}

func TestDenyBringsAccessDeniedAndNoCode(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	q, _ := decide(t, s, authorizeURL(s, "authorize", testRedirect), "jsmith", practice.Deny, "")
	if q.Get("error") != "access_denied" || q.Get("state") != "st" || q.Has("code") {
		t.Errorf("came back with %v", q)
	}
}

func TestSignInAsReachesTheApp(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	var came *http.Request
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came = r }))
	err := s.SignInAs(context.Background(), authorizeURL(s, "enhanced", app.URL+"/callback"), person(t, s, "adoe"), practice.Allow, "globex")
	app.Close()
	if err != nil {
		t.Fatal(err)
	}
	if came == nil || came.URL.Path != "/callback" || came.FormValue("code") == "" || came.Referer() != s.DomainURL("globex")+"/" {
		t.Errorf("the app got %+v", came)
	}
}

func TestAWrongPasswordIsSaid(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	p := person(t, s, "jsmith")
	p.Password = "wrong"
	if _, err := s.Decide(context.Background(), authorizeURL(s, "authorize", testRedirect), p, practice.Allow, ""); err == nil {
		t.Error("signed in with a wrong password")
	}
	address := strings.Replace(authorizeURL(s, "authorize", testRedirect), "/authorize", "/signin", 1)
	reply, err := s.Client().PostForm(address, url.Values{"username": {"adoe"}, "password": {"ann-at-globex"}})
	wantStatus(t, read(t, reply, err), http.StatusUnprocessableEntity, "is wrong", `value="adoe"`)
}

func TestWhoIsSignedInIsAskedForConsentAtOnce(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	address, browser := authorizeURL(s, "authorize", testRedirect), s.Client()
	signIn := strings.Replace(address, "/authorize", "/signin", 1)
	reply, err := browser.PostForm(signIn, url.Values{"username": {"jsmith"}, "password": {"jane-at-acme"}})
	wantStatus(t, read(t, reply, err), http.StatusOK, `id="allow"`, "Jane Smith", "Egnyte.filesystem")

	reply, err = browser.Get(address)
	wantStatus(t, read(t, reply, err), http.StatusOK, `id="allow"`, "Not you?")
	reply, err = browser.Get(strings.Replace(address, "acme.", "globex.", 1))
	wantStatus(t, read(t, reply, err), http.StatusOK, `id="password"`)

	s.ChangePassword("acme", "jsmith", "other")
	reply, err = browser.Get(address)
	wantStatus(t, read(t, reply, err), http.StatusOK, `id="password"`)
}

func TestImplicitGivesATokenInTheFragment(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	_, callback := decide(t, s, authorizeURL(s, "authorize", testRedirect, "response_type", "token"), "jsmith", practice.Allow, "")
	_, fragment, _ := strings.Cut(callback.URL, "#")
	q, _ := url.ParseQuery(fragment)
	if strings.Contains(callback.URL, "?") || q.Get("state") != "st" || q.Get("expires_in") != "2592000" || q.Has("refresh_token") {
		t.Errorf("came back to %s", callback.URL)
	}
	wantStatus(t, userInfo(t, s, "acme", q.Get("access_token")), http.StatusOK, "jsmith")
}

func TestAuthorizeRefusesAsEgnyteDoes(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for _, endpoint := range []string{"enhanced", "authorize", "documented"} {
		for _, c := range []struct {
			words string
			pairs []string
		}{
			{"REQUIRED_PARAMS_MISSING", []string{"client_id", ""}},
			{"REQUIRED_PARAMS_MISSING", []string{"response_type", ""}},
			{"No valid app info found for api key", []string{"client_id", "other"}},
			{"INVALID_CALLBACK", []string{"redirect_uri", "http://127.0.0.1:1/other"}},
			{"INVALID_CALLBACK", []string{"redirect_uri", "http://localhost:1/callback"}},
			{"INVALID_CALLBACK", []string{"redirect_uri", "http://evil.example/callback"}},
			{"INVALID_CALLBACK", []string{"redirect_uri", "http://127.0.0.1:1@evil.example/callback"}},
		} {
			wantStatus(t, get(t, s, authorizeURL(s, endpoint, testRedirect, c.pairs...)), http.StatusBadRequest, c.words)
		}
	}
	internal := practice.Start(t, func(o *practice.Options) { o.Key.Kind = practice.KindInternal })
	wantStatus(t, get(t, internal, authorizeURL(internal, "authorize", testRedirect)), http.StatusBadRequest,
		"Incorrect request type GET for resource owner flow")
	bound := practice.Start(t, func(o *practice.Options) { o.Key.Domain = "globex" })
	wantStatus(t, get(t, bound, authorizeURL(bound, "authorize", testRedirect)), http.StatusBadRequest,
		"Invalid Egnyte domain configured in app profile.")
}

func TestARegisteredAddressIsExact(t *testing.T) {
	t.Parallel()
	for registered, asked := range map[string]map[string]bool{
		"http://127.0.0.1/callback":          {"http://127.0.0.1:9/callback": true, "http://127.0.0.1/callback": true, "http://127.0.0.1:9/callback/": false},
		"http://[::1]/cb":                    {"http://[::1]:9/cb": true, "http://127.0.0.1:9/cb": false},
		"http://localhost:8080/cb":           {"http://localhost:8080/cb": true, "http://localhost:8081/cb": false},
		"https://localhost/cb":               {"https://localhost/cb": true, "https://localhost:1/cb": false},
		"https://app.example/cb?from=egnyte": {"https://app.example/cb?from=egnyte": true, "https://app.example/cb": false},
	} {
		s := practice.Start(t, func(o *practice.Options) { o.Key.RedirectURI = registered })
		for redirectURI, works := range asked {
			want := http.StatusBadRequest
			if works {
				want = http.StatusOK
			}
			wantStatus(t, get(t, s, authorizeURL(s, "authorize", redirectURI)), want)
		}
	}
}

func TestPKCE(t *testing.T) {
	t.Parallel()
	const verifier = "a-verifier-of-at-least-forty-three-characters"
	sum := sha256.Sum256([]byte(verifier))
	s256 := []string{"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256"}
	plain := []string{"code_challenge", verifier}
	for _, c := range []struct {
		mode      practice.PKCE
		challenge []string
		verifier  string
		want      int
	}{
		{practice.PKCEWhenSent, s256, verifier, 200},
		{practice.PKCEWhenSent, plain, verifier, 200},
		{practice.PKCEWhenSent, s256, "another", 400},
		{practice.PKCEWhenSent, s256, "", 400},
		{practice.PKCEWhenSent, nil, "", 200},
		{practice.PKCEWhenSent, nil, verifier, 400},
		{practice.PKCERequired, s256, verifier, 200},
		{practice.PKCERequired, s256, "another", 400},
		{practice.PKCEIgnored, s256, "another", 200},
		{practice.PKCEIgnored, nil, verifier, 200},
	} {
		s := practice.Start(t, func(o *practice.Options) { o.PKCE = c.mode })
		if a := redeem(t, s, codeFor(t, s, c.challenge...), "code_verifier", c.verifier); a.status != c.want {
			t.Errorf("%s, challenge %q, verifier %q: %d, want %d", c.mode, c.challenge, c.verifier, a.status, c.want)
		}
	}
	s := practice.Start(t)
	s.SetPKCE(practice.PKCERequired)
	_, err := s.Decide(context.Background(), authorizeURL(s, "authorize", testRedirect), person(t, s, "jsmith"), practice.Allow, "")
	if err != nil {
		t.Fatal(err)
	}
	q, _ := decide(t, s, authorizeURL(s, "authorize", testRedirect), "jsmith", practice.Allow, "")
	if q.Get("error") != "invalid_request" {
		t.Errorf("without a challenge it came back with %v", q)
	}
}

func TestPagesAreSafeAndMarked(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for _, address := range []string{s.URL(), s.DomainURL("acme"), authorizeURL(s, "enhanced", testRedirect),
		authorizeURL(s, "authorize", testRedirect, "mobile", "1", "state", "<script>")} {
		a := get(t, s, address)
		wantStatus(t, a, http.StatusOK, "Practice Egnyte — not the real one")
		csp := a.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "form-action") || strings.Contains(a.body, "<script") {
			t.Errorf("%s: policy %q", address, csp)
		}
	}
	if a := get(t, s, authorizeURL(s, "authorize", testRedirect, "mobile", "1")); !strings.Contains(a.body, `class="mobile"`) {
		t.Error("mobile=1 got the page for large screens")
	}
}

func TestOtherHostsAndOriginsAreTurnedAway(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for host, want := range map[string]int{
		"evil.example": 421, "127.0.0.1": 421, "acme.egnyte.localhost.evil.example": 421, "evilegnyte.localhost": 421,
		"nobody.egnyte.localhost": 404, "acme.egnyte.localhost": 200, "egnyte.localhost": 200,
	} {
		r, _ := http.NewRequest(http.MethodGet, s.URL()+"/", nil)
		r.Host = host
		reply, err := s.Client().Do(r)
		wantStatus(t, read(t, reply, err), want)
	}
	for origin, want := range map[string]int{"http://evil.example": 403, s.DomainURL("acme"): 403, s.URL(): 200} {
		r, _ := http.NewRequest(http.MethodPost, s.URL()+"/admin/clock", strings.NewReader("ahead=1h"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		reply, err := s.Client().Do(r)
		wantStatus(t, read(t, reply, err), want)
	}
	if d := time.Until(s.Now()); d < 59*time.Minute || d > time.Hour {
		t.Errorf("the clock is %v ahead, want 1 h", d)
	}
}

// Given a signed-in user, when the buttons of the admin page are pressed, then the
// service changes, and the page says so.
func TestTheButtonsOfTheAdminPageWork(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	signInDirectly(t, s)
	for path, form := range map[string]string{
		"person": "domain=acme&username=jsmith&do=password", "throttle": "for=30s", "fault": "endpoint=token&fault=Over+QPS&format=JSON&times=1",
	} {
		r, _ := http.NewRequest(http.MethodPost, s.URL()+"/admin/"+path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.URL())
		reply, err := s.Client().Do(r)
		wantStatus(t, read(t, reply, err), http.StatusOK)
	}
	page := get(t, s, s.URL()+"/").body
	if strings.Contains(page, "jane-at-acme") || len(s.Tokens("acme", "jsmith")) != 0 {
		t.Error("the password was not changed")
	}
	if !strings.Contains(page, "DEVELOPER_OVER_QPS") || !strings.Contains(page, "Every call is refused") {
		t.Error("the refusal or the throttle is not shown")
	}
}

// Given an answer that the browser brings back, then it names who gave it, and a refusal on
// demand brings its error and its words.
func TestTheCallbackNamesItsIssuerAndItsErrorInWords(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) { o.Key.Scopes = []string{"Egnyte.filesystem"} })
	q, _ := decide(t, s, authorizeURL(s, "authorize", testRedirect), "jsmith", practice.Allow, "")
	if q.Get("code") == "" || q.Get("iss") != s.DomainURL("acme") {
		t.Errorf("came back with %v", q)
	}
	s.Fault("callback", practice.FaultBlocked.For(1))
	q, _ = decide(t, s, authorizeURL(s, "authorize", testRedirect), "jsmith", practice.Allow, "")
	if q.Get("error") != "access_denied" || !strings.Contains(q.Get("error_description"), "administrator") || q.Has("code") {
		t.Errorf("blocked: came back with %v", q)
	}
	q, _ = decide(t, s, authorizeURL(s, "authorize", testRedirect, "scope", "Egnyte.ai"), "jsmith", practice.Allow, "")
	if q.Get("error") != "invalid_scope" || q.Get("error_description") == "" {
		t.Errorf("another scope: came back with %v", q)
	}
}

// Given a key for https alone, then an address of this computer has to be https too.
func TestAKeyForHTTPSRefusesPlainAddresses(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) { o.Key.HTTPSOnly = true })
	reply, err := s.Client().Get(authorizeURL(s, "authorize", testRedirect))
	wantStatus(t, read(t, reply, err), http.StatusBadRequest, "INVALID_CALLBACK")
}

// Given a company's own host name, then it tells the domain behind it, as the domain does,
// and nothing else.
func TestACompanysHostNameTellsItsDomain(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	company := strings.Replace(s.DomainURL("globex"), "globex.egnyte", "files.globex", 1)
	for _, host := range []string{company, s.DomainURL("globex")} {
		reply, err := s.Client().Get(host + "/rest/public/1.0/env-pub")
		wantStatus(t, read(t, reply, err), http.StatusOK, `{"workgroup":{"name":"globex"}}`)
	}
	reply, err := s.Client().Get(company + "/puboauth/authorize")
	wantStatus(t, read(t, reply, err), http.StatusNotFound)
}

package advice_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/practice"
)

// answer is one that Egnyte, its gateways or something before them gives, and what the
// terminal then says.
type answer struct {
	name   string
	asked  string // the endpoints
	fault  practice.Fault
	exit   int
	says   string // part of the sentence
	atMost time.Duration
}

func said(status int, body string, headers ...string) practice.Fault {
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	return practice.Fault{Status: status, Body: body, Header: header}
}

func fault(status int, code string) practice.Fault {
	return said(status, `{"fault":{"faultstring":"Some words","detail":{"errorcode":"`+code+`"}}}`)
}

func mashery(code string, headers ...string) practice.Fault {
	return said(403, "<h1>"+code+"</h1>", append(headers, "X-Mashery-Error-Code", code)...)
}

const all, token, api, page = "token userinfo authorize", "token", "userinfo", "authorize"

// answers are the rows of Egnyte's documentation and of integrators' reports, in the
// words of Mashery, of Apigee and of Egnyte itself.
var answers = []answer{
	{"callback", page, said(400, `{"formErrors":[{"code":"INVALID_CALLBACK","msg":"Invalid redirect uri redirect uri must be a valid https url."}],"inputErrors":{}}`), 5, "as the place where your browser comes back", 0},
	{"callback, words alone", page, said(400, `Redirect URI must be a VALID https URL`), 5, "as the place where your browser comes back", 0},
	{"host of the tunnel", page, said(400, `{"errorMessage":"request hostname and redirect URL hostname do not match"}`), 5, "as the place where your browser comes back", 0},
	{"host, other order", page, said(400, `Hostname of the request and the redirect url do not match`), 5, "as the place where your browser comes back", 0},
	{"internal key", page, said(400, `{"errorMessage":"INCORRECT request type GET  for resource owner flow. Use POST"}`), 5, "internal applications", 0},
	{"unknown key", all, said(403, `<h1>No valid App Info found for API key</h1>`), 5, "does not know this API key", 0},
	{"unknown key, other order", all, said(403, `for api key: no valid app info found`), 5, "does not know this API key", 0},
	{"unknown key, as OAuth", page, said(400, `{"error":"invalid_client"}`), 5, "does not know this API key", 0},
	{"parameter", all, said(400, `REQUIRED_PARAMS_MISSING`), 5, "something missing", 0},
	{"other domain", all, said(400, `invalid egnyte domain configured in App Profile`), 5, "its own Egnyte domain only", 0},
	{"inactive", api, mashery("ERR_403_DEVELOPER_INACTIVE"), 5, "does not accept this sign-in", 0},
	{"inactive, XML", api, said(403, `<error><message>Developer  inactive</message></error>`), 5, "does not accept this sign-in", 0},
	{"over QPS", all, mashery("ERR_403_DEVELOPER_OVER_QPS", "Retry-After", "2"), 4, "wait", 2 * time.Second},
	{"over QPS, no time", all, mashery("ERR_403_DEVELOPER_OVER_QPS"), 4, "wait", time.Minute},
	{"spike", all, fault(429, "policies.ratelimit.SpikeArrestViolation"), 4, "wait", time.Minute},
	{"spike, unmapped", all, fault(500, "policies.ratelimit.SpikeArrestViolation"), 4, "wait", time.Minute},
	{"over rate", all, mashery("ERR_403_DEVELOPER_OVER_RATE", "Retry-After", "3600"), 4, "for a day are used up", time.Hour},
	{"quota", all, fault(403, "policies.ratelimit.QuotaViolation"), 4, "for a day are used up", 24 * time.Hour},
	{"token limit", token, said(409, `{"error":"invalid_grant"}`, "Retry-After", "900"), 4, "too many sign-ins", 15 * time.Minute},
	{"token limit, newer", token, said(429, ``), 4, "too many sign-ins", time.Minute},
	{"slow down", token, said(400, `{"error":"slow_down"}`), 4, "too many sign-ins", time.Minute},
	{"dead grant", token, said(400, `{"error":"invalid_grant"}`), 5, "no longer accepts this sign-in", 0},
	{"dead grant, form", token, said(400, `error=invalid_grant`, "Content-Type", "application/x-www-form-urlencoded"), 5, "no longer accepts this sign-in", 0},
	{"dead refresh token", token, fault(401, "keymanagement.service.invalid_refresh_token"), 5, "no longer accepts this sign-in", 0},
	{"wrong secret", token, said(401, `{"error":"invalid_client"}`), 5, "do not belong together", 0},
	{"kind of key", token, said(400, `{"error":"unauthorized_client"}`), 5, "internal applications", 0},
	{"scope", token, said(400, `{"error":"invalid_scope","error_description":"No Egnyte.ai \u001b[31mhere."}`), 5, "invalid_scope, No Egnyte.ai [31mhere.", 0},
	{"request", token, said(400, `{"error":"invalid_request","error_description":"Odd."}`), 5, "invalid_request, Odd.", 0},
	{"grant type", token, said(400, `{"error":"unsupported_grant_type"}`), 5, "unsupported_grant_type", 0},
	{"blocked", token, said(403, `{"error":"access_denied","error_description":"Your administrator has blocked this application"}`), 5, "access_denied, Your administrator has blocked this application", 0},
	{"dead token", api, fault(401, "oauth.v2.InvalidAccessToken"), 5, "no longer accepts this sign-in", 0},
	{"dead token, manager", api, fault(401, "keymanagement.service.access_token_expired"), 5, "no longer accepts this sign-in", 0},
	{"any 401 of the API", api, said(401, `<html>`), 5, "no longer accepts this sign-in", 0},
	{"key gone", all, fault(401, "oauth.v2.InvalidApiKey"), 5, "does not know this API key", 0},
	{"key gone, manager", all, fault(401, "keymanagement.service.invalid_client-invalid_client_id"), 5, "does not know this API key", 0},
	{"key gone, XML", all, said(401, `<fault><detail><errorcode>steps.oauth.v2.InvalidClientIdentifier</errorcode></detail></fault>`), 5, "does not know this API key", 0},
	{"not approved", all, fault(401, "oauth.v2.ApiKeyNotApproved"), 5, "has not approved this API key", 0},
	{"missing scopes", all, fault(403, "keymanagement.service.consumer_key_missing_scopes"), 5, "has not approved this API key", 0},
	{"product", all, fault(403, "oauth.v2.InvalidApiKeyForGivenResource"), 5, "has not approved this API key", 0},
	{"product, other words", all, fault(403, "oauth.v2.InvalidAPICallAsNoApiProductMatchFound"), 5, "has not approved this API key", 0},
	{"gateway in trouble", all, fault(500, "messaging.adaptors.http.flow.ServiceUnavailable"), 4, "has trouble", 0},
	{"gateway's step", all, fault(500, "steps.servicecallout.ExecutionFailed"), 4, "has trouble", 0},
	{"gateway's protocol", all, fault(400, "protocol.http.BadPath"), 4, "has trouble", 0},
	{"502", all, said(502, `<html>`), 4, "has trouble", 0},
	{"503, later", all, said(503, ``, "Retry-After", "60"), 4, "has trouble", time.Minute},
	{"504", all, said(504, ``), 4, "has trouble", 0},
	{"server error", token, said(400, `{"error":"server_error"}`), 4, "has trouble", 0},
	{"unavailable with a word", token, said(400, `{"error":"temporarily_unavailable","error_description":"invalid_grant"}`), 4, "has trouble", 0},
	{"firewall's pause", token, said(403, ``, "Retry-After", "30"), 4, "makes no sense", 30 * time.Second},
	{"firewall", "token userinfo", said(403, `<html>Blocked`), 4, "makes no sense", 0},
	{"not there", "token userinfo", said(404, ``), 4, "makes no sense", 0},
	{"proxy", "token userinfo", said(407, ``), 4, "makes no sense", 0},
	{"proxy's 401", token, said(401, `<html>Log in`), 4, "makes no sense", 0},
	{"page with a word", token, said(400, `<h1>invalid_grant</h1>`), 4, "makes no sense", 0},
	{"portal", "token userinfo", said(302, ``, "Location", "https://portal.example/"), 4, "another address", 0},
	{"unknown form error", page, said(400, `{"formErrors":[{"code":"NEW","msg":"All is new."}]}`), 5, "HTTP 400 to this sign-in: All is new.", 0},
	{"no such page", page, said(404, `<title>Not found</title>`), 5, "HTTP 404 to this sign-in: Not found.", 0},
	{"another type of token", token, said(200, `{"access_token":"a","token_type":"DPoP"}`), 4, "makes no sense", 0},
}

// Given an answer of Egnyte's, when a token is renewed, a user is asked for or a sign-in
// is tried, then it ends in the right exit code and sentence, and in a wait if one was
// asked for.
func TestEveryAnswerEndsInItsExitCodeAndSentence(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	service, _ := oauth.ParseService(at.URL())
	domain, _ := service.ParseDomain("acme")
	key, client := oauth.Key{ID: at.Key().ID, RedirectURI: oauth.DefaultRedirectURI}, oauth.NewHTTPClient(nil)
	for _, a := range answers {
		for _, endpoint := range strings.Fields(a.asked) {
			at.Fault(endpoint, a.fault)
			var err error
			switch endpoint {
			case token:
				_, err = oauth.Refresh(t.Context(), client, domain, key, oauth.NewSecret("the-refresh-token"), nil)
			case api:
				_, err = oauth.UserInfo(t.Context(), client, domain, oauth.NewSecret("the-access-token"))
			case page:
				err = oauth.SignIn{Service: service, Domain: domain, Key: key, HTTP: client}.Probe(t.Context())
			}
			at.ClearFault(endpoint)
			if exit, what := advice.ExitCode(err), advice.For(err, noon).What; exit != a.exit || !strings.Contains(what, a.says) {
				t.Errorf("%s at %s: %v: exit code %d, %q", a.name, endpoint, err, exit, what)
			}
			var refusal *oauth.Refusal
			if errors.As(err, &refusal); a.atMost > 0 && (refusal.Wait() <= 0 || refusal.Wait() > a.atMost) {
				t.Errorf("%s at %s: wait %v", a.name, endpoint, refusal.Wait())
			}
		}
	}
}

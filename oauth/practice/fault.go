package practice

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is a way for an endpoint to fail.
type Fault struct {
	Times  int         // how many calls; 0: until ClearFault
	Status int         // 0: the call is carried out, and only its answer suffers
	Header http.Header // added to the answer
	Body   string

	// Hang holds the answer back, in real time; less than 0: for ever. It ends
	// when the caller goes away or the service closes.
	Hang time.Duration
	// CloseMidBody cuts the connection in the middle of the answer. With
	// Status 0 that is an answer that got lost after its work was done.
	CloseMidBody bool

	code, message string // what the bodies of other formats are made of
	json          any    // the body where Body is empty: composed when served, as egnyte-auth holds this package too
}

// The refusals that Egnyte is known to give, with JSON bodies.
var (
	FaultInvalidCallback = formFault("INVALID_CALLBACK", "Invalid redirect uri redirect uri must be a valid https url.")
	FaultParamsMissing   = formFault("REQUIRED_PARAMS_MISSING", "Required parameters are missing.")
	FaultHostMismatch    = messageFault("Request hostname and redirect url hostname do not match")
	FaultResourceOwner   = messageFault("Incorrect request type GET for resource owner flow. Please use POST instead.")
	FaultUnknownKey      = messageFault("No valid app info found for api key")
	FaultOtherDomain     = messageFault("Invalid Egnyte domain configured in app profile.")
	FaultInactive        = gatewayFault("ERR_403_DEVELOPER_INACTIVE", "Developer Inactive")
	FaultOverRate        = gatewayFault("ERR_403_DEVELOPER_OVER_RATE", "Developer Over Rate").WithRetryAfter(time.Hour)
	FaultTokenLimit      = newFault(http.StatusConflict, "", "Too many token requests", map[string]any{"errorMessage": "Too many token requests"}).WithRetryAfter(time.Minute)
	FaultInvalidGrant    = oauthFault("invalid_grant", "The grant is invalid, expired, used or for another redirect address.")
	FaultInvalidClient   = oauthFault("invalid_client", "The key and the secret do not belong together.")
	FaultUnauthorized    = newFault(http.StatusUnauthorized, "", "Unauthorized", map[string]any{"errorMessage": "Unauthorized"})
	Fault429             = newFault(http.StatusTooManyRequests, "", "Too Many Requests", map[string]any{"errorMessage": "Too Many Requests"}).WithRetryAfter(time.Minute)
	Fault500             = newFault(http.StatusInternalServerError, "", "Internal Server Error", map[string]any{"errorMessage": "Internal Server Error"})
	Fault503             = newFault(http.StatusServiceUnavailable, "", "Service Unavailable", map[string]any{"errorMessage": "Service Unavailable"})
)

// The refusals of Egnyte's newer gateway, Apigee, and those of OAuth that Egnyte's own
// pages don't show.
var (
	FaultDeadToken      = apigeeFault(http.StatusUnauthorized, "oauth.v2.InvalidAccessToken", "Invalid access token")
	FaultKeyGone        = apigeeFault(http.StatusUnauthorized, "oauth.v2.InvalidApiKey", "Invalid ApiKey")
	FaultKeyNotApproved = apigeeFault(http.StatusUnauthorized, "oauth.v2.ApiKeyNotApproved", "Invalid ApiKey for given resource")
	FaultQuota          = apigeeFault(http.StatusTooManyRequests, "policies.ratelimit.QuotaViolation", "Rate limit quota violation")
	FaultGateway        = apigeeFault(http.StatusServiceUnavailable, "messaging.adaptors.http.flow.ServiceUnavailable", "The Service is temporarily unavailable")
	FaultInvalidScope   = oauthFault("invalid_scope", "The API key may not ask for one of the scopes.")
	FaultBlocked        = oauthFault("access_denied", "Your administrator has blocked this application.")
	FaultServerError    = oauthFault("server_error", "Something went wrong here.")
)

// FaultSpike is Apigee's refusal of too many calls a second.
func FaultSpike(after time.Duration) Fault {
	return apigeeFault(http.StatusTooManyRequests, "policies.ratelimit.SpikeArrestViolation", "Spike arrest violation").WithRetryAfter(after)
}

// FaultOverQPS is the refusal of more than 2 calls a second for a token.
func FaultOverQPS(after time.Duration) Fault {
	return gatewayFault("ERR_403_DEVELOPER_OVER_QPS", "Developer Over Qps").WithRetryAfter(after)
}

func newFault(status int, code, message string, body any) Fault {
	return Fault{
		Status: status, json: body, code: code, message: message,
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

func formFault(code, message string) Fault {
	return newFault(http.StatusBadRequest, code, message, map[string]any{
		"formErrors": []any{map[string]string{"code": code, "msg": message}}, "inputErrors": map[string]any{},
	})
}

func messageFault(message string) Fault {
	return newFault(http.StatusBadRequest, "", message, map[string]any{"errorMessage": message})
}

func oauthFault(code, message string) Fault {
	return newFault(http.StatusBadRequest, code, message, map[string]any{"error": code, "error_description": message})
}

// apigeeFault is a refusal by the API gateway that Egnyte has now.
func apigeeFault(status int, code, message string) Fault {
	return newFault(status, code, message, map[string]any{
		"fault": map[string]any{"faultstring": message, "detail": map[string]string{"errorcode": code}},
	})
}

// gatewayFault is a refusal by the API gateway that Egnyte had before, Mashery.
func gatewayFault(code, message string) Fault {
	f := newFault(http.StatusForbidden, code, message, map[string]any{"errorMessage": message})
	f.Header.Set("X-Mashery-Error-Code", code)
	return f
}

// WithRetryAfter says when to come back, in whole seconds, rounded up.
func (f Fault) WithRetryAfter(d time.Duration) Fault {
	f.Header = maps.Clone(f.Header)
	if f.Header == nil {
		f.Header = http.Header{}
	}
	retryAfter(f.Header, d)
	return f
}

// WithoutRetryAfter leaves that out, as some gateways do.
func (f Fault) WithoutRetryAfter() Fault {
	f.Header = maps.Clone(f.Header)
	f.Header.Del("Retry-After")
	return f
}

// For limits the fault to the next calls.
func (f Fault) For(calls int) Fault {
	f.Times = calls
	return f
}

// HTML says the same in a page, as Egnyte's web servers do.
func (f Fault) HTML() Fault {
	text := html.EscapeString(f.text())
	return f.as("text/html; charset=utf-8", fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>%s</h1></body></html>\n", text))
}

// XML says the same as the API gateway does.
func (f Fault) XML() Fault {
	text := html.EscapeString(f.text())
	if reply, ok := f.json.(map[string]any); ok && reply["fault"] != nil {
		return f.as("text/xml; charset=utf-8", fmt.Sprintf("<fault><faultstring>%s</faultstring><detail><errorcode>%s</errorcode></detail></fault>\n",
			html.EscapeString(f.message), f.code))
	}
	return f.as("text/xml; charset=utf-8", fmt.Sprintf("<?xml version=\"1.0\"?>\n<error><message>%s</message></error>\n", text))
}

func (f Fault) text() string {
	switch {
	case f.message == "":
		return string(f.body())
	case f.code == "":
		return f.message
	}
	return f.code + ": " + f.message
}

func (f Fault) as(contentType, body string) Fault {
	f.Header = maps.Clone(f.Header)
	if f.Header == nil {
		f.Header = http.Header{}
	}
	f.Header.Set("Content-Type", contentType)
	f.Body = body
	return f
}

var endpoints = []string{"enhanced", "authorize", "callback", "token", "userinfo", "revoke", "env-pub"}

func mustBeEndpoint(name string) {
	if !slices.Contains(endpoints, name) {
		panic(fmt.Sprintf("practice: no endpoint %q, only %v", name, endpoints))
	}
}

// Fault makes the next f.Times calls of an endpoint fail so. The endpoints are
// "authorize", "token", "userinfo", "revoke", "env-pub" and "enhanced"; one holds one
// fault at a time. A fault of "callback", which must have an OAuth error code, is what
// the browser brings back from the consent page.
func (s *Server) Fault(endpoint string, f Fault) {
	mustBeEndpoint(endpoint)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[endpoint] = &f
}

// ClearFault lets an endpoint work again.
func (s *Server) ClearFault(endpoint string) {
	mustBeEndpoint(endpoint)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.faults, endpoint)
}

// nextFault counts the call in, and takes one turn of the fault that is set.
func (s *Server) nextFault(endpoint string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requested[endpoint]++
	f := s.faults[endpoint]
	if f == nil {
		return Fault{}, false
	}
	turn := *f
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			delete(s.faults, endpoint)
		}
	}
	return turn, true
}

// endpoint puts the faults and the count in front of a handler.
func (s *Server) endpoint(name string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, found := s.nextFault(name)
		if !found {
			next(w, r)
			return
		}
		// A caller that goes away is only noticed once its body is read.
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		_ = r.ParseForm()
		if f.Hang != 0 && !s.hang(r, f.Hang) {
			panic(http.ErrAbortHandler)
		}
		work := next
		if f.Status != 0 {
			work = f.ServeHTTP
		}
		if f.CloseMidBody {
			kept := &keptAnswer{header: http.Header{}, status: http.StatusOK}
			work(kept, r)
			kept.sendHalf(w)
		}
		maps.Copy(w.Header(), f.Header)
		work(w, r)
	}
}

// hang reports whether the caller is still there afterwards.
func (s *Server) hang(r *http.Request, d time.Duration) bool {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

// ServeHTTP answers with the fault.
func (f Fault) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	maps.Copy(w.Header(), f.Header)
	w.WriteHeader(f.Status)
	_, _ = w.Write(f.body())
}

func (f Fault) body() []byte {
	if f.Body != "" || f.json == nil {
		return []byte(f.Body)
	}
	text, err := json.Marshal(f.json)
	if err != nil {
		panic(err) // only ever maps of strings
	}
	return text
}

// keptAnswer holds an answer back, to send a part of it.
type keptAnswer struct {
	header http.Header
	status int
	body   []byte
}

func (k *keptAnswer) Header() http.Header         { return k.header }
func (k *keptAnswer) WriteHeader(status int)      { k.status = status }
func (k *keptAnswer) Write(p []byte) (int, error) { k.body = append(k.body, p...); return len(p), nil }

// sendHalf does not return: it cuts the connection.
func (k *keptAnswer) sendHalf(w http.ResponseWriter) {
	maps.Copy(w.Header(), k.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(k.body)+1))
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body[:len(k.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

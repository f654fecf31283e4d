package practice

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// codeLife: Egnyte's codes die within one to two minutes; the stricter is kept.
const codeLife = time.Minute

// fromEnhanced marks an authorize address that Enhanced Auth sent the browser
// to, so that the domain is named on the callback.
const fromEnhanced = "enhanced_auth"

// code is an authorization code (RFC 6749, 4.1.2).
type code struct {
	owner           owner
	key             Key
	scope           string
	redirectURI     string
	challenge       string // PKCE (RFC 7636); empty where none was sent
	challengeMethod string
	dies            time.Time
}

// checkAuthorize is the refusal that an authorize request meets before
// anybody is asked anything. The redirect address can't be trusted until here.
func (s *Server) checkAuthorize(q url.Values) Fault {
	key, known := s.keyOf(q.Get("client_id"))
	switch {
	case q.Get("client_id") == "", q.Get("redirect_uri") == "", q.Get("response_type") == "":
		return FaultParamsMissing
	case !known:
		return FaultUnknownKey
	case key.Kind == KindInternal:
		return FaultResourceOwner
	case !matchesRegistered(key.RedirectURI, q.Get("redirect_uri")), key.HTTPSOnly && !strings.HasPrefix(q.Get("redirect_uri"), "https://"):
		return FaultInvalidCallback
	}
	return Fault{}
}

// checkAuthorize adds what depends on the domain.
func (d site) checkAuthorize(q url.Values) Fault {
	if f := d.Server.checkAuthorize(q); f.Status != 0 {
		return f
	}
	if key, _ := d.keyOf(q.Get("client_id")); key.Domain != "" && key.Domain != d.label {
		return FaultOtherDomain
	}
	return Fault{}
}

// matchesRegistered compares byte for byte, except that a loopback address
// registered without a port goes with any (RFC 8252, 7.3).
func matchesRegistered(registered, asked string) bool {
	if registered == asked {
		return true
	}
	r, err := url.Parse(registered)
	if err != nil || r.Scheme != "http" || r.Port() != "" || !isLoopback(r.Hostname()) {
		return false
	}
	a, err := url.Parse(asked)
	if err != nil || a.Port() == "" {
		return false
	}
	withoutPort := strings.Replace(asked, a.Host, strings.TrimSuffix(a.Host, ":"+a.Port()), 1)
	return withoutPort == registered
}

func isLoopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// authorize is the authorization endpoint (RFC 6749, 3.1).
func (d site) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if f := d.checkAuthorize(q); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	if refused := d.protocolError(q); refused != nil {
		d.sendBack(w, q, refused)
		return
	}
	if _, ok := d.session(r); ok {
		d.showConsent(w, r)
		return
	}
	d.signInPage(w, r)
}

// protocolError is what the redirect address is told (RFC 6749, 4.1.2.1).
func (d site) protocolError(q url.Values) url.Values {
	key, _ := d.keyOf(q.Get("client_id"))
	d.mu.Lock()
	pkce := d.pkce
	d.mu.Unlock()
	method, challenge := q.Get("code_challenge_method"), q.Get("code_challenge")
	switch responseType := q.Get("response_type"); {
	case responseType != "code" && responseType != "token":
		return refusedWith("unsupported_response_type", "It is code or token.")
	case !key.mayAsk(q.Get("scope")):
		return refusedWith("invalid_scope", "The API key may not ask for one of the scopes.")
	case responseType == "token", pkce == PKCEIgnored:
		return nil
	case challenge == "" && pkce == PKCERequired:
		return refusedWith("invalid_request", "A code_challenge is needed.")
	case challenge != "" && method != "" && method != "plain" && method != "S256":
		return refusedWith("invalid_request", "The code_challenge_method is not known.")
	}
	return nil
}

func refusedWith(code, description string) url.Values {
	return url.Values{"error": {code}, "error_description": {description}}
}

// answer is what Allow sends to the redirect address.
func (d site) answer(q url.Values, who owner) url.Values {
	key, _ := d.keyOf(q.Get("client_id"))
	d.mu.Lock()
	defer d.mu.Unlock()
	if q.Get("response_type") == "token" {
		p := d.issue(pair{owner: who, key: key, scope: q.Get("scope")}, false) // RFC 6749, 4.2.2: no refresh token
		answer := url.Values{"access_token": {p.Access}, "token_type": {"bearer"}}
		if p.scope != "" {
			answer.Set("scope", p.scope)
		}
		if d.expiresIn != "" {
			answer.Set("expires_in", strings.Trim(d.expiresIn, `"`))
		}
		return answer
	}
	c := &code{owner: who, key: key, scope: q.Get("scope"), redirectURI: q.Get("redirect_uri"), dies: d.clock.read().Add(codeLife)}
	if d.pkce != PKCEIgnored {
		c.challenge, c.challengeMethod = q.Get("code_challenge"), q.Get("code_challenge_method")
	}
	text := newText()
	d.codes[text] = c
	return url.Values{"code": {text}}
}

// sendBack sends the browser to the redirect address with an answer.
func (d site) sendBack(w http.ResponseWriter, q, answer url.Values) {
	if q.Has("state") {
		answer.Set("state", q.Get("state"))
	}
	answer.Set("iss", d.DomainURL(d.label)) // RFC 9207
	d.nameDomain(q, answer)
	target, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		FaultInvalidCallback.ServeHTTP(w, nil)
		return
	}
	switch {
	case q.Get("response_type") == "token":
		target.Fragment = ""
		w.Header().Set("Location", target.String()+"#"+answer.Encode())
	case target.RawQuery == "":
		target.RawQuery = answer.Encode()
		w.Header().Set("Location", target.String())
	default:
		target.RawQuery += "&" + answer.Encode()
		w.Header().Set("Location", target.String())
	}
	d.pageHeaders(w)
	w.WriteHeader(http.StatusSeeOther)
}

// nameDomain tells the app which domain was chosen, where Enhanced Auth asked.
func (d site) nameDomain(q, answer url.Values) {
	if !q.Has(fromEnhanced) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch d.naming {
	case NameEgnyteDomain, NameDomainParam:
		answer.Set(string(d.naming), d.label)
	case NameRaw:
		answer.Set(string(NameEgnyteDomain), d.rawName)
	}
}

// verifies checks a code verifier (RFC 7636, 4.6). A verifier where no
// challenge was sent is refused too (RFC 9700, 2.1.1: PKCE downgrade).
func (c *code) verifies(verifier string, mode PKCE) bool {
	if mode == PKCEIgnored {
		return true
	}
	if c.challenge == "" {
		return verifier == "" && mode != PKCERequired
	}
	given := verifier
	if c.challengeMethod == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		given = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return verifier != "" && subtle.ConstantTimeCompare([]byte(given), []byte(c.challenge)) == 1
}

package practice

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// token is the token endpoint (RFC 6749, 3.2). Egnyte reads the key and its
// secret from the form, not from a Basic header.
func (d site) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		FaultParamsMissing.ServeHTTP(w, r)
		return
	}
	form := r.PostForm
	isPassword := form.Get("grant_type") == "password"
	f := d.limitToken(owner{d.label, form.Get("username")}, isPassword)
	if f.Status == 0 {
		f = d.checkClient(form)
	}
	if f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	d.mu.Lock()
	issued, f := d.grant(form)
	reply := d.tokenReply(issued)
	d.mu.Unlock()
	if issued == nil {
		f.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store") // RFC 6749, 5.1
	writeJSON(w, reply)
}

func (d site) checkClient(form url.Values) Fault {
	switch {
	case form.Get("client_id") == "", form.Get("grant_type") == "":
		return FaultParamsMissing
	case form.Get("client_id") != d.key.ID:
		return FaultUnknownKey
	case d.key.Domain != "" && d.key.Domain != d.label:
		return FaultOtherDomain
	case form.Get("client_secret") != d.key.Secret && d.key.Secret != "":
		return FaultInvalidClient
	}
	return Fault{}
}

// grant issues a pair, or says why not. It needs the lock.
func (d site) grant(form url.Values) (*pair, Fault) {
	internal := d.key.Kind == KindInternal
	switch form.Get("grant_type") {
	case "authorization_code":
		if internal {
			return nil, oauthFault("unauthorized_client", "An internal application uses the password flow.")
		}
		return d.redeem(form)
	case "refresh_token":
		return d.refresh(form)
	case "password":
		if !internal {
			return nil, oauthFault("unauthorized_client", "The password flow is for internal applications.")
		}
		return d.passwordGrant(form)
	}
	return nil, oauthFault("unsupported_grant_type", "There is no such grant type.")
}

// redeem exchanges a code (RFC 6749, 4.1.3). A code is spent by its first use,
// a failed one too: who guesses gets one guess.
func (d site) redeem(form url.Values) (*pair, Fault) {
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return nil, FaultParamsMissing
	}
	c := d.codes[form.Get("code")]
	if c == nil || c.owner.domain != d.label {
		return nil, FaultInvalidGrant
	}
	delete(d.codes, form.Get("code"))
	switch {
	case !d.clock.read().Before(c.dies),
		form.Get("redirect_uri") != c.redirectURI,
		!c.verifies(form.Get("code_verifier"), d.pkce):
		return nil, FaultInvalidGrant
	}
	return d.issue(c.owner, true), Fault{}
}

// refresh replaces a pair by a new one. Egnyte documents that both tokens
// rotate, not when the old ones end; the stricter reading is kept: the old
// refresh token AND the old access token die with the answer.
func (d site) refresh(form url.Values) (*pair, Fault) {
	if form.Get("refresh_token") == "" {
		return nil, FaultParamsMissing
	}
	old := d.tokens.byRefresh[form.Get("refresh_token")]
	if old == nil || old.ended || old.owner.domain != d.label {
		return nil, FaultInvalidGrant
	}
	if d.noRefresh { // such a reply leaves the refresh token in use
		fresh := d.issue(old.owner, false)
		old.ended, fresh.Refresh = true, old.Refresh
		d.tokens.byRefresh[old.Refresh] = fresh
		return fresh, Fault{}
	}
	old.ended = true
	return d.issue(old.owner, true), Fault{}
}

// passwordGrant is the resource owner password flow (RFC 6749, 4.3).
func (d site) passwordGrant(form url.Values) (*pair, Fault) {
	who, found := d.person(owner{d.label, form.Get("username")})
	if !found || who.Password != form.Get("password") {
		return nil, FaultInvalidGrant
	}
	return d.issue(who.owner(), true), Fault{}
}

// tokenReply needs the lock. expires_in goes out as it was set, even where
// that makes no JSON.
func (d site) tokenReply(p *pair) string {
	if p == nil {
		return ""
	}
	reply := map[string]any{"access_token": p.Access, "token_type": "bearer"}
	if p.Refresh != "" && !d.noRefresh {
		reply["refresh_token"] = p.Refresh
	}
	text := asJSON(reply)
	if d.expiresIn != "" {
		text = strings.TrimSuffix(text, "}") + `,"expires_in":` + d.expiresIn + "}"
	}
	return text
}

func asJSON(body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // only ever maps of strings and numbers
	}
	return string(text)
}

func writeJSON(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

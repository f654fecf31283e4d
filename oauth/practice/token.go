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
	f := d.limitToken(form.Get("client_id"), owner{d.label, form.Get("username")}, isPassword)
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
	key, known := d.keyOf(form.Get("client_id"))
	switch {
	case form.Get("client_id") == "", form.Get("grant_type") == "":
		return FaultParamsMissing
	case !known:
		return FaultUnknownKey
	case key.Domain != "" && key.Domain != d.label:
		return FaultOtherDomain
	case form.Get("client_secret") != key.Secret && key.Secret != "":
		return FaultInvalidClient
	case !key.mayAsk(form.Get("scope")):
		return FaultInvalidScope
	}
	return Fault{}
}

// grant issues a pair, or says why not. It needs the lock.
func (d site) grant(form url.Values) (*pair, Fault) {
	key, _ := d.keyOf(form.Get("client_id"))
	internal := key.Kind == KindInternal
	switch form.Get("grant_type") {
	case "authorization_code":
		if internal {
			return nil, oauthFault("unauthorized_client", "An internal application uses the password flow.")
		}
		return d.redeem(key, form)
	case "refresh_token":
		return d.refresh(key, form)
	case "password":
		if !internal {
			return nil, oauthFault("unauthorized_client", "The password flow is for internal applications.")
		}
		return d.passwordGrant(key, form)
	}
	return nil, oauthFault("unsupported_grant_type", "There is no such grant type.")
}

// redeem exchanges a code (RFC 6749, 4.1.3). A code is spent by its first use,
// a failed one too: who guesses gets one guess.
func (d site) redeem(key Key, form url.Values) (*pair, Fault) {
	if form.Get("code") == "" || form.Get("redirect_uri") == "" {
		return nil, FaultParamsMissing
	}
	c := d.codes[form.Get("code")]
	if c == nil || c.owner.domain != d.label || c.key.ID != key.ID {
		return nil, FaultInvalidGrant
	}
	delete(d.codes, form.Get("code"))
	switch {
	case !d.clock.read().Before(c.dies),
		form.Get("redirect_uri") != c.redirectURI,
		!c.verifies(form.Get("code_verifier"), d.pkce):
		return nil, FaultInvalidGrant
	}
	return d.issue(pair{owner: c.owner, key: key, scope: c.scope}, true), Fault{}
}

// refresh replaces a pair by a new one. Egnyte documents that both tokens
// rotate, not when the old ones end; the stricter reading is kept: the old
// refresh token AND the old access token die with the answer, and using the old one
// again ends the new ones too.
func (d site) refresh(key Key, form url.Values) (*pair, Fault) {
	if form.Get("refresh_token") == "" {
		return nil, FaultParamsMissing
	}
	old := d.tokens.byRefresh[form.Get("refresh_token")]
	if old == nil || old.owner.domain != d.label || old.key.ID != key.ID {
		return nil, FaultInvalidGrant
	}
	if old.spent { // somebody else has it: the sign-in ends
		d.tokens.endFamily(old.family)
	}
	if old.ended {
		return nil, FaultInvalidGrant
	}
	if d.noRefresh { // such a reply leaves the refresh token in use
		fresh := d.issue(*old, false)
		old.ended, fresh.Refresh = true, old.Refresh
		d.tokens.byRefresh[old.Refresh] = fresh
		return fresh, Fault{}
	}
	fresh := d.issue(*old, true)
	old.ended, old.spent = true, true
	return fresh, Fault{}
}

// passwordGrant is the resource owner password flow (RFC 6749, 4.3).
func (d site) passwordGrant(key Key, form url.Values) (*pair, Fault) {
	who, found := d.person(owner{d.label, form.Get("username")})
	if !found || who.Password != form.Get("password") {
		return nil, FaultInvalidGrant
	}
	return d.issue(pair{owner: who.owner(), key: key, scope: form.Get("scope")}, true), Fault{}
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
	if p.scope != "" {
		reply["scope"] = p.scope
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

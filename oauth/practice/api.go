package practice

import (
	"net/http"
	"strings"
)

// userInfo is GET /pubapi/v1/userinfo.
func (d site) userInfo(w http.ResponseWriter, r *http.Request) {
	access := bearer(r)
	who, f := d.holder(access)
	if f.Status == 0 {
		f = d.limitAPI(access)
	}
	if f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	writeJSON(w, asJSON(map[string]any{
		"id": who.ID, "username": who.Username, "first_name": who.First, "last_name": who.Last, "email": who.Email,
	}))
}

// bearer is the token of the Authorization header (RFC 6750, 2.1); empty
// where there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// envPub is GET /rest/public/1.0/env-pub, which tells integrators the domain behind a
// company's own host name. It needs no key.
func (d site) envPub(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, asJSON(map[string]any{"workgroup": map[string]string{"name": d.label}}))
}

// speaking is what the gateway says: in Mashery's words or in Apigee's.
func (s *Server) speaking(mashery, apigee Fault) Fault {
	if s.gateway == GatewayMashery {
		return mashery
	}
	return apigee
}

// holder is whose token it is. A token that never was one here, or is dead, meets the
// gateway's refusal.
func (d site) holder(access string) (Person, Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.tokens.byAccess[access]
	if p == nil || p.owner.domain != d.label {
		return Person{}, d.speaking(FaultInactive, FaultDeadToken)
	}
	who, found := d.person(p.owner)
	if !found || !p.accessWorks(d.clock.read()) {
		return Person{}, d.speaking(FaultUnauthorized, FaultDeadToken)
	}
	return who, Fault{}
}

// revoke is POST /pubapi/v1/tokens/revoke. Either token takes the other with
// it. A token that is dead or unknown is none afterwards either: 200 (RFC 7009,
// 2.2); but who calls with a dead bearer is refused as in every other call, and
// nothing is revoked.
func (d site) revoke(w http.ResponseWriter, r *http.Request) {
	token := r.PostFormValue("token")
	if access := bearer(r); access != "" {
		_, f := d.holder(access)
		if f.Status == 0 {
			f = d.limitAPI(access)
		}
		if f.Status != 0 {
			f.ServeHTTP(w, r)
			return
		}
	}
	switch {
	case token == "":
		FaultParamsMissing.ServeHTTP(w, r)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range []*pair{d.tokens.byAccess[token], d.tokens.byRefresh[token]} {
		if p == nil || p.owner.domain != d.label {
			continue
		}
		if p.key.Secret != "" && r.PostFormValue("client_secret") != p.key.Secret {
			FaultInvalidClient.ServeHTTP(w, r)
			return
		}
		p.ended = true
	}
	w.WriteHeader(http.StatusOK)
}

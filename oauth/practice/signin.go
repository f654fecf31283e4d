package practice

import (
	"net/http"
	"net/url"
	"strings"
)

// The sign-in and consent pages carry the authorize request in their own
// address: nothing is remembered until somebody decides.

// sessionCookie has the port in its name: browsers share cookies between the
// ports of a host, and two practice services may run.
func (d site) sessionCookie() string { return "practice_session_" + d.port }

// session is who is signed in at this domain in this browser.
func (d site) session(r *http.Request) (Person, bool) {
	cookie, err := r.Cookie(d.sessionCookie())
	if err != nil {
		return Person{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	who, found := d.sessions[cookie.Value]
	if !found || who.domain != d.label {
		return Person{}, false
	}
	return d.person(who)
}

func (d site) signInPage(w http.ResponseWriter, r *http.Request) {
	if f := d.checkAuthorize(r.URL.Query()); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	d.showSignIn(w, r, http.StatusOK, "", "")
}

func (d site) showSignIn(w http.ResponseWriter, r *http.Request, status int, username, problem string) {
	p := d.requestPage(r, "Sign in to "+d.label)
	p.Action, p.Typed, p.Problem = "/puboauth/signin?"+r.URL.RawQuery, username, problem
	for _, somebody := range d.People() {
		if somebody.Domain == d.label {
			p.People = append(p.People, somebody)
		}
	}
	d.show(w, status, "signin", p)
}

func (d site) signIn(w http.ResponseWriter, r *http.Request) {
	if f := d.checkAuthorize(r.URL.Query()); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	username, password := strings.TrimSpace(r.PostFormValue("username")), r.PostFormValue("password")
	who, found := d.findPerson(owner{d.label, username})
	if !found || who.Password != password {
		d.showSignIn(w, r, http.StatusUnprocessableEntity, username, "The username or the password is wrong.")
		return
	}
	id := newText()
	d.mu.Lock()
	d.sessions[id] = who.owner()
	d.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: d.sessionCookie(), Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	d.redirect(w, "/puboauth/consent?"+r.URL.RawQuery)
}

func (d site) consentPage(w http.ResponseWriter, r *http.Request) {
	if f := d.checkAuthorize(r.URL.Query()); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	d.showConsent(w, r)
}

func (d site) showConsent(w http.ResponseWriter, r *http.Request) {
	who, ok := d.session(r)
	if !ok {
		d.redirect(w, "/puboauth/signin?"+r.URL.RawQuery)
		return
	}
	p := d.requestPage(r, "Allow access?")
	p.Action, p.Person = "/puboauth/consent?"+r.URL.RawQuery, who
	p.Other = "/puboauth/signin?" + r.URL.RawQuery
	p.Scopes = strings.Fields(r.URL.Query().Get("scope"))
	if target, err := url.Parse(r.URL.Query().Get("redirect_uri")); err == nil {
		p.App = target.Host
	}
	d.show(w, http.StatusOK, "consent", p)
}

func (d site) consent(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if f := d.checkAuthorize(q); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	who, ok := d.session(r)
	refusal, refused := d.nextFault("callback")
	switch {
	case refused && refusal.code == "":
		refusal.ServeHTTP(w, r)
	case refused:
		d.sendBack(w, q, refusedWith(refusal.code, refusal.message))
	case !ok:
		d.redirect(w, "/puboauth/signin?"+r.URL.RawQuery)
	case d.protocolError(q) != nil:
		d.sendBack(w, q, d.protocolError(q))
	case r.PostFormValue("decision") == string(Allow):
		d.sendBack(w, q, d.answer(q, who.owner()))
	default:
		d.sendBack(w, q, url.Values{"error": {"access_denied"}})
	}
}

// redirect is for a browser that has just posted a form (RFC 9110, 15.4.4).
func (s *Server) redirect(w http.ResponseWriter, location string) {
	s.pageHeaders(w)
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
}

// requestPage is a page that belongs to an authorize request.
func (s *Server) requestPage(r *http.Request, title string) page {
	return page{Title: title, Mobile: r.URL.Query().Get("mobile") == "1"}
}

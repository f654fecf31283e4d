package practice

import (
	"net/http"
	"strings"
)

// enhancedPages is Enhanced Auth: one question, 'which domain?', in front of
// the code flow (the cookbook's page on authentication).
func (s *Server) enhancedPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /services/oauth/code", s.endpoint("enhanced", s.askDomain))
	mux.HandleFunc("POST /services/oauth/domain", s.takeDomain)
	return mux
}

func (s *Server) askDomain(w http.ResponseWriter, r *http.Request) {
	if f := s.checkEnhanced(r); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	s.showAskDomain(w, r, http.StatusOK, "", "")
}

// checkEnhanced: Enhanced Auth is for the code flow and its keys alone.
func (s *Server) checkEnhanced(r *http.Request) Fault {
	q := r.URL.Query()
	if f := s.checkAuthorize(q); f.Status != 0 {
		return f
	}
	if q.Get("response_type") != "code" {
		return oauthFault("unsupported_response_type", "Enhanced Auth works with the code flow only.")
	}
	return Fault{}
}

func (s *Server) showAskDomain(w http.ResponseWriter, r *http.Request, status int, typed, problem string) {
	p := s.requestPage(r, "Which Egnyte is yours?")
	p.Action, p.Typed, p.Problem = "/services/oauth/domain?"+r.URL.RawQuery, typed, problem
	s.show(w, status, "domain", p)
}

// takeDomain sends the browser on to the domain's own sign-in with the same
// parameters, and a mark that the app doesn't know where it went.
func (s *Server) takeDomain(w http.ResponseWriter, r *http.Request) {
	if f := s.checkEnhanced(r); f.Status != 0 {
		f.ServeHTTP(w, r)
		return
	}
	typed := r.PostFormValue("domain")
	label, found := resolveDomain(typed)
	if !found {
		s.showAskDomain(w, r, http.StatusUnprocessableEntity, typed, "There is no such domain here. Check the spelling and try again.")
		return
	}
	_, service, _ := strings.Cut(r.Host, ".")
	s.redirect(w, "http://"+label+"."+service+"/puboauth/authorize?"+r.URL.RawQuery+"&"+fromEnhanced+"=1")
}

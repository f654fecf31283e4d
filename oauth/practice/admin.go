package practice

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// adminView is what the admin page shows.
type adminView struct {
	URL       string
	Key       Key
	People    []personView
	Now       string
	Ahead     time.Duration
	Throttled time.Duration
	Faults    []faultView
	Endpoints []string
	Catalog   []string
	Naming    NameDomain
	Namings   []NameDomain
}

type personView struct {
	Person
	Live int // token pairs that work
}

type faultView struct {
	Endpoint, Text string
	Times          int
}

// catalog is the refusals that the admin page offers.
var catalog = []struct {
	name  string
	fault Fault
}{
	{"INVALID_CALLBACK", FaultInvalidCallback},
	{"Host mismatch", FaultHostMismatch},
	{"Internal key", FaultResourceOwner},
	{"Unknown key", FaultUnknownKey},
	{"REQUIRED_PARAMS_MISSING", FaultParamsMissing},
	{"Other domain", FaultOtherDomain},
	{"Developer Inactive", FaultInactive},
	{"Over QPS", FaultOverQPS(2 * time.Second)},
	{"Over rate", FaultOverRate},
	{"Apigee: dead token", FaultDeadToken},
	{"Apigee: unknown key", FaultKeyGone},
	{"Apigee: key not approved", FaultKeyNotApproved},
	{"Apigee: quota", FaultQuota},
	{"Apigee: spike", FaultSpike(2 * time.Second)},
	{"Apigee: trouble", FaultGateway},
	{"409 token limit", FaultTokenLimit},
	{"429", Fault429},
	{"invalid_grant", FaultInvalidGrant},
	{"invalid_client", FaultInvalidClient},
	{"invalid_scope", FaultInvalidScope},
	{"access_denied", FaultBlocked},
	{"server_error", FaultServerError},
	{"401", FaultUnauthorized},
	{"500", Fault500},
	{"503", Fault503},
	{"No answer", Fault{Hang: -1}},
	{"Answer cut off", Fault{CloseMidBody: true}},
}

// adminPages is the service's own host: what happens at Egnyte is decided here.
func (s *Server) adminPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		s.show(w, http.StatusOK, "admin", page{Title: "What happens at Egnyte", Admin: s.adminView()})
	})
	for action, do := range map[string]func(*http.Request){
		"person": s.adminPerson, "clock": s.adminClock, "throttle": s.adminThrottle,
		"fault": s.adminFault, "naming": s.adminNaming,
	} {
		mux.HandleFunc("POST /admin/"+action, func(w http.ResponseWriter, r *http.Request) {
			do(r)
			s.redirect(w, "/")
		})
	}
	return mux
}

func (s *Server) adminView() *adminView {
	view := &adminView{
		URL: s.URL(), Key: s.Key(), Endpoints: endpoints,
		Namings: []NameDomain{NameEgnyteDomain, NameDomainParam, NameReferer, NameNothing},
	}
	for _, p := range s.People() {
		view.People = append(view.People, personView{p, len(s.Tokens(p.Domain, p.Username))})
	}
	for _, entry := range catalog {
		view.Catalog = append(view.Catalog, entry.name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	view.Now, view.Ahead = s.clock.read().Format("2 January 2006, 15:04:05"), s.clock.moved
	view.Throttled = max(0, s.throttled.Sub(s.clock.read())).Round(time.Second)
	view.Naming = s.naming
	for _, endpoint := range endpoints {
		if f := s.faults[endpoint]; f != nil {
			view.Faults = append(view.Faults, faultView{endpoint, f.describe(), f.Times})
		}
	}
	return view
}

func (v *adminView) fields() fields {
	f := fields{
		"url": v.URL, "key_id": v.Key.ID, "key_secret": v.Key.Secret, "redirect_uri": v.Key.RedirectURI,
		"now": v.Now, "ahead": "", "throttled": "",
		"endpoints": each(v.Endpoints, named), "catalog": each(v.Catalog, named),
		"person": each(v.People, func(p personView) fields {
			f := p.Person.fields()
			f["live"] = p.Live
			return f
		}),
		"faults": each(v.Faults, func(f faultView) fields {
			return fields{"endpoint": f.Endpoint, "refusal": f.Text, "often": f.Times > 0, "times": f.Times}
		}),
		"namings": each(v.Namings, func(n NameDomain) fields { return fields{"name": string(n), "chosen": n == v.Naming} }),
	}
	if v.Ahead != 0 {
		f["ahead"] = v.Ahead.String()
	}
	if v.Throttled != 0 {
		f["throttled"] = v.Throttled.String()
	}
	return f
}

func (f Fault) describe() string {
	switch {
	case f.Status != 0:
		return strconv.Itoa(f.Status) + " " + f.text()
	case f.Hang != 0:
		return "late or never"
	}
	return "half of what it should"
}

func (s *Server) adminPerson(r *http.Request) {
	domain, username := r.PostFormValue("domain"), r.PostFormValue("username")
	switch r.PostFormValue("do") {
	case "password":
		s.ChangePassword(domain, username, username+"-"+newText()[:6])
	case "revoke":
		s.RevokeAll(domain, username)
	}
}

func (s *Server) adminClock(r *http.Request) {
	if d, err := time.ParseDuration(r.PostFormValue("ahead")); err == nil && d > 0 {
		s.Advance(d)
	}
}

func (s *Server) adminThrottle(r *http.Request) {
	if d, err := time.ParseDuration(r.PostFormValue("for")); err == nil {
		s.Throttle(d)
	}
}

func (s *Server) adminFault(r *http.Request) {
	endpoint := r.PostFormValue("endpoint")
	if !slices.Contains(endpoints, endpoint) {
		return
	}
	s.ClearFault(endpoint)
	for _, entry := range catalog {
		if entry.name == r.PostFormValue("fault") {
			s.Fault(endpoint, inFormat(entry.fault, r))
		}
	}
}

func inFormat(f Fault, r *http.Request) Fault {
	if times, err := strconv.Atoi(r.PostFormValue("times")); err == nil && times > 0 {
		f = f.For(times)
	}
	if f.Status == 0 {
		return f
	}
	switch r.PostFormValue("format") {
	case "HTML":
		return f.HTML()
	case "XML":
		return f.XML()
	}
	return f
}

func (s *Server) adminNaming(r *http.Request) {
	naming := NameDomain(r.PostFormValue("naming"))
	if slices.Contains([]NameDomain{NameEgnyteDomain, NameDomainParam, NameReferer, NameNothing}, naming) {
		s.SetNameDomain(naming)
	}
}

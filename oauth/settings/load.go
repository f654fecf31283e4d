package settings

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
)

// defaultScope is the least that most work with Egnyte needs.
const defaultScope = "Egnyte.filesystem"

// Load resolves what is in force. Flags are what the command line said. An
// unreadable or invalid settings or policy file is a *FileError, which names the
// file and field; a wrong flag or variable is a *ValueError. A domain that can't
// be one has a *oauth.DomainError in its chain.
//
// A flow and a domain that contradict each other: the stronger source decides,
// so that `--flow enhanced` works where EGNYTE_DOMAIN is set. Only a domain given
// as a flag is never dropped; the sign-in then refuses the combination.
func Load(dir string, flags Fields) (Effective, error) {
	layers, err := readLayers(dir, flags)
	if err != nil {
		return Effective{}, err
	}
	r := resolver{layers: layers, from: map[string]Source{}}
	e := Effective{From: r.from}
	e.Service, err = parsed(&r, "service", Fields.service, oauth.ParseService)
	if err != nil {
		return Effective{}, err
	}
	e.Key.ID, _ = pick(&r, "client_id", Fields.clientID)
	e.Key.RedirectURI, err = parsed(&r, "redirect_uri", Fields.redirectURI, checkRedirectURI)
	if err != nil {
		return Effective{}, err
	}
	if e.Flow, err = parsed(&r, "flow", Fields.flow, oauth.ParseFlow); err != nil {
		return Effective{}, err
	}
	if e.Domain, err = r.domain(e.Service); err != nil {
		return Effective{}, err
	}
	if e.Region, err = parsed(&r, "region", Fields.region, oauth.ParseRegion); err != nil {
		return Effective{}, err
	}
	scopes, _ := pick(&r, "scopes", Fields.scopes)
	e.Scopes = strings.Fields(scopes)
	pkce, _ := pick(&r, "pkce", Fields.pkce)
	e.NoPKCE = pkce == "false"
	e.secret = r.secretOf("client_id")
	e.reconcile()
	return e, nil
}

// domain reads the domain in force, or none. A host of another service counts
// for nothing once a stronger source has chosen this one.
func (r *resolver) domain(service oauth.Service) (oauth.Domain, error) {
	typed, from := pick(r, "domain", Fields.domain)
	if typed == "" {
		return oauth.Domain{}, nil
	}
	domain, err := service.ParseDomain(typed)
	switch {
	case err == nil:
		return domain, nil
	case strings.Contains(typed, ".") && r.rank("service") < r.rank("domain"):
		delete(r.from, "domain")
		return oauth.Domain{}, nil
	}
	return oauth.Domain{}, from.fail("domain", err)
}

// reconcile lets the stronger source decide between a flow and a domain that
// exclude each other.
func (e *Effective) reconcile() {
	if e.Flow != oauth.FlowEnhanced || e.Domain.IsZero() {
		return
	}
	r := resolver{from: e.From}
	flow, domain := r.rank("flow"), r.rank("domain")
	switch {
	case flow < domain && e.From["domain"] != Flag:
		e.Domain = oauth.Domain{}
		delete(e.From, "domain")
	case domain < flow:
		e.Flow, e.From["flow"] = "", Default
	}
}

// rank is the place of a field's source in the order; lower is stronger.
func (r *resolver) rank(field string) int {
	order := []Source{LockedPolicy, Flag, Environment, Settings, Policy, BuiltIn, Default}
	return slices.Index(order, r.from[field])
}

// layer is what one source says.
type layer struct {
	source Source
	path   string // of its file; "" where it is none
	fields Fields
	secret oauth.Secret
}

// fail gives a wrong value its place.
func (l layer) fail(field string, err error) error {
	if l.path != "" {
		return &FileError{Path: l.path, Field: field, Reason: err.Error(), Err: err}
	}
	return &ValueError{Source: l.source, Field: field, Err: err}
}

// resolver picks each field from the strongest layer that says it.
type resolver struct {
	layers []layer
	from   map[string]Source
}

func pick(r *resolver, field string, get func(Fields) string) (string, layer) {
	for _, l := range r.layers {
		if value := get(l.fields); value != "" {
			r.from[field] = l.source
			return value, l
		}
	}
	return "", layer{}
}

func parsed[T any](r *resolver, field string, get func(Fields) string, parse func(string) (T, error)) (T, error) {
	value, from := pick(r, field, get)
	result, err := parse(value)
	if err != nil {
		return result, from.fail(field, err)
	}
	return result, nil
}

// secretOf is the secret that came from where field came from.
func (r *resolver) secretOf(field string) oauth.Secret {
	for _, l := range r.layers {
		if l.source == r.from[field] {
			return l.secret
		}
	}
	return oauth.Secret{}
}

func (f Fields) service() string     { return strings.TrimSpace(f.Service) }
func (f Fields) clientID() string    { return strings.TrimSpace(f.ClientID) }
func (f Fields) redirectURI() string { return strings.TrimSpace(f.RedirectURI) }
func (f Fields) flow() string        { return f.Flow }
func (f Fields) domain() string      { return strings.TrimSpace(f.Domain) }
func (f Fields) region() string      { return f.Region }
func (f Fields) scopes() string      { return strings.Join(f.Scopes, " ") }
func (f Fields) pkce() string {
	if f.PKCE == nil {
		return ""
	}
	return fmt.Sprint(*f.PKCE)
}

// only keeps the named fields, without drops them.
func (f Fields) only(names map[string]bool) Fields    { return f.filtered(names, true) }
func (f Fields) without(names map[string]bool) Fields { return f.filtered(names, false) }

var fieldNames = []string{"service", "client_id", "redirect_uri", "flow", "domain", "region", "scopes", "pkce"}

func (f Fields) filtered(names map[string]bool, keep bool) Fields {
	empty := map[string]func(){
		"service":      func() { f.Service = "" },
		"client_id":    func() { f.ClientID = "" },
		"redirect_uri": func() { f.RedirectURI = "" },
		"flow":         func() { f.Flow = "" },
		"domain":       func() { f.Domain = "" },
		"region":       func() { f.Region = "" },
		"scopes":       func() { f.Scopes = nil },
		"pkce":         func() { f.PKCE = nil },
	}
	for _, name := range fieldNames {
		if names[name] != keep {
			empty[name]()
		}
	}
	return f
}

// checkRedirectURI knows what no server could take; whether it is the
// registered address only Egnyte knows (RFC 6749, 3.1.2; RFC 8252, 7.3).
func checkRedirectURI(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q is not an address like %s", raw, oauth.DefaultRedirectURI)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return "", errors.New("a redirect address has no #")
	case u.User != nil:
		return "", errors.New("a redirect address has no user name")
	case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1":
		return "", fmt.Errorf("%q must use https: plain http is for this machine only", raw)
	}
	return raw, nil
}

// check validates all that a file says, also what another source outranks. A
// domain is checked where it is used: it depends on the service in force.
func (l layer) check() error {
	f := l.fields
	if _, err := oauth.ParseService(f.service()); err != nil {
		return l.fail("service", err)
	}
	if uri := f.redirectURI(); uri != "" {
		if _, err := checkRedirectURI(uri); err != nil {
			return l.fail("redirect_uri", err)
		}
	}
	if _, err := oauth.ParseFlow(f.Flow); err != nil {
		return l.fail("flow", err)
	}
	if _, err := oauth.ParseRegion(f.Region); err != nil {
		return l.fail("region", err)
	}
	for _, scope := range f.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \t\n\"\\") {
			return l.fail("scopes", fmt.Errorf("%q is not one scope", scope))
		}
	}
	return nil
}

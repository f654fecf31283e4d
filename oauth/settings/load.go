package settings

import (
	"cmp"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
)

// Load resolves what is in force. Flags are what the command line said. An
// unreadable or invalid settings or policy file is a *FileError, which names the
// file and field; a wrong flag or variable is a *ValueError. A domain that can't
// be one has a *oauth.DomainError in its chain.
//
// Load is for new sign-ins: a policy that can't be relied on is a *PolicyError,
// and a flag or variable that asks for something other than a lock says is a
// *LockedError.
//
// A flow and a domain that contradict each other: the stronger source decides,
// so that `--flow enhanced` works where EGNYTE_DOMAIN is set. Only a domain given
// as a flag is never dropped; the sign-in then refuses the combination.
func Load(dir string, flags Fields) (Effective, error) {
	s, err := readSources(dir)
	if err = cmp.Or(err, s.fault); err != nil {
		return Effective{}, err
	}
	e, err := s.resolve(flags)
	if err == nil {
		err = s.overridden(e, flags, environmentFields())
	}
	if err == nil {
		err = s.overriddenSecret(e)
	}
	if err != nil {
		return Effective{}, err
	}
	return e, nil
}

// loadExisting is Load for accounts that exist already. Whatever is wrong with the
// policy, they go on with what can be relied on of it; fault says what is wrong.
func loadExisting(dir string, fields Fields) (e Effective, fault, err error) {
	s, err := readSources(dir)
	if err != nil {
		return Effective{}, s.fault, err
	}
	e, wrong, err := s.resolvePast(fields, policyPath(), &s.policy.Fields)
	if s.fault == nil && len(wrong) > 0 {
		s.fault = wrong[0]
	}
	return e, s.fault, err
}

// resolve picks each field from the strongest source that says it.
func (s sources) resolve(flags Fields) (Effective, error) {
	layers, locked, err := s.layers(flags)
	if err != nil {
		return Effective{}, err
	}
	r := resolver{layers: layers, from: map[string]Source{}}
	e := Effective{From: r.from, Locked: locked}
	e.Service, err = parsed(&r, "service", oauth.ParseService)
	if err != nil {
		return Effective{}, err
	}
	e.Key.ID, _ = r.pick("client_id")
	e.Key.RedirectURI, err = parsed(&r, "redirect_uri", checkRedirectURI)
	if err != nil {
		return Effective{}, err
	}
	if e.Flow, err = parsed(&r, "flow", oauth.ParseFlow); err != nil {
		return Effective{}, err
	}
	if e.Domain, err = r.domain(e.Service); err != nil {
		return Effective{}, err
	}
	if e.Region, err = parsed(&r, "region", oauth.ParseRegion); err != nil {
		return Effective{}, err
	}
	scopes, _ := r.pick("scopes")
	e.Scopes = strings.Fields(scopes)
	pkce, _ := r.pick("pkce")
	e.NoPKCE = pkce == "false"
	relay, _ := r.pick("relay")
	e.Relay = relay == "true"
	e.CAFile, _ = r.pick("ca_file")
	if e.LogLevel, err = parsed(&r, "log_level", parseLevel); err != nil {
		return Effective{}, err
	}
	e.secret = r.secretOf("client_id")
	e.reconcile()
	return e, nil
}

// domain reads the domain in force, or none. A host of another service counts
// for nothing once a stronger source has chosen this one.
func (r *resolver) domain(service oauth.Service) (oauth.Domain, error) {
	typed, from := r.pick("domain")
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
	case from.source == LockedPolicy && r.from["service"] == Flag:
		return oauth.Domain{}, &LockedError{"domain", from.path, Flag, "service", service.String()}
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
		file := &FileError{Path: l.path, Field: field, Reason: err.Error(), Err: err}
		if l.source == Settings {
			return file
		}
		return &PolicyError{PolicyWrong, "", file}
	}
	return &ValueError{Source: l.source, Field: field, Err: err}
}

// resolver picks each field from the strongest layer that says it.
type resolver struct {
	layers []layer
	from   map[string]Source
}

func (r *resolver) pick(name string) (string, layer) {
	field, _ := fieldNamed(name)
	for _, l := range r.layers {
		if value := field.get(l.fields); value != "" {
			r.from[name] = l.source
			return value, l
		}
	}
	return "", layer{}
}

func parsed[T any](r *resolver, field string, parse func(string) (T, error)) (T, error) {
	value, from := r.pick(field)
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

package settings

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
)

// Load resolves what is in force for a new sign-in. Flags are what the command
// line said. An unreadable or invalid settings file is a *FileError, which names
// the file and field; a wrong flag or variable is a *ValueError. A domain that
// can't be one has a *oauth.DomainError in its chain. A policy that can't be
// relied on is a *PolicyError, and a flag or variable that asks for something
// other than a lock says is a *LockedError.
//
// A flow and a domain that contradict each other: the stronger source decides,
// so that `--flow enhanced` works where EGNYTE_DOMAIN is set. Only a domain given
// as a flag is never dropped; the sign-in then refuses the combination.
func Load(dir string, flags Values) (Effective, error) {
	e, _ := LoadPast(dir, flags)
	if e.Stopped != nil {
		return Effective{}, e.Stopped
	}
	return e, nil
}

// LoadPast is Load for showing and mending settings: it returns what is in force
// without what can't be, and the first error. Stopped is the error of Load. The
// environment may ask for what a lock forbids: that has no effect here.
func LoadPast(dir string, flags Values) (Effective, error) {
	return read(dir).inForce(flags)
}

func (s *sources) inForce(flags Values) (Effective, error) {
	e, wrong, err := s.past(flags)
	if err = cmp.Or(err, wrong); err == nil {
		err = e.overridden(flags, nil)
	}
	if e.Stopped = err; err == nil {
		e.Stopped = cmp.Or(e.overridden(flags, s.env), s.overriddenSecret(e))
	}
	return e, err
}

// past resolves without what files and variables can't say. Wrong is the first of
// those errors, the policy's before the settings'; err keeps anything from being
// in force.
func (s *sources) past(flags Values) (e Effective, wrong, err error) {
	fault, ownFault, variable := s.fault, s.ownFault, error(nil)
	env := s.env
	for {
		if e, err = s.resolve(flags, env); err == nil {
			break
		}
		file, value := (*FileError)(nil), (*ValueError)(nil)
		switch {
		case errors.As(err, &file) && file.Path == settingsPath(s.dir) && s.own[file.Field] != "":
			s.own, ownFault = s.own.with(file.Field, ""), cmp.Or(ownFault, err)
		case errors.As(err, &file) && s.policy.values[file.Field] != "":
			s.policy.values, fault = s.policy.values.with(file.Field, ""), cmp.Or(fault, err)
		case errors.As(err, &value) && value.Source == Environment && env[value.Field] != "":
			env, variable = env.with(value.Field, ""), cmp.Or(variable, err)
		default:
			return Effective{}, nil, cmp.Or(fault, ownFault, err)
		}
	}
	return e, cmp.Or(fault, ownFault, variable), nil
}

// layer is what one source says.
type layer struct {
	source Source
	path   string // of its file; "" if it is none
	values Values
	secret oauth.Secret
}

// fail says where a wrong value is.
func (l layer) fail(field string, err error) error {
	if l.path == "" {
		return &ValueError{Source: l.source, Field: field, Err: err}
	}
	file := &FileError{Path: l.path, Field: field, Reason: err.Error(), Err: err}
	if l.source == Settings {
		return file
	}
	return &PolicyError{PolicyWrong, "", file}
}

// layers gives all sources, the strongest first. A locked field without a value is
// locked to what is built in, or the default.
func (s *sources) layers(flags, env Values) []layer {
	locked := func(name string) bool { return s.policy.locked[name] }
	free := func(name string) bool { return !locked(name) }
	defaults := Values{}
	for _, f := range table {
		defaults[f.Name] = f.Default
	}
	all := func(string) bool { return true }
	return []layer{
		{LockedPolicy, policyPath(), s.policy.values.filtered(locked), s.policy.secret},
		{Flag, "", flags.filtered(free), environmentSecret()},
		{Environment, "", env.filtered(free), environmentSecret()},
		{Settings, settingsPath(s.dir), s.own.filtered(free), oauth.Secret{}},
		{Policy, policyPath(), s.policy.values.filtered(free), s.policy.secret},
		{BuiltIn, "", Values{"client_id": builtInClientID, "redirect_uri": builtInRedirectURI}.filtered(all), oauth.NewSecret(strings.TrimSpace(builtInClientSecret))},
		{Default, "", defaults.filtered(all), oauth.Secret{}},
	}
}

// resolve picks each field from the strongest source that says it. Everything that
// a source says is checked, also what another outranks or a lock forbids. A domain
// is checked where it is used: it depends on the service in force.
func (s *sources) resolve(flags, env Values) (Effective, error) {
	for _, l := range []layer{{Settings, settingsPath(s.dir), s.own, oauth.Secret{}}, {Policy, policyPath(), s.policy.values, oauth.Secret{}}} {
		if err := l.check(); err != nil {
			return Effective{}, err
		}
	}
	e := Effective{From: map[string]Source{}, Locked: s.policy.locked}
	where := map[string]layer{}
	values := Values{}
	layers := s.layers(flags, env)
	for _, f := range table {
		for _, l := range layers {
			if text := l.values[f.Name]; text != "" {
				text, err := f.Check(text)
				if err != nil {
					return Effective{}, l.fail(f.Name, err)
				}
				values[f.Name], where[f.Name], e.From[f.Name] = text, l, l.source
				break
			}
		}
		if f.set != nil {
			f.set(&e, values[f.Name])
		}
	}
	for _, l := range layers {
		if l.source == e.From["client_id"] {
			e.secret = l.secret
		}
	}
	if err := e.takeDomain(values["domain"], where["domain"]); err != nil {
		return Effective{}, err
	}
	e.reconcile()
	return e, nil
}

func (l layer) check() error {
	for _, f := range table {
		if text := l.values[f.Name]; text != "" {
			if _, err := f.Check(text); err != nil {
				return l.fail(f.Name, err)
			}
		}
	}
	return nil
}

// takeDomain reads the domain in force, or none. A host of another service has no
// effect once a stronger source has chosen this one.
func (e *Effective) takeDomain(typed string, from layer) error {
	if typed == "" {
		return nil
	}
	domain, err := e.Service.ParseDomain(typed)
	switch {
	case err == nil:
		e.Domain = domain
	case strings.Contains(typed, ".") && e.rank("service") < e.rank("domain"):
		delete(e.From, "domain")
	case from.source == LockedPolicy && e.From["service"] == Flag:
		return &LockedError{"domain", from.path, Flag, "service", e.Service.String()}
	default:
		return from.fail("domain", err)
	}
	return nil
}

// reconcile lets the stronger source decide between a flow and a domain that
// exclude each other.
func (e *Effective) reconcile() {
	if e.Flow != oauth.FlowEnhanced || e.Domain.IsZero() {
		return
	}
	flow, domain := e.rank("flow"), e.rank("domain")
	switch {
	case flow < domain && e.From["domain"] != Flag:
		e.Domain = oauth.Domain{}
		delete(e.From, "domain")
	case domain < flow:
		e.Flow, e.From["flow"] = "", Default
	}
}

// rank is the place of a field's source in the order; lower is stronger.
func (e *Effective) rank(field string) int {
	order := []Source{LockedPolicy, Flag, Environment, Settings, Policy, BuiltIn, Default}
	return slices.Index(order, e.From[field])
}

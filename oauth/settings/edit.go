package settings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
)

// Edit is what the user changed, as text by field name.
type Edit struct {
	Set          map[string]string
	Unset        []string
	Secret       oauth.Secret // of the key in force after the edit; zero: as it is
	ForgetSecret bool

	Flags Values // what the command line said, for Outcome.InForce
}

// IsZero reports that nothing is to be changed.
func (e Edit) IsZero() bool {
	return len(e.Set) == 0 && len(e.Unset) == 0 && e.Secret.IsZero() && !e.ForgetSecret
}

// Outcome is what an edit did beside what it was for.
type Outcome struct {
	// Kept is where a settings.json that could not be read as a whole is now;
	// "" in the common case.
	Kept string
	// Trouble is what was wrong with it.
	Trouble error
	// Outranked are the fields that were saved although a stronger source, as
	// the environment, says otherwise.
	Outranked map[string]Source
	// InForce is what is in force now.
	InForce Effective
}

// FieldError reports a value that the field can't have. Nothing was saved.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

// Code is "bad-value"; the reason is the cause's own.
func (e *FieldError) Code() string             { return "bad-value" }
func (e *FieldError) Facts() map[string]string { return map[string]string{"field": e.Field} }

// UnknownFieldError reports a name that no setting has.
type UnknownFieldError struct{ Field string }

func (e *UnknownFieldError) Error() string {
	return fmt.Sprintf("%q is no setting; there are %s", e.Field, strings.Join(Names(), ", "))
}

func (e *UnknownFieldError) Code() string             { return "unknown-setting" }
func (e *UnknownFieldError) Facts() map[string]string { return map[string]string{"field": e.Field} }

// Complaints are the errors of Apply by the field that each is about; empty
// if something else went wrong.
func Complaints(err error) map[string]error {
	found := map[string]error{}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, one := range all {
		var field *FieldError
		var lock *LockedError
		var unknown *UnknownFieldError
		switch {
		case errors.As(one, &field):
			found[field.Field] = field.Err
		case errors.As(one, &lock):
			found[lock.Field] = lock
		case errors.As(one, &unknown):
			found[unknown.Field] = unknown
		}
	}
	return found
}

// Apply saves an edit, all of it or nothing: the secret in the keyring, the rest
// in settings.json, written atomically. Every field that can't be has its own
// *FieldError, *LockedError or *UnknownFieldError, joined. A settings.json that
// can't be read is kept beside itself as settings.json.bak, never overwritten,
// and what could be read of it stays in force. If the key changes, the secret of
// the one before is forgotten.
//
// Each file is read once. Other processes can't save meanwhile, also while the
// keyring asks for its password.
func Apply(ctx context.Context, dir string, secrets Secrets, edit Edit) (outcome Outcome, err error) {
	err = locked(ctx, dir, func() error {
		p, err := planEdit(read(dir), edit)
		if err != nil {
			return err
		}
		if !edit.Secret.IsZero() {
			if err := secrets.Set(ctx, p.user, edit.Secret); err != nil {
				return fmt.Errorf("keeping the secret of the API key: %w", err)
			}
		}
		outcome, err = p.save(edit)
		if err != nil {
			return err
		}
		if edit.ForgetSecret {
			if err := secrets.Delete(ctx, p.user); err != nil {
				return fmt.Errorf("forgetting the secret of the API key: %w", err)
			}
		}
		if p.before["client_id"] != "" && p.own["client_id"] != p.before["client_id"] {
			return forgetSecret(ctx, secrets, p.before, p.user)
		}
		return nil
	})
	return outcome, err
}

// plan is what an edit makes of settings.json: own is what it is to be.
type plan struct {
	*sources
	before  Values
	inForce Effective // after it, without flags
	trouble error     // why the file has to be set aside
	user    string    // of the secret's keyring item
}

func planEdit(s *sources, edit Edit) (p plan, err error) {
	if s.fault != nil { // it may lock what is to be changed
		return p, s.fault
	}
	p = plan{sources: s, before: s.own, trouble: s.ownFault}
	refused := s.take(edit)
	if err := s.checkDomain(edit); err != nil {
		refused = append(refused, err)
	}
	if len(refused) > 0 {
		return p, errors.Join(refused...)
	}
	var wrong error
	if p.inForce, wrong, err = s.past(nil); err != nil {
		return p, err
	}
	switch {
	case IsOwn(s.dir, wrong):
		p.trouble = wrong
	case errors.As(wrong, new(*PolicyError)):
		return p, wrong
	}
	p.user, err = p.secretUser(edit)
	return p, err
}

// save writes settings.json if the edit changes it.
func (p plan) save(edit Edit) (Outcome, error) {
	outcome := Outcome{Trouble: p.trouble, Outranked: map[string]Source{}}
	for name := range edit.Set {
		if from := p.inForce.From[name]; from == Environment {
			outcome.Outranked[name] = from
		}
	}
	if changed := slices.ContainsFunc(Names(), func(name string) bool { return p.before[name] != p.own[name] }); changed {
		if p.trouble != nil {
			var err error
			if outcome.Kept, err = setAside(settingsPath(p.dir)); err != nil {
				return outcome, err
			}
			p.ownFault = nil
		}
		if err := replace(p.dir, p.own, p.others); err != nil {
			return outcome, err
		}
	}
	outcome.InForce, _ = p.sources.inForce(edit.Flags)
	return outcome, nil
}

// take puts the edit into the user's own values, or says of each why not.
func (s *sources) take(edit Edit) (all []error) {
	change := func(name, text string, check bool) {
		f, known := ByName(name)
		var err error
		switch {
		case !known || f.Kind == Secret:
			err = &UnknownFieldError{name}
		case s.policy.locked[name]:
			err = &LockedError{Field: name, Path: policyPath()}
		case check:
			text, err = f.Check(text)
			if err == nil && text == "" {
				err = problem(empty)
			}
			if err != nil {
				err = &FieldError{name, err}
			}
		}
		if err != nil {
			all = append(all, err)
			return
		}
		s.own = s.own.with(name, text)
	}
	for _, name := range sorted(edit.Set) {
		change(name, edit.Set[name], true)
	}
	for _, name := range edit.Unset {
		change(name, "", false)
	}
	// A key that the policy locks brings its secret along.
	secret := !edit.Secret.IsZero() || edit.ForgetSecret
	if secret && (s.policy.locked[SecretName] || s.policy.locked["client_id"]) {
		all = append(all, &LockedError{Field: SecretName, Path: policyPath()})
	}
	return all
}

// checkDomain judges a new domain by the service in force, and keeps its label
// alone, so that it goes with any service.
func (s *sources) checkDomain(edit Edit) error {
	typed, changed := edit.Set["domain"]
	if !changed {
		return nil
	}
	without := *s
	without.own = s.own.with("domain", "")
	e, _, err := without.past(nil)
	if err != nil {
		return nil // what is wrong elsewhere shows there
	}
	domain, err := e.Service.ParseDomain(typed)
	if err != nil {
		return &FieldError{"domain", err}
	}
	s.own = s.own.with("domain", domain.Label())
	return nil
}

// secretUser is the keyring item that an edit's secret belongs in.
func (p plan) secretUser(edit Edit) (string, error) {
	_, typed := edit.Set["client_id"]
	if typed || edit.Secret.IsZero() && !edit.ForgetSecret {
		return secretUser(p.inForce.Service, p.own["client_id"]), nil
	}
	switch from := p.inForce.From["client_id"]; {
	case p.inForce.Key.ID == "":
		return "", &FieldError{SecretName, problem(noKeyYet)}
	case from == Policy || from == BuiltIn:
		return "", &FieldError{SecretName, problem(keyBringsSecret, "source", string(from))}
	}
	return secretUser(p.inForce.Service, p.inForce.Key.ID), nil
}

// sorted are the names of a set in the table's order, unknown ones last.
func sorted(set map[string]string) []string {
	var names []string
	for _, name := range Names() {
		if _, there := set[name]; there {
			names = append(names, name)
		}
	}
	for name := range set {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// setAside moves a file to its own name with .bak behind, or .bak.2 and so on
// where that is taken: nothing is ever overwritten.
func setAside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := path + ".bak"
		if n > 1 {
			aside = fmt.Sprintf("%s.bak.%d", path, n)
		}
		_, err := os.Lstat(aside)
		if err == nil {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(path, aside)
		}
		if err != nil {
			return "", fmt.Errorf("setting the old settings aside: %w", err)
		}
		return aside, nil
	}
}

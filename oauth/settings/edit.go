package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
)

// Edit is what a person changed, as text by field name.
type Edit struct {
	Set          map[string]string
	Unset        []string
	Secret       oauth.Secret // of the key in force after the edit; zero: as it is
	ForgetSecret bool
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
}

// FieldError: a value that the field can't have. Nothing was saved.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

// UnknownFieldError: no setting has that name.
type UnknownFieldError struct{ Field string }

func (e *UnknownFieldError) Error() string {
	return fmt.Sprintf("%q is no setting; there are %s", e.Field, strings.Join(append(Names(), SecretName), ", "))
}

// Complaints are the errors of Apply by the field that each is about; empty
// where something else went wrong.
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
// and what could be read of it stays in force. The secret of a saved key that
// another takes the place of is forgotten.
func Apply(ctx context.Context, dir string, secrets Secrets, edit Edit) (Outcome, error) {
	plan, err := planEdit(dir, edit)
	if err != nil {
		return Outcome{}, err
	}
	user, err := plan.secretUser(edit)
	if err != nil {
		return Outcome{}, err
	}
	if !edit.Secret.IsZero() {
		if err := secrets.Set(ctx, user, edit.Secret); err != nil {
			return Outcome{}, fmt.Errorf("keeping the secret of the API key: %w", err)
		}
	}
	var outcome Outcome
	var before Fields
	err = locked(ctx, dir, func() error {
		p, err := planEdit(dir, edit) // again: another process may have written
		if err != nil {
			return err
		}
		before, outcome.Outranked, outcome.Trouble = p.before, p.outranked(edit), p.trouble
		if !p.changes() {
			return nil
		}
		if p.trouble != nil {
			if outcome.Kept, err = setAside(settingsPath(dir)); err != nil {
				return err
			}
		}
		return replace(dir, p.after, p.others)
	})
	if err != nil {
		return outcome, err
	}
	if edit.ForgetSecret {
		if err := secrets.Delete(ctx, user); err != nil {
			return outcome, fmt.Errorf("forgetting the secret of the API key: %w", err)
		}
	}
	if before.ClientID != "" && plan.after.ClientID != before.ClientID {
		return outcome, forgetSecret(ctx, secrets, before, user)
	}
	return outcome, nil
}

// plan is what an edit makes of settings.json.
type plan struct {
	before, after Fields
	others        map[string]json.RawMessage // what a later version keeps there
	effective     Effective                  // after it
	trouble       error                      // why the file has to be set aside
}

func (p plan) changes() bool {
	return slices.ContainsFunc(table, func(t field) bool { return t.get(p.before) != t.get(p.after) })
}

func planEdit(dir string, edit Edit) (plan, error) {
	own, others, trouble := readOwn(dir)
	s := sources{dir: dir, own: own}
	if s.policy, s.fault = readPolicy(); s.fault != nil { // it may lock what is to be changed
		return plan{}, s.fault
	}
	p := plan{before: own, others: others, trouble: trouble}
	refused := s.take(edit)
	if err := s.checkDomain(edit); err != nil {
		refused = append(refused, err)
	}
	if len(refused) > 0 {
		return plan{}, errors.Join(refused...)
	}
	e, wrong, err := s.resolvePast(Fields{}, settingsPath(dir), &s.own)
	if err != nil && !isValueError(err) { // a wrong variable keeps nobody from saving
		return plan{}, err
	}
	if p.trouble == nil && len(wrong) > 0 {
		p.trouble = wrong[0]
	}
	p.after, p.effective = s.own, e
	return p, nil
}

// take puts the edit into the fields, or says of each why not.
func (s *sources) take(edit Edit) (all []error) {
	change := func(name, text string, check bool) {
		t, known := fieldNamed(name)
		var err error
		switch {
		case !known:
			err = &UnknownFieldError{name}
		case slices.Contains(s.policy.Locked, name):
			err = &LockedError{Field: name, Path: policyPath()}
		case check:
			text, err = t.check(text)
			if err == nil && text == "" {
				err = errors.New("it is empty")
			}
			if err != nil {
				err = &FieldError{name, err}
			}
		}
		if err != nil {
			all = append(all, err)
			return
		}
		t.set(&s.own, text)
	}
	for _, name := range sorted(edit.Set) {
		change(name, edit.Set[name], true)
	}
	for _, name := range edit.Unset {
		change(name, "", false)
	}
	// A key that the policy locks brings its secret along.
	secret := !edit.Secret.IsZero() || edit.ForgetSecret
	if secret && (slices.Contains(s.policy.Locked, SecretName) || slices.Contains(s.policy.Locked, "client_id")) {
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
	without.own.Domain = ""
	e, _, err := without.resolvePast(Fields{}, settingsPath(s.dir), &without.own)
	if err != nil {
		return nil // what is wrong elsewhere shows there
	}
	domain, err := e.Service.ParseDomain(typed)
	if err != nil {
		return &FieldError{"domain", err}
	}
	s.own.Domain = domain.Label()
	return nil
}

// secretUser is the keyring item that an edit's secret belongs in.
func (p plan) secretUser(edit Edit) (string, error) {
	if edit.Secret.IsZero() && !edit.ForgetSecret {
		return secretUser(p.effective.Service, p.after.ClientID), nil
	}
	if _, typed := edit.Set["client_id"]; typed {
		return secretUser(p.effective.Service, p.after.ClientID), nil
	}
	switch from := p.effective.From["client_id"]; {
	case p.effective.Key.ID == "":
		return "", &FieldError{SecretName, errors.New("there is no API key yet that it could belong to")}
	case from == Policy || from == BuiltIn:
		return "", &FieldError{SecretName, fmt.Errorf("the API key in force is from the %s, which brings its secret along", from)}
	}
	return secretUser(p.effective.Service, p.effective.Key.ID), nil
}

func (p plan) outranked(edit Edit) map[string]Source {
	found := map[string]Source{}
	for name := range edit.Set {
		if from := p.effective.From[name]; from == Environment {
			found[name] = from
		}
	}
	return found
}

func isValueError(err error) bool {
	var value *ValueError
	return errors.As(err, &value)
}

func sorted(set map[string]string) []string {
	var names []string
	for _, name := range append(Names(), SecretName) {
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

// readOwn reads settings.json as far as it can be read, with what is unknown in
// it, and says why where that is not all.
func readOwn(dir string) (own Fields, others map[string]json.RawMessage, trouble error) {
	if err := readOwnFile(dir, &others); err != nil {
		return Fields{}, nil, err
	}
	// json goes on behind a value of the wrong type.
	trouble = readOwnFile(dir, &own)
	return own, others, trouble
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

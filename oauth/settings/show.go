package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
)

// SecretName is the name of the key's secret among the fields. It has no value
// that anybody could read.
const SecretName = "client_secret"

// Field is one setting as it is in force.
type Field struct {
	Name    string // as in settings.json
	Value   string // "" where there is none; scopes with a space between; never the secret
	From    Source // "" where nothing says it
	Locked  bool   // the policy alone decides
	Managed bool   // the policy says it, whether or not a person may change it
	Known   bool   // there is a value, also one that is not shown
}

// Show gives every setting with where it came from, the secret as known or not.
// It asks the keyring whether there is one.
func (e Effective) Show(ctx context.Context, secrets Secrets) ([]Field, error) {
	fields := make([]Field, 0, len(table)+1)
	for _, t := range table {
		fields = append(fields, e.Field(t.name))
		if t.name != "client_id" {
			continue
		}
		secret, err := e.showSecret(ctx, secrets)
		if err != nil {
			return nil, err
		}
		fields = append(fields, secret)
	}
	return fields, nil
}

// Field is one setting by its name; of the secret, what is known without the keyring.
func (e Effective) Field(name string) Field {
	f := Field{Name: name, Value: e.value(name), From: e.From[name], Locked: e.Locked[name]}
	if name == SecretName {
		f.Locked = e.secretLocked()
		f.Known = !e.secret.IsZero()
		f.Managed = f.Locked
		return f
	}
	if f.Value == "" {
		f.From = ""
	}
	f.Known = f.Value != ""
	f.Managed = f.Locked || f.From == Policy || f.From == LockedPolicy
	return f
}

func (e Effective) value(name string) string {
	switch name {
	case "service":
		return e.Service.String()
	case "client_id":
		return e.Key.ID
	case "redirect_uri":
		return e.Key.RedirectURI
	case "flow":
		return string(e.Flow)
	case "domain":
		if !e.Domain.IsZero() {
			return e.Domain.Label()
		}
	case "region":
		return string(e.Region)
	case "scopes":
		return strings.Join(e.Scopes, " ")
	case "pkce":
		return fmt.Sprint(!e.NoPKCE)
	case "relay":
		return fmt.Sprint(e.Relay)
	case "ca_file":
		return e.CAFile
	case "log_level":
		return levelName(e.LogLevel)
	}
	return ""
}

// secretLocked: a key of the policy or the build brings its own secret.
func (e Effective) secretLocked() bool {
	from := e.From["client_id"]
	return e.Locked[SecretName] || from == LockedPolicy || e.Locked["client_id"]
}

func (e Effective) showSecret(ctx context.Context, secrets Secrets) (Field, error) {
	f := e.Field(SecretName)
	from := e.From["client_id"]
	if f.Known {
		f.From = from
		if from == Flag { // a secret never comes as a flag
			f.From = Environment
		}
		f.Managed = f.Locked || from == Policy
		return f, nil
	}
	with, err := e.WithSecret(ctx, secrets)
	if err != nil {
		return f, err
	}
	if f.Known = !with.Key.Secret.IsZero(); f.Known {
		f.From = Keyring
	}
	return f, nil
}

// LoadPast is Load for showing and mending settings: where settings.json or the
// policy says what can't be, it gives what is in force without that, and the error
// too, the policy's first. The environment may ask for what a lock forbids: that
// has no effect here.
func LoadPast(dir string, flags Fields) (Effective, error) {
	own, _, trouble := readOwn(dir)
	s := sources{dir: dir, own: own}
	s.policy, s.fault = readPolicy()
	e, wrong, err := s.resolvePast(flags, settingsPath(dir), &s.own)
	if file, ok := errors.AsType[*FileError](err); ok && file.Path == policyPath() {
		s.fault = cmp.Or(s.fault, err)
		e, _, err = s.resolvePast(flags, policyPath(), &s.policy.Fields)
	}
	switch {
	case err != nil:
		return Effective{}, err
	case s.fault != nil:
		return e, s.fault
	case trouble != nil:
		return e, trouble
	case len(wrong) > 0:
		return e, wrong[0]
	}
	return e, s.overridden(e, flags, Fields{})
}

// resolvePast resolves without what the file at path can't say, whose fields are
// said, and gives each of those errors.
func (s *sources) resolvePast(flags Fields, path string, said *Fields) (Effective, []error, error) {
	var wrong []error
	for {
		e, err := s.resolve(flags)
		var file *FileError
		if !errors.As(err, &file) || file.Path != path || len(wrong) == len(table) {
			return e, wrong, err
		}
		t, known := fieldNamed(file.Field)
		if !known {
			return e, wrong, err
		}
		wrong = append(wrong, err)
		t.set(said, "")
	}
}

// IsOwn tells trouble with the person's own settings.json, which Apply can mend,
// from that of a policy.
func IsOwn(dir string, err error) bool {
	var file *FileError
	return errors.As(err, &file) && file.Path == settingsPath(dir)
}

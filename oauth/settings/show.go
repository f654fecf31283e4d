package settings

import (
	"context"
	"errors"
)

// Setting is a field as it is in force.
type Setting struct {
	Field
	Value   string // "" if there is none; scopes with a space between; never the secret
	From    Source // "" if nothing says it
	Locked  bool   // the policy alone decides
	Managed bool   // the policy says it, whether or not the user may change it
	Known   bool   // there is a value, also one that is not shown
}

// Show returns every setting with where it came from, the secret as known or not.
// It asks the keyring whether there is one.
func (e Effective) Show(ctx context.Context, secrets Secrets) ([]Setting, error) {
	all := make([]Setting, 0, len(table))
	for _, f := range table {
		s := e.Setting(f.Name)
		if f.Kind == Secret {
			var err error
			if s, err = e.showSecret(ctx, s, secrets); err != nil {
				return nil, err
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// Setting is one by its name; of the secret, what is known without the keyring.
func (e Effective) Setting(name string) Setting {
	f, _ := ByName(name)
	s := Setting{Field: f, From: e.From[name], Locked: e.Locked[name]}
	if f.Kind == Secret {
		s.Locked = e.secretLocked()
		s.Known = !e.secret.IsZero()
		s.Managed = s.Locked
		return s
	}
	if f.get != nil {
		s.Value = f.get(e)
	}
	if s.Value == "" {
		s.From = ""
	}
	s.Known = s.Value != ""
	s.Managed = s.Locked || s.From == Policy || s.From == LockedPolicy
	return s
}

// secretLocked: a key of the policy or the build brings its own secret.
func (e Effective) secretLocked() bool {
	from := e.From["client_id"]
	return e.Locked[SecretName] || from == LockedPolicy || e.Locked["client_id"]
}

func (e Effective) showSecret(ctx context.Context, s Setting, secrets Secrets) (Setting, error) {
	from := e.From["client_id"]
	if s.Known {
		s.From = from
		if from == Flag { // a secret never comes as a flag
			s.From = Environment
		}
		s.Managed = s.Locked || from == Policy
		return s, nil
	}
	with, err := e.WithSecret(ctx, secrets)
	if err != nil {
		return s, err
	}
	if s.Known = !with.Key.Secret.IsZero(); s.Known {
		s.From = Keyring
	}
	return s, nil
}

// IsOwn tells trouble with the user's own settings.json, which Apply can mend,
// from that of a policy.
func IsOwn(dir string, err error) bool {
	var file *FileError
	return errors.As(err, &file) && file.Path == settingsPath(dir)
}

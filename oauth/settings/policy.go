package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// policy is what policy.json says: values, the key's secret, and what is locked.
type policy struct {
	values Values
	secret oauth.Secret
	locked map[string]bool
}

// policyPath is where a fleet's administrator puts the policy, and policyOwner the
// user id that may own it besides root. Tests put theirs elsewhere.
var (
	policyPath = func() string {
		switch runtime.GOOS {
		case "windows":
			return filepath.Join(cmp.Or(os.Getenv("ProgramData"), `C:\ProgramData`), "egnyte-accounts", "policy.json")
		case "darwin":
			return "/Library/Application Support/egnyte-accounts/policy.json"
		}
		return "/etc/egnyte-accounts/policy.json"
	}
	policyOwner = 0
)

// PolicyFault is what is wrong with a policy.
type PolicyFault string

// The faults.
const (
	PolicyUnknownField PolicyFault = "field"
	PolicyUnknownLock  PolicyFault = "lock"
	PolicyUntrusted    PolicyFault = "untrusted" // someone other than the administrator could have changed it
	PolicyWrong        PolicyFault = "wrong"     // anything else: the reason is the file's
)

// PolicyError reports a policy that can't be relied on: it stops new sign-ins,
// since what the administrator meant to lock is unknown. Existing accounts go on.
type PolicyError struct {
	Fault PolicyFault
	Name  string // the unknown fields or locks, or the file or folder that others can change
	File  *FileError
}

func (e *PolicyError) Error() string { return e.File.Error() }
func (e *PolicyError) Unwrap() error { return e.File }

// Code is "policy-" and the fault.
func (e *PolicyError) Code() string { return "policy-" + string(e.Fault) }

// Facts are the file, and what is unknown in it or can be changed by others.
func (e *PolicyError) Facts() map[string]string {
	return map[string]string{"policy": e.File.Path, "name": oauth.Plain(e.Name)}
}

// readPolicy returns what is known of policy.json, and a *PolicyError if that is
// not all of it, or if it must not be trusted. Names have to be spelled exactly.
func readPolicy() (policy, error) {
	p := policy{values: Values{}, locked: map[string]bool{}}
	path := policyPath()
	data, err := wholefile.ReadAdministrators(path, policyOwner)
	var untrusted *wholefile.UntrustedError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, nil
	case errors.As(err, &untrusted):
		return p, &PolicyError{PolicyUntrusted, untrusted.Path, unreadable(path, err)}
	case err != nil:
		return p, &PolicyError{PolicyWrong, "", unreadable(path, err)}
	}
	said, err := parse(path, data)
	if err != nil {
		return p, policyError(err)
	}
	var secret string
	var locks, unknown []string
	var wrong error
	for name, to := range map[string]any{SecretName: &secret, "locked": &locks} {
		if raw, there := said[name]; there {
			if err := json.Unmarshal(raw, to); err != nil {
				wrong = mistyped(path, name, err)
			}
		}
	}
	p.secret = oauth.NewSecret(strings.TrimSpace(secret))
	values, err := decode(path, said)
	p.values, wrong = values, cmp.Or(wrong, err)
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if _, known := ByName(name); !known && name != "locked" {
			unknown = append(unknown, name)
		}
	}
	var unknownLocks []string
	for _, name := range locks {
		if _, known := ByName(name); known {
			p.locked[name] = true
		} else {
			unknownLocks = append(unknownLocks, name)
		}
	}
	switch {
	case wrong != nil:
		return p, policyError(wrong)
	case len(unknown) > 0:
		return p, notKnown(PolicyUnknownField, path, unknown)
	case len(unknownLocks) > 0:
		return p, notKnown(PolicyUnknownLock, path, unknownLocks)
	}
	return p, nil
}

func notKnown(fault PolicyFault, path string, names []string) error {
	all := strings.Join(names, ", ")
	return &PolicyError{fault, all, &FileError{Path: path, Reason: fmt.Sprintf("unknown %s: %s", fault, all)}}
}

// policyError makes a *FileError of the policy a *PolicyError.
func policyError(err error) error {
	if file, ok := errors.AsType[*FileError](err); ok {
		return &PolicyError{PolicyWrong, "", file}
	}
	return err
}

// LockedError: the policy alone decides about the field, and something else was
// asked for. Nothing was saved, and no sign-in began.
type LockedError struct {
	Field string // the locked one
	Path  string // of the policy
	From  Source // Flag or Environment; "" if the settings were to be changed
	Name  string // the field that was asked for
	Asked string // its value; "" for the secret
}

func (e *LockedError) Error() string {
	text := fmt.Sprintf("%s is locked by the policy of this computer (%s)", e.Field, e.Path)
	if e.From != "" {
		text += fmt.Sprintf("; the %s asks for %s", e.From, strings.TrimSpace(e.Name+" "+e.Asked))
	}
	return text
}

// Code tells a variable from what was asked for otherwise.
func (e *LockedError) Code() string {
	if e.From == Environment {
		return "locked-variable"
	}
	return "locked"
}

// Facts are the locked field, the policy's file, and what was asked for, with its
// variable.
func (e *LockedError) Facts() map[string]string {
	asked, _ := ByName(e.Name)
	return map[string]string{"policy": e.Path, "name": e.Field, "asked": oauth.Plain(e.Asked), "variable": asked.Env}
}

// overridden refuses what flags and environment ask for and a lock forbids. A
// variable that a flag outranks asks for nothing. Both may ask for what is in
// force anyway.
func (e Effective) overridden(flags, environment Values) error {
	for _, f := range table {
		asked, from := flags[f.Name], Flag
		if asked == "" {
			asked, from = environment[f.Name], Environment
		}
		if asked == "" {
			continue
		}
		if lock := e.lockAgainst(f, asked, flags); lock != "" {
			return &LockedError{lock, policyPath(), from, f.Name, asked}
		}
	}
	return nil
}

// overriddenSecret is overridden for the secret of the environment.
func (s *sources) overriddenSecret(e Effective) error {
	asked, want := environmentSecret(), s.policy.secret
	if e.Locked["client_id"] {
		want = e.secret
	}
	if asked.IsZero() || !e.secretLocked() || asked.Equal(want) {
		return nil
	}
	return &LockedError{SecretName, policyPath(), Environment, SecretName, ""}
}

// lockAgainst is the locked field that keeps a field from being what was asked
// for; "" if none does. Service, domain and flow depend on each other.
func (e Effective) lockAgainst(f Field, asked string, flags Values) string {
	differs := false
	switch f.Name {
	case "domain":
		domain, err := e.Service.ParseDomain(asked)
		differs = err != nil || domain != e.Domain
		switch {
		case e.Locked["flow"] && e.Flow == oauth.FlowEnhanced && flags["flow"] == "":
			return "flow"
		case e.Locked["service"] && err != nil:
			return "service"
		}
	case "flow":
		flow, _ := oauth.ParseFlow(asked)
		inForce := e.Flow
		switch {
		case inForce != "":
		case e.Domain.IsZero():
			inForce = oauth.FlowEnhanced
		default:
			inForce = oauth.FlowCode
		}
		differs = flow != inForce
		if e.Locked["domain"] && !e.Domain.IsZero() && flow == oauth.FlowEnhanced {
			return "domain"
		}
	default:
		text, err := f.Check(asked)
		differs = err != nil || text != f.get(e)
	}
	if differs && e.Locked[f.Name] {
		return f.Name
	}
	return ""
}

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

// policyFile is policy.json: the same fields, and two that only it may hold.
type policyFile struct {
	Fields
	ClientSecret string   `json:"client_secret"`
	Locked       []string `json:"locked"`
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

// readPolicy returns what is known of policy.json, and a *PolicyError if that is
// not all of it, or if it must not be trusted. Names have to be spelled exactly.
func readPolicy() (policyFile, error) {
	var p policyFile
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
	var said map[string]json.RawMessage
	if err := parse(path, data, &said); err != nil {
		return p, policyError(err)
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if name != "locked" && !lockable(name) {
			unknown = append(unknown, name)
			delete(said, name) // encoding/json takes other spellings, too
		}
	}
	if data, err = json.Marshal(said); err == nil {
		err = parse(path, data, &p)
	}
	switch {
	case err != nil:
		return p, policyError(err)
	case len(unknown) > 0:
		return p, notKnown(PolicyUnknownField, path, unknown)
	}
	unknown = slices.DeleteFunc(slices.Clone(p.Locked), lockable)
	p.Locked = slices.DeleteFunc(p.Locked, func(name string) bool { return !lockable(name) })
	if len(unknown) > 0 {
		return p, notKnown(PolicyUnknownLock, path, unknown)
	}
	return p, nil
}

func lockable(name string) bool {
	_, known := fieldNamed(name)
	return known || name == SecretName
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

// overridden refuses what flags and environment ask for and a lock forbids. A
// variable that a flag outranks asks for nothing. Both may ask for what is in
// force anyway.
func (s sources) overridden(e Effective, flags, environment Fields) error {
	for _, t := range table {
		asked, from := t.get(flags), Flag
		if asked == "" {
			asked, from = t.get(environment), Environment
		}
		if asked == "" {
			continue
		}
		if lock := e.lockAgainst(t, asked, flags); lock != "" {
			return &LockedError{lock, policyPath(), from, t.name, asked}
		}
	}
	return nil
}

// overriddenSecret is overridden for EGNYTE_CLIENT_SECRET.
func (s sources) overriddenSecret(e Effective) error {
	asked, want := oauth.NewSecret(os.Getenv(variables[SecretName])), oauth.NewSecret(s.policy.ClientSecret)
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
func (e Effective) lockAgainst(t field, asked string, flags Fields) string {
	differs := false
	switch t.name {
	case "domain":
		domain, err := e.Service.ParseDomain(asked)
		differs = err != nil || domain != e.Domain
		switch {
		case e.Locked["flow"] && e.Flow == oauth.FlowEnhanced && flags.Flow == "":
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
		text, err := t.check(asked)
		differs = err != nil || text != e.value(t.name)
	}
	if differs && e.Locked[t.name] {
		return t.name
	}
	return ""
}

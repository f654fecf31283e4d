package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// A key that a build brings along (go build -ldflags "-X …"). The secret of a
// program that everybody can read is none; Egnyte asks for it all the same.
var (
	builtInClientID     string
	builtInClientSecret string
	builtInRedirectURI  string
)

// FileError: settings.json or policy.json says what can't be. Field is "" where
// the file as a whole is at fault.
type FileError struct {
	Path   string
	Field  string
	Reason string
	Err    error
}

func (e *FileError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s, field %s: %s", e.Path, e.Field, e.Reason)
}
func (e *FileError) Unwrap() error { return e.Err }

// ValueError: a flag, the environment or the build says what can't be.
type ValueError struct {
	Source Source
	Field  string // its JSON name
	Err    error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s (from the %s): %v", e.Field, e.Source, e.Err)
}
func (e *ValueError) Unwrap() error { return e.Err }

func settingsPath(dir string) string { return filepath.Join(dir, "settings.json") }

// sources is what the files say.
type sources struct {
	dir    string
	own    Fields
	policy policyFile
	fault  error // a *PolicyError if new sign-ins have to stop
}

// readSources returns an error for settings.json only; the policy's is in fault.
func readSources(dir string) (sources, error) {
	s := sources{dir: dir}
	s.policy, s.fault = readPolicy()
	return s, readOwnFile(dir, &s.own)
}

// readOwnFile reads settings.json, which says where a secret of the environment
// or the keyring is sent: a folder that others can write in by accident is shut
// first, and one of another user is not used.
func readOwnFile(dir string, to any) error {
	path := settingsPath(dir)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil // a folder without settings may be anybody's
	}
	if err := wholefile.MakePrivate(dir); err != nil {
		return &FileError{Path: path, Reason: "its folder is not private: " + cause(err), Err: err}
	}
	return readFile(path, to)
}

// layers gives all sources, the strongest first, and the fields that the policy
// locks. A locked field without a value is locked to what is built in, or the
// default.
func (s sources) layers(flags Fields) ([]layer, map[string]bool, error) {
	secret := oauth.NewSecret(s.policy.ClientSecret)
	environment := layer{Environment, "", environmentFields(), oauth.NewSecret(os.Getenv(variables[SecretName]))}
	files := []layer{{Settings, settingsPath(s.dir), s.own, oauth.Secret{}}, {Policy, policyPath(), s.policy.Fields, secret}}
	for _, l := range files {
		if err := l.check(); err != nil {
			return nil, nil, err
		}
	}
	locked := map[string]bool{}
	for _, name := range s.policy.Locked {
		locked[name] = true
	}
	layers := []layer{
		{LockedPolicy, policyPath(), s.policy.Fields.only(locked), secret},
		// A secret is never given on the command line; the environment has it.
		{Flag, "", flags.without(locked), environment.secret},
		environment, files[0], files[1],
		{BuiltIn, "", Fields{ClientID: builtInClientID, RedirectURI: builtInRedirectURI}, oauth.NewSecret(builtInClientSecret)},
		{Default, "", defaults(), oauth.Secret{}},
	}
	for i := range layers {
		if slices.Contains([]Source{Environment, Settings}, layers[i].source) {
			layers[i].fields = layers[i].fields.without(locked)
		}
	}
	return layers, locked, nil
}

func defaults() Fields {
	pkce, relay := true, false
	return Fields{
		Service:     oauth.DefaultService,
		RedirectURI: oauth.DefaultRedirectURI,
		Region:      string(oauth.RegionAuto),
		Scopes:      []string{oauth.DefaultScope},
		PKCE:        &pkce,
		Relay:       &relay,
		LogLevel:    levels[0].name,
	}
}

// Variable is the environment variable of a field, as Egnyte's own command-line
// client calls it; "" if there is none.
func Variable(name string) string { return variables[name] }

var variables = map[string]string{
	"client_id": "EGNYTE_CLIENT_ID", SecretName: "EGNYTE_CLIENT_SECRET", "redirect_uri": "EGNYTE_REDIRECT_URI",
	"domain": "EGNYTE_DOMAIN", "scopes": "EGNYTE_SCOPE",
}

func environmentFields() (f Fields) {
	for _, t := range table {
		if name := variables[t.name]; name != "" {
			t.set(&f, os.Getenv(name))
		}
	}
	return f
}

// cause leaves out the path, which a FileError says already.
func cause(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// readFile reads JSON into to, of a file that nobody else could have written. No
// file says nothing; fields of a later version are passed over.
func readFile(path string, to any) error {
	data, err := wholefile.ReadTrusted(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable(path, err)
	}
	return parse(path, data, to)
}

func unreadable(path string, err error) *FileError {
	return &FileError{Path: path, Reason: "it can't be read: " + cause(err), Err: err}
}

// parse reads the JSON of the file at path; its errors are *FileError.
func parse(path string, data []byte, to any) error {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as Windows' Notepad may write it
	err := json.Unmarshal(data, to)
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		field := mistyped.Field[strings.LastIndex(mistyped.Field, ".")+1:]
		return &FileError{Path: path, Field: field, Reason: "it is a " + mistyped.Value + ", which it can't be", Err: err}
	}
	if err != nil {
		return &FileError{Path: path, Reason: "it is not JSON: " + err.Error(), Err: err}
	}
	return nil
}

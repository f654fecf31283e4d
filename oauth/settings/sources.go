package settings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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

// policyFile is policy.json: the same fields, and two that only it may hold.
type policyFile struct {
	Fields
	ClientSecret string   `json:"client_secret"`
	Locked       []string `json:"locked"`
}

// policyPath is where a fleet's administrator puts the policy. Tests put theirs
// elsewhere.
var policyPath = func() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(cmp.Or(os.Getenv("ProgramData"), `C:\ProgramData`), "egnyte-accounts", "policy.json")
	case "darwin":
		return "/Library/Application Support/egnyte-accounts/policy.json"
	}
	return "/etc/egnyte-accounts/policy.json"
}

func settingsPath(dir string) string { return filepath.Join(dir, "settings.json") }

// sources is what the files say.
type sources struct {
	dir    string
	own    Fields
	policy policyFile
}

func readSources(dir string) (sources, error) {
	s := sources{dir: dir}
	if err := readOwnFile(dir, &s.own); err != nil {
		return s, err
	}
	return s, readFile(policyPath(), &s.policy)
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
	environment := layer{Environment, "", environmentFields(), oauth.NewSecret(os.Getenv("EGNYTE_CLIENT_SECRET"))}
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

// environmentFields reads the names that Egnyte's own command-line client has.
func environmentFields() Fields {
	return Fields{
		ClientID:    os.Getenv("EGNYTE_CLIENT_ID"),
		RedirectURI: os.Getenv("EGNYTE_REDIRECT_URI"),
		Domain:      os.Getenv("EGNYTE_DOMAIN"),
		Scopes:      strings.Fields(os.Getenv("EGNYTE_SCOPE")),
	}
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
		return &FileError{Path: path, Reason: "it can't be read: " + cause(err), Err: err}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as Windows' Notepad may write it
	err = json.Unmarshal(data, to)
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

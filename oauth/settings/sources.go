package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// A key that a build brings along (go build -ldflags "-X …"). Anyone who has the
// program can read its secret; Egnyte asks for it anyway.
var (
	builtInClientID     string
	builtInClientSecret string
	builtInRedirectURI  string
)

// FileError reports what is wrong in settings.json or policy.json. Field is ""
// if the file as a whole is at fault.
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

// Code and Facts are what advice is found by.
func (e *FileError) Code() string { return "settings-file" }
func (e *FileError) Facts() map[string]string {
	return map[string]string{"file": e.Path, "field": e.Field}
}

// ValueError reports what is wrong in a flag, a variable or the build.
type ValueError struct {
	Source Source
	Field  string // its JSON name
	Err    error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s (from the %s): %v", e.Field, e.Source, e.Err)
}
func (e *ValueError) Unwrap() error { return e.Err }

// Code is "set-domain" for a domain, since a variable most likely says it, and
// "config" for any other field.
func (e *ValueError) Code() string {
	if e.Field == "domain" {
		return "set-domain"
	}
	return "config"
}

// Facts are the field and where its value is from.
func (e *ValueError) Facts() map[string]string {
	return map[string]string{"field": e.Field, "source": string(e.Source)}
}

func settingsPath(dir string) string { return filepath.Join(dir, "settings.json") }

// sources is what files and environment say, each read once.
type sources struct {
	dir      string
	own      Values                     // of settings.json
	others   map[string]json.RawMessage // what a later version keeps there
	ownFault error                      // why own is not all of it
	policy   policy
	fault    error // a *PolicyError if new sign-ins have to stop
	env      Values
}

func read(dir string) *sources {
	s := &sources{dir: dir, env: environment()}
	s.policy, s.fault = readPolicy()
	s.own, s.others, s.ownFault = readOwn(dir)
	return s
}

// environment reads the variables that Egnyte's own command-line client has.
func environment() Values {
	all := Values{}
	for _, f := range table {
		if f.Env != "" && f.Kind != Secret {
			all[f.Name] = strings.TrimSpace(os.Getenv(f.Env))
		}
	}
	return all
}

// environmentSecret is the API key's secret that goes with a key from a flag or
// the environment: a secret is never given on the command line.
func environmentSecret() oauth.Secret {
	f, _ := ByName(SecretName)
	return oauth.NewSecret(strings.TrimSpace(os.Getenv(f.Env)))
}

// readOwn reads settings.json as far as it can be read, and returns an error if
// that is not all. The file says where a secret of the environment or the keyring
// is sent: a folder that others can write in by accident is shut first, and one of
// another user is not used.
func readOwn(dir string) (Values, map[string]json.RawMessage, error) {
	path := settingsPath(dir)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return Values{}, nil, nil // a folder without settings may be anybody's
	}
	if err := wholefile.MakePrivate(dir); err != nil {
		return Values{}, nil, &FileError{Path: path, Reason: "its folder is not private: " + cause(err), Err: err}
	}
	data, err := wholefile.ReadTrusted(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Values{}, nil, nil
	}
	if err != nil {
		return Values{}, nil, unreadable(path, err)
	}
	said, err := parse(path, data)
	if err != nil {
		return Values{}, nil, err
	}
	// As encoding/json, take any spelling of a known name.
	known := map[string]json.RawMessage{}
	for _, f := range table {
		if f.Kind == Secret {
			continue
		}
		raw, exact := said[f.Name]
		for name, other := range said {
			if strings.EqualFold(name, f.Name) {
				if !exact {
					raw = other
				}
				delete(said, name)
			}
		}
		if raw != nil {
			known[f.Name] = raw
		}
	}
	values, err := decode(path, known)
	return values, said, err
}

// parse reads a JSON object; its error is a *FileError.
func parse(path string, data []byte) (said map[string]json.RawMessage, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as Windows' Notepad may write it
	if err = json.Unmarshal(data, &said); err != nil {
		return nil, mistyped(path, "", err)
	}
	return said, nil
}

// decode reads what can be read, and returns the first error.
func decode(path string, said map[string]json.RawMessage) (Values, error) {
	values := Values{}
	var first error
	for _, f := range table {
		raw, there := said[f.Name]
		if !there || f.Kind == Secret {
			continue
		}
		text, err := f.decode(raw)
		if err != nil && first == nil {
			first = mistyped(path, f.Name, err)
		}
		if err == nil && text != "" {
			values[f.Name] = text
		}
	}
	return values, first
}

func mistyped(path, field string, err error) *FileError {
	reason := err.Error()
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		reason = "it is a " + wrong.Value + ", which it can't be"
	} else if field == "" {
		reason = "it is not JSON: " + reason
	}
	return &FileError{Path: path, Field: field, Reason: reason, Err: err}
}

func unreadable(path string, err error) *FileError {
	return &FileError{Path: path, Reason: "it can't be read: " + cause(err), Err: err}
}

// cause leaves out the path, which a FileError says already.
func cause(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

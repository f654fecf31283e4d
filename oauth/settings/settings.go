// Package settings resolves how this machine and person sign in: locked
// policy, flag, environment, settings, policy, built in, default, in that order.
package settings

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"

	"egnyte-accounts/oauth"
)

// Secrets is the keyring.Keyring with the client secrets that the user types, each
// under "client_secret:{client_id}@{service host}".
type Secrets interface {
	Get(ctx context.Context, user string) (oauth.Secret, error)
	Set(ctx context.Context, user string, secret oauth.Secret) error
	Delete(ctx context.Context, user string) error
}

// HomeError: the environment doesn't say where the user's files are.
type HomeError struct{ Err error }

func (e *HomeError) Error() string { return "finding the user's folders: " + e.Err.Error() }
func (e *HomeError) Unwrap() error { return e.Err }

// Code is the code of package advice.
func (e *HomeError) Code() string { return "no-home" }

// Dir is where this program keeps its files: <os.UserConfigDir>/egnyte-accounts.
// It need not exist. Errors are *HomeError.
func Dir() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", &HomeError{err}
	}
	return filepath.Join(config, "egnyte-accounts"), nil
}

// Source names where a value came from.
type Source string

// The sources, the strongest first.
const (
	LockedPolicy Source = "locked policy"
	Flag         Source = "flag"
	Environment  Source = "environment"
	Settings     Source = "settings"
	Policy       Source = "policy"
	BuiltIn      Source = "built in"
	Default      Source = "default"
	Keyring      Source = "keyring" // of the secret alone, which no file of a person holds
)

// Effective is what is in force.
type Effective struct {
	Service oauth.Service
	Key     oauth.Key // Key.ID is "" while no key is known. Key.Secret is filled by WithSecret
	Flow    oauth.Flow
	Domain  oauth.Domain
	Region  oauth.Region
	Scopes  []string
	NoPKCE  bool
	Relay   bool   // the https redirect address is a page that forwards to this machine
	CAFile  string // of authorities that count beside the system's; see HTTPClient

	LogLevel slog.Level        // from which on the desktop app's log says something
	From     map[string]Source // by JSON field name
	Locked   map[string]bool   // what the policy locks, by JSON field name
	Stopped  error             // why no new sign-in can start; nil if one can

	secret oauth.Secret // the one that came with the key, if it did
}

// SignIn is a sign-in with what is in force; its caller adds browser, receiver
// and report. Without a flow, a domain in force means the code flow.
func (e Effective) SignIn() oauth.SignIn {
	flow := e.Flow
	if flow == "" && !e.Domain.IsZero() {
		flow = oauth.FlowCode
	}
	return oauth.SignIn{
		Service: e.Service,
		Key:     e.Key,
		Flow:    flow,
		Domain:  e.Domain,
		Region:  e.Region,
		Scopes:  e.Scopes,
		NoPKCE:  e.NoPKCE,
		// Refusals then show in words of ours instead of raw JSON in a browser.
		Preflight: true,
	}
}

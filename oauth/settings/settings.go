// Package settings resolves how this machine and person sign in: locked
// policy, flag, environment, settings, policy, built in, default, in that order.
package settings

import (
	"context"

	"egnyte-accounts/oauth"
)

// Fields are what settings.json, policy.json, flags and the environment may
// say; an empty field says nothing.
type Fields struct {
	Service     string   `json:"service,omitempty"`
	ClientID    string   `json:"client_id,omitempty"`
	RedirectURI string   `json:"redirect_uri,omitempty"`
	Flow        string   `json:"flow,omitempty"`
	Domain      string   `json:"domain,omitempty"`
	Region      string   `json:"region,omitempty"`
	Scopes      []string `json:"scopes,omitempty"`
	PKCE        *bool    `json:"pkce,omitempty"`
}

// Secrets is the keyring, where the client secret that a person types lives,
// under "client_secret:{client_id}@{service host}".
type Secrets interface {
	Get(ctx context.Context, user string) (oauth.Secret, error)
	Set(ctx context.Context, user string, secret oauth.Secret) error
	Delete(ctx context.Context, user string) error
}

// Dir is where this program keeps its files: <os.UserConfigDir>/egnyte-accounts.
func Dir() (string, error) { panic("not implemented") }

// Source names where a value came from: "locked policy", "flag", "environment",
// "settings", "policy", "built in", "default".
type Source string

// Effective is what is in force.
type Effective struct {
	Service oauth.Service
	Key     oauth.Key // Key.ID is "" while no key is known. Key.Secret is filled by WithSecret
	Flow    oauth.Flow
	Domain  oauth.Domain
	Region  oauth.Region
	Scopes  []string
	NoPKCE  bool
	From    map[string]Source // by JSON field name
}

// Load resolves what is in force. Flags are what the command line said. An
// unreadable or invalid settings or policy file is an error that names the file and field.
func Load(dir string, flags Fields) (Effective, error) { panic("not implemented") }

// WithSecret fills in the key's secret from where the key came from:
// environment, policy, build, or the keyring. A key without a secret is no error.
func (e Effective) WithSecret(ctx context.Context, secrets Secrets) (Effective, error) {
	panic("not implemented")
}

// SignIn is a sign-in with what is in force; its caller adds browser, receiver and report.
func (e Effective) SignIn() oauth.SignIn { panic("not implemented") }

// SaveKey keeps what a person typed: the secret in the keyring, the rest in
// settings.json, written atomically; fields it does not name stay.
func SaveKey(ctx context.Context, dir string, secrets Secrets, service oauth.Service, key oauth.Key) error {
	panic("not implemented")
}

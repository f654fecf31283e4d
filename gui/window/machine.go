package window

import (
	"context"
	"fmt"
	"net/http"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
)

// machineSetup is Setup on this machine.
type machineSetup struct {
	dir     string
	secrets settings.Secrets
}

func (m machineSetup) Known(_ context.Context, service string) (settings.Effective, error) {
	return settings.Load(m.dir, settings.Fields{Service: service})
}

func (m machineSetup) SignIn(ctx context.Context, service string) (oauth.SignIn, error) {
	return m.signIn(ctx, settings.Fields{Service: service})
}

// SignInAgain takes the key that is in force where it is the account's own, so
// that a corrected address or secret counts; else the account's.
func (m machineSetup) SignInAgain(ctx context.Context, a account.Account) (oauth.SignIn, error) {
	fields := settings.Fields{Service: a.Service}
	known, err := settings.Load(m.dir, fields)
	if err != nil {
		return oauth.SignIn{}, err
	}
	if a.KeyID != "" && known.Key.ID != a.KeyID {
		fields.ClientID, fields.RedirectURI = a.KeyID, a.RedirectURI
	}
	s, err := m.signIn(ctx, fields)
	if err != nil {
		return oauth.SignIn{}, err
	}
	s.Flow = oauth.FlowCode
	s.Domain, err = s.Service.ParseDomain(a.Domain)
	return s, err
}

func (m machineSetup) signIn(ctx context.Context, fields settings.Fields) (oauth.SignIn, error) {
	known, err := settings.Load(m.dir, fields)
	if err != nil {
		return oauth.SignIn{}, err
	}
	if known, err = known.WithSecret(ctx, m.secrets); err != nil {
		return oauth.SignIn{}, fmt.Errorf("fetching the key's secret: %w", err)
	}
	return known.SignIn(), nil
}

func (m machineSetup) SaveKey(ctx context.Context, service oauth.Service, key oauth.Key) error {
	return settings.SaveKey(ctx, m.dir, m.secrets, service, key)
}

// liveEgnyte is Egnyte over the network.
type liveEgnyte struct{ http *http.Client }

func (e liveEgnyte) SignIn(ctx context.Context, s oauth.SignIn) (oauth.Grant, error) {
	s.HTTP = e.http
	return s.Run(ctx)
}

func (e liveEgnyte) Revoke(ctx context.Context, domain oauth.Domain, key oauth.Key, access oauth.Secret) error {
	return oauth.Revoke(ctx, e.http, domain, key, access)
}

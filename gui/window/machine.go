package window

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

// machineSetup is Setup on this machine.
type machineSetup struct {
	dir      string
	secrets  settings.Secrets
	accounts *account.Store
}

func (m machineSetup) Known(_ context.Context, service string) (settings.Effective, error) {
	asked := settings.Values{"service": service}
	known, err := settings.Load(m.dir, asked)
	if err != nil {
		known, _ = settings.LoadPast(m.dir, asked)
	}
	return known, err
}

func (m machineSetup) SignIn(ctx context.Context, asked settings.Values) (oauth.SignIn, error) {
	known, err := settings.Load(m.dir, asked)
	if err != nil {
		return oauth.SignIn{}, err
	}
	if known, err = known.WithSecret(ctx, m.secrets); err != nil {
		return oauth.SignIn{}, fmt.Errorf("fetching the key's secret: %w", err)
	}
	return known.SignIn(), nil
}

func (m machineSetup) SignInAgain(ctx context.Context, a account.Account) (oauth.SignIn, error) {
	key, err := m.accounts.Key(ctx, a)
	if err != nil {
		return oauth.SignIn{}, err
	}
	return settings.SignInAgain(ctx, m.dir, m.secrets, settings.Existing{Service: a.Service, Domain: a.Domain, Key: key, Flow: a.Flow, Scopes: a.Scopes})
}

// machineCertificates is Certificates for the program's own folder.
type machineCertificates struct{ dir string }

func (m machineCertificates) TLS(ctx context.Context) (*tls.Certificate, error) {
	return localcert.Source(localcert.Folder(m.dir))(ctx)
}

// SetUp runs in a child process, so that this one never holds the CA's key.
func (m machineCertificates) SetUp(ctx context.Context) (localcert.Report, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	return localcert.SetupInChild(ctx, program, localcert.Folder(m.dir))
}

// machineRecords is Records on this machine.
type machineRecords struct{ *crashlog.Records }

func (machineRecords) Open(ctx context.Context, path string) error {
	return desktop.OpenFile(ctx, path)
}

// liveEgnyte is Egnyte over the network.
type liveEgnyte struct{ http *http.Client }

func (e liveEgnyte) SignIn(ctx context.Context, s oauth.SignIn) (oauth.Grant, error) {
	s.HTTP = e.http
	return s.Run(ctx)
}

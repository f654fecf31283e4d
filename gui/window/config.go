package window

import (
	"context"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/autostart"
	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

// Configuration is what the settings change and the diagnosis checks.
type Configuration interface {
	// Show is what is in force, as far as it can be read; the error says what can't.
	// Mendable means that saving sets the unreadable file aside.
	Show(ctx context.Context, service string) (known settings.Effective, mendable bool, err error)
	// Secret says whether the key in force has one, and where it comes from.
	Secret(ctx context.Context, known settings.Effective) (settings.Setting, error)
	Apply(ctx context.Context, edit settings.Edit) (settings.Outcome, error)
	Probe(ctx context.Context, s oauth.SignIn) error

	StartsAtLogin(ctx context.Context) (bool, error)
	SetStartAtLogin(ctx context.Context, on bool) error

	// Trusted reports which browsers have the certificate, or an earlier one.
	Trusted(ctx context.Context) (localcert.Report, error)
	Untrust(ctx context.Context) (localcert.Report, error)

	Diagnose(ctx context.Context, service string) []doctor.Check
}

// machineConfiguration is Configuration on this machine.
type machineConfiguration struct {
	dir     string
	keyring keyring.Keyring
}

func (m machineConfiguration) Show(_ context.Context, service string) (settings.Effective, bool, error) {
	known, err := settings.LoadPast(m.dir, settings.Values{"service": service})
	return known, settings.IsOwn(m.dir, err), err
}

func (m machineConfiguration) Secret(ctx context.Context, known settings.Effective) (settings.Setting, error) {
	fields, err := known.Show(ctx, m.keyring)
	for _, f := range fields {
		if f.Name == settings.SecretName {
			return f, nil
		}
	}
	return settings.Setting{}, err
}

func (m machineConfiguration) Apply(ctx context.Context, edit settings.Edit) (settings.Outcome, error) {
	return settings.Apply(ctx, m.dir, m.keyring, edit)
}

func (m machineConfiguration) Probe(ctx context.Context, s oauth.SignIn) error {
	s.HTTP = settings.HTTPClient(m.dir)
	return s.Probe(ctx)
}

func (machineConfiguration) StartsAtLogin(context.Context) (bool, error) {
	return autostart.Enabled()
}

func (machineConfiguration) SetStartAtLogin(_ context.Context, on bool) error {
	return autostart.Set(on)
}

func (m machineConfiguration) Trusted(ctx context.Context) (localcert.Report, error) {
	return localcert.Look(ctx, localcert.Folder(m.dir))
}

func (m machineConfiguration) Untrust(ctx context.Context) (localcert.Report, error) {
	return localcert.Remove(ctx, localcert.Folder(m.dir))
}

func (m machineConfiguration) Diagnose(ctx context.Context, service string) []doctor.Check {
	return doctor.Run(ctx, doctor.Options{Dir: m.dir, Keyring: m.keyring, Flags: settings.Values{"service": service}, Version: fyne.CurrentApp().Metadata().Version, Display: desktop.CheckDisplay, Tray: desktop.CheckTray})
}

package window

import (
	"context"
	"errors"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

// fakeConfiguration is Configuration, for fakeSetup.
type fakeConfiguration struct {
	secret  string
	edits   []settings.Edit
	refuse  error // of every Apply
	trouble error // what is wrong with settings.json
	probed  []oauth.SignIn
	answer  error // of every Probe
	atLogin bool
	trusted localcert.Report
	shut    bool // a store lets nothing be removed
	checks  []doctor.Check
	looks   chan struct{} // if set, a diagnosis takes until it is closed
}

func (d *fakeSetup) Show(context.Context, string) (settings.Effective, bool, error) {
	defer d.lock()()
	known := d.now
	known.Stopped = d.stopped
	return known, d.trouble != nil, d.trouble
}

func (d *fakeSetup) Secret(_ context.Context, known settings.Effective) (settings.Setting, error) {
	defer d.lock()()
	f := known.Setting(settings.SecretName)
	if d.secret != "" {
		f.Known, f.From = true, settings.Keyring
	}
	return f, nil
}

// Apply takes what settings.Apply was tested to take.
func (d *fakeSetup) Apply(_ context.Context, edit settings.Edit) (settings.Outcome, error) {
	defer d.lock()()
	d.edits = append(d.edits, edit)
	if d.refuse != nil {
		return settings.Outcome{}, d.refuse
	}
	if id, set := edit.Set["client_id"]; set && id == "" {
		return settings.Outcome{}, errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("the API key is missing")})
	}
	for name, text := range edit.Set {
		switch name {
		case "service":
			d.now.Service = service(text)
		case "client_id":
			d.now.Key.ID = text
		case "redirect_uri":
			d.now.Key.RedirectURI = text
		case "flow":
			d.now.Flow = oauth.Flow(text)
		case "region":
			d.now.Region = oauth.Region(text)
		case "scopes":
			d.now.Scopes = strings.Fields(text)
		case "relay":
			d.now.Relay = text == "true"
		}
	}
	for _, name := range edit.Unset {
		switch name {
		case "service":
			d.now.Service = oauth.Service{}
		case "client_id":
			d.now.Key.ID = ""
		case "redirect_uri":
			d.now.Key.RedirectURI = oauth.DefaultRedirectURI
		case "ca_file":
			d.now.CAFile = ""
		}
	}
	if !edit.Secret.IsZero() {
		d.secret = edit.Secret.Reveal()
		d.now.Key.Secret = edit.Secret
	}
	outcome := settings.Outcome{InForce: d.now}
	if d.trouble != nil {
		outcome.Kept, outcome.Trouble, d.trouble = "settings.json.bak", d.trouble, nil
	}
	return outcome, nil
}

func (d *fakeSetup) Probe(_ context.Context, s oauth.SignIn) error {
	defer d.lock()()
	d.probed = append(d.probed, s)
	return d.answer
}

func (d *fakeSetup) StartsAtLogin(context.Context) (bool, error) {
	defer d.lock()()
	return d.atLogin, nil
}

func (d *fakeSetup) SetStartAtLogin(_ context.Context, on bool) error {
	defer d.lock()()
	d.atLogin = on
	return nil
}

func (d *fakeSetup) Trusted(context.Context) (localcert.Report, error) {
	defer d.lock()()
	return d.trusted, nil
}

func (d *fakeSetup) Untrust(context.Context) (localcert.Report, error) {
	defer d.lock()()
	d.trusted = localcert.Report{{Name: "Chromium", Outcome: localcert.Untrusted}}
	if d.shut {
		d.trusted = append(d.trusted, locked)
	}
	return d.trusted, nil
}

func (d *fakeSetup) Diagnose(context.Context, string) []doctor.Check {
	defer d.lock()()
	if d.looks != nil {
		<-d.looks
	}
	return d.checks
}

package window

import (
	"cmp"
	"context"
	"log/slog"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/settings"
)

// signInUI is client.UI for a sign-in of the window. It runs off the UI thread.
type signInUI struct {
	browser  oauth.Browser
	request  request
	password oauth.Secret // zero except for the password flow
	step     func(oauth.Step)
}

func (u signInUI) Check(s oauth.SignIn) error {
	slog.Info("signing in", "flow", s.Flow, "again", u.request.account != nil)
	return nil
}

// Password was typed before, or the sign-in ends with an *oauth.ConfigError, and the
// window asks for it.
func (u signInUI) Password(context.Context, string, oauth.Domain) (oauth.Secret, error) {
	return u.password, nil
}

func (u signInUI) Open(ctx context.Context, url string) error { return u.browser.Open(ctx, url) }

func (u signInUI) Step(step oauth.Step) {
	slog.Debug("sign-in", "step", oauth.StepName(step))
	u.step(step)
}

// forClient is the request as client.Client takes it: what the user chose, not what is
// set up, unless the policy locks it.
func (r request) forClient() client.Request {
	flow := oauth.FlowEnhanced
	chosen := settings.Values{"service": r.service}
	if !r.domain.IsZero() {
		flow, chosen["domain"] = oauth.FlowCode, r.domain.Host()
	}
	chosen["flow"] = string(cmp.Or(r.flow, flow))
	return client.Request{Again: r.account, Settings: chosen, Flow: r.flow, Username: r.username, Paste: r.paste, KeepUnsaved: true}
}

// logEnd logs how a sign-in ended.
func logEnd(ctx context.Context, a account.Account, err error) {
	switch {
	case err == nil:
		slog.Info("signed in", "account", a.Name)
	case ctx.Err() != nil:
		slog.Info("the sign-in was left")
	default:
		slog.Warn("the sign-in failed", "problem", advice.Code(err), "error", err)
	}
}

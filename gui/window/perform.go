package window

import (
	"cmp"
	"context"
	"log/slog"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words/language"
)

// observer is told how a sign-in goes. Its functions are called off the UI thread.
type observer struct {
	step func(oauth.Step)
}

// perform signs in and saves the account. It returns the grant with the error if
// only saving it failed. When ctx ends, the grant is revoked.
func (d deps) perform(ctx context.Context, r request, password oauth.Secret, observe observer) (account.Account, *oauth.Grant, error) {
	if err := d.unlock(ctx); err != nil {
		return account.Account{}, nil, err
	}
	signIn, err := d.prepare(ctx, r)
	if err != nil {
		return account.Account{}, nil, err
	}
	signIn.Username, signIn.Password = r.username, password
	signIn.Browser, signIn.Report = d.browser, func(step oauth.Step) {
		slog.Debug("sign-in", "step", oauth.StepName(step))
		observe.step(step)
	}
	signIn.Listen = redirect.Listener{Certificate: d.certificates.TLS, Paste: true, Relay: signIn.Relay, PasteOnly: r.paste, Pages: language.Pages()}.Listen
	if signIn.Timeout == 0 {
		signIn.Timeout = signInLimit
	}
	slog.Info("signing in", "flow", signIn.Flow, "again", r.account != nil)
	done := d.accounts.SigningIn()
	grant, err := d.egnyte.SignIn(ctx, signIn)
	done()
	if err != nil {
		return account.Account{}, nil, err
	}
	a, err := d.save(ctx, r, grant)
	if err != nil && ctx.Err() != nil {
		d.revoke(context.WithoutCancel(ctx), grant)
		return account.Account{}, nil, err
	}
	return a, &grant, err
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

func (d deps) unlock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	return d.accounts.Unlock(ctx)
}

func (d deps) prepare(ctx context.Context, r request) (oauth.SignIn, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	var signIn oauth.SignIn
	var err error
	if r.account != nil {
		signIn, err = d.setup.SignInAgain(ctx, *r.account)
	} else {
		// What the user chose, not what is set up, unless the policy locks it.
		asked := settings.Values{"service": r.service, "flow": string(cmp.Or(r.flow, oauth.FlowEnhanced))}
		if !r.domain.IsZero() {
			asked["domain"], asked["flow"] = r.domain.Host(), string(cmp.Or(r.flow, oauth.FlowCode))
		}
		signIn, err = d.setup.SignIn(ctx, asked)
		signIn.Domain, signIn.Flow = r.domain, oauth.Flow(asked["flow"])
	}
	if r.flow != "" {
		signIn.Flow = r.flow
	}
	return signIn, err
}

func (d deps) save(ctx context.Context, r request, grant oauth.Grant) (account.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	name := ""
	if r.account != nil {
		name = r.account.Name
	}
	return d.accounts.Save(ctx, name, grant)
}

// revoke ends a grant at Egnyte, unless an account holds it after all.
func (d deps) revoke(ctx context.Context, grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	_ = d.accounts.Discard(ctx, grant) // if this fails there is nothing to say: the grant expires by itself
}

package window

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words/language"
)

// request is what a person asked for.
type request struct {
	service  string           // --service; empty: what is in force
	flow     oauth.Flow       // empty: the domain decides, or the account
	domain   oauth.Domain     // zero: the browser asks
	account  *account.Account // sign in again as this one
	username string           // with the password flow
	paste    bool             // the person pastes the address, wherever the browser ends
	reread   bool             // no sign-in: reading the accounts
}

// watch is how a sign-in is followed. The functions are called off the UI's
// thread.
type watch struct {
	step  func(oauth.Step)
	paste func(*redirect.Paste) // the browser's address has to be pasted
}

// session is a sign-in under way.
type session struct {
	request request
	cancel  context.CancelFunc
	slow    *time.Timer // shows that it is being worked on; nil until then
}

// unkept is a grant that nobody keeps yet.
type unkept struct {
	request request
	grant   oauth.Grant
}

// perform signs in and keeps the result. The grant is returned with an error
// too, if only keeping it went wrong. When ctx ends, what was granted is ended
// at Egnyte. Password is zero but for the password flow.
func (w world) perform(ctx context.Context, r request, password oauth.Secret, follow watch) (account.Account, *oauth.Grant, error) {
	if err := w.unlock(ctx); err != nil {
		return account.Account{}, nil, err
	}
	signIn, err := w.prepare(ctx, r)
	if err != nil {
		return account.Account{}, nil, err
	}
	signIn.Username, signIn.Password = r.username, password
	signIn.Browser, signIn.Report = w.browser, func(step oauth.Step) {
		slog.Debug("sign-in", "step", oauth.StepName(step))
		follow.step(step)
	}
	signIn.Listen = redirect.Listener{Certificate: w.certificates.TLS, Paste: follow.paste, Relay: signIn.Relay, PasteOnly: r.paste, Pages: language.Pages()}.Listen
	if signIn.Timeout == 0 {
		signIn.Timeout = signInLimit
	}
	slog.Info("signing in", "flow", signIn.Flow, "again", r.account != nil)
	done := w.accounts.SigningIn()
	grant, err := w.egnyte.SignIn(ctx, signIn)
	done()
	if err != nil {
		return account.Account{}, nil, err
	}
	a, err := w.keep(ctx, r, grant)
	if err != nil && ctx.Err() != nil {
		w.end(context.WithoutCancel(ctx), grant)
		return account.Account{}, nil, err
	}
	return a, &grant, err
}

// noteEnd logs how a sign-in ended.
func noteEnd(ctx context.Context, a account.Account, err error) {
	switch {
	case err == nil:
		slog.Info("signed in", "account", a.Name)
	case ctx.Err() != nil:
		slog.Info("the sign-in was left")
	default:
		slog.Warn("the sign-in failed", "problem", advice.Code(err), "error", err)
	}
}

func (w world) unlock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	return w.accounts.Unlock(ctx)
}

func (w world) prepare(ctx context.Context, r request) (oauth.SignIn, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	var signIn oauth.SignIn
	var err error
	if r.account != nil {
		signIn, err = w.setup.SignInAgain(ctx, *r.account)
	} else {
		// What the user chose, not what is set up, unless the policy locks it.
		asked := settings.Fields{Service: r.service, Flow: string(cmp.Or(r.flow, oauth.FlowEnhanced))}
		if !r.domain.IsZero() {
			asked.Domain, asked.Flow = r.domain.Host(), string(cmp.Or(r.flow, oauth.FlowCode))
		}
		signIn, err = w.setup.SignIn(ctx, asked)
		signIn.Domain, signIn.Flow = r.domain, oauth.Flow(asked.Flow)
	}
	if r.flow != "" {
		signIn.Flow = r.flow
	}
	return signIn, err
}

func (w world) keep(ctx context.Context, r request, grant oauth.Grant) (account.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	name := ""
	if r.account != nil {
		name = r.account.Name
	}
	return w.accounts.Save(ctx, name, grant)
}

// end ends a grant that nobody wants at Egnyte.
func (w world) end(ctx context.Context, grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	_ = w.accounts.Discard(ctx, grant) // if it fails, the grant ends by itself in time
}

// begin starts a sign-in, or asks for the password that it needs.
func (s *screen) begin(r request) {
	if s.onHold(r) {
		return
	}
	if s.needsPassword(r) {
		s.showPassword(r)
		return
	}
	s.start(r, oauth.Secret{})
}

// start signs in off the UI's thread and shows the steps. What a stopped one
// still reports is dropped.
func (s *screen) start(r request, password oauth.Secret) {
	s.stop()
	s.discard()
	if s.onHold(r) {
		return
	}
	r.service = s.options.Service
	ctx, cancel := context.WithCancel(s.background.ctx)
	this := &session{request: r, cancel: cancel}
	s.session = this
	var steps *waiting
	if password.IsZero() {
		steps = s.showWaiting(r)
	} else {
		s.showWorking()
	}
	onScreen := func(f func()) {
		s.post(func() {
			if s.session == this {
				f()
			}
		})
	}
	follow := watch{
		step:  func(step oauth.Step) { onScreen(func() { s.render(step, steps) }) },
		paste: func(p *redirect.Paste) { onScreen(func() { steps.expectPaste(p) }) },
	}
	s.background.wg.Go(func() {
		defer cancel()
		a, grant, err := s.perform(ctx, r, password, follow)
		noteEnd(ctx, a, err)
		onScreen(func() {
			s.session = nil
			s.finish(r, a, grant, err)
		})
	})
}

// stop cancels the sign-in under way; its listener goes with it.
func (s *screen) stop() {
	if s.session != nil {
		s.session.cancel()
		s.session = nil
	}
}

// finish shows how a sign-in ended.
func (s *screen) finish(r request, a account.Account, grant *oauth.Grant, err error) {
	if err == nil {
		s.showDone(a)
		return
	}
	if grant != nil {
		s.unkept = &unkept{r, *grant}
	}
	var missing *oauth.ConfigError
	var certificate *localcert.UnusableError
	switch {
	case errors.As(err, &missing) && (missing.Field == "username" || missing.Field == "password"):
		r.flow = oauth.FlowPassword // the account knew of it, or the settings did by now
		s.showPassword(r)
	case errors.As(err, &certificate):
		s.showConsent(r)
	default:
		s.showFailed(r, err)
	}
}

// keepAgain tries once more to keep what a sign-in brought.
func (s *screen) keepAgain(u unkept) {
	s.unkept = nil
	ctx, cancel := context.WithCancel(s.background.ctx)
	this := &session{request: u.request, cancel: cancel}
	s.session = this
	s.showWorking()
	s.background.wg.Go(func() {
		defer cancel()
		a, err := s.keep(ctx, u.request, u.grant)
		if err != nil && ctx.Err() != nil {
			s.end(context.WithoutCancel(ctx), u.grant)
		}
		s.post(func() {
			if s.session == this {
				s.session = nil
				s.finish(u.request, a, &u.grant, err)
			}
		})
	})
}

// discard lets go of a grant that nobody wanted to keep.
func (s *screen) discard() {
	if s.unkept == nil {
		return
	}
	grant := s.unkept.grant
	s.unkept = nil
	s.background.wg.Go(func() { s.end(context.WithoutCancel(s.background.ctx), grant) })
}

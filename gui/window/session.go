package window

import (
	"context"
	"fmt"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// request is what a person asked for.
type request struct {
	service string           // --service; empty: what is in force
	domain  oauth.Domain     // zero: the browser asks
	account *account.Account // sign in again as this one
	reread  bool             // no sign-in: reading the accounts
}

// session is a sign-in under way.
type session struct {
	request request
	cancel  context.CancelFunc
}

// unkept is a grant that nobody keeps yet.
type unkept struct {
	request request
	grant   oauth.Grant
}

// perform signs in and keeps the result. The grant is returned with an error
// too, if only keeping it went wrong. When ctx ends, what was granted is ended
// at Egnyte.
func (w world) perform(ctx context.Context, r request, report func(oauth.Step)) (account.Account, *oauth.Grant, error) {
	if err := w.checkKeyring(ctx); err != nil {
		return account.Account{}, nil, err
	}
	signIn, err := w.prepare(ctx, r)
	if err != nil {
		return account.Account{}, nil, err
	}
	signIn.Browser, signIn.Listen, signIn.Report = w.browser, w.listen, report
	if signIn.Timeout == 0 {
		signIn.Timeout = signInLimit
	}
	grant, err := w.egnyte.SignIn(ctx, signIn)
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

func (w world) checkKeyring(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	return w.accounts.CheckKeyring(ctx)
}

func (w world) prepare(ctx context.Context, r request) (oauth.SignIn, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	if r.account != nil {
		return w.setup.SignInAgain(ctx, *r.account)
	}
	signIn, err := w.setup.SignIn(ctx, r.service)
	if err != nil {
		return oauth.SignIn{}, err
	}
	signIn.Domain, signIn.Flow = r.domain, oauth.FlowEnhanced
	if !r.domain.IsZero() {
		signIn.Flow = oauth.FlowCode
	}
	return signIn, nil
}

func (w world) keep(ctx context.Context, r request, grant oauth.Grant) (account.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	if r.account != nil {
		return w.accounts.Replace(ctx, r.account.Name, grant)
	}
	return w.accounts.Add(ctx, grant)
}

// end lets go of a grant that nobody wants: it should not live on at Egnyte.
func (w world) end(ctx context.Context, grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	// Should it fail there is nobody to tell: the grant ends by itself in time.
	_ = w.egnyte.Revoke(ctx, grant.Domain, grant.Key, grant.Token.Access)
}

// signOut ends the account at Egnyte, then forgets it here. A server that
// can't be asked does not keep a person from signing out: atEgnyte says how it went.
func (w world) signOut(ctx context.Context, a account.Account) (atEgnyte bool, err error) {
	atEgnyte = w.revoke(ctx, a) == nil
	if err := w.accounts.Remove(ctx, a.Name); err != nil {
		return atEgnyte, fmt.Errorf("signing out %s: %w", a.Name, err)
	}
	return atEgnyte, nil
}

func (w world) revoke(ctx context.Context, a account.Account) error {
	token, err := w.accounts.Token(ctx, a)
	if err != nil {
		return err
	}
	signIn, err := w.setup.SignInAgain(ctx, a)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	return w.egnyte.Revoke(ctx, signIn.Domain, signIn.Key, token.Access)
}

// begin starts a sign-in off the UI's thread and shows its steps. What a
// stopped one still reports is dropped.
func (s *screen) begin(r request) {
	s.stop()
	s.discard()
	r.service = s.options.Service
	ctx, cancel := context.WithCancel(s.background.ctx)
	this := &session{request: r, cancel: cancel}
	s.session = this
	steps := s.showWaiting(r)
	report := func(step oauth.Step) {
		s.post(func() {
			if s.session == this {
				s.render(step, steps)
			}
		})
	}
	s.background.wg.Go(func() {
		defer cancel()
		a, grant, err := s.perform(ctx, r, report)
		s.post(func() {
			if s.session == this {
				s.session = nil
				s.finish(r, a, grant, err)
			}
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
	s.showFailed(r, err)
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

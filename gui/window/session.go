package window

import (
	"context"
	"errors"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/localcert"
)

// request is the sign-in that the user asked for.
type request struct {
	service  string           // --service; empty: the settings' one
	flow     oauth.Flow       // empty: the domain decides, or the account
	domain   oauth.Domain     // zero: the browser asks
	account  *account.Account // sign in again as this one
	username string           // for the password flow
	paste    bool             // the user pastes the address, whichever it is
	reread   bool             // no sign-in: reading the accounts
}

// session is a sign-in under way.
type session struct {
	w       *window
	request request
	ctx     context.Context
	cancel  context.CancelFunc
	waiting *waitingView // nil with the password flow
	working *baseView    // 'Checking with Egnyte'; nil until it is shown
	slow    bool         // working is about to be shown
}

// unsaved is a grant that has not been saved: saving failed, or the user has to decide.
type unsaved struct {
	request request
	grant   oauth.Grant
}

// begin starts a sign-in, or asks for the password that it needs.
func (w *window) begin(r request) {
	switch {
	case w.showLimit(r):
	case w.known.needsPassword(r):
		w.showPassword(r)
	default:
		w.start(r, oauth.Secret{})
	}
}

// start signs in and shows the steps. The password is zero except for the password
// flow.
func (w *window) start(r request, password oauth.Secret) {
	w.stop()
	w.discard()
	if w.showLimit(r) {
		return
	}
	r.service = w.options.Service
	this := w.newSession(r)
	if password.IsZero() {
		this.waiting = w.showWaiting(r)
	} else {
		this.showWorking()
	}
	observe := observer{
		step: func(step oauth.Step) { this.post(func() { this.render(step) }) },
	}
	w.background.wg.Go(func() {
		defer this.cancel()
		a, grant, err := w.perform(this.ctx, r, password, observe)
		logEnd(this.ctx, a, err)
		this.post(func() { w.finish(r, a, grant, err) })
	})
}

func (w *window) newSession(r request) *session {
	ctx, cancel := context.WithCancel(w.background.ctx)
	w.session = &session{w: w, request: r, ctx: ctx, cancel: cancel}
	return w.session
}

// post runs f on the UI thread if the sign-in is still under way.
func (s *session) post(f func()) {
	s.w.post(func() {
		if s.w.session == s {
			f()
		}
	})
}

// stop cancels the sign-in under way; its listener closes with it.
func (w *window) stop() {
	if w.session != nil {
		w.session.cancel()
		w.session = nil
	}
}

// finish shows how a sign-in ended.
func (w *window) finish(r request, a account.Account, grant *oauth.Grant, err error) {
	w.session = nil
	if err == nil {
		w.read(nil)
		w.show(newDoneView(w, a))
		return
	}
	if grant != nil {
		w.unsaved = &unsaved{r, *grant}
	}
	var missing *oauth.ConfigError
	var certificate *localcert.UnusableError
	switch {
	case errors.As(err, &missing) && (missing.Field == "username" || missing.Field == "password"):
		r.flow = oauth.FlowPassword // the account knew of it, or the settings did by now
		w.showPassword(r)
	case errors.As(err, &certificate):
		w.showConsent(r)
	default:
		w.showFailed(r, err)
	}
}

// saveAgain tries once more to save a grant.
func (w *window) saveAgain(u unsaved) {
	w.unsaved = nil
	this := w.newSession(u.request)
	this.showWorking()
	w.background.wg.Go(func() {
		defer this.cancel()
		a, err := w.save(this.ctx, u.request, u.grant)
		if err != nil && this.ctx.Err() != nil {
			w.revoke(context.WithoutCancel(this.ctx), u.grant)
		}
		this.post(func() { w.finish(u.request, a, &u.grant, err) })
	})
}

// discard revokes a grant that the user did not want to save.
func (w *window) discard() {
	if w.unsaved == nil {
		return
	}
	grant := w.unsaved.grant
	w.unsaved = nil
	w.background.wg.Go(func() { w.revoke(context.WithoutCancel(w.background.ctx), grant) })
}

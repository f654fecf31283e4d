package window

import (
	"context"
	"errors"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
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

// unsaved is a sign-in that has not been saved: saving failed, or the user has to decide.
type unsaved struct {
	request request
	signIn  *client.UnsavedError
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
	ui := signInUI{w.browser, r, password, func(step oauth.Step) { this.post(func() { this.render(step) }) }}
	this.perform(func(ctx context.Context) (account.Account, error) { return w.client.SignIn(ctx, r.forClient(), ui) })
}

func (w *window) newSession(r request) *session {
	ctx, cancel := context.WithCancel(w.background.ctx)
	w.session = &session{w: w, request: r, ctx: ctx, cancel: cancel}
	return w.session
}

// perform runs work off the UI thread and shows how it ended.
func (s *session) perform(work func(context.Context) (account.Account, error)) {
	s.w.background.wg.Go(func() {
		defer s.cancel()
		a, err := work(s.ctx)
		logEnd(s.ctx, a, err)
		s.post(func() { s.w.finish(s.request, a, err) })
	})
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
func (w *window) finish(r request, a account.Account, err error) {
	w.session = nil
	if err == nil {
		w.read(nil)
		w.show(newDoneView(w, a))
		return
	}
	if kept := (*client.UnsavedError)(nil); errors.As(err, &kept) {
		w.unsaved = &unsaved{r, kept}
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

// saveAgain tries once more to save a sign-in.
func (w *window) saveAgain(r request, signIn *client.UnsavedError) {
	w.unsaved = nil
	this := w.newSession(r)
	this.showWorking()
	this.perform(func(ctx context.Context) (account.Account, error) { return w.client.Save(ctx, r.forClient(), signIn) })
}

// discard revokes a sign-in that the user did not want to save.
func (w *window) discard() {
	if w.unsaved == nil {
		return
	}
	signIn := w.unsaved.signIn
	w.unsaved = nil
	w.background.wg.Go(func() { w.client.Discard(context.WithoutCancel(w.background.ctx), signIn) })
}

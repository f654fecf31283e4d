package window

import (
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// render shows a step of the sign-in under way.
func (w *window) render(step oauth.Step) {
	switch this := w.session; step := step.(type) {
	case oauth.WaitingForBrowser:
		this.waiting.update(step)
	case oauth.AskDomain:
		w.showQuestion(step)
	case oauth.ConfirmUser:
		if this.request.account != nil {
			step.Answer(true) // Replace takes the account's own user only
			return
		}
		w.showConfirmUser(step)
	case oauth.Exchanging, oauth.Verifying, oauth.Done:
		switch {
		case this.working != nil && this.working.shown():
		case this.waiting != nil && this.waiting.shown():
			w.workSoon()
		default:
			w.showWorking()
		}
	}
}

// workSoon shows that the app is working once that takes a while: a view that is
// gone again in a moment would only flicker.
func (w *window) workSoon() {
	const flicker = 300 * time.Millisecond
	this := w.session
	if this.slow {
		return
	}
	this.slow = true
	w.after(w.background.ctx, flicker, func() {
		if w.session == this && (this.working == nil || !this.working.shown()) {
			w.showWorking()
		}
	})
}

// showWorking is for the moments between the browser and the account.
func (w *window) showWorking() {
	cancel := w.plain(words.Say("Cancel"), w.leaveSignIn)
	v := &baseView{w: w, title: words.Say("Checking with Egnyte"), first: cancel, back: w.leaveSignIn,
		content: page(markApp, heading(words.Say("Checking with Egnyte…")), paragraph(words.Say("This takes a moment.")), nil, cancel)}
	if w.session != nil {
		w.session.working = v
	}
	w.show(v)
}

// showQuestion asks for the domain that the browser did not name.
func (w *window) showQuestion(ask oauth.AskDomain) {
	v := &baseView{w: w, title: words.Say("Which domain?"), back: w.leaveSignIn}
	field := v.domainField("", words.Say("Continue"), func(d oauth.Domain) error { return ask.Answer(d.Host()) })
	field.past = true
	field.primary()
	v.first = field.entry
	v.content = page(markApp, heading(words.Say("Which Egnyte domain did you sign in to?")),
		paragraph(words.Say("You are signed in, and your browser did not say where. It is the name that you typed there.")),
		append([]fyne.CanvasObject{space(8)}, field.objects()...), w.quiet(words.Say("Cancel"), v.Back))
	w.show(v)
}

// showConfirmUser asks whether the user is who signed in.
func (w *window) showConfirmUser(ask oauth.ConfirmUser) {
	answer := func(yes bool) func() {
		return func() {
			w.showWorking()
			ask.Answer(yes)
		}
	}
	no := w.plain(words.Say("No"), answer(false))
	w.show(&baseView{w: w, title: words.Say("Is that you?"), first: no, back: w.leaveSignIn,
		content: page(markPeople, heading(words.Say("Signed in as {name}. Is that you?", "name", ask.User.Name())),
			paragraph(oauth.Plain(ask.User.Username)+" · "+ask.Domain.Host()),
			[]fyne.CanvasObject{paragraph(words.Say("This sign-in was opened more than once, so somebody else on this computer may have finished it."))},
			w.primary(words.Say("Yes"), answer(true)), no)})
}

// showDone says who is signed in, and closes by itself.
func (w *window) showDone(a account.Account) {
	w.read(nil)
	done := w.primary(words.Say("Done"), w.leaveSignIn)
	content := []fyne.CanvasObject{caption(words.Say("This closes by itself."))}
	if a.Flow == oauth.FlowImplicit && a.Expires != nil {
		content = append([]fyne.CanvasObject{paragraph(words.Say("This sign-in ends {in}. Sign in again then: it can't be renewed.", "in", in(a.Expires.Sub(w.now()))))}, content...)
	}
	title := words.Say("Signed in as {name}", "name", titleOf(a))
	v := &baseView{w: w, title: title, first: done, back: w.leaveSignIn,
		content: page(markDone, heading(title), paragraph(whoOf(a)), content, done)}
	w.show(v)
	w.after(v.whileShown(), w.doneTime, w.leaveSignIn)
}

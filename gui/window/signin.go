package window

import (
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// render shows a step of the sign-in.
func (s *session) render(step oauth.Step) {
	switch step := step.(type) {
	case oauth.WaitingForBrowser:
		s.waiting.update(step)
	case oauth.AskDomain:
		s.w.show(newQuestionView(s.w, step))
	case oauth.ConfirmUser:
		if s.request.account != nil {
			step.Answer(true) // Replace takes the account's own user only
			return
		}
		s.w.show(newConfirmView(s.w, step, s.showWorking))
	case oauth.Exchanging, oauth.Verifying, oauth.Done:
		switch {
		case s.isWorking():
		case s.waiting != nil && s.waiting.shown():
			s.workSoon()
		default:
			s.showWorking()
		}
	}
}

func (s *session) isWorking() bool { return s.working != nil && s.working.shown() }

func (s *session) showWorking() {
	s.working = newWorkingView(s.w)
	s.w.show(s.working)
}

// workSoon shows that the app is working once that takes a while: a view that is
// gone again in a moment would only flicker.
func (s *session) workSoon() {
	const flicker = 300 * time.Millisecond
	if s.slow {
		return
	}
	s.slow = true
	s.w.after(s.ctx, flicker, func() {
		if s.w.session == s && !s.isWorking() {
			s.showWorking()
		}
	})
}

// newWorkingView is for the moments between the browser and the account.
func newWorkingView(w *window) *baseView {
	cancel := w.plain(words.Say("Cancel"), w.leaveSignIn)
	return &baseView{w: w, title: words.Say("Checking with Egnyte"), first: cancel, back: w.leaveSignIn,
		content: page(markApp, heading(words.Say("Checking with Egnyte…")), paragraph(words.Say("This takes a moment.")), nil, cancel)}
}

// newQuestionView asks for the domain that the browser did not name.
func newQuestionView(w *window, ask oauth.AskDomain) view {
	v := &baseView{w: w, title: words.Say("Which domain?"), back: w.leaveSignIn}
	field := v.domainField("", words.Say("Continue"), func(d oauth.Domain) error { return ask.Answer(d.Host()) })
	field.past = true
	field.primary()
	v.first = field.entry
	v.content = page(markApp, heading(words.Say("Which Egnyte domain did you sign in to?")),
		paragraph(words.Say("You are signed in, and your browser did not say where. It is the name that you typed there.")),
		append([]fyne.CanvasObject{space(8)}, field.objects()...), w.quiet(words.Say("Cancel"), v.Back))
	return v
}

// newConfirmView asks whether the user is who signed in.
func newConfirmView(w *window, ask oauth.ConfirmUser, answered func()) view {
	answer := func(yes bool) func() {
		return func() {
			answered()
			ask.Answer(yes)
		}
	}
	no := w.plain(words.Say("No"), answer(false))
	return &baseView{w: w, title: words.Say("Is that you?"), first: no, back: w.leaveSignIn,
		content: page(markPeople, heading(words.Say("Signed in as {name}. Is that you?", "name", ask.User.Name())),
			paragraph(oauth.Plain(ask.User.Username)+" · "+ask.Domain.Host()),
			[]fyne.CanvasObject{paragraph(words.Say("This sign-in was opened more than once, so somebody else on this computer may have finished it."))},
			w.primary(words.Say("Yes"), answer(true)), no)}
}

// newDoneView says who is signed in, and closes by itself.
func newDoneView(w *window, a account.Account) view {
	done := w.primary(words.Say("Done"), w.leaveSignIn)
	content := []fyne.CanvasObject{caption(words.Say("This closes by itself."))}
	if a.Flow == oauth.FlowImplicit && a.Expires != nil {
		content = append([]fyne.CanvasObject{paragraph(words.Say("This sign-in ends {in}. Sign in again then: it can't be renewed.", "in", advice.In(a.Expires.Sub(w.now()))))}, content...)
	}
	title := words.Say("Signed in as {name}", "name", advice.Title(a))
	v := &baseView{w: w, title: title, first: done, back: w.leaveSignIn,
		content: page(markDone, heading(title), paragraph(advice.Who(a)), content, done)}
	w.after(v.whileShown(), w.doneTime, w.leaveSignIn)
	return v
}

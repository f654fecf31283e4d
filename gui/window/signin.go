package window

import (
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// startView asks how to sign in: in the browser, or at a domain.
type startView struct {
	baseView
	options startOptions
	browse  *button      // nil if the domain has to be typed
	domain  *domainField // nil if it need not be
}

// startOptions are the ways to sign in that the settings leave open.
type startOptions struct {
	read    bool         // the settings are known
	browser bool         // Egnyte asks for the domain in the browser
	domain  bool         // the user may type it
	fixed   oauth.Domain // or it is locked
	flow    oauth.Flow   // at a domain; empty: the code flow
	typed   string       // the domain that the entry starts with
	host    string       // of the service
	note    string       // of the practice service
}

func (w *window) startOptions() startOptions {
	setup := w.known.setup
	o := startOptions{read: w.known.read, browser: w.service().HasEnhancedAuth(), typed: setup.Domain.Label(), host: w.service().Host(), note: w.practiceNote()}
	switch setup.Flow {
	case oauth.FlowEnhanced:
		o.domain = !o.browser
		return o
	case oauth.FlowCode, oauth.FlowImplicit, oauth.FlowPassword:
		o.browser, o.flow = false, setup.Flow
	}
	if setup.From["domain"] == settings.LockedPolicy && !setup.Domain.IsZero() {
		o.browser, o.fixed = false, setup.Domain
	}
	// If the domain is locked without a value, the browser asks for it.
	o.domain = o.fixed.IsZero() && !(o.browser && setup.Locked["domain"])
	return o
}

// showStart starts with a domain in the entry, unless typed is empty.
func (w *window) showStart(typed string) {
	if w.known.stopped != nil {
		w.showStopped()
		return
	}
	if w.known.read && w.known.setup.Key.ID == "" {
		w.showAccounts()
		return
	}
	w.notice = ""
	w.show(w.newStart(typed))
}

// showStopped says why no new sign-in can start.
func (w *window) showStopped() { w.showFailed(request{reread: true}, w.known.stopped) }

// askDomain is showStart with the focus on the domain.
func (w *window) askDomain(typed string) {
	w.showStart(typed)
	switch v := w.view.(type) {
	case *startView:
		v.domain.focus()
	case *passwordView:
		v.domain.focus()
	}
}

// newStart is the view that the settings ask for.
func (w *window) newStart(typed string) view {
	o := w.startOptions()
	if typed == "" {
		typed = o.typed
	}
	if o.read && o.flow == oauth.FlowPassword {
		v := newPasswordView(w, request{flow: o.flow, domain: o.fixed}, typed)
		v.start = &o
		return v
	}
	v := &startView{baseView: baseView{w: w, title: words.Say("Sign in"), back: w.leaveSignIn}, options: o}
	v.build(typed)
	return v
}

func (v *startView) build(typed string) {
	var text string
	var content []fyne.CanvasObject
	switch o := v.options; {
	case !o.read: // offering the wrong way could be pressed
		v.title = words.Say("Signing in")
	case !o.fixed.IsZero():
		text = words.Say("Your browser opens to sign in at {host}.", "host", o.fixed.Host())
		v.browse = v.w.primary(words.Say("Continue in browser"), v.onBrowse)
		v.first = v.browse
		content = []fyne.CanvasObject{space(8), v.browse}
	default:
		text, content = v.buildChoice(typed)
	}
	if v.options.flow == oauth.FlowImplicit && len(content) > 0 {
		content = append(content, warning(words.Say("Egnyte calls this way less secure and advises against it where another works: what lets this app in passes through the browser's address and stays in its history. It also ends after a while and can't be renewed.")))
	}
	mark := fyne.Resource(markApp)
	if v.w.inPractice() { // the hint takes its room
		mark = nil
	}
	v.content = page(mark, heading(words.Say("Sign in to Egnyte")), paragraph(text), content,
		append(v.w.practiceHint(), v.w.quiet(words.Say("Cancel"), v.Back))...)
}

// buildChoice offers the browser, the domain, or both.
func (v *startView) buildChoice(typed string) (text string, content []fyne.CanvasObject) {
	content = []fyne.CanvasObject{space(8)}
	if !v.options.browser {
		v.domain = v.domainField(typed, words.Say("Continue in browser"), v.onDomain)
		v.domain.primary()
		v.first = v.domain.entry
		return words.Say("Type your Egnyte domain; your browser opens to sign in there."), append(content, v.domain.objects()...)
	}
	v.browse = v.w.primary(words.Say("Continue in browser"), v.onBrowse)
	v.first = v.browse
	content = append(content, v.browse)
	if v.options.domain {
		v.domain = v.domainField(typed, words.Say("Use this domain"), v.onDomain)
		v.domain.other = v.browse
		if typed != "" {
			v.first = v.domain.entry
		}
		content = append(append(content, space(8), caption(words.Say("Or, if you know your domain:"))), v.domain.objects()...)
	}
	return words.Say("Your browser opens, and Egnyte asks who you are."), content
}

func (v *startView) onBrowse() {
	r := request{}
	if !v.options.fixed.IsZero() {
		r = request{domain: v.options.fixed, flow: v.options.flow}
	}
	v.w.begin(r)
}

func (v *startView) onDomain(d oauth.Domain) error {
	v.w.begin(request{domain: d, flow: v.options.flow})
	return nil
}

// Refresh follows settings that were read again.
func (v *startView) Refresh() { v.w.refreshStart(v.options) }

// refreshStart replaces a view for options that have changed, and keeps what was
// typed.
func (w *window) refreshStart(was startOptions) {
	switch {
	case w.known.stopped != nil:
		w.showStopped()
	case w.known.read && w.known.setup.Key.ID == "":
		w.showAccounts()
	case w.startOptions() != was:
		typed := ""
		if e, ok := w.win.Canvas().Focused().(*entry); ok && !e.Password {
			typed = e.Text
		}
		w.show(w.newStart(typed))
	}
}

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
	w.after(v.whileShown(), w.stays, w.leaveSignIn)
}

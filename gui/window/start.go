package window

import (
	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
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

func (k known) startOptions() startOptions {
	setup := k.setup
	o := startOptions{read: k.read, browser: k.service().HasEnhancedAuth(), typed: setup.Domain.Label(), host: k.service().Host(), note: k.practiceNote()}
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
	if !w.showWhyNot() {
		w.notice = ""
		w.show(w.newStart(typed))
	}
}

// showWhyNot shows why no new sign-in can start: a policy forbids it, or there is no
// key.
func (w *window) showWhyNot() bool {
	switch {
	case w.known.setup.Stopped != nil:
		w.showFailed(request{reread: true}, w.known.setup.Stopped)
	case w.known.read && w.known.setup.Key.ID == "":
		w.showAccounts()
	default:
		return false
	}
	return true
}

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
	o := w.known.startOptions()
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
	if v.w.known.inPractice() { // the hint takes its room
		mark = nil
	}
	v.content = page(mark, heading(words.Say("Sign in to Egnyte")), paragraph(text), content,
		append(practiceHint(v.w.known), v.w.quiet(words.Say("Cancel"), v.Back))...)
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
		v.domain.letAsk = v.onBrowse
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
	if w.showWhyNot() || w.known.startOptions() == was {
		return
	}
	typed := ""
	if e, ok := w.win.Canvas().Focused().(*entry); ok && !e.Password {
		typed = e.Text
	}
	w.show(w.newStart(typed))
}

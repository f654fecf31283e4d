package window

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// showStart asks how to sign in: in the browser, or with a domain.
func (s *screen) showStart(typed string) {
	if s.known.stopped != nil {
		s.showStopped()
		return
	}
	if s.known.read && s.known.setup.Key.ID == "" {
		s.showAccounts()
		return
	}
	s.notice = ""
	s.show(s.buildStart(typed))
}

// showStopped says why no new sign-in can start.
func (s *screen) showStopped() { s.showFailed(request{reread: true}, s.known.stopped) }

// redrawStart follows a setup that was read after the first drawing.
func (s *screen) redrawStart() {
	if s.view.says == s.startSays() {
		return
	}
	typed := ""
	held, typing := s.win.Canvas().Focused().(*entry)
	if typing && !held.Password {
		typed = held.Text
	}
	v := s.buildStart(typed)
	s.show(v)
	if typing && typed != "" {
		s.win.Canvas().Focus(findEntry(v.body))
	}
}

// ways are the ways in that a start offers: those that the setup leaves.
type ways struct {
	browser bool         // Egnyte asks for the domain in the browser
	domain  bool         // the person types it
	fixed   oauth.Domain // or whoever set this computer up has
	flow    oauth.Flow   // at a domain; empty: the code flow
}

func (s *screen) ways() ways {
	known := s.known.setup
	w := ways{browser: s.service().HasEnhancedAuth()}
	switch known.Flow {
	case oauth.FlowEnhanced:
		w.domain = !w.browser
		return w
	case oauth.FlowCode, oauth.FlowImplicit, oauth.FlowPassword:
		w.browser, w.flow = false, known.Flow
	}
	if known.From["domain"] == settings.LockedPolicy && !known.Domain.IsZero() {
		w.browser, w.fixed = false, known.Domain
	}
	// A domain that is locked without a value is the browser's to ask for.
	w.domain = w.fixed.IsZero() && !(w.browser && known.Locked["domain"])
	return w
}

// startSays is all that the start depends on: the same needs no new drawing.
func (s *screen) startSays() string {
	return fmt.Sprint(s.known.read, s.ways(), s.service(), s.known.setup.Domain, s.practiceNote())
}

func (s *screen) buildStart(typed string) view {
	w := s.ways()
	if typed == "" {
		typed = s.known.setup.Domain.Label()
	}
	var v view
	switch {
	case !s.known.read: // the ways in are not known yet, and the wrong one must not be pressed
		v = s.startView(say(""), nil, nil)
		v.title = words.Say("Signing in")
	case w.flow == oauth.FlowPassword:
		v = s.buildPassword(request{flow: w.flow, domain: w.fixed}, typed)
	case !w.fixed.IsZero():
		v = s.buildFixed(w)
	default:
		v = s.buildChoice(w, typed)
	}
	v.start, v.says = true, s.startSays()
	return v
}

// buildChoice offers the browser, the domain, or both.
func (s *screen) buildChoice(w ways, typed string) view {
	text := words.Say("Your browser opens, and Egnyte asks who you are.")
	browse := s.primary(words.Say("Continue in browser"), func() { s.begin(request{}) })
	domain := s.domainField(typed, words.Say("Use this domain"), func(d oauth.Domain) error {
		s.begin(request{domain: d, flow: w.flow})
		return nil
	})
	content := []fyne.CanvasObject{space(8)}
	var first fyne.Focusable = browse
	if w.browser {
		content = append(content, browse)
		domain.other = browse
	} else {
		text = words.Say("Type your Egnyte domain; your browser opens to sign in there.")
		domain.label = words.Say("Continue in browser")
		domain.primary()
	}
	if w.browser && w.domain {
		content = append(content, space(8), caption(words.Say("Or, if you know your domain:")))
	}
	if w.domain {
		content = append(content, domain.objects()...)
	}
	if w.domain && (!w.browser || typed != "") {
		first = domain.entry
	}
	if w.flow == oauth.FlowImplicit {
		content = append(content, warning(implicitWarning()))
	}
	return s.startView(say(text), content, first)
}

// buildFixed is for a computer whose domain is settled.
func (s *screen) buildFixed(w ways) view {
	browse := s.primary(words.Say("Continue in browser"), func() { s.begin(request{domain: w.fixed, flow: w.flow}) })
	content := []fyne.CanvasObject{space(8), browse}
	if w.flow == oauth.FlowImplicit {
		content = append(content, warning(implicitWarning()))
	}
	return s.startView(say(words.Say("Your browser opens to sign in at {host}.", "host", w.fixed.Host())), content, browse)
}

func (s *screen) startView(text fyne.CanvasObject, content []fyne.CanvasObject, first fyne.Focusable) view {
	back := s.quiet(words.Say("Cancel"), s.leaveSignIn)
	mark := fyne.Resource(markApp)
	if s.inPractice() { // the hint takes its room
		mark = nil
	}
	body := page(mark, heading(words.Say("Sign in to Egnyte")), text, content, append(s.practiceHint(), back)...)
	return view{title: words.Say("Sign in"), body: body, first: first, back: s.leaveSignIn}
}

// implicitWarning is Egnyte's own, of the implicit grant, in our words.
func implicitWarning() string {
	return words.Say("Egnyte calls this way less secure and advises against it where another works: what lets this app in passes through the browser's address and stays in its history. It also ends after a while and can't be renewed.")
}

// render shows a step of the sign-in under way.
func (s *screen) render(step oauth.Step, w *waiting) {
	switch step := step.(type) {
	case oauth.WaitingForBrowser:
		w.update(step)
	case oauth.AskDomain:
		s.showQuestion(step)
	case oauth.ConfirmUser:
		if s.session.request.account != nil {
			step.Answer(true) // Replace takes the account's own user only
			return
		}
		s.showConfirmUser(step)
	case oauth.Exchanging, oauth.Verifying, oauth.Done:
		switch {
		case s.view.title == titleWorking():
		case w != nil && s.view.body == w.body:
			s.workSoon()
		default:
			s.showWorking()
		}
	}
}

// glimpse is shorter than anybody reads.
const glimpse = 300 * time.Millisecond

// workSoon shows that something is being worked on once it takes a while: a
// view that is gone again in a moment would only flicker.
func (s *screen) workSoon() {
	this := s.session
	if this.slow != nil {
		return
	}
	this.slow = time.AfterFunc(glimpse, func() {
		s.post(func() {
			if s.session == this && s.view.title != titleWorking() {
				s.showWorking()
			}
		})
	})
}

// showQuestion asks for the domain that the browser did not name.
func (s *screen) showQuestion(ask oauth.AskDomain) {
	field := s.domainField("", words.Say("Continue"), func(d oauth.Domain) error { return ask.Answer(d.Host()) })
	field.past = true
	field.primary()
	body := page(markApp, heading(words.Say("Which Egnyte domain did you sign in to?")),
		say(words.Say("You are signed in, and your browser did not say where. It is the name that you typed there.")),
		append([]fyne.CanvasObject{space(8)}, field.objects()...), s.quiet(words.Say("Cancel"), s.leaveSignIn))
	s.show(view{title: words.Say("Which domain?"), body: body, first: field.entry, back: s.leaveSignIn})
}

// showConfirmUser asks whether the user is who signed in.
func (s *screen) showConfirmUser(ask oauth.ConfirmUser) {
	answer := func(yes bool) func() {
		return func() {
			s.showWorking()
			ask.Answer(yes)
		}
	}
	no := s.plain(words.Say("No"), answer(false))
	body := page(markPeople, heading(words.Say("Signed in as {name}. Is that you?", "name", ask.User.Name())),
		say(oauth.Plain(ask.User.Username)+" · "+ask.Domain.Host()),
		[]fyne.CanvasObject{say(words.Say("This sign-in was opened more than once, so somebody else on this computer may have finished it."))},
		s.primary(words.Say("Yes"), answer(true)), no)
	s.show(view{title: words.Say("Is that you?"), body: body, first: no, back: s.leaveSignIn})
}

func titleWorking() string { return words.Say("Checking with Egnyte") }

// showWorking is for the moments between browser and account.
func (s *screen) showWorking() {
	cancel := s.plain(words.Say("Cancel"), s.leaveSignIn)
	body := page(markApp, heading(words.Say("Checking with Egnyte…")), say(words.Say("This takes a moment.")), nil, cancel)
	s.show(view{title: titleWorking(), body: body, first: cancel, back: s.leaveSignIn})
}

// showDone says who is signed in, and closes by itself.
func (s *screen) showDone(a account.Account) {
	s.read(nil)
	ctx, cancel := context.WithCancel(s.background.ctx)
	done := s.primary(words.Say("Done"), s.leaveSignIn)
	text := say(whoOf(a))
	closes := muted(words.Say("This closes by itself."))
	closes.SizeName = theme.SizeNameCaptionText
	content := []fyne.CanvasObject{closes}
	if a.Flow == oauth.FlowImplicit && a.Expires != nil {
		content = append([]fyne.CanvasObject{say(words.Say("This sign-in ends {in}. Sign in again then: it can't be renewed.", "in", in(a.Expires.Sub(s.now()))))}, content...)
	}
	title := words.Say("Signed in as {name}", "name", titleOf(a))
	body := page(markDone, heading(title), text, content, done)
	s.show(view{title: title, body: body, first: done, back: s.leaveSignIn, leave: cancel})
	s.background.wg.Go(func() {
		timer := time.NewTimer(s.stays)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			s.post(func() {
				if ctx.Err() == nil {
					s.leaveSignIn()
				}
			})
		}
	})
}

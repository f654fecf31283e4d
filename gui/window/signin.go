package window

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// showStart asks how to sign in: in the browser, or with a domain.
func (s *screen) showStart(typed string) {
	if s.known.read && s.known.setup.Key.ID == "" {
		s.showAccounts()
		return
	}
	s.notice = ""
	s.show(s.buildStart(typed))
}

// redrawStart follows a setup that was read after the first drawing.
func (s *screen) redrawStart() {
	typed := ""
	held, typing := s.win.Canvas().Focused().(*entry)
	if typing {
		typed = held.Text
	}
	v := s.buildStart(typed)
	s.show(v)
	if typing && typed != "" {
		s.win.Canvas().Focus(findEntry(v.body))
	}
}

func (s *screen) buildStart(typed string) view {
	browse := s.primary("Continue in browser", func() { s.begin(request{}) })
	if typed == "" {
		typed = s.known.setup.Domain.Label()
	}
	domain := s.domainField(typed, "", func(d oauth.Domain) error {
		s.begin(request{domain: d})
		return nil
	})
	enhanced := s.service().HasEnhancedAuth()
	text := "Your browser opens, and Egnyte asks who you are."
	content := []fyne.CanvasObject{space(8), browse, space(8), caption("Or, if you know your domain:")}
	var first fyne.Focusable = browse
	if !enhanced {
		text = "Type your Egnyte domain; your browser opens to sign in there."
		content = []fyne.CanvasObject{space(8)}
	}
	if !enhanced || typed != "" {
		first = domain.entry
	}
	if !enhanced {
		domain.button.Importance = widget.HighImportance
	}
	content = append(content, domain.objects()...)
	back := s.quiet("Cancel", s.leaveSignIn)
	mark := fyne.Resource(markApp)
	if s.inPractice() { // the hint takes its room
		mark = nil
	}
	body := page(mark, heading("Sign in to Egnyte"), say(text), content, append(s.practiceHint(), back)...)
	return view{title: "Sign in", body: body, first: first, back: s.leaveSignIn, start: true}
}

// domainField is an entry for a domain, checked while typing.
type domainField struct {
	entry  *entry
	row    fyne.CanvasObject
	reason *widget.Label
	button *button
}

// domainField builds it; use takes a domain that can be one.
func (s *screen) domainField(typed, text string, use func(oauth.Domain) error) *domainField {
	f := &domainField{entry: s.entry("acme"), reason: small("")}
	f.reason.Importance = widget.DangerImportance
	suffix := widget.NewLabel("." + s.service().Host())
	submit := func() {
		domain, err := s.service().ParseDomain(f.entry.Text)
		if err == nil {
			err = use(domain)
		}
		f.complain(err)
	}
	if text == "" {
		text = "Use this domain"
	}
	f.button = s.plain(text, submit)
	f.entry.OnSubmitted = func(string) { submit() }
	f.entry.OnChanged = func(text string) {
		if text == "" {
			f.complain(nil)
			return
		}
		_, err := s.service().ParseDomain(text)
		f.complain(err)
	}
	f.row = container.NewBorder(nil, nil, nil, suffix, f.entry)
	f.entry.SetText(typed)
	return f
}

func (f *domainField) complain(err error) {
	text := ""
	var reason *oauth.DomainError
	if errors.As(err, &reason) {
		text = strings.ToUpper(reason.Reason[:1]) + reason.Reason[1:] + "."
	} else if err != nil {
		text = "That can't be a domain."
	}
	f.reason.SetText(text)
}

func (f *domainField) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{container.New(tight{gap: 8}, f.row, f.reason), f.button}
}

// render shows a step of the sign-in under way.
func (s *screen) render(step oauth.Step, w *waiting) {
	switch step := step.(type) {
	case oauth.WaitingForBrowser:
		w.update(step)
	case oauth.AskDomain:
		s.showQuestion(step)
	case oauth.Exchanging, oauth.Verifying, oauth.Done:
		if s.view.title != titleWorking {
			s.showWorking()
		}
	}
}

// waiting is the view while the person is in the browser.
type waiting struct {
	screen      *screen
	step        oauth.WaitingForBrowser
	whole       time.Duration
	title, text *widget.Label
	left        *widget.Label
	line        *shrinking
	groove      *fyne.Container
	link        *widget.Label
	linkBox     fyne.CanvasObject
	again, copy *button
	body        fyne.CanvasObject
}

func (s *screen) showWaiting(r request) *waiting {
	w := s.buildWaiting(r)
	ctx, cancel := context.WithCancel(s.background.ctx)
	s.background.wg.Go(func() { w.count(ctx) })
	s.show(view{title: "Finish in your browser", body: w.body, first: w.again, back: s.cancelWaiting, leave: cancel})
	return w
}

func (s *screen) buildWaiting(r request) *waiting {
	w := &waiting{screen: s, line: &shrinking{part: 1}}
	w.title = heading("Finish signing in in your browser")
	w.text = say("A page of Egnyte opens there. Come back when it says that you are signed in.")
	if r.account != nil {
		w.text.SetText("Sign in there as " + titleOf(*r.account) + " (" + r.account.Username + " · " + r.account.Domain + ").")
	}
	w.left = muted("Opening your browser…")
	w.groove = container.New(w.line,
		newSurface(theme.ColorNameSeparator, "", 2), newSurface(theme.ColorNamePrimary, "", 2))
	w.link = widget.NewLabel("")
	w.link.Selectable, w.link.Wrapping, w.link.SizeName = true, fyne.TextWrapBreak, theme.SizeNameCaptionText
	box := container.NewVScroll(w.link)
	box.SetMinSize(fyne.NewSize(0, 112))
	w.linkBox = container.NewStack(newSurface(colorNameCard, theme.ColorNameInputBorder, 8), box)
	w.linkBox.Hide()
	w.again = s.plain("Open again", w.openAgain)
	w.copy = s.plain("Copy link", w.copyLink)
	w.body = page(markApp, w.title, w.text, []fyne.CanvasObject{space(8), w.groove, w.left, w.linkBox},
		container.NewGridWithColumns(2, w.again, w.copy), s.quiet("Cancel", s.cancelWaiting))
	return w
}

func (s *screen) cancelWaiting() { s.leaveSignIn() }

// update takes the step's news: the link, the time limit, a browser that did not start.
func (w *waiting) update(step oauth.WaitingForBrowser) {
	if w.step.URL == "" && !step.Until.IsZero() {
		w.whole = step.Until.Sub(w.screen.now())
	}
	w.step = step
	w.tick()
	if step.BrowserError != nil {
		w.offerLink()
	}
}

// offerLink is the way on without a browser of ours.
func (w *waiting) offerLink() {
	w.title.SetText("Open this link in a browser")
	w.text.SetText("No browser could be started. Copy the link and open it on this computer; this window waits for it.")
	w.link.SetText(w.step.URL)
	w.linkBox.Show()
	w.copy.Importance = widget.HighImportance
	w.copy.Refresh()
	w.screen.win.Canvas().Focus(w.copy)
}

func (w *waiting) openAgain() {
	url := w.step.URL
	if url == "" {
		return
	}
	s := w.screen
	try(s, browserLimit, func(ctx context.Context) error { return s.browser.Open(ctx, url) }, func(err error) {
		if err != nil && s.session != nil && s.view.body == w.body {
			w.offerLink()
		}
	})
}

func (w *waiting) copyLink() {
	if w.step.URL != "" {
		w.screen.copy(w.step.URL)
		w.copy.SetText("Link copied")
	}
}

func (w *waiting) count(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.screen.post(func() {
				if ctx.Err() == nil {
					w.tick()
				}
			})
		}
	}
}

func (w *waiting) tick() {
	if w.step.URL == "" {
		return
	}
	text := "Waiting"
	if !w.step.Until.IsZero() && w.whole > 0 {
		remains := w.step.Until.Sub(w.screen.now())
		text = "Waiting, " + left(remains) + " left"
		w.line.part = min(1, max(0, float32(remains)/float32(w.whole)))
	}
	w.left.SetText(text)
	w.groove.Refresh()
}

// showQuestion asks for the domain that the browser did not name.
func (s *screen) showQuestion(ask oauth.AskDomain) {
	field := s.domainField("", "Continue", func(d oauth.Domain) error { return ask.Answer(d.Host()) })
	field.button.Importance = widget.HighImportance
	body := page(markApp, heading("Which Egnyte domain did you sign in to?"),
		say("You are signed in, and your browser did not say where. It is the name that you typed there."),
		append([]fyne.CanvasObject{space(8)}, field.objects()...), s.quiet("Cancel", s.leaveSignIn))
	s.show(view{title: "Which domain?", body: body, first: field.entry, back: s.leaveSignIn})
}

const titleWorking = "Checking with Egnyte"

// showWorking is for the moments between browser and account.
func (s *screen) showWorking() {
	cancel := s.plain("Cancel", s.leaveSignIn)
	body := page(markApp, heading("Checking with Egnyte…"), say("This takes a moment."), nil, cancel)
	s.show(view{title: titleWorking, body: body, first: cancel, back: s.leaveSignIn})
}

// showDone says who is signed in, and closes by itself.
func (s *screen) showDone(a account.Account) {
	s.read(nil)
	ctx, cancel := context.WithCancel(s.background.ctx)
	done := s.primary("Done", s.leaveSignIn)
	text := say(a.Username + " · " + a.Domain)
	closes := muted("This closes by itself.")
	closes.SizeName = theme.SizeNameCaptionText
	body := page(markDone, heading("Signed in as "+titleOf(a)), text, []fyne.CanvasObject{closes}, done)
	s.show(view{title: "Signed in as " + titleOf(a), body: body, first: done, back: s.leaveSignIn, leave: cancel})
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

package window

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

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
	linkScroll  *container.Scroll
	linkBox     fyne.CanvasObject
	again, copy *button
	pasting     *pasteField // nil where the browser comes back by itself
	body        fyne.CanvasObject
}

func (s *screen) showWaiting(r request) *waiting {
	w := s.newWaiting(r)
	w.body = page(markApp, w.title, w.text, []fyne.CanvasObject{space(8), w.groove, w.left, w.linkBox},
		container.NewGridWithColumns(2, w.again, w.copy), s.quiet(words.Say("Cancel"), s.cancelWaiting))
	w.show(view{title: words.Say("Finish in your browser"), body: w.body, first: w.again})
	return w
}

// expectPaste turns the view to one that takes the browser's last address.
func (w *waiting) expectPaste(p *redirect.Paste) {
	s := w.screen
	w.pasting = s.pasteField(p)
	w.text.SetText(w.pasting.explain())
	w.linkScroll.SetMinSize(fyne.NewSize(0, 64)) // the entry takes its room
	content := append([]fyne.CanvasObject{space(8), w.groove, w.left, w.linkBox}, w.pasting.objects()...)
	w.body = page(nil, w.title, w.text, content,
		container.NewGridWithColumns(2, w.again, w.copy), s.quiet(words.Say("Cancel"), s.cancelWaiting))
	w.show(view{title: words.Say("Paste the address"), body: w.body, first: w.pasting.entry})
}

func (w *waiting) show(v view) {
	s := w.screen
	ctx, cancel := context.WithCancel(s.background.ctx)
	s.background.wg.Go(func() { w.count(ctx) })
	v.back, v.leave = s.cancelWaiting, cancel
	s.show(v)
}

func (s *screen) newWaiting(r request) *waiting {
	w := &waiting{screen: s, line: &shrinking{part: 1}}
	w.title = heading(words.Say("Finish in your browser"))
	w.text = say(words.Say("A page of Egnyte opens there. Come back when it says that Egnyte let you in."))
	if r.account != nil {
		w.text.SetText(words.Say("Sign in there as {name} ({account}).", "name", titleOf(*r.account), "account", whoOf(*r.account)))
	}
	w.left = muted(words.Say("Opening your browser…"))
	w.groove = container.New(w.line,
		newSurface(theme.ColorNameSeparator, "", 2), newSurface(theme.ColorNamePrimary, "", 2))
	w.link = widget.NewLabel("")
	w.link.Wrapping, w.link.SizeName = fyne.TextWrapBreak, theme.SizeNameCaptionText
	w.linkScroll = container.NewVScroll(w.link)
	w.linkScroll.SetMinSize(fyne.NewSize(0, 112))
	w.linkBox = container.NewStack(newSurface(colorNameCard, theme.ColorNameInputBorder, 8), w.linkScroll)
	w.linkBox.Hide()
	w.again = s.plain(words.Say("Open again"), w.openAgain)
	w.copy = s.plain(words.Say("Copy link"), w.copyLink)
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
	w.title.SetText(words.Say("Open this link in a browser"))
	if w.pasting == nil {
		w.text.SetText(words.Say("No browser could be started. Copy the link and open it on this computer; this window waits for it."))
	} else {
		w.text.SetText(words.Say("No browser could be started. Copy the link and open it in any; then paste the address that it ends at here."))
	}
	w.link.SetText(w.step.URL)
	w.linkBox.Show()
	w.copy.Importance = widget.HighImportance
	w.copy.Refresh()
	w.screen.settle()
	w.screen.win.Canvas().Focus(w.copy)
}

func (w *waiting) openAgain() {
	start := w.step.Start
	if start == "" {
		return
	}
	s := w.screen
	try(s, browserLimit, func(ctx context.Context) error { return s.browser.Open(ctx, start) }, func(err error) {
		if err != nil && s.session != nil && s.view.body == w.body {
			w.offerLink()
		}
	})
}

func (w *waiting) copyLink() {
	if w.step.URL != "" {
		w.screen.copy(w.step.URL)
		w.copy.SetText(words.Say("Link copied"))
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
	text := words.Say("Waiting")
	if !w.step.Until.IsZero() && w.whole > 0 {
		remains := w.step.Until.Sub(w.screen.now())
		text = words.Say("Waiting, {time} left", "time", left(remains))
		w.line.part = min(1, max(0, float32(remains)/float32(w.whole)))
	}
	w.left.SetText(text)
	w.groove.Refresh()
}

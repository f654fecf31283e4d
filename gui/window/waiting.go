package window

import (
	"context"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// waitingView is shown while the user is in the browser. If the browser can't come
// back by itself, the view takes the address that it ended at.
type waitingView struct {
	baseView
	step          oauth.WaitingForBrowser
	whole         time.Duration // how long the browser has
	heading, text *widget.Label
	left          *widget.Label
	bar           *widget.ProgressBar // the part of the time that is left
	link          *widget.Label
	linkScroll    *container.Scroll
	linkBox       fyne.CanvasObject
	again, copy   *button
	pasting       *pasteField // nil unless the address has to be pasted
}

func (w *window) showWaiting(r request) *waitingView {
	v := &waitingView{baseView: baseView{w: w, title: words.Say("Finish in your browser"), back: w.leaveSignIn}}
	v.heading = heading(v.title)
	v.text = paragraph(words.Say("A page of Egnyte opens there. Come back when it says that Egnyte let you in."))
	if r.account != nil {
		v.text.SetText(words.Say("Sign in there as {name} ({account}).", "name", advice.Title(*r.account), "account", advice.Who(*r.account)))
	}
	v.build()
	v.show(v.page(markApp), v.again)
	return v
}

func (v *waitingView) build() {
	v.left = muted(words.Say("Opening your browser…"))
	v.bar = widget.NewProgressBar()
	v.bar.Value = 1
	v.bar.TextFormatter = func() string { return "" }
	v.link = widget.NewLabel("")
	v.link.Wrapping, v.link.SizeName = fyne.TextWrapBreak, theme.SizeNameCaptionText
	v.linkScroll = container.NewVScroll(v.link)
	v.linkScroll.SetMinSize(fyne.NewSize(0, 112))
	v.linkBox = container.NewStack(newSurface(colorNameCard, theme.ColorNameInputBorder, 8), v.linkScroll)
	v.linkBox.Hide()
	v.again = v.w.plain(words.Say("Open again"), v.onAgain)
	v.copy = v.w.plain(words.Say("Copy link"), v.onCopy)
}

func (v *waitingView) page(mark fyne.Resource, more ...fyne.CanvasObject) fyne.CanvasObject {
	thin := container.NewThemeOverride(v.bar, thinTheme{newPalette()})
	return page(mark, v.heading, v.text, append([]fyne.CanvasObject{space(8), thin, v.left, v.linkBox}, more...),
		container.NewGridWithColumns(2, v.again, v.copy), v.w.quiet(words.Say("Cancel"), v.Back))
}

// thinTheme makes a progress bar a line.
type thinTheme struct{ fyne.Theme }

func (t thinTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	return fyne.CurrentApp().Settings().Theme().Color(name, variant)
}

func (t thinTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInnerPadding:
		return 0
	case theme.SizeNameText:
		return 3
	}
	return t.Theme.Size(name)
}

func (v *waitingView) show(content fyne.CanvasObject, first fyne.Focusable) {
	v.content, v.first = content, first
	v.w.show(v)
	v.w.everySecond(v.whileShown(), v.tick)
}

// expectPaste makes the view take the browser's last address.
func (v *waitingView) expectPaste(p oauth.Receiver) {
	v.pasting = newPasteField(v.w, p)
	v.title = words.Say("Paste the address")
	v.text.SetText(v.pasting.explain())
	v.linkScroll.SetMinSize(fyne.NewSize(0, 64)) // the entry takes its room
	v.show(v.page(nil, v.pasting.objects()...), v.pasting.entry)
}

// update takes news of the step: the link, the time limit, a browser that did not
// start.
func (v *waitingView) update(step oauth.WaitingForBrowser) {
	if v.step.URL == "" && !step.Until.IsZero() {
		v.whole = step.Until.Sub(v.w.now())
	}
	v.step = step
	if step.Receiver != nil && step.Receiver.ByHand() && v.pasting == nil {
		v.expectPaste(step.Receiver)
	}
	v.tick()
	if step.Unknown != nil {
		v.text.SetText(advice.For(step.Unknown, v.w.now()).Sentences())
	}
	if step.BrowserError != nil {
		v.offerLink()
	}
}

// tick updates the countdown.
func (v *waitingView) tick() {
	if v.step.URL == "" {
		return
	}
	text := words.Say("Waiting")
	if !v.step.Until.IsZero() && v.whole > 0 {
		remains := v.step.Until.Sub(v.w.now())
		text = words.Say("Waiting, {time} left", "time", left(remains))
		v.bar.SetValue(float64(remains) / float64(v.whole))
	}
	v.left.SetText(text)
}

// offerLink is for when no browser could be started.
func (v *waitingView) offerLink() {
	v.heading.SetText(words.Say("Open this link in a browser"))
	if v.pasting == nil {
		v.text.SetText(words.Say("No browser could be started. Copy the link and open it on this computer; this window waits for it."))
	} else {
		v.text.SetText(words.Say("No browser could be started. Copy the link and open it in any; then paste the address that it ends at here."))
	}
	v.link.SetText(v.step.URL)
	v.linkBox.Show()
	v.copy.Importance = widget.HighImportance
	v.copy.Refresh()
	v.w.settle()
	v.w.focus(v.copy)
}

func (v *waitingView) onAgain() {
	start := v.step.Start
	if start == "" {
		return
	}
	tryInBackground(v.w, browserLimit, func(ctx context.Context) error { return v.w.browser.Open(ctx, start) }, func(err error) {
		if err != nil && v.shown() {
			v.offerLink()
		}
	})
}

func (v *waitingView) onCopy() {
	if v.step.URL != "" {
		v.w.copy(v.step.URL)
		v.copy.SetText(words.Say("Link copied"))
	}
}

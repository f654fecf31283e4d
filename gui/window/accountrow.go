package window

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// accountRow is one account in the list.
type accountRow struct {
	w       *window
	account account.Account
	card    fyne.CanvasObject
	again   *button // Reconnect or Unlock; nil if the account goes on by itself
	more    *button
}

func newAccountRow(v *accountsView, r row, scroll *container.Scroll) *accountRow {
	a := &accountRow{w: v.w, account: r.Account}
	switch {
	case r.Status == advice.StatusNeedsYou:
		a.again = v.button("reconnect/"+r.Name, v.w.plain(words.Say("Reconnect"), a.onReconnect))
	case r.IsLocked():
		a.again = v.button("unlock/"+r.Name, v.w.plain(words.Say("Unlock"), a.onUnlock))
	}
	a.more = v.button("more/"+r.Name, v.w.quiet("", a.onMore))
	a.more.Icon, a.more.named = markMore, words.Say("Actions for {name}", "name", r.Title)
	a.card = a.build(r)
	reveal := func() { revealObject(scroll, a.card) }
	a.more.setReveal(reveal)
	if a.again != nil {
		a.again.setReveal(reveal)
	}
	return a
}

func (a *accountRow) build(r row) fyne.CanvasObject {
	name := widget.NewLabelWithStyle(r.Title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	named := container.New(nameRow{}, name)
	if r.isDefault {
		named.Add(chip(words.Say("default")))
	}
	state := widget.NewLabel(r.Status.String())
	state.SizeName = theme.SizeNameCaptionText
	if r.Status == advice.StatusNeedsYou {
		state.Importance = widget.WarningImportance
	}
	marked := container.New(layout.NewCustomPaddedHBoxLayout(-theme.InnerPadding()/2), container.NewCenter(picture(markOf(r.Status), 12)), state)

	actions := container.NewHBox()
	if a.again != nil {
		actions.Add(a.again)
	}
	actions.Add(a.more)
	line := small(r.Line)
	if r.Status == advice.StatusNeedsYou || r.Status == advice.StatusPaused {
		line.Truncation, line.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	}
	text := stack(2, container.NewBorder(nil, nil, nil, marked, named),
		container.NewBorder(nil, nil, nil, container.NewCenter(actions), stack(4, small(r.Who), line)))
	circle := container.New(layout.NewCustomPaddedLayout(8, 8, 8, 0), container.NewVBox(avatar(r.Title, r.Name)))
	return container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 10),
		container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4), container.NewBorder(nil, nil, circle, nil, text)))
}

func (a *accountRow) onReconnect() { a.w.begin(request{account: &a.account}) }

// onUnlock has the system ask for the password store's password.
func (a *accountRow) onUnlock() {
	w := a.w
	tryInBackground(w, keepLimit, w.accounts.Unlock, func(err error) {
		w.notice = ""
		if err != nil {
			w.notice = advice.For(err, w.now()).Sentences()
		}
		w.read(nil)
	})
}

func (a *accountRow) onMore() {
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(words.Say("Open Egnyte"), a.onOpen),
		fyne.NewMenuItem(words.Say("Reconnect"), a.onReconnect),
	}
	if !a.account.Default && len(a.w.known.accounts) > 1 {
		items = append(items, fyne.NewMenuItem(words.Say("Make default"), a.onMakeDefault))
	}
	items = append(items, fyne.NewMenuItem(words.Say("Details…"), func() { a.w.show(newDetailsView(a.w, a.account)) }),
		fyne.NewMenuItem(words.Say("Sign out…"), func() { a.w.show(newSignOutView(a.w, a.account)) }))
	below := func(menu fyne.Size) fyne.Position {
		return fyne.NewPos(a.more.Size().Width-menu.Width, a.more.Size().Height)
	}
	a.w.menu(a.more, below, items...)
}

func (a *accountRow) onOpen() {
	domain, err := a.account.OAuthDomain()
	if err != nil { // another program wrote the list of accounts
		a.w.notify(words.Say("Egnyte could not be opened: the account's address is not one of its service."))
		return
	}
	tryInBackground(a.w, browserLimit, func(ctx context.Context) error {
		return a.w.browser.Open(ctx, domain.URL())
	}, func(err error) {
		if err != nil {
			a.w.notify(words.Say("Egnyte could not be opened: no browser could be started."))
		}
	})
}

func (a *accountRow) onMakeDefault() {
	tryInBackground(a.w, readLimit, func(ctx context.Context) error { return a.w.accounts.SetDefault(ctx, a.account.Name) }, func(err error) {
		if err != nil {
			a.w.notify(words.Say("The default could not be changed."))
		}
		a.w.read(nil)
	})
}

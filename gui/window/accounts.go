package window

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// showAccounts shows the accounts, or why there are none.
func (s *screen) showAccounts() { s.show(s.buildAccounts()) }

func (s *screen) buildAccounts() view {
	build := s.buildList
	switch {
	case s.known.read && len(s.known.accounts) == 0 && s.known.setup.Key.ID == "":
		build = s.buildNoKey
	case s.known.read && len(s.known.accounts) == 0:
		build = s.buildEmpty
	}
	v := build()
	v.says = s.listSays(v.title)
	return v
}

// listSays is all text of the list: the same text needs no new drawing.
func (s *screen) listSays(title string) string {
	text := []string{title, s.known.setup.Key.ID, s.notice, s.practiceNote(), s.trayNote(), s.crash.Text}
	for _, r := range rowsOf(s.known.accounts, s.now()) {
		text = append(text, r.account.Name, r.title, r.who, r.state, r.line, strconv.FormatBool(r.isDefault))
	}
	return strings.Join(text, "\n")
}

// redrawAccounts draws the list anew if it says something else, and keeps the
// focus where it was.
func (s *screen) redrawAccounts() {
	if len(s.win.Canvas().Overlays().List()) > 0 {
		return // a menu is open; closing it draws anew
	}
	v := s.buildAccounts()
	if v.says == s.view.says {
		return
	}
	held := ""
	if b, ok := s.win.Canvas().Focused().(*button); ok {
		held = b.id
	}
	s.show(v)
	if again := findButton(v.body, held); again != nil {
		s.win.Canvas().Focus(again)
	}
}

func findButton(o fyne.CanvasObject, id string) *button {
	switch o := o.(type) {
	case *button:
		if id != "" && o.id == id {
			return o
		}
	case *container.Scroll:
		return findButton(o.Content, id)
	case *fyne.Container:
		for _, child := range o.Objects {
			if b := findButton(child, id); b != nil {
				return b
			}
		}
	}
	return nil
}

func (s *screen) buildNoKey() view {
	enter := s.primary(words.Say("Enter your API key"), func() { s.showKey() })
	practice := s.plain(words.Say("Try it with the practice service"), s.tryPractice)
	enter.id, practice.id = "key", "practice"
	body := sheet(markKey, heading(words.Say("No account yet")),
		say(words.Say("This copy has no Egnyte API key. Your administrator or Egnyte's developer portal has one.")),
		[]fyne.CanvasObject{space(8), enter, practice, muted(words.Say("The practice service is an Egnyte of its own on this computer. Nothing leaves it."))},
		s.listFooter())
	return view{title: words.Say("No account yet"), body: body, first: enter, back: s.quit, list: true}
}

func (s *screen) buildEmpty() view {
	add := s.primary(words.Say("Add account"), func() { s.showStart("") })
	add.id = "add"
	body := sheet(markApp, heading(words.Say("No account yet")),
		say(words.Say("Sign in once in your browser. This app keeps you signed in and never sees your password.")),
		[]fyne.CanvasObject{space(8), add},
		s.listFooter())
	return view{title: words.Say("No account yet"), body: body, first: add, back: s.quit, list: true}
}

func (s *screen) buildList() view {
	add := s.plain(words.Say("Add account"), func() { s.showStart("") })
	add.Icon, add.id = theme.ContentAddIcon(), "add"
	title := widget.NewLabelWithStyle(words.Say("Accounts"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	header := container.New(layout.NewCustomPaddedLayout(16, 8, edge-theme.InnerPadding(), edge),
		container.NewBorder(nil, nil, nil, container.NewCenter(add), title))

	var first fyne.Focusable = add
	rows := container.NewVBox()
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 16, edge, edge), rows))
	for _, r := range rowsOf(s.known.accounts, s.now()) {
		card, again := s.buildRow(r, scroll)
		rows.Add(card)
		if again != nil && first == add { // one button is what to do next
			first, again.Importance = again, widget.HighImportance
		}
	}
	footer := s.listFooter()
	// Border's own constructor would put the middle first in the Tab order.
	body := container.New(layout.NewBorderLayout(header, footer, nil, nil), header, aloud(scroll), footer)
	if !s.known.read {
		first = nil // what is pressed next is not known yet
	}
	return view{title: words.Say("Accounts"), body: body, first: first, back: s.quit, list: true}
}

// buildRow draws an account; again is its button where a person is needed.
func (s *screen) buildRow(r row, scroll *container.Scroll) (card fyne.CanvasObject, again *button) {
	name := widget.NewLabelWithStyle(r.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	state := widget.NewLabel(stateWord(r.state))
	state.SizeName = theme.SizeNameCaptionText
	if r.needs {
		state.Importance = widget.WarningImportance
	}
	named := []fyne.CanvasObject{name}
	if r.isDefault {
		named = append(named, chip(words.Say("default")))
	}
	top := container.NewBorder(nil, nil, nil,
		container.New(tightRow{}, container.NewCenter(picture(r.mark(), 12)), state), container.New(nameRow{}, named...))
	more := s.quiet("", nil)
	more.Icon, more.id, more.named = markMore, "more/"+r.account.Name, words.Say("Actions for {name}", "name", r.title)
	more.OnTapped = func() { s.showMenu(r, more) }
	actions := container.NewHBox()
	if again = s.againButton(r); again != nil {
		actions.Add(again)
	}
	actions.Add(more)
	line := small(r.line)
	lines := container.New(tight{gap: 4}, small(r.who), line)
	if r.needs || r.state == statePaused {
		line.Truncation, line.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	}
	text := container.New(tight{gap: 2}, top, container.NewBorder(nil, nil, nil, container.NewCenter(actions), lines))
	content := container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(8, 8, 8, 0),
		container.NewVBox(avatar(r.title, r.account.Name))), nil, text)
	whole := container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 10),
		container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4), content))
	reveal := func() { revealIn(scroll, whole) }
	more.reveal = reveal
	if again != nil {
		again.reveal = reveal
	}
	return whole, again
}

// againButton gets an account going that waits for its person.
func (s *screen) againButton(r row) *button {
	var b *button
	switch {
	case r.needs:
		b = s.plain(words.Say("Reconnect"), func() { s.begin(request{account: &r.account}) })
		b.id = "reconnect/" + r.account.Name
	case r.account.IsLocked():
		b = s.plain(words.Say("Unlock"), s.unlock)
		b.id = "unlock/" + r.account.Name
	}
	return b
}

// unlock has the system ask for the password store's password.
func (s *screen) unlock() {
	try(s, keepLimit, s.accounts.Unlock, func(err error) {
		s.notice = ""
		if err != nil {
			s.notice = advice.For(err, s.now()).Sentences()
		}
		s.read(nil)
	})
}

// revealIn scrolls so far that the whole row is in sight.
func revealIn(scroll *container.Scroll, row fyne.CanvasObject) {
	top, bottom := row.Position().Y, row.Position().Y+row.Size().Height+edge
	switch height := scroll.Size().Height; {
	case height == 0:
	case top < scroll.Offset.Y:
		scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > scroll.Offset.Y+height:
		scroll.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

// showMenu opens what else can be done with an account.
func (s *screen) showMenu(r row, at *button) {
	a := r.account
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(words.Say("Open Egnyte"), func() { s.openEgnyte(a) }),
		fyne.NewMenuItem(words.Say("Reconnect"), func() { s.begin(request{account: &a}) }),
	}
	if !a.Default && len(s.known.accounts) > 1 {
		items = append(items, fyne.NewMenuItem(words.Say("Make default"), func() { s.makeDefault(a) }))
	}
	items = append(items, fyne.NewMenuItem(words.Say("Details…"), func() { s.showDetails(a) }),
		fyne.NewMenuItem(words.Say("Sign out…"), func() { s.askSignOut(a) }))
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), s.win.Canvas())
	menu.OnDismiss = func() {
		menu.Hide()
		if s.view.list { // nothing was chosen that leads away
			s.win.Canvas().Focus(at)
			s.redraw()
		}
	}
	menu.ShowAtRelativePosition(fyne.NewPos(at.Size().Width-menu.MinSize().Width, at.Size().Height), at)
	menu.ActivateNext()
}

func (s *screen) openEgnyte(a account.Account) {
	domain, err := a.OAuthDomain()
	if err != nil { // a list of accounts that somebody else has written
		s.say(words.Say("Egnyte could not be opened: the account's address is not one of its service."))
		return
	}
	try(s, browserLimit, func(ctx context.Context) error {
		return s.browser.Open(ctx, domain.URL())
	}, func(err error) {
		if err != nil {
			s.say(words.Say("Egnyte could not be opened: no browser could be started."))
		}
	})
}

func (s *screen) makeDefault(a account.Account) {
	try(s, readLimit, func(ctx context.Context) error { return s.accounts.SetDefault(ctx, a.Name) }, func(err error) {
		if err != nil {
			s.say(words.Say("The default could not be changed."))
		}
		s.read(nil)
	})
}

// say puts a line under the accounts.
func (s *screen) say(notice string) {
	s.notice = notice
	s.redraw()
}

// listFooter is the same under the accounts and under none: it stays in its place.
func (s *screen) listFooter() fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(8, 16, edge-theme.InnerPadding(), edge-theme.InnerPadding()),
		container.NewVBox(append(s.footer(), s.footerWays())...))
}

// footer says what is worth knowing beside the accounts.
func (s *screen) footer() []fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for _, text := range []string{s.notice, s.practiceNote(), s.trayNote()} {
		if text != "" {
			l := muted(text)
			l.SizeName, l.Alignment = theme.SizeNameCaptionText, fyne.TextAlignLeading
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return s.crashOffer()
	}
	return append([]fyne.CanvasObject{container.New(tight{gap: 6}, lines...)}, s.crashOffer()...)
}

func (s *screen) trayNote() string {
	if !s.known.noTray {
		return ""
	}
	return words.Say("This desktop shows no tray icons, so this window is the way to your accounts.")
}

// footerWays leads to what is not about one account.
func (s *screen) footerWays() fyne.CanvasObject {
	settings := s.quiet(words.Say("Settings…"), s.showSettings)
	help := s.quiet(words.Say("Help…"), nil)
	help.OnTapped = func() { s.showHelp(help) }
	settings.id, help.id = "settings", "help"
	row := container.NewHBox(settings, help)
	if s.inOwnPractice() {
		leave := s.quiet(words.Say("Leave practice…"), s.askLeavePractice)
		leave.id = "leave-practice"
		row.Add(leave)
	}
	return row
}

// askSignOut asks once, and says what happens.
func (s *screen) askSignOut(a account.Account) {
	title := words.Say("Sign out {name}?", "name", titleOf(a))
	text := say(words.Say("Signs out here and at Egnyte. Your files stay."))
	out := s.button(words.Say("Sign out"), widget.DangerImportance, nil)
	keep := s.quiet(words.Say("Stay signed in"), s.showAccounts)
	out.OnTapped = func() {
		out.Disable()
		keep.Disable()
		text.SetText(words.Say("Signing out…"))
		s.signOutNow(a)
	}
	body := page(markPeople, heading(title), text,
		[]fyne.CanvasObject{muted(strings.ReplaceAll(a.Name, "@", " · "))}, out, keep)
	s.show(view{title: title, body: body, first: out, back: s.showAccounts})
}

// signOutNow ends the account at Egnyte and here. Where Egnyte can't be told
// nothing is removed, and the view that says so offers to.
func (s *screen) signOutNow(a account.Account) {
	try(s, keepLimit, func(ctx context.Context) error { return s.accounts.SignOut(ctx, a.Name) },
		s.signedOut(words.Say("{name} is signed out, here and at Egnyte.", "name", titleOf(a)), a))
}

// removeAnyway forgets an account here, for a person who knows that Egnyte does not.
func (s *screen) removeAnyway(a account.Account) {
	try(s, keepLimit, func(ctx context.Context) error { return s.accounts.Remove(ctx, a.Name) },
		s.signedOut(words.Say("{name} is signed out, on this computer. At Egnyte the sign-in ends by itself.", "name", titleOf(a)), a))
}

func (s *screen) signedOut(notice string, a account.Account) func(error) {
	return func(err error) {
		if err != nil && !errors.Is(err, account.ErrNoAccount) {
			s.showFailed(request{account: &a, reread: true}, err)
			return
		}
		s.only = false // the list says how it went
		s.notice = notice
		s.read(s.showAccounts)
	}
}

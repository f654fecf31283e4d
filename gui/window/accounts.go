package window

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
)

// accountsView lists the accounts, or says how to add the first one.
type accountsView struct {
	baseView
	buttons map[string]*button // by id, so that Refresh can keep the focus
}

func (w *window) showAccounts() { w.show(newAccountsView(w)) }

func newAccountsView(w *window) *accountsView {
	v := &accountsView{baseView: baseView{w: w, back: w.quit}, buttons: map[string]*button{}}
	switch {
	case !w.known.read || len(w.known.accounts) > 0:
		v.buildList()
	case w.known.setup.Key.ID == "":
		v.buildNoKey()
	default:
		v.buildEmpty()
	}
	return v
}

// Refresh replaces the view if it would say something else, and keeps the focus
// where it was.
func (v *accountsView) Refresh() {
	if v.w.win.Canvas().Overlays().Top() != nil {
		return // a menu is open; closing it refreshes
	}
	next := newAccountsView(v.w)
	if spokenText(next.content) == spokenText(v.content) {
		return
	}
	focused := v.w.win.Canvas().Focused()
	v.w.show(next)
	for id, b := range v.buttons {
		if again := next.buttons[id]; again != nil && focused == fyne.Focusable(b) {
			v.w.focus(again)
		}
	}
}

// button remembers a button by an id.
func (v *accountsView) button(id string, b *button) *button {
	v.buttons[id] = b
	return b
}

func (v *accountsView) buildNoKey() {
	enter := v.button("key", v.w.primary(words.Say("Enter your API key"), v.w.showKey))
	practice := v.button("practice", v.w.plain(words.Say("Try it with the practice service"), v.w.tryPractice))
	v.title, v.first = words.Say("No account yet"), enter
	v.content = sheet(markKey, heading(v.title),
		paragraph(words.Say("This copy has no Egnyte API key. Your administrator or Egnyte's developer portal has one.")),
		[]fyne.CanvasObject{space(8), enter, practice, muted(words.Say("The practice service is an Egnyte of its own on this computer. Nothing leaves it."))},
		v.footer())
}

func (v *accountsView) buildEmpty() {
	add := v.button("add", v.w.primary(words.Say("Add account"), v.onAdd))
	v.title, v.first = words.Say("No account yet"), add
	v.content = sheet(markApp, heading(v.title),
		paragraph(words.Say("Sign in once in your browser. This app keeps you signed in and never sees your password.")),
		[]fyne.CanvasObject{space(8), add},
		v.footer())
}

func (v *accountsView) buildList() {
	v.title = words.Say("Accounts")
	add := v.button("add", v.w.plain(words.Say("Add account"), v.onAdd))
	add.Icon = theme.ContentAddIcon()
	header := listHeader(v.title, container.NewCenter(add))

	rows := container.NewVBox()
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 16, edge, edge), rows))
	first := add
	for _, r := range rowsOf(v.w.known.accounts, v.w.now()) {
		row := newAccountRow(v, r, scroll)
		rows.Add(row.card)
		if row.again != nil && first == add { // one button is what to do next
			first, row.again.Importance = row.again, widget.HighImportance
		}
	}
	if v.w.known.read { // before that, what to do next isn't known
		v.first = first
	}
	footer := v.footer()
	// Border's own constructor would put the middle first in the Tab order.
	v.content = container.New(layout.NewBorderLayout(header, footer, nil, nil), header, accessible(scroll), footer)
}

// listHeader is a title at the left edge, and what stands at the right one.
func listHeader(text string, right fyne.CanvasObject) fyne.CanvasObject {
	title := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	return container.New(layout.NewCustomPaddedLayout(16, 8, edge-theme.InnerPadding(), edge),
		container.NewBorder(nil, nil, nil, right, title))
}

// footer has the news, what the last crash left, and the ways to other views.
func (v *accountsView) footer() fyne.CanvasObject {
	var notes []fyne.CanvasObject
	for _, text := range []string{v.w.notice, v.w.known.practiceNote(), v.trayNote()} {
		if text != "" {
			notes = append(notes, footnote(text))
		}
	}
	lines := container.NewVBox()
	if len(notes) > 0 {
		lines.Add(stack(6, notes...))
	}
	if v.w.crash.Text != "" {
		lines.Add(footnote(words.Say("The app stopped unexpectedly last time.")))
		lines.Add(container.NewHBox(
			v.button("crash-show", v.w.quiet(words.Say("Show"), func() { v.w.show(newCrashView(v.w)) })),
			v.button("crash-copy", v.w.quiet(words.Say("Copy report"), v.onCopyReport)),
			v.button("crash-dismiss", v.w.quiet(words.Say("Dismiss"), v.w.dismissCrash))))
	}
	help := v.button("help", v.w.quiet(words.Say("Help…"), v.onHelp))
	ways := container.NewHBox(v.button("settings", v.w.quiet(words.Say("Settings…"), v.w.showSettings)), help)
	if v.w.known.inOwnPractice() {
		ways.Add(v.button("leave-practice", v.w.quiet(words.Say("Leave practice…"), func() { v.w.show(newLeavePracticeView(v.w)) })))
	}
	lines.Add(ways)
	return container.New(layout.NewCustomPaddedLayout(8, 16, edge-theme.InnerPadding(), edge-theme.InnerPadding()), lines)
}

func footnote(text string) fyne.CanvasObject {
	l := caption(text)
	l.Alignment = fyne.TextAlignLeading
	return l
}

func (v *accountsView) trayNote() string {
	if !v.w.known.noTray {
		return ""
	}
	return words.Say("This desktop shows no tray icons, so this window is the way to your accounts.")
}

func (v *accountsView) onAdd() { v.w.showStart("") }

func (v *accountsView) onCopyReport() {
	v.w.copy(v.w.crash.Text)
	v.w.notify(words.Say("The report is on the clipboard."))
}

// onHelp opens the menu of what helps.
func (v *accountsView) onHelp() {
	above := func(menu fyne.Size) fyne.Position { return fyne.NewPos(0, -menu.Height) }
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(words.Say("Diagnose…"), v.w.showDiagnosis),
		fyne.NewMenuItem(words.Say("Copy diagnosis"), v.onCopyDiagnosis),
		fyne.NewMenuItem(words.Say("Open log"), v.onOpenLog),
		fyne.NewMenuItem(words.Say("Keyboard…"), func() { v.w.show(newKeyboardView(v.w)) }),
	}
	if page := v.w.about.Custom["releases"]; page != "" { // see .ci/package
		items = append(items, fyne.NewMenuItem(words.Say("Version {version}: look for a newer one…", "version", v.w.about.Version), func() { v.w.openPage(page) }))
	}
	v.w.menu(v.buttons["help"], above, items...)
}

// openPage opens a page in the browser, or copies its address.
func (w *window) openPage(page string) {
	tryInBackground(w, browserLimit, func(ctx context.Context) error { return w.browser.Open(ctx, page) }, func(err error) {
		if err != nil {
			w.copy(page)
			w.notify(words.Say("No browser could be opened. The address is copied: {address}", "address", page))
		}
	})
}

// notify shows a line under the accounts.
func (w *window) notify(notice string) {
	w.notice = notice
	w.refresh()
}

// menu opens a menu at a button. When it closes and nothing was chosen that leads
// away, the button has the focus again.
func (w *window) menu(at *button, place func(size fyne.Size) fyne.Position, items ...*fyne.MenuItem) {
	menu, v := widget.NewPopUpMenu(fyne.NewMenu("", items...), w.win.Canvas()), w.view
	menu.OnDismiss = func() {
		menu.Hide()
		if w.view == v {
			w.focus(at)
			v.Refresh()
		}
	}
	menu.ShowAtRelativePosition(place(menu.MinSize()), at)
	menu.ActivateNext()
}

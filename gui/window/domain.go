package window

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/gui/advice"
	"egnyte-accounts/gui/words"
	"egnyte-accounts/oauth"
)

// domainField is an entry for a domain, checked while typing. A company's own host
// name is looked up when it is sent, and used once the user agrees to what it stands
// for.
type domainField struct {
	view   *baseView // that it is in
	entry  *entry
	suffix *widget.Label
	row    *fyne.Container
	reason *widget.Label
	button *button
	label  string                   // what the button says, except with a question
	weight widget.Importance        // how it looks then
	use    func(oauth.Domain) error // takes the domain
	other  fyne.Focusable           // has the focus if a name is not found; nil: the entry
	past   bool                     // the user has signed in there already
	found  oauth.Domain             // what the typed name stands for, once it was looked up
	search context.CancelFunc       // ends the lookup under way; nil without one
}

// domainField is a field of the view; use takes a domain that is well-formed.
func (v *baseView) domainField(typed, label string, use func(oauth.Domain) error) *domainField {
	f := &domainField{view: v, entry: v.w.entry("acme"), reason: beside(), use: use, label: label}
	f.suffix = widget.NewLabel("." + v.w.service().Host())
	f.button = v.w.plain(label, f.onSubmit)
	f.entry.OnSubmitted = func(string) { f.onSubmit() }
	f.entry.OnChanged = f.onChanged
	f.row = container.NewBorder(nil, nil, nil, f.suffix, f.entry)
	f.entry.SetText(typed)
	return f
}

// beside is the line under an entry that says what is wrong with it.
func beside() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName, l.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapWord
	return l
}

// setBeside fills that line with a fault or a remark.
func (w *window) setBeside(l *widget.Label, text string, fault bool) {
	l.Importance = widget.MediumImportance
	if fault {
		l.Importance = widget.DangerImportance
	}
	l.SetText(text)
	w.settle()
}

// primary makes the button the one that the view is about.
func (f *domainField) primary() { f.weight = widget.HighImportance; f.resetButton() }

func (f *domainField) focus() {
	if f != nil {
		f.view.w.focus(f.entry)
	}
}

func (f *domainField) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{stack(12, f.row, f.reason), f.button}
}

// onChanged checks what is typed so far.
func (f *domainField) onChanged(text string) {
	f.forget()
	_, custom := f.view.w.service().CustomName(text)
	if f.suffix.Hidden != strings.Contains(text, ".") { // a whole name needs no ending
		f.suffix.Hidden = !f.suffix.Hidden
		f.row.Refresh()
	}
	switch _, err := f.view.w.service().ParseDomain(text); {
	case text == "":
		f.complain(nil)
	case custom:
		f.view.w.setBeside(f.reason, words.Say("A name of your company's own is looked up first."), false)
	default:
		f.complain(err)
	}
}

// forget drops the answer for an earlier text.
func (f *domainField) forget() {
	if f.search != nil {
		f.search()
		f.search = nil
	}
	f.found = oauth.Domain{}
	f.resetButton()
}

// resetButton undoes what a question made of the button.
func (f *domainField) resetButton() {
	f.button.Importance = f.weight
	f.button.SetText(f.label)
}

func (f *domainField) onSubmit() {
	if f.search != nil {
		return
	}
	domain, err := f.found, error(nil)
	if domain.IsZero() {
		domain, err = f.view.w.service().ParseDomain(f.entry.Text)
	}
	if err == nil {
		if err := f.use(domain); err != nil {
			f.complain(err)
		}
		return
	}
	if name, ok := f.view.w.service().CustomName(f.entry.Text); ok {
		f.lookUp(name)
		return
	}
	f.complain(err)
}

func (f *domainField) complain(err error) {
	text := ""
	var reason *oauth.DomainError
	if errors.As(err, &reason) {
		text = advice.Complaint(reason.Reason)
	} else if err != nil {
		text = words.Say("That can't be a domain.")
	}
	f.view.w.setBeside(f.reason, text, true)
}

// lookUp finds the domain behind a name.
func (f *domainField) lookUp(name string) {
	w, service := f.view.w, f.view.w.service()
	ctx, cancel := context.WithCancel(f.view.whileShown())
	f.search = cancel
	f.view.w.setBeside(f.reason, words.Say("Looking up {name}…", "name", name), false)
	inBackground(w, namesLimit, func(limited context.Context) (oauth.Domain, error) {
		limited, stop := context.WithCancel(limited)
		defer stop()
		defer context.AfterFunc(ctx, stop)()
		return w.names.Resolve(limited, service, name)
	}, func(domain oauth.Domain, err error) {
		if ctx.Err() != nil {
			return // another text, another view
		}
		f.search = nil
		cancel()
		if err != nil {
			f.lost(name)
			return
		}
		f.ask(name, domain)
	})
}

// widestButton is how wide a button can be without widening the window.
const widestButton = 340

// ask has the user confirm a domain: the answer to a lookup may be forged.
func (f *domainField) ask(name string, domain oauth.Domain) {
	f.found = domain
	host := domain.Host()
	question := words.Say("{name} is {host}. Sign in there?", "name", name, "host", host)
	yes, short, title := words.Say("Sign in at {host}", "host", host), words.Say("Sign in there"), words.Say("Sign in at {host}?", "host", host)
	if f.past {
		question = words.Say("{name} is {host}. Did you sign in there?", "name", name, "host", host)
		yes, short, title = words.Say("Yes, at {host}", "host", host), words.Say("Yes, there"), words.Say("Signed in at {host}?", "host", host)
	}
	f.view.w.setBeside(f.reason, question, false)
	f.button.Importance = widget.HighImportance
	f.button.SetText(yes)
	if f.button.MinSize().Width > widestButton {
		f.button.SetText(short)
	}
	f.view.retitle(title)
	f.view.w.focus(f.button)
}

// lost says that no domain was found, and what to do.
func (f *domainField) lost(name string) {
	text := words.Say("{name} leads to no Egnyte domain that could be found. Type the name before .{host}.", "name", name, "host", f.view.w.service().Host())
	var next fyne.Focusable = f.entry
	if f.other != nil {
		text = words.Say("{name} leads to no Egnyte domain that could be found. Continue in your browser: Egnyte asks for it there.", "name", name)
		next = f.other
	}
	f.view.w.setBeside(f.reason, text, true)
	f.view.retitle(words.Say("Domain not found"))
	f.view.w.focus(next)
}

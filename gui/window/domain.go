package window

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
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
	label  string                   // of the button, except with a question
	weight widget.Importance        // of the button, except with a question
	use    func(oauth.Domain) error // takes the domain
	letAsk func()                   // signs in without a domain if a name is not found; nil: not possible
	past   bool                     // the user has signed in there already

	domain oauth.Domain       // what the text stands for, if err is nil
	err    error              // why it is no domain
	custom string             // the company's own host name that it is; empty: it is none
	search context.CancelFunc // ends the lookup under way; nil without one
	lost   bool               // the name was not found, and the button lets Egnyte ask
}

// domainField is a field of the view; use takes a domain that is well-formed.
func (v *baseView) domainField(typed, label string, use func(oauth.Domain) error) *domainField {
	f := &domainField{view: v, entry: v.w.entry("acme"), reason: newReason(), use: use, label: label}
	f.suffix = widget.NewLabel("." + v.w.known.service().Host())
	f.button = v.w.plain(label, f.onSubmit)
	f.entry.OnSubmitted = func(string) { f.onSubmit() }
	f.row = container.NewBorder(nil, nil, nil, f.suffix, f.entry)
	f.entry.SetText(typed)
	f.onChanged(typed)
	f.entry.OnChanged = f.onChanged
	return f
}

// newReason is the line under an entry that says what is wrong with it.
func newReason() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName, l.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapWord
	return l
}

// setReason fills that line with a fault or a remark.
func (w *window) setReason(l *widget.Label, text string, fault bool) {
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
	if f.search != nil {
		f.search()
		f.search = nil
	}
	f.lost = false
	f.resetButton()
	service := f.view.w.known.service()
	f.domain, f.err = service.ParseDomain(text)
	f.custom, _ = service.CustomName(text)
	if f.suffix.Hidden != strings.Contains(text, ".") { // a whole name needs no ending
		f.suffix.Hidden = !f.suffix.Hidden
		f.row.Refresh()
	}
	switch {
	case text == "":
		f.complain(nil)
	case f.custom != "":
		f.say(words.Say("A name of your company's own is looked up first."), false)
	default:
		f.complain(f.err)
	}
}

// resetButton undoes what a question made of the button.
func (f *domainField) resetButton() {
	f.button.Importance = f.weight
	f.button.SetText(f.label)
}

func (f *domainField) onSubmit() {
	switch {
	case f.search != nil:
	case f.lost:
		f.letAsk()
	case f.err == nil:
		f.complain(f.use(f.domain))
	case f.custom != "":
		f.lookUp(f.custom)
	default:
		f.complain(f.err)
	}
}

func (f *domainField) say(text string, fault bool) { f.view.w.setReason(f.reason, text, fault) }

func (f *domainField) complain(err error) {
	text := ""
	var reason *oauth.DomainError
	if errors.As(err, &reason) {
		text = advice.Complaint(reason.Reason)
	} else if err != nil {
		text = words.Say("That can't be a domain.")
	}
	f.say(text, true)
}

// lookUp finds the domain behind a name.
func (f *domainField) lookUp(name string) {
	w, service := f.view.w, f.view.w.known.service()
	ctx, cancel := context.WithCancel(f.view.whileShown())
	f.search = cancel
	f.say(words.Say("Looking up {name}…", "name", name), false)
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
			f.notFound(name)
			return
		}
		f.ask(name, domain)
	})
}

// widestButton is how wide a button can be without widening the window.
const widestButton = 340

// ask has the user confirm a domain: the answer to a lookup may be forged.
func (f *domainField) ask(name string, domain oauth.Domain) {
	f.domain, f.err = domain, nil
	host := domain.Host()
	question := words.Say("{name} is {host}. Sign in there?", "name", name, "host", host)
	yes, short, title := words.Say("Sign in at {host}", "host", host), words.Say("Sign in there"), words.Say("Sign in at {host}?", "host", host)
	if f.past {
		question = words.Say("{name} is {host}. Did you sign in there?", "name", name, "host", host)
		yes, short, title = words.Say("Yes, at {host}", "host", host), words.Say("Yes, there"), words.Say("Signed in at {host}?", "host", host)
	}
	f.say(question, false)
	f.button.Importance = widget.HighImportance
	f.button.SetText(yes)
	if f.button.MinSize().Width > widestButton {
		f.button.SetText(short)
	}
	f.view.retitle(title)
	f.view.w.focus(f.button)
}

// notFound says that no domain was found, and offers that Egnyte asks for it in the
// browser.
func (f *domainField) notFound(name string) {
	f.lost = f.letAsk != nil
	text := words.Say("{name} leads to no Egnyte domain that could be found. Type the name before .{host}.", "name", name, "host", f.view.w.known.service().Host())
	var next fyne.Focusable = f.entry
	if f.lost {
		text = words.Say("{name} leads to no Egnyte domain that could be found. Egnyte can ask for it in your browser.", "name", name)
		f.button.Importance = widget.HighImportance
		f.button.SetText(words.Say("Let Egnyte ask"))
		next = f.button
	}
	f.say(text, true)
	f.view.retitle(words.Say("Domain not found"))
	f.view.w.focus(next)
}

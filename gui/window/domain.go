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

// domainField is an entry for a domain, checked while typing. A company's own
// host name is looked up when it is sent, and used once the person has said yes
// to what it stands for.
type domainField struct {
	screen *screen
	entry  *entry
	suffix *widget.Label
	row    *fyne.Container
	reason *widget.Label
	button *button
	label  string                   // what the button says, but for a question
	weight widget.Importance        // and how it looks
	use    func(oauth.Domain) error // takes the domain
	other  fyne.Focusable           // where a name that leads nowhere is taken; may be nil
	past   bool                     // the person has signed in there already
	found  oauth.Domain             // behind the name that is typed; zero until it was looked up
	search context.CancelFunc       // ends the search under way; nil without one
}

// domainField builds it; use takes a domain that can be one.
func (s *screen) domainField(typed, label string, use func(oauth.Domain) error) *domainField {
	f := &domainField{screen: s, entry: s.entry("acme"), reason: beside(), use: use, label: label}
	f.suffix = widget.NewLabel("." + s.service().Host())
	f.button = s.plain(label, f.submit)
	f.entry.OnSubmitted = func(string) { f.submit() }
	f.entry.OnChanged = f.changed
	f.row = container.NewBorder(nil, nil, nil, f.suffix, f.entry)
	f.entry.SetText(typed)
	return f
}

// beside is the line that says what is wrong with an entry.
func beside() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName, l.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapWord
	return l
}

// setBeside says it: a fault, or a remark.
func (s *screen) setBeside(l *widget.Label, text string, fault bool) {
	l.Importance = widget.MediumImportance
	if fault {
		l.Importance = widget.DangerImportance
	}
	l.SetText(text)
	s.settle()
}

// primary makes the button the one that a view is about.
func (f *domainField) primary() { f.weight = widget.HighImportance; f.rest() }

func (f *domainField) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{container.New(tight{gap: 12}, f.row, f.reason), f.button}
}

// changed checks what is typed so far.
func (f *domainField) changed(text string) {
	f.forget()
	_, custom := f.screen.service().CustomName(text)
	if f.suffix.Hidden != strings.Contains(text, ".") { // a whole name needs no ending
		f.suffix.Hidden = !f.suffix.Hidden
		f.row.Refresh()
	}
	switch _, err := f.screen.service().ParseDomain(text); {
	case text == "":
		f.complain(nil)
	case custom:
		f.screen.setBeside(f.reason, words.Say("A name of your company's own is looked up first."), false)
	default:
		f.complain(err)
	}
}

// forget drops what was found for an earlier text.
func (f *domainField) forget() {
	if f.search != nil {
		f.search()
		f.search = nil
	}
	f.found = oauth.Domain{}
	f.rest()
}

// rest has the button say what it says without a question.
func (f *domainField) rest() {
	f.button.Importance = f.weight
	f.button.SetText(f.label)
}

func (f *domainField) submit() {
	if f.search != nil {
		return
	}
	domain, err := f.found, error(nil)
	if domain.IsZero() {
		domain, err = f.screen.service().ParseDomain(f.entry.Text)
	}
	if err == nil {
		if err := f.use(domain); err != nil {
			f.complain(err)
		}
		return
	}
	if name, ok := f.screen.service().CustomName(f.entry.Text); ok {
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
	f.screen.setBeside(f.reason, text, true)
}

// lookUp finds the domain behind a name, off the UI's thread.
func (f *domainField) lookUp(name string) {
	s, service := f.screen, f.screen.service()
	ctx, cancel := context.WithCancel(s.background.ctx)
	f.search = cancel
	s.onLeave(cancel)
	f.screen.setBeside(f.reason, words.Say("Looking up {name}…", "name", name), false)
	off(s, namesLimit, func(limited context.Context) (oauth.Domain, error) {
		limited, stop := context.WithCancel(limited)
		defer stop()
		defer context.AfterFunc(ctx, stop)()
		return s.names.Resolve(limited, service, name)
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

// widestButton is how wide a button can be without making the window wider.
const widestButton = 340

// ask has the person confirm: whoever answers for a name may lie about it.
func (f *domainField) ask(name string, domain oauth.Domain) {
	f.found = domain
	host := domain.Host()
	question := words.Say("{name} is {host}. Sign in there?", "name", name, "host", host)
	yes, short, title := words.Say("Sign in at {host}", "host", host), words.Say("Sign in there"), words.Say("Sign in at {host}?", "host", host)
	if f.past {
		question = words.Say("{name} is {host}. Did you sign in there?", "name", name, "host", host)
		yes, short, title = words.Say("Yes, at {host}", "host", host), words.Say("Yes, there"), words.Say("Signed in at {host}?", "host", host)
	}
	f.screen.setBeside(f.reason, question, false)
	f.button.Importance = widget.HighImportance
	f.button.SetText(yes)
	if f.button.MinSize().Width > widestButton {
		f.button.SetText(short)
	}
	f.screen.retitle(title)
	f.screen.win.Canvas().Focus(f.button)
}

// lost says that nothing was found, and where the name is taken.
func (f *domainField) lost(name string) {
	text := words.Say("{name} leads to no Egnyte domain that could be found. Type the name before .{host}.", "name", name, "host", f.screen.service().Host())
	var next fyne.Focusable = f.entry
	if f.other != nil {
		text = words.Say("{name} leads to no Egnyte domain that could be found. Continue in your browser: Egnyte asks for it there.", "name", name)
		next = f.other
	}
	f.screen.setBeside(f.reason, text, true)
	f.screen.retitle(words.Say("Domain not found"))
	f.screen.win.Canvas().Focus(next)
}

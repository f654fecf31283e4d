package window

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/words"
)

// scopeWord is one of Egnyte's scopes in plain words; "" for one that Egnyte
// has added since.
func scopeWord(scope string) string {
	switch scope {
	case "Egnyte.filesystem":
		return words.Say("Files and folders")
	case "Egnyte.link":
		return words.Say("Links that share files and folders")
	case "Egnyte.permission":
		return words.Say("Permissions of folders")
	case "Egnyte.user":
		return words.Say("People of the domain")
	case "Egnyte.group":
		return words.Say("Groups of people")
	case "Egnyte.audit":
		return words.Say("Audit reports")
	case "Egnyte.bookmark":
		return words.Say("Bookmarks")
	case "Egnyte.projectfolders":
		return words.Say("Project folders")
	case "Egnyte.launchwebsession":
		return words.Say("Open Egnyte in the browser, already signed in")
	case "Egnyte.webhooks":
		return words.Say("Notices of changes to other servers")
	case "Egnyte.ai":
		return words.Say("Egnyte's artificial intelligence")
	case "Egnyte.sign":
		return words.Say("Signatures")
	case "Egnyte.documentportal":
		return words.Say("The document portal")
	case "Egnyte.uploadrequests":
		return words.Say("Requests for uploads")
	case "Egnyte.etmf":
		return words.Say("Trial master files (eTMF)")
	case "Egnyte.controlleddocs":
		return words.Say("Controlled documents")
	case "Egnyte.salesforce":
		return words.Say("Egnyte for Salesforce")
	case "Egnyte.integrations":
		return words.Say("Integrations")
	}
	return ""
}

// scopeList is what the app may do, as ticks with plain words. Those that are
// ticked are in sight; the others fold out.
type scopeList struct {
	form   *settingsForm
	row    *settingsRow
	box    *fyne.Container
	list   *fyne.Container
	checks map[string]*check
	order  []string
	more   *button
	all    bool // folded out
}

func (f *settingsForm) newScopeList() *scopeList {
	l := &scopeList{form: f, checks: map[string]*check{}, list: stack(20)}
	l.more = f.w.plain(words.Say("Show all"), l.fold)
	for _, scope := range oauth.Scopes() {
		l.add(scope)
	}
	l.row = &settingsRow{note: newNote(), focus: l.more}
	l.box = stack(12, l.list, l.row.note, container.NewHBox(l.more))
	l.row.box = l.box
	return l
}

func (l *scopeList) add(scope string) {
	c := l.form.w.check(cmp.Or(scopeWord(scope), scope), func(bool) { l.form.changed() })
	l.checks[scope], l.order = c, append(l.order, scope)
	l.list.Add(c)
}

func (l *scopeList) fill(scopes []string) {
	for _, scope := range scopes {
		if l.checks[scope] == nil {
			l.add(scope)
		}
	}
	for scope, c := range l.checks {
		c.SetChecked(slices.Contains(scopes, scope))
	}
	l.draw()
}

func (l *scopeList) fold() {
	l.all = !l.all
	l.more.SetText(map[bool]string{true: words.Say("Show less"), false: words.Say("Show all")}[l.all])
	l.draw()
}

func (l *scopeList) draw() {
	for _, c := range l.checks {
		show(c, l.all || c.Checked)
	}
	l.form.refreshLayout()
}

// text is the ticked ones, in Egnyte's order.
func (l *scopeList) text() string {
	var ticked []string
	for _, scope := range l.order {
		if l.checks[scope].Checked {
			ticked = append(ticked, scope)
		}
	}
	return strings.Join(ticked, " ")
}

// problem: Egnyte takes no scope at all as every one.
func (l *scopeList) problem() string {
	if l.text() == "" {
		return words.Say("Tick at least one: with none, Egnyte would allow everything.")
	}
	return ""
}

func (l *scopeList) controls() []fyne.Disableable {
	var all []fyne.Disableable
	for _, c := range l.checks {
		all = append(all, c)
	}
	return all
}

// refreshLayout gives everything the room that it needs now.
func (f *settingsForm) refreshLayout() {
	if f.scroll != nil {
		f.scroll.Content.Refresh()
		f.scroll.Refresh()
	}
}

// revealSoon scrolls to what has just been said, once it has been laid out: how
// many lines it takes is not known before.
func (f *settingsForm) revealSoon(o fyne.CanvasObject) {
	w := f.w
	w.background.wg.Go(func() {
		drawn := time.NewTimer(100 * time.Millisecond)
		defer drawn.Stop()
		select {
		case <-w.background.ctx.Done():
		case <-drawn.C:
			w.post(func() {
				if w.settings == f {
					revealObject(f.scroll, o)
				}
			})
		}
	})
}

// importanceOf is how loudly a result is said.
func importanceOf(good bool) widget.Importance {
	if good {
		return widget.SuccessImportance
	}
	return widget.DangerImportance
}

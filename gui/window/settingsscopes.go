package window

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
)

// scopeWords are Egnyte's scopes in plain words.
var scopeWords = map[string]string{
	"Egnyte.filesystem":       "Files and folders",
	"Egnyte.link":             "Links that share files and folders",
	"Egnyte.permission":       "Permissions of folders",
	"Egnyte.user":             "People of the domain",
	"Egnyte.group":            "Groups of people",
	"Egnyte.audit":            "Audit reports",
	"Egnyte.bookmark":         "Bookmarks",
	"Egnyte.projectfolders":   "Project folders",
	"Egnyte.launchwebsession": "Open Egnyte in the browser, already signed in",
	"Egnyte.webhooks":         "Notices of changes to other servers",
	"Egnyte.ai":               "Egnyte's artificial intelligence",
	"Egnyte.sign":             "Signatures",
	"Egnyte.documentportal":   "The document portal",
	"Egnyte.uploadrequests":   "Requests for uploads",
	"Egnyte.etmf":             "Trial master files (eTMF)",
	"Egnyte.controlleddocs":   "Controlled documents",
	"Egnyte.salesforce":       "Egnyte for Salesforce",
	"Egnyte.integrations":     "Integrations",
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
	l := &scopeList{form: f, checks: map[string]*check{}, list: container.New(snug{20})}
	l.more = f.screen.plain("Show all", l.fold)
	for _, scope := range oauth.Scopes() {
		l.add(scope)
	}
	l.row = &settingsRow{note: newNote(), focus: l.more}
	l.box = container.New(snug{12}, l.list, l.row.note, container.NewHBox(l.more))
	l.row.box = l.box
	return l
}

func (l *scopeList) add(scope string) {
	words := scopeWords[scope]
	if words == "" {
		words = scope // one that Egnyte has added since
	}
	c := l.form.screen.check(words, func(bool) { l.form.changed() })
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
	l.more.SetText(map[bool]string{true: "Show less", false: "Show all"}[l.all])
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
		return "Tick at least one: with none, Egnyte would allow everything."
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
	s := f.screen
	s.background.wg.Go(func() {
		drawn := time.NewTimer(100 * time.Millisecond)
		defer drawn.Stop()
		select {
		case <-s.background.ctx.Done():
		case <-drawn.C:
			s.post(func() {
				if s.settings == f {
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

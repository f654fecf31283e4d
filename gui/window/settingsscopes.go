package window

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// scopeList is what the app may do, as ticks with plain words. Those that are
// ticked are in sight; the others fold out.
type scopeList struct {
	form   *settingsView
	list   *fyne.Container
	checks map[string]*check
	order  []string
	more   *button
	all    bool // folded out
}

func (v *settingsView) newScopeList(f settings.Field) *settingRow {
	l := &scopeList{form: v, checks: map[string]*check{}, list: stack(20)}
	l.more = v.w.plain(words.Say("Show all"), l.fold)
	r := &settingRow{Field: f, list: l, text: l.text, focus: l.more}
	r.fill = func() {
		l.fill(strings.Fields(r.now.Value))
		r.controls = nil
		for _, c := range l.checks {
			r.controls = append(r.controls, c)
		}
	}
	r.stack(l.list)
	r.box.Add(container.NewHBox(l.more))
	for _, o := range f.Options {
		l.add(o.Value, o.Label)
	}
	return r
}

// add shows a scope; one that Egnyte has added since has no label.
func (l *scopeList) add(scope, label string) {
	c := l.form.w.check(cmp.Or(label, scope), func(bool) { l.form.changed() })
	l.checks[scope], l.order = c, append(l.order, scope)
	l.list.Add(c)
}

func (l *scopeList) fill(scopes []string) {
	for _, scope := range scopes {
		if l.checks[scope] == nil {
			l.add(scope, "")
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

// refreshLayout gives everything the room that it needs now.
func (f *settingsView) refreshLayout() {
	if f.scroll != nil {
		f.scroll.Content.Refresh()
		f.scroll.Refresh()
	}
}

// revealSoon scrolls to what has just been said, once it has been laid out: how
// many lines it takes is not known before.
func (f *settingsView) revealSoon(o fyne.CanvasObject) {
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

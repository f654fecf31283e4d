package window

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// settingRow is one setting in a form: its name, its control, and what is said
// about it. There is one builder for each kind of setting.
type settingRow struct {
	settings.Field
	now settings.Setting // as it is in force

	box      *fyne.Container
	note     *note
	focus    fyne.Focusable
	controls []fyne.Disableable
	text     func() string // what the control says, as settings.json has it
	fill     func()        // makes the control say what is in force

	entry  *entry     // of text, file and secret; of a choice, for another text than the options
	choice *choice    // of a choice
	check  *check     // of a switch
	list   *scopeList // of a list

	shown  string // the text when it was filled
	locked bool   // it can't be changed here
	source string // who decides, if it is not the user
	wrong  string // what the last save said
}

// settingsText is what is typed in an entry.
func settingsText(e *entry) string { return strings.TrimSpace(e.Text) }

// newTextRow is for a text, a file or a secret. Beside stands right of the entry;
// nil: nothing does.
func newTextRow(w *window, f settings.Field, beside fyne.CanvasObject) *settingRow {
	r := &settingRow{Field: f, entry: w.entry(f.Placeholder)}
	r.entry.Password = f.Kind == settings.Secret
	r.text = func() string { return settingsText(r.entry) }
	r.fill = func() { r.entry.SetText(r.now.Value) }
	r.focus, r.controls = r.entry, []fyne.Disableable{r.entry}
	if beside == nil {
		return r.stack(r.entry)
	}
	return r.stack(container.NewBorder(nil, nil, nil, beside, r.entry))
}

// stack puts a control between its name and its note.
func (r *settingRow) stack(control fyne.CanvasObject) *settingRow {
	r.note = newNote()
	r.box = stack(12, control, r.note)
	if r.Label != "" && r.Kind != settings.Switch {
		r.box.Objects = append([]fyne.CanvasObject{widget.NewLabel(r.Label)}, r.box.Objects...)
	}
	return r
}

func newSwitchRow(w *window, f settings.Field, changed func()) *settingRow {
	r := &settingRow{Field: f, check: w.check(f.Label, func(bool) { changed() })}
	r.text = func() string { return map[bool]string{true: "true", false: "false"}[r.check.Checked] }
	r.fill = func() { r.check.SetChecked(r.now.Value == "true") }
	r.focus, r.controls = r.check, []fyne.Disableable{r.check}
	return r.stack(r.check)
}

// newChoiceRow is for one of a few options, and, if there may be others, an entry
// for any text.
func newChoiceRow(w *window, f settings.Field, changed func()) *settingRow {
	r := &settingRow{Field: f}
	var labels []string
	for _, o := range f.Options {
		if o.Label != "" {
			labels = append(labels, o.Label)
		}
	}
	if f.Other != "" {
		labels = append(labels, f.Other)
	}
	r.choice = w.choice(labels, nil)
	r.text, r.fill = r.chosen, r.choose
	r.focus, r.controls = r.choice, []fyne.Disableable{r.choice}
	r.stack(r.choice)
	r.choice.OnChanged = func(string) { changed() }
	if f.Other != "" {
		r.entry = w.entry(f.Placeholder)
		r.controls = append(r.controls, r.entry)
		gap := space(16)
		r.box.Objects = append(r.box.Objects, gap, r.entry)
		r.choice.OnChanged = func(label string) {
			show(gap, label == f.Other)
			show(r.entry, label == f.Other)
			changed()
		}
	}
	return r
}

// option is the one that is chosen.
func (r *settingRow) option() (o settings.Option) {
	for _, o := range r.Options {
		if o.Label != "" && o.Label == r.choice.Selected {
			return o
		}
	}
	return o
}

// unlabelled are the values that the terminal alone offers; an option without a
// value stands for them.
func (r *settingRow) unlabelled() (values []string) {
	for _, o := range r.Options {
		if o.Label == "" {
			values = append(values, o.Value)
		}
	}
	return values
}

func (r *settingRow) chosen() string {
	o := r.option()
	switch {
	case o.Value != "":
		return o.Value
	case o.Label == "" && r.entry != nil: // nothing typed is no value, and Save says so
		return cmp.Or(settingsText(r.entry), strings.TrimSuffix(r.Placeholder, "…"))
	}
	for _, value := range r.unlabelled() {
		if value == r.now.Value {
			return value // as it was chosen elsewhere
		}
	}
	if r.now.From == settings.Policy && len(r.unlabelled()) > 0 {
		return r.unlabelled()[0] // an empty one would leave the policy's in force
	}
	return ""
}

func (r *settingRow) choose() {
	label, other := r.Other, r.now.Value
	for _, o := range r.Options {
		if o.Label != "" && (o.Value == r.now.Value || o.Value == "" && label == "") {
			label, other = o.Label, ""
		}
	}
	if r.entry != nil {
		r.entry.SetText(other)
	}
	r.choice.SetSelected(label)
}

// refill shows what is in force.
func (r *settingRow) refill(now settings.Setting) {
	r.now, r.wrong = now, ""
	r.source, r.locked = whoDecides(now), now.Locked || now.From == settings.Environment
	r.fill()
	for _, c := range r.controls {
		if r.locked {
			c.Disable()
		} else {
			c.Enable()
		}
	}
	if r.Rare {
		show(r.box, now.Value != "")
	}
	r.shown = r.text()
}

// whoDecides says it if it is not the user.
func whoDecides(s settings.Setting) string {
	switch {
	case s.Locked:
		return words.Say("Managed by your organisation, and locked.")
	case s.Managed:
		return words.Say("Managed by your organisation. You can set your own.")
	case s.From == settings.Environment:
		return words.Say("Set by the variable {variable}, which counts for more.", "variable", s.Env)
	case s.From == settings.BuiltIn && s.Name == "client_id":
		return words.Say("Came with this copy. You can enter your own.")
	}
	return ""
}

// describe says what belongs below the control while nothing special is to be said.
func (r *settingRow) describe() {
	text, importance := r.Note, widget.LowImportance
	if r.choice != nil {
		if o := r.option(); o.Note != "" {
			text = o.Note
			if o.Warning {
				importance = widget.WarningImportance
			}
		}
	}
	r.say(text, importance)
}

func (r *settingRow) say(text string, importance widget.Importance) {
	switch {
	case r.wrong != "":
		r.note.set(r.wrong, widget.DangerImportance)
	case r.source != "":
		r.note.set(r.source, widget.LowImportance)
	default:
		r.note.set(text, importance)
	}
}

func (r *settingRow) complain(text string) {
	r.wrong = text
	r.say("", widget.DangerImportance)
}

// complain says at each row why nothing was saved, and returns the first of them;
// nil if it is about no row: status says it then.
func (w *window) complain(err error, rows map[string]*settingRow, status *note) (first *settingRow) {
	complaints := settings.Complaints(err)
	for _, name := range settings.Names() {
		switch row := rows[name]; {
		case complaints[name] == nil:
		case row == nil:
			status.set(sentenceOf(complaints[name]), widget.DangerImportance)
		default:
			row.complain(sentenceOf(complaints[name]))
			if first == nil {
				first = row
			}
		}
	}
	if len(complaints) == 0 {
		status.set(advice.For(err, w.now()).Sentences(), widget.DangerImportance)
	}
	return first
}

// sentenceOf makes an error's words a sentence.
func sentenceOf(err error) string { return advice.Complaint(err.Error()) }

func show(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

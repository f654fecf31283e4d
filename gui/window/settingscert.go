package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/words"
)

// certificateRow shows whether browsers trust the certificate for https on this
// computer. Trust and Remove act at once, after saying what they do.
type certificateRow struct {
	form          *settingsView
	box           *fyne.Container
	says          *note
	places        *note
	trust, remove *button
	left          bool // something of it is in a browser, or may be
	needed        bool // the address typed needs it
	known         bool
}

func (f *settingsView) newCertificateRow() *certificateRow {
	c := &certificateRow{form: f, says: newNote(), places: newNote()}
	c.trust = f.w.plain(words.Say("Trust it"), c.setUp)
	c.remove = f.w.plain(words.Say("Remove it"), c.takeOut)
	c.box = stack(12, widget.NewLabel(words.Say("Certificate for https on this computer")), c.says, c.places,
		container.NewHBox(c.trust, c.remove))
	c.box.Hide()
	return c
}

// shown is whether the address typed needs it. One that is there stays in
// sight, so that it can be removed.
func (c *certificateRow) shown(needed bool) {
	c.needed = needed
	show(c.box, needed || c.left)
}

func (c *certificateRow) ask() {
	w := c.form.w
	inBackground(w, setUpLimit, w.config.Trusted, c.tell)
}

func (c *certificateRow) tell(report localcert.Report, err error) {
	if c.form.w.settings != c.form {
		return
	}
	c.trust.Enable()
	c.remove.Enable()
	c.known, c.left = true, report.MayBeLeft()
	switch {
	case err != nil:
		a := advice.For(err, c.form.w.now())
		c.says.set(a.Sentences(), widget.DangerImportance)
	case report.Everywhere():
		c.says.set(words.Say("Your browsers trust it. It can only speak for this computer."), widget.SuccessImportance)
	case report.Anywhere():
		c.says.set(words.Say("Some of your browsers trust it."), widget.WarningImportance)
	case c.left:
		c.says.set(words.Say("It may be left in some of your browsers. It can only speak for this computer, and removing it can be tried again."), widget.WarningImportance)
	default:
		c.says.set(words.Say("No browser trusts it yet, and would warn you. It can only ever speak for this computer, for you alone, and can be removed again."), widget.WarningImportance)
	}
	c.places.set(placesOf(report), widget.LowImportance)
	show(c.trust, !report.Everywhere())
	show(c.remove, c.left)
	c.shown(c.needed)
	c.form.refreshLayout()
}

// placesOf names the stores where it does not stand well.
func placesOf(report localcert.Report) string {
	var lines []string
	for _, place := range report {
		switch {
		case place.Err != nil:
			lines = append(lines, place.Name+": "+place.Err.Error())
		case place.Outcome == localcert.Left:
			lines = append(lines, words.Say("{browser} has an earlier one", "browser", place.Name))
		case place.Outcome != localcert.Trusted && report.Anywhere():
			lines = append(lines, words.Say("{browser} does not have it", "browser", place.Name))
		}
	}
	return strings.Join(lines, "\n")
}

func (c *certificateRow) working(text string) {
	c.trust.Disable()
	c.remove.Disable()
	c.says.set(text, widget.LowImportance)
}

func (c *certificateRow) setUp() {
	w := c.form.w
	c.working(words.Say("Adding it. Your system may ask you to confirm…"))
	inBackground(w, setUpLimit, w.certificates.SetUp, func(report localcert.Report, err error) {
		c.tell(report, err)
		if err == nil && !report.Anywhere() && w.settings == c.form {
			c.says.set(words.Say("No browser took it. Mend what is said below, then try again."), widget.DangerImportance)
		}
	})
}

func (c *certificateRow) takeOut() {
	w := c.form.w
	c.working(words.Say("Removing it…"))
	inBackground(w, setUpLimit, w.config.Untrust, func(report localcert.Report, err error) {
		c.tell(report, err)
		switch {
		case err != nil || w.settings != c.form:
		case report.Nowhere():
			c.says.set(words.Say("It is removed from your browsers."), widget.SuccessImportance)
		default:
			c.says.set(words.Say("It could not be removed everywhere. Nobody can use what is left, as its key is deleted. Mend what is said below, then remove it again."), widget.DangerImportance)
		}
	})
}

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
	form          *settingsForm
	box           *fyne.Container
	says          *note
	places        *note
	trust, remove *button
	left          bool // something of it is in a browser, or may be
	needed        bool // the address typed needs it
	known         bool
}

func (f *settingsForm) newCertificateRow() *certificateRow {
	c := &certificateRow{form: f, says: newNote(), places: newNote()}
	c.trust = f.screen.plain(words.Say("Trust it"), c.setUp)
	c.remove = f.screen.plain(words.Say("Remove it"), c.takeOut)
	c.box = container.New(snug{12}, widget.NewLabel(words.Say("Certificate for https on this computer")), c.says, c.places,
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
	s := c.form.screen
	off(s, setUpLimit, s.config.Trusted, c.tell)
}

func (c *certificateRow) tell(report localcert.Report, err error) {
	if c.form.screen.settings != c.form {
		return
	}
	c.trust.Enable()
	c.remove.Enable()
	c.known, c.left = true, report.MayBeLeft()
	switch {
	case err != nil:
		a := advice.For(err, c.form.screen.now())
		c.says.say(a.Sentences(), widget.DangerImportance)
	case report.Everywhere():
		c.says.say(words.Say("Your browsers trust it. It can only speak for this computer."), widget.SuccessImportance)
	case report.Anywhere():
		c.says.say(words.Say("Some of your browsers trust it."), widget.WarningImportance)
	case c.left:
		c.says.say(words.Say("It may be left in some of your browsers. It can only speak for this computer, and removing it can be tried again."), widget.WarningImportance)
	default:
		c.says.say(words.Say("No browser trusts it yet, and would warn you. It can only ever speak for this computer, for you alone, and can be removed again."), widget.WarningImportance)
	}
	c.places.say(placesOf(report), widget.LowImportance)
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
	c.says.say(text, widget.LowImportance)
}

func (c *certificateRow) setUp() {
	s := c.form.screen
	c.working(words.Say("Adding it. Your system may ask you to confirm…"))
	off(s, setUpLimit, s.certificates.SetUp, func(report localcert.Report, err error) {
		c.tell(report, err)
		if err == nil && !report.Anywhere() && s.settings == c.form {
			c.says.say(words.Say("No browser took it. Mend what is said below, then try again."), widget.DangerImportance)
		}
	})
}

func (c *certificateRow) takeOut() {
	s := c.form.screen
	c.working(words.Say("Removing it…"))
	off(s, setUpLimit, s.config.Untrust, func(report localcert.Report, err error) {
		c.tell(report, err)
		switch {
		case err != nil || s.settings != c.form:
		case report.Nowhere():
			c.says.say(words.Say("It is removed from your browsers."), widget.SuccessImportance)
		default:
			c.says.say(words.Say("It could not be removed everywhere. Nobody can use what is left, as its key is deleted. Mend what is said below, then remove it again."), widget.DangerImportance)
		}
	})
}

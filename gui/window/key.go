package window

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

const (
	portal = "https://developers.egnyte.com" // issues API keys
	// portalRedirect is for keys that the portal registers with an https address only.
	portalRedirect = "https://localhost:8443/callback"
)

// keyView asks for the first API key and says where to get one. Everything else has
// its default, and is in the settings.
type keyView struct {
	baseView
	id, secret, redirect                     *entry
	idNote, secretNote, redirectNote, status *note
	copy, secure, portal, save, more, cancel *button
}

func (w *window) showKey() {
	v := &keyView{baseView: baseView{w: w, title: words.Say("API key"), back: w.leaveKey}}
	v.build()
	w.show(v)
}

// leaveKey goes back to the accounts, or ends a window that was opened for this.
func (w *window) leaveKey() {
	w.discard()
	if w.only {
		w.quit()
		return
	}
	w.showAccounts()
}

func (v *keyView) build() {
	w := v.w
	v.id = w.entry(words.Say("as the developer portal shows it"))
	v.secret = w.entry(words.Say("keys from before 2015 have none"))
	v.secret.Password = true
	v.redirect = w.entry(oauth.DefaultRedirectURI)
	for _, e := range []*entry{v.id, v.secret, v.redirect} {
		e.OnSubmitted = func(string) { v.onSave() }
	}
	v.idNote, v.secretNote, v.redirectNote, v.status = newNote(), newNote(), newNote(), newNote()
	v.redirect.OnChanged = func(string) { v.describe() }
	v.redirect.SetText(oauth.DefaultRedirectURI)
	if uri := w.known.setup.Key.RedirectURI; uri != "" && !w.inOwnPractice() {
		v.redirect.SetText(uri) // from a policy, or an installation
	}
	v.copy = w.plain(words.Say("Copy"), nil).copying(v.address)
	v.secure = w.quiet(words.Say("The portal takes https only"), func() { v.redirect.SetText(portalRedirect) })
	v.portal = w.plain(words.Say("Open the developer portal"), v.onPortal)
	v.save = w.primary(words.Say("Save"), v.onSave)
	v.more = w.quiet(words.Say("More settings…"), v.onMore)
	v.cancel = w.quiet(words.Say("Cancel"), v.Back)

	v.first = v.id
	v.content = page(nil, heading(words.Say("Enter your API key")), muted(words.Say("The secret goes to your system's password store.")),
		[]fyne.CanvasObject{
			stack(12, widget.NewLabel(words.Say("API key")), v.id, v.idNote),
			stack(12, widget.NewLabel(words.Say("Secret")), v.secret, v.secretNote),
			stack(12, widget.NewLabel(words.Say("Redirect address")), container.NewBorder(nil, nil, nil, v.copy, v.redirect), v.redirectNote),
			v.status,
			onCard(widget.NewLabelWithStyle(words.Say("Where it comes from"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
				step("1", words.Say("On Egnyte's developer portal, register an application. For signing in with the browser its kind is 'Publicly available application'.")),
				step("2", words.Say("Register the redirect address above with it, letter by letter.")),
				step("3", words.Say("The portal then shows a key and its secret. Copy both here.")),
				v.portal, v.secure),
		},
		v.save, container.NewGridWithColumns(2, v.more, v.cancel))
}

// step is a numbered instruction.
func step(number, text string) fyne.CanvasObject {
	what := widget.NewLabel(text)
	what.Wrapping = fyne.TextWrapWord
	count := widget.NewLabelWithStyle(number, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	count.Importance = widget.HighImportance
	return container.NewBorder(nil, nil, container.NewVBox(count), nil, what)
}

// onMore opens the settings with what was typed.
func (v *keyView) onMore() {
	v.w.showSettingsWith(func(f *settingsForm) {
		for from, to := range map[*entry]*entry{v.id: f.id, v.secret: f.secretEntry, v.redirect: f.redirect} {
			if from.Text != "" && !to.Disabled() {
				to.SetText(from.Text)
			}
		}
	})
}

func (v *keyView) onPortal() {
	w := v.w
	tryInBackground(w, browserLimit, func(ctx context.Context) error { return w.browser.Open(ctx, portal) }, func(err error) {
		if err != nil {
			w.copy(portal)
			w.notify(words.Say("No browser could be opened. The portal's address is copied: {address}", "address", portal))
		}
	})
}

// address is the redirect address that would be saved.
func (v *keyView) address() string {
	return cmp.Or(settingsText(v.redirect), oauth.DefaultRedirectURI)
}

// describe says how the address will be received.
func (v *keyView) describe() {
	sentence, err := advice.Reception(v.address(), v.w.known.setup.Relay)
	importance := widget.LowImportance
	if err != nil {
		importance = widget.DangerImportance
	}
	v.redirectNote.set(sentence, importance)
}

// service is the Egnyte that the key is for: after our own practice service, the
// real one. Other practice services have keys of their own.
func (v *keyView) service() oauth.Service {
	if v.w.inOwnPractice() {
		return oauth.Service{}
	}
	return v.w.service()
}

func (v *keyView) onSave() {
	w := v.w
	if v.save.Disabled() {
		return
	}
	edit := settings.Edit{
		Set:    map[string]string{"client_id": settingsText(v.id), "redirect_uri": v.address()},
		Secret: oauth.NewSecret(settingsText(v.secret)),
	}
	if service := v.service(); !service.Equal(w.service()) || w.options.Service != "" {
		edit.Set["service"] = service.String()
	}
	for _, n := range []*note{v.idNote, v.secretNote, v.status} {
		n.set("", widget.LowImportance)
	}
	v.describe()
	v.save.Disable()
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Outcome, error) { return w.config.Apply(ctx, edit) },
		func(_ settings.Outcome, err error) {
			v.save.Enable()
			if err != nil {
				v.complain(err)
				return
			}
			w.only, w.options.Service = false, ""
			w.read(w.showAccounts)
		})
}

// complain says at each field why the key was not saved.
func (v *keyView) complain(err error) {
	complaints := settings.Complaints(err)
	if len(complaints) == 0 {
		v.status.set(advice.For(err, v.w.now()).Sentences(), widget.DangerImportance)
	}
	first := v.id
	for _, field := range []struct {
		name  string
		note  *note
		entry *entry
	}{
		{settings.SecretName, v.secretNote, v.secret}, {"client_id", v.idNote, v.id},
		{"redirect_uri", v.redirectNote, v.redirect}, {"service", v.status, v.id},
	} {
		if err := complaints[field.name]; err != nil {
			field.note.set(sentenceOf(err), widget.DangerImportance)
			first = field.entry
		}
	}
	v.w.focus(first)
}

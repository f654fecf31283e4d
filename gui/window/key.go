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
	rows                                     map[string]*settingRow
	status                                   *note
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
	if w.single {
		w.quit()
		return
	}
	w.showAccounts()
}

func (v *keyView) build() {
	w := v.w
	v.status, v.rows = newNote(), map[string]*settingRow{}
	v.copy = w.plain(words.Say("Copy"), nil).copying(v.address)
	fields, _ := settings.Form()
	for _, f := range fields {
		var beside fyne.CanvasObject
		switch f.Name {
		case "client_id":
		case settings.SecretName:
			f.Placeholder = words.Say("keys from before 2015 have none")
		case "redirect_uri":
			f.Label, beside = words.Say("Redirect address"), v.copy
		default:
			continue
		}
		v.rows[f.Name] = newTextRow(w, f, beside)
		v.rows[f.Name].entry.OnSubmitted = func(string) { v.onSave() }
	}
	redirect := v.rows["redirect_uri"].entry
	redirect.OnChanged = func(string) { v.describe() }
	redirect.SetText(oauth.DefaultRedirectURI)
	if uri := w.known.setup.Key.RedirectURI; uri != "" && !w.known.inOwnPractice() {
		redirect.SetText(uri) // from a policy, or an installation
	}
	v.secure = w.quiet(words.Say("The portal takes https only"), func() { redirect.SetText(portalRedirect) })
	v.portal = w.plain(words.Say("Open the developer portal"), v.onPortal)
	v.save = w.primary(words.Say("Save"), v.onSave)
	v.more = w.quiet(words.Say("More settings…"), v.onMore)
	v.cancel = w.quiet(words.Say("Cancel"), v.Back)

	v.first = v.rows["client_id"].focus
	v.content = page(nil, heading(words.Say("Enter your API key")), muted(words.Say("The secret goes to your system's password store.")),
		[]fyne.CanvasObject{
			v.rows["client_id"].box, v.rows[settings.SecretName].box, v.rows["redirect_uri"].box, v.status,
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
	v.w.showSettingsWith(func(all *settingsView) {
		for name, from := range v.rows {
			if to := all.rows[name]; from.text() != "" && !to.locked {
				to.entry.SetText(from.text())
			}
		}
	})
}

func (v *keyView) onPortal() {
	v.w.openPage(portal)
}

// address is the redirect address that would be saved.
func (v *keyView) address() string {
	return cmp.Or(v.rows["redirect_uri"].text(), oauth.DefaultRedirectURI)
}

// describe says how the address will be received.
func (v *keyView) describe() {
	sentence, err := advice.Reception(v.address(), v.w.known.setup.Relay)
	importance := widget.LowImportance
	if err != nil {
		importance = widget.DangerImportance
	}
	v.rows["redirect_uri"].say(sentence, importance)
}

// service is the Egnyte that the key is for: after our own practice service, the
// real one. Other practice services have keys of their own.
func (v *keyView) service() oauth.Service {
	if v.w.known.inOwnPractice() {
		return oauth.Service{}
	}
	return v.w.known.service()
}

func (v *keyView) onSave() {
	w := v.w
	if v.save.Disabled() {
		return
	}
	edit := settings.Edit{
		Set:    map[string]string{"client_id": v.rows["client_id"].text(), "redirect_uri": v.address()},
		Secret: oauth.NewSecret(v.rows[settings.SecretName].text()),
	}
	if service := v.service(); !service.Equal(w.known.service()) || w.options.Service != "" {
		edit.Set["service"] = service.String()
	}
	v.status.set("", widget.LowImportance)
	for _, row := range v.rows {
		row.wrong = ""
		row.say("", widget.LowImportance)
	}
	v.describe()
	v.save.Disable()
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Outcome, error) { return w.config.Apply(ctx, edit) },
		func(_ settings.Outcome, err error) {
			v.save.Enable()
			if err != nil {
				first := w.complain(err, v.rows, v.status)
				if first == nil {
					first = v.rows["client_id"]
				}
				w.focus(first.focus)
				return
			}
			w.single, w.options.Service = false, ""
			w.read(w.showAccounts)
		})
}

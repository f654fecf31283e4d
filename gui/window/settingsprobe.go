package window

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

// probeRow is 'Test this key': what Egnyte would do with what is typed, also
// before it is saved.
type probeRow struct {
	form   *settingsView
	box    fyne.CanvasObject
	button *button
	result *note
	asked  int // the number of the newest test
}

func (f *settingsView) newProbeRow() *probeRow {
	p := &probeRow{form: f, result: newNote()}
	p.button = f.w.plain(words.Say("Test this key"), p.ask)
	p.box = stack(16, container.NewHBox(p.button), p.result)
	return p
}

// forget drops a result that what is typed has outdated.
func (p *probeRow) forget() {
	p.asked++
	p.button.Enable()
	p.result.set("", widget.LowImportance)
}

func (p *probeRow) ask() {
	f := p.form
	w := f.w
	signIn, problem := f.signIn()
	if problem != "" {
		p.result.set(problem, widget.DangerImportance)
		return
	}
	p.asked++
	number := p.asked
	p.button.Disable()
	p.result.set(words.Say("Asking Egnyte…"), widget.LowImportance)
	tryInBackground(w, readLimit, func(ctx context.Context) error {
		if how, err := redirect.Explain(signIn.Key.RedirectURI, false); err == nil && how.Way == redirect.AnyPort {
			signIn.Key.RedirectURI = atFreePort(signIn.Key.RedirectURI)
		}
		return w.config.Probe(ctx, signIn)
	}, func(err error) {
		if w.settings != f || number != p.asked {
			return
		}
		p.button.Enable()
		a, good := advice.Tested(signIn, err, w.now())
		f.announce(p.result, a.Sentences(), importanceOf(good))
		f.refreshLayout()
		f.revealSoon(p.result)
	})
}

// atFreePort is the address as a sign-in sends it: Egnyte may look at the port.
func atFreePort(uri string) string {
	text, err := freePort()
	if err != nil {
		return uri
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return uri
	}
	return redirect.AtPort(uri, port)
}

// signIn is the sign-in that what is typed would make.
func (f *settingsView) signIn() (signIn oauth.SignIn, problem string) {
	if f.text("client_id") == "" {
		return signIn, words.Say("Type the key first.")
	}
	service, err := oauth.ParseService(f.text("service"))
	if err != nil {
		return signIn, sentenceOf(err)
	}
	signIn = oauth.SignIn{
		Service: service, Flow: oauth.Flow(f.text("flow")), Region: oauth.Region(f.text("region")),
		Key:    oauth.Key{ID: f.text("client_id"), RedirectURI: cmp.Or(f.text("redirect_uri"), oauth.DefaultRedirectURI)},
		Scopes: strings.Fields(f.text("scopes")), NoPKCE: f.known.NoPKCE,
	}
	if typed := f.text("domain"); typed != "" {
		if signIn.Domain, err = service.ParseDomain(typed); err != nil {
			return signIn, sentenceOf(err)
		}
	} else {
		signIn.Domain = f.w.domainOfAnAccount(service)
	}
	return signIn, ""
}

// domainOfAnAccount is one that somebody is signed in to there, if any: Egnyte
// says more about a key where it knows the domain.
func (w *window) domainOfAnAccount(service oauth.Service) oauth.Domain {
	for _, a := range w.known.accounts {
		if domain, err := a.OAuthDomain(); err == nil && domain.Service().Equal(service) {
			return domain
		}
	}
	return oauth.Domain{}
}

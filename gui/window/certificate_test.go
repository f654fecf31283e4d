package window

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/localcert"
)

const localHTTPS = "https://localhost:8443/callback"

var (
	inChromium = localcert.Place{Name: "Chromium and Chrome", Outcome: localcert.Trusted}
	inFirefox  = localcert.Place{Name: "Firefox profile x1.default", Outcome: localcert.Trusted}
	noTool     = localcert.Place{Name: "Chromium and Chrome", Outcome: localcert.Failed, Err: &localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}}
	locked     = localcert.Place{Name: "Firefox profile x1.default", Outcome: localcert.Failed, Err: errors.New("a password is needed")}
)

// consenting is a sign-in that needs a certificate first; its stores then say
// what reports say, one after the other.
func consenting(t *testing.T, reports ...localcert.Report) *scene {
	t.Helper()
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) {
		sc.office.unready = &localcert.UnusableError{Reason: "there is none yet"}
		sc.office.reports = reports
	})
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.needsCertificate()
	return sc
}

// needsCertificate ends the sign-in as Listen would.
func (sc *scene) needsCertificate() {
	sc.t.Helper()
	a := sc.next()
	go func() { // Egnyte's part is off the UI's thread
		_, err := a.signIn.Listen(sc.t.Context(), localHTTPS, "s")
		a.end <- ending{err: err}
	}()
	sc.untilTitle("Add a certificate?")
}

func TestACertificateIsAddedAfterConsentOnly(t *testing.T) {
	sc := consenting(t, localcert.Report{inChromium, inFirefox})
	if sc.office.asked > 0 || len(sc.tab.opened) > 0 {
		t.Error("something was done before the person agreed")
	}
	if !sc.says("can only speak for this machine") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Add the certificate")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
	sc.next().end <- ending{grant: jane}
	sc.untilTitle("Signed in as Jane Smith")
}

func TestAnUnwantedCertificateIsNotAdded(t *testing.T) {
	sc := consenting(t, nil)
	sc.press(fyne.KeyTab)
	sc.focusIs("Paste the address instead")
	sc.press(fyne.KeyReturn)
	_, came := sc.comesTo(localHTTPS)
	sc.typed().SetText(localHTTPS + "?code=c1&state=s")
	sc.press(fyne.KeyReturn)
	sc.cameWith("c1", came)
	if sc.office.asked > 0 {
		t.Error("the certificate was added")
	}
}

func TestABrowserThatDidNotTakeItIsNamed(t *testing.T) {
	sc := consenting(t, localcert.Report{inChromium, locked})
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Not every browser took the certificate")
	for _, want := range []string{"Chromium and Chrome has it", "Firefox profile x1.default does not have it", "a password is needed"} {
		if !sc.says(want) {
			t.Errorf("%q is missing in %q", want, textsOf(sc.win.Content()))
		}
	}
	sc.focusIs("Go on")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
}

func TestAMissingToolIsNamedAndTriedAgain(t *testing.T) {
	sc := consenting(t, localcert.Report{noTool}, localcert.Report{inChromium})
	sc.press(fyne.KeyReturn)
	sc.untilTitle("The certificate could not be added")
	if !sc.says("Install libnss3-tools, then try again.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Try again")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
	if sc.office.asked != 2 {
		t.Errorf("tried %d times", sc.office.asked)
	}
}

func TestEscRefusesTheCertificate(t *testing.T) {
	sc := consenting(t, nil)
	sc.press(fyne.KeyEscape)
	sc.until("the end", func() bool { return sc.quitted })
	if sc.office.asked > 0 {
		t.Error("the certificate was added")
	}
}

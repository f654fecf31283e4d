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
func consenting(t *testing.T, reports ...localcert.Report) *testWindow {
	t.Helper()
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) {
		tw.certificates.reports = reports
	})
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.needsCertificate()
	return tw
}

// needsCertificate ends the sign-in as Listen would.
func (tw *testWindow) needsCertificate() {
	tw.t.Helper()
	tw.next().end <- result{err: &localcert.UnusableError{Reason: "there is none yet"}}
	tw.untilTitle("Add a certificate?")
}

func TestACertificateIsAddedAfterConsentOnly(t *testing.T) {
	tw := consenting(t, localcert.Report{inChromium, inFirefox})
	if tw.certificates.asked > 0 || len(tw.browser.opened) > 0 {
		t.Error("something was done before the person agreed")
	}
	if !tw.says("can only speak for this machine") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Add the certificate")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
	tw.next().end <- result{grant: jane}
	tw.untilTitle("Signed in as Jane Smith")
}

func TestAnUnwantedCertificateIsNotAdded(t *testing.T) {
	tw := consenting(t, nil)
	tw.press(fyne.KeyTab)
	tw.focusIs("Paste the address instead")
	tw.press(fyne.KeyReturn)
	_, came := tw.comesTo(localHTTPS)
	tw.typed().SetText(localHTTPS + "?code=c1&state=s")
	tw.press(fyne.KeyReturn)
	tw.cameWith("c1", came)
	if tw.certificates.asked > 0 {
		t.Error("the certificate was added")
	}
}

func TestABrowserThatDidNotTakeItIsNamed(t *testing.T) {
	tw := consenting(t, localcert.Report{inChromium, locked})
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Not every browser took the certificate")
	for _, want := range []string{"Chromium and Chrome has it", "Firefox profile x1.default does not have it", "a password is needed"} {
		if !tw.says(want) {
			t.Errorf("%q is missing in %q", want, textsOf(tw.win.Content()))
		}
	}
	tw.focusIs("Go on")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
}

func TestAMissingToolIsNamedAndTriedAgain(t *testing.T) {
	tw := consenting(t, localcert.Report{noTool}, localcert.Report{inChromium})
	tw.press(fyne.KeyReturn)
	tw.untilTitle("The certificate could not be added")
	if !tw.says("Install libnss3-tools, then try again.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Try again")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
	if tw.certificates.asked != 2 {
		t.Errorf("tried %d times", tw.certificates.asked)
	}
}

func TestEscRefusesTheCertificate(t *testing.T) {
	tw := consenting(t, nil)
	tw.press(fyne.KeyEscape)
	tw.until("the end", func() bool { return tw.hasQuit })
	if tw.certificates.asked > 0 {
		t.Error("the certificate was added")
	}
}

package window

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/doctor"
)

func TestTheDiagnosisIsShownAndCopiedOnRequest(t *testing.T) {
	checks := []doctor.Check{
		{Name: "keyring", OK: true, Detail: "writes, reads and deletes"},
		{Name: "redirect", Detail: "port 8443 is taken", Advice: "Close the program that has the port."},
	}
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) { tw.setup.checks = checks })
	tw.untilRead()
	findByText(tw.win.Content(), "Help…").press()
	tw.press(fyne.KeyReturn) // Diagnose…
	tw.untilTitle("Diagnosis")
	tw.until("the checks", func() bool { return tw.says("port 8443 is taken") })
	if !tw.says("Signing in can't work like this") || !tw.says("Close the program that has the port.") || tw.copied != "" {
		t.Errorf("%q, copied %q", textsOf(tw.win.Content()), tw.copied)
	}
	tw.focusIs("Copy")
	tw.press(fyne.KeyReturn)
	if tw.copied != doctor.Text(checks) {
		t.Errorf("copied %q", tw.copied)
	}
	tw.press(fyne.KeyEscape)
	tw.untilTitle("No account yet")
}

func TestALeftDiagnosisDoesNotComeBack(t *testing.T) {
	answer := make(chan struct{})
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) { tw.setup.looks = answer })
	tw.untilTitle("No account yet")
	tw.untilRead()
	tw.showDiagnosis()
	tw.press(fyne.KeyEscape)
	tw.untilTitle("No account yet")
	for len(tw.ui.queue) > 0 {
		(<-tw.ui.queue)()
	}
	close(answer)
	select {
	case told := <-tw.ui.queue:
		told()
	case <-time.After(10 * time.Second):
		t.Fatal("the diagnosis never ended")
	}
	tw.untilTitle("No account yet")
}

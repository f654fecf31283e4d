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
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) { sc.desk.checks = checks })
	sc.untilRead()
	findByText(sc.win.Content(), "Help…").press()
	sc.press(fyne.KeyReturn) // Diagnose…
	sc.untilTitle("Diagnosis")
	sc.until("the checks", func() bool { return sc.says("port 8443 is taken") })
	if !sc.says("Signing in can't work like this") || !sc.says("Close the program that has the port.") || sc.copied != "" {
		t.Errorf("%q, copied %q", textsOf(sc.win.Content()), sc.copied)
	}
	sc.focusIs("Copy")
	sc.press(fyne.KeyReturn)
	if sc.copied != doctor.Text(checks) {
		t.Errorf("copied %q", sc.copied)
	}
	sc.press(fyne.KeyEscape)
	sc.untilTitle("No account yet")
}

func TestALeftDiagnosisDoesNotComeBack(t *testing.T) {
	answer := make(chan struct{})
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) { sc.desk.looks = answer })
	sc.untilTitle("No account yet")
	sc.untilRead()
	sc.showDiagnosis()
	sc.press(fyne.KeyEscape)
	sc.untilTitle("No account yet")
	for len(sc.ui.queue) > 0 {
		(<-sc.ui.queue)()
	}
	close(answer)
	select {
	case told := <-sc.ui.queue:
		told()
	case <-time.After(10 * time.Second):
		t.Fatal("the diagnosis never ended")
	}
	sc.untilTitle("No account yet")
}

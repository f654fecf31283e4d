package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The terminal program speaks English and carries no other language: it shares
// sentences with the windows, and none of what translates them.
func TestTheTerminalLinksNoTranslation(t *testing.T) {
	t.Parallel()
	deps, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if !strings.Contains(string(deps), "egnyte-accounts/oauth/words\n") {
		t.Error("go list lists nothing of ours")
	}
	for dep := range strings.Lines(string(deps)) {
		for _, heavy := range []string{"go-i18n", "go-locale", "egnyte-accounts/assets/translations", "egnyte-accounts/oauth/words/language", "fyne.io/"} {
			if strings.Contains(dep, heavy) {
				t.Errorf("it imports %s", dep)
			}
		}
	}
}

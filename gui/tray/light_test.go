package tray

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The tray must stay free of Fyne's window system and of cgo, so that it can
// be a program of its own.
func TestTheTrayIsLight(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"linux", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			environment := append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64")
			list := exec.Command("go", "list", "-deps", ".")
			list.Env = environment
			deps, err := list.Output()
			if err != nil {
				t.Fatalf("go list: %v", err)
			}
			for dep := range strings.Lines(string(deps)) {
				if strings.HasPrefix(dep, "fyne.io/fyne/") {
					t.Errorf("it imports %s", dep)
				}
			}
			if !strings.Contains(string(deps), "fyne.io/systray\n") {
				t.Error("go list lists nothing")
			}
			build := exec.Command("go", "build", ".")
			build.Env = environment
			if out, err := build.CombinedOutput(); err != nil {
				t.Errorf("it does not build without cgo: %v\n%s", err, out)
			}
		})
	}
}

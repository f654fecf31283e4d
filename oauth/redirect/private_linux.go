package redirect

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

// privatePrograms lists browsers, the user's default one first.
func privatePrograms(ctx context.Context) []privateProgram {
	all := []privateProgram{
		{"chromium", "--incognito"}, {"chromium-browser", "--incognito"}, {"google-chrome", "--incognito"},
		{"microsoft-edge", "--inprivate"}, {"firefox", "--private-window"}, {"firefox-esr", "--private-window"},
		{"brave-browser", "--incognito"},
	}
	entry, _ := exec.CommandContext(ctx, "xdg-settings", "get", "default-web-browser").Output() // firefox-esr.desktop
	name := strings.TrimSuffix(strings.TrimSpace(string(entry)), ".desktop")
	slices.SortStableFunc(all, func(a, b privateProgram) int {
		switch name {
		case a.path:
			return -1
		case b.path:
			return 1
		}
		return 0
	})
	return all
}

// ownSession keeps Ctrl+C in our terminal from the browser.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

package redirect

import (
	"context"
	"syscall"
)

func privatePrograms(context.Context) []privateProgram {
	var all []privateProgram
	for _, b := range []struct{ app, program, flag string }{
		{"Google Chrome", "Google Chrome", "--incognito"}, {"Chromium", "Chromium", "--incognito"},
		{"Microsoft Edge", "Microsoft Edge", "--inprivate"}, {"Firefox", "firefox", "--private-window"},
		{"Brave Browser", "Brave Browser", "--incognito"},
	} {
		all = append(all, privateProgram{"/Applications/" + b.app + ".app/Contents/MacOS/" + b.program, b.flag})
	}
	return all
}

// ownSession keeps Ctrl+C in our terminal from the browser.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

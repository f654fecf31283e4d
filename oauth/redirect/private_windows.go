package redirect

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
)

func privatePrograms(context.Context) []privateProgram {
	var all []privateProgram
	for _, b := range []struct{ path, flag string }{
		{`Google\Chrome\Application\chrome.exe`, "--incognito"}, {`Microsoft\Edge\Application\msedge.exe`, "--inprivate"},
		{`Mozilla Firefox\firefox.exe`, "-private-window"}, {`BraveSoftware\Brave-Browser\Application\brave.exe`, "--incognito"},
	} {
		for _, folder := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			if root := os.Getenv(folder); filepath.IsAbs(root) {
				all = append(all, privateProgram{filepath.Join(root, b.path), b.flag})
			}
		}
	}
	return all
}

// ownSession keeps Ctrl+C in our terminal from the browser.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

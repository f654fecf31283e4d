package desktop

import "os/exec"

// opener: rundll32 asks the shell, as a double-click does.
func opener(path string) (*exec.Cmd, error) {
	return openBy(path, "rundll32.exe", "url.dll,FileProtocolHandler")
}

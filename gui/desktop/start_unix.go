//go:build !windows

package desktop

import (
	"os/exec"
	"syscall"
)

func root() string { return "/" }

// detach gives the child a session of its own, so that it outlives our
// terminal and our tray.
func detach(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

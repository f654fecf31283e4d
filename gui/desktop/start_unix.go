//go:build !windows

package desktop

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func root() string { return "/" }

// keepDescriptors sees to it that the child gets none of ours. Go marks what it
// opens itself; what our own parent left open in us is marked here.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return // the child then holds what we hold: untidy, not wrong
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

// detach gives the child a session of its own, so that it outlives our
// terminal and our tray.
func detach(command *exec.Cmd) {
	keepDescriptors()
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

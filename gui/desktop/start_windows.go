package desktop

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// root is the folder of Windows itself: a working directory can't be removed
// or unplugged while a process sits in it.
func root() string {
	if folder := os.Getenv("SystemRoot"); filepath.IsAbs(folder) {
		return folder
	}
	return `C:\`
}

// detachedProcess is DETACHED_PROCESS of CreateProcess: no console.
const detachedProcess = 0x00000008

func detach(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | detachedProcess}
}

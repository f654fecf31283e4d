package main

import (
	"os/exec"
	"syscall"
)

// apart keeps a program from the terminal's Ctrl-C, which is the demo's to handle.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

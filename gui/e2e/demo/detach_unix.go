//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// detach keeps a program from getting the terminal's Ctrl-C, which the demo handles.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

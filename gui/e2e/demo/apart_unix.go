//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// apart keeps a program from the terminal's Ctrl-C, which is the demo's to handle.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

//go:build !windows

package main

import (
	"fmt"
	"syscall"
)

// run becomes the command: signals, terminal and exit code are its own.
func run(path string, command, environment []string) error {
	err := syscall.Exec(path, command, environment)
	return &exitStatus{exitNotExecutable, fmt.Errorf("%s can't be run: %w", command[0], err)}
}

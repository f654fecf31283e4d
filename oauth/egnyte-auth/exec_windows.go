package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// run waits for the command. Ctrl-C reaches every program of the console, so
// here it is ignored, and the command decides.
func run(path string, command, environment []string) error {
	signal.Ignore(os.Interrupt)
	child := &exec.Cmd{Path: path, Args: command, Env: environment, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	err := child.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ended):
		return &exitStatus{ended.ExitCode(), nil}
	}
	return &exitStatus{exitNotExecutable, fmt.Errorf("%s can't be run: %w", command[0], err)}
}

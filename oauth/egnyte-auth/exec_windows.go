package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// run waits for the command. Ctrl-C and Ctrl-Break reach every program of the
// console, and the command decides. Here they are taken and dropped: signal.Ignore
// would leave them to Windows, which would end this process first.
func run(path string, command, environment []string) error {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
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

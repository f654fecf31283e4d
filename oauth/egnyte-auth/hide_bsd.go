//go:build !windows && !linux

package main

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)

// terminalLine: no limit is known at which a line would be cut off.
const terminalLine = maxLine

// releaseTyped does nothing here: what was pasted behind the last line break
// comes with the next Enter.
func releaseTyped(uintptr) {}

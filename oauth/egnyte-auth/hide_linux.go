package main

import "golang.org/x/sys/unix"

const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)

// terminalLine is what a terminal keeps of one line, in bytes; it drops the rest
// (termios(3), Canonical and noncanonical mode).
const terminalLine = 4095

// releaseTyped lets a read have what was typed or pasted without Enter at its
// end. Linux does that when it gets back into canonical mode (n_tty_set_termios).
func releaseTyped(terminal uintptr) {
	fd := int(terminal)
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil || before.Lflag&unix.ICANON == 0 {
		return
	}
	raw := *before
	raw.Lflag &^= unix.ICANON
	if unix.IoctlSetTermios(fd, setTermios, &raw) == nil {
		_ = unix.IoctlSetTermios(fd, setTermios, before)
	}
}

//go:build !windows

package main

import "golang.org/x/sys/unix"

// hideTyping stops the terminal's echo until show is called. Lines and Ctrl-C go
// on as before (termios(3)).
func hideTyping(terminal uintptr) (show func(), err error) {
	fd := int(terminal)
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	silent.Lflag |= unix.ICANON | unix.ISIG
	silent.Iflag |= unix.ICRNL
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, before) }, nil
}

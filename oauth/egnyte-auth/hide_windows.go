package main

import "golang.org/x/sys/windows"

// hideTyping stops the console's echo until show is called. Lines and Ctrl-C go
// on as before (SetConsoleMode).
func hideTyping(console uintptr) (show func(), err error) {
	handle := windows.Handle(console)
	var before uint32
	if err := windows.GetConsoleMode(handle, &before); err != nil {
		return nil, err
	}
	silent := before&^windows.ENABLE_ECHO_INPUT | windows.ENABLE_LINE_INPUT | windows.ENABLE_PROCESSED_INPUT
	if err := windows.SetConsoleMode(handle, silent); err != nil {
		return nil, err
	}
	return func() { _ = windows.SetConsoleMode(handle, before) }, nil
}

// terminalLine: no limit is known at which a line would be cut off.
const terminalLine = maxLine

// releaseTyped does nothing here: what was pasted behind the last line break
// comes with the next Enter.
func releaseTyped(uintptr) {}

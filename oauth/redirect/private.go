package redirect

import (
	"context"
	"errors"
	"os/exec"
)

// PrivateBrowser opens a private window, where nobody is signed in to Egnyte yet: with
// it, a second user signs in while the browser remembers the first one.
type PrivateBrowser struct{}

// privateProgram is a browser with its argument for a private window.
type privateProgram struct{ path, flag string }

var errNoPrivate = errors.New("no Chrome, Chromium, Edge, Firefox or Brave was found")

// Open starts a browser that has private windows, the user's own if it is one, at
// address. It does not wait for the browser to end. The error is a *NoBrowserError unless
// the address itself is at fault.
func (PrivateBrowser) Open(ctx context.Context, address string) error {
	if err := checkAddress(address); err != nil {
		return err
	}
	if terminalOnly() {
		return &NoBrowserError{errNoDisplay}
	}
	for _, program := range privatePrograms(ctx) {
		path, err := exec.LookPath(program.path)
		if err != nil {
			continue
		}
		command := exec.Command(path, program.flag, address) // it outlives ctx, as any browser
		command.SysProcAttr = ownSession()
		if err := command.Start(); err != nil {
			return &NoBrowserError{err}
		}
		go func() { _ = command.Wait() }()
		return nil
	}
	return &NoBrowserError{errNoPrivate}
}

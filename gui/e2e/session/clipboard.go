//go:build linux

package session

import (
	"context"
	"errors"

	"github.com/jezek/xgb/xproto"
)

// Clipboard is the text on the clipboard (ICCCM, 2.4: the owner converts it
// into a property of ours).
func (d *Display) Clipboard(ctx context.Context) (string, error) {
	var atoms [3]xproto.Atom
	for i, name := range []string{"CLIPBOARD", "UTF8_STRING", "SESSION_CLIPBOARD"} {
		var err error
		if atoms[i], err = d.atom(name); err != nil {
			return "", err
		}
	}
	window, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return "", err
	}
	err = xproto.CreateWindowChecked(d.conn, 0, window, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check()
	if err != nil {
		return "", err
	}
	defer xproto.DestroyWindow(d.conn, window)
	xproto.ConvertSelection(d.conn, window, atoms[0], atoms[1], atoms[2], xproto.TimeCurrentTime)
	var text []byte
	err = Eventually(ctx, 50*grain, func() error {
		if text, err = d.property(window, "SESSION_CLIPBOARD"); err != nil {
			return errors.New("the clipboard is empty")
		}
		return nil
	})
	return string(text), err
}

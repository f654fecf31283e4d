//go:build linux

package session

import (
	"context"
	"errors"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// SetClipboard puts a text on the clipboard, as a browser's Copy does, and
// keeps it there until release is called (ICCCM, 2.2: the owner answers every
// reader).
func (d *Display) SetClipboard(text string) (release func(), err error) {
	return d.ownClipboard(func(conn *xgb.Conn, utf8 xproto.Atom) { answerReaders(conn, utf8, text) })
}

// HangClipboard has the clipboard owned by a program that answers no reader, until
// release is called.
func (d *Display) HangClipboard() (release func(), err error) {
	return d.ownClipboard(func(*xgb.Conn, xproto.Atom) {})
}

func (d *Display) ownClipboard(answer func(conn *xgb.Conn, utf8 xproto.Atom)) (release func(), err error) {
	conn, err := xgb.NewConnDisplay(d.Name) // a connection of its own, for its events
	if err != nil {
		return nil, err
	}
	owner := &Display{Name: d.Name, conn: conn, root: d.root, atoms: map[string]xproto.Atom{}}
	clipboard, err := owner.atom("CLIPBOARD")
	if err != nil {
		conn.Close()
		return nil, err
	}
	utf8, err := owner.atom("UTF8_STRING")
	if err != nil {
		conn.Close()
		return nil, err
	}
	window, err := xproto.NewWindowId(conn)
	if err == nil {
		err = xproto.CreateWindowChecked(conn, 0, window, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check()
	}
	if err == nil {
		err = xproto.SetSelectionOwnerChecked(conn, window, clipboard, xproto.TimeCurrentTime).Check()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	go answer(conn, utf8)
	return conn.Close, nil
}

// answerReaders ends with its connection.
func answerReaders(conn *xgb.Conn, utf8 xproto.Atom, text string) {
	for {
		event, err := conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		asked, ok := event.(xproto.SelectionRequestEvent)
		if !ok {
			continue
		}
		answer := xproto.SelectionNotifyEvent{Time: asked.Time, Requestor: asked.Requestor, Selection: asked.Selection, Target: asked.Target}
		if asked.Target == utf8 {
			answer.Property = asked.Property
			xproto.ChangeProperty(conn, xproto.PropModeReplace, asked.Requestor, asked.Property, utf8, 8, uint32(len(text)), []byte(text))
		}
		xproto.SendEvent(conn, false, asked.Requestor, 0, string(answer.Bytes()))
	}
}

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

package desktop

import (
	"context"
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Clipboard returns the text on the clipboard of an X display. GLFW waits for the
// clipboard's owner without a limit; this waits until ctx ends (ICCCM, 2.4).
// errors.ErrUnsupported without X, and for a text too long for one answer.
func (s Screen) Clipboard(ctx context.Context) (string, error) {
	if s.Width == 0 {
		return "", errors.ErrUnsupported
	}
	type answer struct {
		text string
		err  error
	}
	result := make(chan answer, 1)
	go func() {
		text, err := askClipboard(ctx)
		result <- answer{text, err}
	}()
	select {
	case a := <-result:
		return a.text, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("the clipboard's owner does not answer: %w", context.Cause(ctx))
	}
}

func askClipboard(ctx context.Context) (string, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, conn.Close)() // ends WaitForEvent
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		return "", err
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.CreateWindowChecked(conn, 0, window, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		return "", err
	}
	var atoms [3]xproto.Atom
	for i, name := range []string{"CLIPBOARD", "UTF8_STRING", "INCR"} {
		reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return "", err
		}
		atoms[i] = reply.Atom
	}
	clipboard, utf8, incremental := atoms[0], atoms[1], atoms[2]
	for _, target := range []xproto.Atom{utf8, xproto.AtomString} {
		xproto.ConvertSelection(conn, window, clipboard, target, clipboard, xproto.TimeCurrentTime)
		property, err := waitSelection(conn)
		if err != nil {
			return "", err
		}
		if property == xproto.AtomNone {
			continue // no owner, or one with something else
		}
		reply, err := xproto.GetProperty(conn, true, window, property, xproto.GetPropertyTypeAny, 0, 1<<20).Reply()
		switch {
		case err != nil:
			return "", err
		case reply.Type == incremental:
			return "", errors.ErrUnsupported
		case target == utf8:
			return string(reply.Value), nil
		}
		latin1 := make([]rune, len(reply.Value))
		for i, b := range reply.Value {
			latin1[i] = rune(b)
		}
		return string(latin1), nil
	}
	return "", nil
}

// waitSelection waits for the owner's answer: where the text is, or AtomNone.
func waitSelection(conn *xgb.Conn) (xproto.Atom, error) {
	for {
		event, err := conn.WaitForEvent()
		switch event := event.(type) {
		case xproto.SelectionNotifyEvent:
			return event.Property, nil
		case nil:
			if err == nil {
				return 0, errors.New("the display went away")
			}
			return 0, err
		}
	}
}

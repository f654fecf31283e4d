package window

import (
	"log/slog"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// entry is Fyne's, which Esc leaves.
type entry struct {
	widget.Entry
	control

	pasting   bool     // the clipboard's owner has not answered yet
	waiting   []func() // typed in the meantime
	pasteFail func()   // says that it did not answer; may be nil
}

func (w *window) entry(placeholder string) *entry {
	e := &entry{control: control{w: w}}
	e.PlaceHolder = placeholder
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// setPlaceHolder draws the entry anew only if that changes it.
func (e *entry) setPlaceHolder(text string) {
	if e.PlaceHolder != text {
		e.SetPlaceHolder(text)
	}
}

func (e *entry) FocusGained() { e.gain(); e.Entry.FocusGained() }
func (e *entry) FocusLost()   { e.focused = false; e.Entry.FocusLost() }

func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(e.Entry.CreateRenderer(), &e.control, ringJoined)
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.w.view.Back()
		return
	}
	e.inOrder(func() { e.Entry.TypedKey(key) })
}

// TypedRune implements fyne.Focusable.
func (e *entry) TypedRune(r rune) { e.inOrder(func() { e.Entry.TypedRune(r) }) }

// TypedShortcut implements fyne.Shortcutable.
func (e *entry) TypedShortcut(shortcut fyne.Shortcut) {
	if _, paste := shortcut.(*fyne.ShortcutPaste); paste {
		e.inOrder(func() { e.paste(nil) })
		return
	}
	e.inOrder(func() { e.Entry.TypedShortcut(shortcut) })
}

// inOrder runs f now, or after the paste that is under way.
func (e *entry) inOrder(f func()) {
	if e.pasting {
		e.waiting = append(e.waiting, f)
		return
	}
	f()
}

// paste puts the clipboard's text where the cursor is, then runs then. It reads the
// clipboard in the background, since the program that owns it may hang.
func (e *entry) paste(then func()) {
	e.pasting = true
	inBackground(e.w, pasteLimit, e.w.clipboard, func(text string, err error) {
		e.pasting = false
		if err == nil {
			e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipped(text)})
		} else {
			slog.Warn("the clipboard can't be read", "error", err)
		}
		waiting := e.waiting
		e.waiting = nil
		for _, f := range waiting {
			e.inOrder(f)
		}
		switch {
		case err != nil && e.pasteFail != nil:
			e.pasteFail()
		case err == nil && then != nil:
			then()
		}
	})
}

// clipped is a clipboard that was read already.
type clipped string

// Content implements fyne.Clipboard. A mail program may break an address over
// lines; no entry here has more than one.
func (c clipped) Content() string { return strings.NewReplacer("\r", "", "\n", "").Replace(string(c)) }

// SetContent implements fyne.Clipboard.
func (c clipped) SetContent(string) {}

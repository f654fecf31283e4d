package window

import (
	"context"

	"fyne.io/fyne/v2"
)

// view is what the window shows. Each view is a type in a file of its own: its
// controls are fields, build creates them, and each has a handler named onX. It
// embeds baseView and replaces the methods that it needs.
type view interface {
	Title() string // in the window's title, which screen readers announce
	Content() fyne.CanvasObject
	First() fyne.Focusable // has the focus when the view appears; may be nil
	Back()                 // Esc, and the button that closes the view
	Leave()                // the window shows another view
	Refresh()              // accounts or settings were read again
}

// baseView has what views share. By itself it is a view of text and buttons.
type baseView struct {
	w       *window
	title   string
	content fyne.CanvasObject
	first   fyne.Focusable
	back    func() // nil: to the accounts

	ctx context.Context
	end context.CancelFunc
}

func (v *baseView) Title() string              { return v.title }
func (v *baseView) Content() fyne.CanvasObject { return v.content }
func (v *baseView) First() fyne.Focusable      { return v.first }
func (v *baseView) Refresh()                   {}

func (v *baseView) Back() {
	if v.back != nil {
		v.back()
		return
	}
	v.w.showAccounts()
}

func (v *baseView) Leave() {
	if v.end != nil {
		v.end()
		v.end = nil
	}
}

// whileShown is a context that ends when the view is left.
func (v *baseView) whileShown() context.Context {
	if v.end == nil {
		v.ctx, v.end = context.WithCancel(v.w.background.ctx)
	}
	return v.ctx
}

// shown reports whether the window still shows this view.
func (v *baseView) shown() bool {
	return v.w.view != nil && v.w.view.Content() == v.content
}

// retitle changes the title of a view that says something new.
func (v *baseView) retitle(title string) {
	v.title = title
	if v.shown() {
		v.w.win.SetTitle(title + " — " + appName)
	}
}

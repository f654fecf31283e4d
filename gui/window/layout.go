package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// margin is the free space around a view, in pixels.
const margin = 24

// page is the one shape of all sign-in views: a mark, what is the case, what
// it means, then what can be done; the way out is at the bottom. A long one goes without the mark (nil).
func page(mark fyne.Resource, title, text fyne.CanvasObject, content []fyne.CanvasObject, bottom ...fyne.CanvasObject) fyne.CanvasObject {
	top := []fyne.CanvasObject{title, text}
	if mark != nil {
		top = []fyne.CanvasObject{space(8), container.NewCenter(picture(mark, 56)), title, text}
	}
	body := container.NewVScroll(inset(container.NewVBox(append(top, content...)...)))
	return container.NewBorder(nil, inset(container.NewVBox(bottom...)), nil, nil, body)
}

func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(8, margin-8, margin, margin), o)
}

// space is a gap of height pixels.
func space(height float32) fyne.CanvasObject {
	s := canvas.NewRectangle(color.Transparent)
	s.SetMinSize(fyne.NewSize(0, height))
	return s
}

// heading is what a view says first.
func heading(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	l.SizeName = theme.SizeNameHeadingText
	l.Wrapping = fyne.TextWrapWord
	return l
}

// say is a sentence of a view.
func say(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignCenter, fyne.TextStyle{})
	l.Wrapping = fyne.TextWrapWord
	return l
}

// muted is a sentence that may be overlooked.
func muted(text string) *widget.Label {
	l := say(text)
	l.Importance = widget.LowImportance
	return l
}

// caption stands over a control.
func caption(text string) *widget.Label {
	l := muted(text)
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// warning is a sentence that should not be overlooked.
func warning(text string) *widget.Label {
	l := say(text)
	l.SizeName, l.Importance = theme.SizeNameCaptionText, widget.WarningImportance
	return l
}

// small is a line beside a control.
func small(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.SizeName = theme.SizeNameCaptionText
	l.Importance = widget.LowImportance
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// tight stacks lines of text as one paragraph: labels bring padding for
// standing alone, which is taken back here. gap is between lines, in pixels.
type tight struct{ gap float32 }

func (t tight) overlap() float32 { return 2*theme.InnerPadding() - t.gap }

func (t tight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for i, o := range objects {
		size.Width = max(size.Width, o.MinSize().Width)
		size.Height += o.MinSize().Height
		if i > 0 {
			size.Height -= t.overlap()
		}
	}
	return size
}

func (t tight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		height := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, height))
		y += height - t.overlap()
	}
}

// shrinking is the activity line: as long as the time that is left.
type shrinking struct{ part float32 }

func (l *shrinking) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 4) }

// Layout takes the groove, then what fills it.
func (l *shrinking) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width
	for _, o := range objects {
		o.Resize(fyne.NewSize(width, size.Height))
		o.Move(fyne.NewPos((size.Width-width)/2, 0))
		width *= l.part
	}
}

// tightRow sets a mark close to its word, both in the middle.
type tightRow struct{}

func (tightRow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(-theme.InnerPadding()/2, 0)
	for _, o := range objects {
		size.Width += o.MinSize().Width
		size.Height = max(size.Height, o.MinSize().Height)
	}
	return size
}

func (tightRow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range objects {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(o.MinSize().Width, size.Height))
		x += o.MinSize().Width - theme.InnerPadding()/2
	}
}

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

// The free space around what a window shows, in pixels. Text in labels stands 8
// further in than its box.
const (
	margin = 32 // around a view of one thing
	edge   = 16 // around cards
)

// page is the one shape of all sign-in views: a mark, what is the case, what
// it means, then what can be done; the way out is at the bottom. A long one goes without the mark (nil).
func page(mark fyne.Resource, title, text fyne.CanvasObject, content []fyne.CanvasObject, bottom ...fyne.CanvasObject) fyne.CanvasObject {
	return sheet(mark, title, text, content, inset(container.NewVBox(bottom...)))
}

// sheet is a page with a foot of its own.
func sheet(mark fyne.Resource, title, text fyne.CanvasObject, content []fyne.CanvasObject, foot fyne.CanvasObject) fyne.CanvasObject {
	top := []fyne.CanvasObject{title, text}
	if mark != nil {
		top = []fyne.CanvasObject{space(8), container.NewCenter(picture(mark, 56)), title, text}
	}
	body := container.NewVScroll(inset(container.NewVBox(append(top, content...)...)))
	return container.NewBorder(nil, foot, nil, nil, aloud(body))
}

func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(16, edge, margin, margin), o)
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

// nameRow sets what belongs to a name right behind it. A name that is too long
// gives way.
type nameRow struct{}

func (nameRow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for _, o := range objects {
		size.Width += o.MinSize().Width
		size.Height = max(size.Height, o.MinSize().Height)
	}
	return size
}

func (nameRow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rest := size.Width
	for _, o := range objects[1:] {
		rest -= o.MinSize().Width
	}
	x := float32(0)
	for i, o := range objects {
		width := o.MinSize().Width
		if name, ok := o.(*widget.Label); ok && i == 0 {
			width = min(rest, fyne.MeasureText(name.Text, theme.TextSize(), name.TextStyle).Width+3*theme.InnerPadding())
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, size.Height))
		x += width
	}
}

// chip is a word on a surface of its own, behind a name.
func chip(text string) fyne.CanvasObject {
	word := widget.NewLabel(text)
	word.SizeName = theme.SizeNameCaptionText
	return container.NewCenter(container.New(closeFit{}, newSurface(theme.ColorNameButton, "", 10), word))
}

// closeFit takes back what a label brings above and below for standing alone.
type closeFit struct{}

func (closeFit) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.SubtractWidthHeight(0, 2*closeCut)
}

// closeCut is taken from above, and as much from below, in pixels.
const closeCut = 6

func (closeFit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		cut := float32(0)
		if i > 0 {
			cut = closeCut
		}
		o.Move(fyne.NewPos(0, -cut))
		o.Resize(size.AddWidthHeight(0, 2*cut))
	}
}

// facts sets names beside what they stand for, in two columns: objects are
// name, text, name, text.
type facts struct{}

const factsOverlap = 10 // of a line's own room, so that lines are of one list

func (facts) names(objects []fyne.CanvasObject) (width float32) {
	for i := 0; i < len(objects); i += 2 {
		width = max(width, objects[i].MinSize().Width)
	}
	return width
}

func (f facts) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, factsOverlap)
	for i := 0; i < len(objects); i += 2 {
		text := objects[i+1].MinSize()
		size.Width = max(size.Width, text.Width)
		size.Height += max(objects[i].MinSize().Height, text.Height) - factsOverlap
	}
	return size.AddWidthHeight(f.names(objects), 0)
}

func (f facts) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	names, y := f.names(objects), float32(0)
	for i := 0; i < len(objects); i += 2 {
		name, text := objects[i], objects[i+1]
		text.Resize(fyne.NewSize(size.Width-names, text.MinSize().Height))
		text.Move(fyne.NewPos(names, y))
		name.Resize(name.MinSize())
		name.Move(fyne.NewPos(0, y))
		y += max(name.MinSize().Height, text.MinSize().Height) - factsOverlap
	}
}

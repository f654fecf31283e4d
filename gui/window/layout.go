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
	revealAll(body, body.Content)
	return container.NewBorder(nil, foot, nil, nil, accessible(body))
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

// paragraph is a sentence of a view.
func paragraph(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignCenter, fyne.TextStyle{})
	l.Wrapping = fyne.TextWrapWord
	return l
}

// muted is a sentence that may be overlooked.
func muted(text string) *widget.Label {
	l := paragraph(text)
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
	l := paragraph(text)
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

// stack puts objects one above the other, gap pixels apart. It takes back the padding
// that labels bring above and below.
func stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap-2*theme.InnerPadding()), objects...)
}

// nameRow puts what belongs to a name right behind it. A name that is too long gives
// way. Fyne's layouts either give a label all the room or none to cut it off in.
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

// chip is a word on a surface, behind a name.
func chip(text string) fyne.CanvasObject {
	word := widget.NewLabel(text)
	word.SizeName = theme.SizeNameCaptionText
	const close = -6 // of the label's own padding
	return container.NewCenter(container.NewStack(newSurface(theme.ColorNameButton, "", 10),
		container.New(layout.NewCustomPaddedLayout(close, close, 0, 0), word)))
}

// fact is a name and what it stands for.
type fact struct{ name, text string }

// factsTable shows facts in two columns.
func factsTable(facts []fact) fyne.CanvasObject {
	var names []*widget.Label
	column := float32(0)
	for _, f := range facts {
		name := widget.NewLabel(f.name)
		name.Importance = widget.LowImportance
		names, column = append(names, name), max(column, name.MinSize().Width)
	}
	rows := stack(6)
	for i, f := range facts {
		text := widget.NewLabel(f.text)
		text.Wrapping = fyne.TextWrapWord
		rows.Add(container.NewStack(container.NewVBox(names[i]), container.New(layout.NewCustomPaddedLayout(0, 0, column, 0), text)))
	}
	return rows
}

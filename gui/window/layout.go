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

// The space around content, in pixels. A label has 8 more around its text.
const (
	margin = 32 // around a view of one thing
	edge   = 16 // around cards
)

// page is the layout of most views: a mark (nil in long ones), a title, a text, then
// what can be done, and the buttons at the bottom.
func page(mark fyne.Resource, title, text fyne.CanvasObject, content []fyne.CanvasObject, bottom ...fyne.CanvasObject) fyne.CanvasObject {
	return sheet(mark, title, text, content, inset(container.NewVBox(bottom...)))
}

// sheet is a page with another footer.
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

// heading is the title inside a view.
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

// muted is a less important sentence.
func muted(text string) *widget.Label {
	l := paragraph(text)
	l.Importance = widget.LowImportance
	return l
}

// caption is a small muted sentence.
func caption(text string) *widget.Label {
	l := muted(text)
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// warning is a sentence that stands out.
func warning(text string) *widget.Label {
	l := paragraph(text)
	l.SizeName, l.Importance = theme.SizeNameCaptionText, widget.WarningImportance
	return l
}

// small is a line of small text, cut off if it is too long.
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

// note is a line under a control; an empty one takes no room.
type note struct{ widget.Label }

func newNote() *note {
	n := &note{}
	n.Wrapping, n.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

func (n *note) set(text string, importance widget.Importance) {
	n.Importance = importance
	n.SetText(text)
	if text == "" {
		n.Hide()
		return
	}
	n.Show()
}

// card is a surface with what belongs together on it.
func card(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	name := widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.SizeName = theme.SizeNameSubHeadingText
	return onCard(append([]fyne.CanvasObject{name}, rows...)...)
}

func onCard(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 10),
		container.New(layout.NewCustomPaddedLayout(8, 12, 12, 12), container.NewVBox(rows...)))
}

// surface is a filled rectangle that follows the theme.
type surface struct {
	widget.BaseWidget
	rect         *canvas.Rectangle
	fill, stroke fyne.ThemeColorName
}

func newSurface(fill, stroke fyne.ThemeColorName, radius float32) *surface {
	f := &surface{rect: canvas.NewRectangle(nil), fill: fill, stroke: stroke}
	f.rect.CornerRadius = radius
	f.ExtendBaseWidget(f)
	f.paint()
	return f
}

func (f *surface) paint() {
	f.rect.FillColor = theme.Color(f.fill)
	if f.stroke != "" {
		f.rect.StrokeColor, f.rect.StrokeWidth = theme.Color(f.stroke), 1
	}
}

func (f *surface) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.rect) }

func (f *surface) Refresh() {
	f.paint()
	f.BaseWidget.Refresh()
}

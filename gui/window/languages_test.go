//go:build ci && !race

package window

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
	"egnyte-accounts/oauth/words/language"
)

// marked is a language of English between marks, facts left out of them: what
// is read without marks did not come through words.
type marked struct{}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func (marked) Name() string { return "x-marked" }

func (marked) Text(english string) (string, bool) {
	return "⟦" + placeholder.ReplaceAllString(english, "⟧$0⟦") + "⟧", english != ""
}

func (m marked) Plural(english string, _ int) (string, bool) { return m.Text(english) }

var (
	inMarks = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	letter  = regexp.MustCompile(`\p{L}`)

	// data is what no language changes: names, addresses, the like.
	data = regexp.MustCompile(`Accounts for Egnyte|Egnyte( Gov Cloud)?|Jane Smith|Ann Doe|\bx*jsmith|adoe|https?://[^ ]*|` +
		`files\.acme\.com|([a-z]+)?\.(egnyte|acme|example|qa-egnyte)(\.com|\.localhost(:\d+)?)|\.localhost:\d+|\b(login\.)?acme(\.com)?\b|localhost(:\d+)?|` +
		`jane-at-acme|Chromium|Firefox|certutil|libnss3-tools|python3|/etc/policy\.json|settings\.json\.bak|EGNYTE_DOMAIN|` +
		`[ab]-key|Ctrl\+[N,]|Tab, Shift\+Tab|\bEnter\b|\bEsc\b|a_b|\b(J|JS|X|XS)\b|gnome-keyring or KWallet|'_'|\.qa-egnyte\.com`)
)

func TestEveryWordInTheWindowIsTranslated(t *testing.T) {
	words.Use(marked{})
	t.Cleanup(func() { words.Use(nil) })
	for _, s := range gallery() {
		t.Run(s.name, func(t *testing.T) {
			tw := visit(t, s)
			read := append(readable(t, tw.win.Content()), tw.win.Title())
			for _, over := range tw.win.Canvas().Overlays().List() {
				menu := drawn(over)
				if len(menu) == 0 {
					t.Error("the menu says nothing")
				}
				read = append(read, menu...)
			}
			if len(strings.Join(read, "")) < 20 {
				t.Fatalf("nothing can be read: %q", read)
			}
			for _, text := range read {
				if left := data.ReplaceAllString(inMarks.ReplaceAllString(text, " "), ""); letter.MatchString(left) {
					t.Errorf("%q says %q", text, strings.TrimSpace(left))
				}
			}
		})
	}
}

// readable is all text of a view, including hints in empty entries. An object of an
// unknown kind fails the test.
func readable(t *testing.T, o fyne.CanvasObject) (texts []string) {
	each(o, func(o fyne.CanvasObject) {
		text, known := saying(o)
		switch o := o.(type) {
		case *choice:
			texts = append(texts, o.Options...)
		case *canvas.Text:
			text, known = o.Text, true
		case *surface, *scrollText, *container.ThemeOverride, *canvas.Image, *canvas.Rectangle, *canvas.Circle, *container.Scroll, *fyne.Container:
			known = true
		}
		if !known {
			t.Errorf("what does a %T say?", o)
		}
		texts = append(texts, text)
	})
	return texts
}

// drawn is every text of a widget of Fyne's own, such as a menu, as it is drawn.
func drawn(o fyne.CanvasObject) []string {
	parts := []fyne.CanvasObject{}
	switch o := o.(type) {
	case *canvas.Text:
		return []string{o.Text}
	case *fyne.Container:
		parts = o.Objects
	case fyne.Widget:
		parts = test.WidgetRenderer(o).Objects()
	}
	var texts []string
	for _, part := range parts {
		texts = append(texts, drawn(part)...)
	}
	return texts
}

// In every language the window keeps its usual size, and no text is cut off, at
// 100 % and at 300 %.
func TestEveryLanguageFitsIntoTheWindow(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	for _, name := range language.All() {
		use(t, name)
		if catalogue, err := language.Load(name); err == nil && name == "ja" {
			words.Use(wide{catalogue})
		}
		for _, s := range gallery() {
			t.Run(name+", "+s.name, func(t *testing.T) {
				tw := visit(t, s)
				if least := tw.win.Content().MinSize(); least.Width > 440 || least.Height > 540 {
					t.Errorf("the window grows to %v: %q", least, widest(tw.win.Content()))
				}
				for _, cut := range cutOff(tw.win.Content()) {
					t.Errorf("cut off: %q", cut)
				}
				for _, scale := range []int{1, 3} {
					tw.fit(scale)
					tw.uncut(fmt.Sprintf("at %d00 %%", scale))
				}
			})
		}
	}
}

// Given a system whose language Fyne knows and the app does not, or one that
// comes before, then Fyne's own menus speak as the window does.
func TestFynesOwnMenusSpeakTheWindowsLanguage(t *testing.T) {
	t.Cleanup(func() {
		words.Use(nil)
		if err := translateFyne(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct{ system, ours, cut string }{
		{"ru_RU.UTF-8", "en", "Cut"}, {"ru_RU.UTF-8", "de", "Ausschneiden"}, {"pl_PL.UTF-8", "pl", "Wytnij"}, {"C.UTF-8", "en", "Cut"},
	} {
		t.Setenv("LC_ALL", c.system)
		t.Setenv("LANGUAGE", "")
		use(t, c.ours)
		if err := translateFyne(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		if got := lang.L("Cut"); got != c.cut {
			t.Errorf("%+v: the menu says %q", c, got)
		}
	}
}

func use(t *testing.T, name string) {
	t.Helper()
	words.Use(nil)
	if name == "en" {
		return
	}
	catalogue, err := language.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	words.Use(catalogue)
}

// wide has a dash as wide as it is high for each Japanese letter: Fyne's own
// font has none of those, and tests see no other.
type wide struct{ words.Catalogue }

func (w wide) Text(english string) (string, bool) {
	text, ok := w.Catalogue.Text(english)
	return strings.Map(func(r rune) rune {
		if r >= 0x3000 {
			return '—'
		}
		return r
	}, text), ok
}

func (w wide) Plural(english string, _ int) (string, bool) { return w.Text(english) }

// widest is the text of the widest control, which has to become shorter.
func widest(o fyne.CanvasObject) string {
	text, width := "", float32(0)
	each(o, func(o fyne.CanvasObject) {
		says, ok := saying(o)
		if w := o.MinSize().Width; ok && w > width {
			text, width = says, w
		}
	})
	return text
}

// cutOff are the texts that have less room than they need. What ends in an
// ellipsis does so on purpose: those are names.
func cutOff(o fyne.CanvasObject) []string {
	var cut []string
	each(o, func(o fyne.CanvasObject) {
		says, ok := saying(o)
		if !ok {
			return
		}
		has, needs := o.Size().Width, o.MinSize().Width
		switch o := o.(type) {
		case *choice:
			for _, option := range o.Options {
				if wide := textWidth(option, theme.SizeNameText) + 4*theme.InnerPadding() + theme.IconInlineSize(); wide > has {
					cut = append(cut, option)
				}
			}
		case *entry:
			needs = textWidth(says, theme.SizeNameText) + 2*theme.InnerPadding()
		case *note:
			needs = max(needs, longestWord(&o.Label))
		case *widget.Label:
			if o.Truncation == fyne.TextTruncateEllipsis {
				needs = 0
			}
			needs = max(needs, longestWord(o))
		}
		if needs > has+0.5 {
			cut = append(cut, says)
		}
	})
	return cut
}

// longestWord of a label that wraps has to have room in a line. Japanese wraps anywhere.
func longestWord(l *widget.Label) float32 {
	wide := float32(0)
	if l.Wrapping != fyne.TextWrapWord || words.Language() == "ja" {
		return wide
	}
	size := l.SizeName
	if size == "" {
		size = theme.SizeNameText
	}
	for _, word := range strings.Fields(l.Text) {
		wide = max(wide, textWidth(word, size)+2*theme.InnerPadding())
	}
	return wide
}

func textWidth(text string, size fyne.ThemeSizeName) float32 {
	return fyne.MeasureText(text, theme.Size(size), fyne.TextStyle{}).Width
}

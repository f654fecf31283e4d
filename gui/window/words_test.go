package window

import (
	"image/color"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"egnyte-accounts/oauth/account"
)

func TestStatesAreSaidInWords(t *testing.T) {
	t.Parallel()
	inDays, gone := noon.Add(29*24*time.Hour), noon.Add(-time.Hour)
	for _, c := range []struct {
		state   account.State
		expires *time.Time
		want    string
		line    string
		needs   bool
	}{
		{account.Ready, nil, "Ready", "Stays signed in", false},
		{account.Ready, &inDays, "Ready", "Signed in, expires in 29 days", false},
		{account.Ready, &gone, "Needs you", "The sign-in has run out", true},
		{account.Reconnect, nil, "Needs you", "Sign in again to go on", true},
		{account.Pending, nil, "Checking", "Being set up", false},
	} {
		r := rowsOf([]account.Account{{State: c.state, Expires: c.expires}}, noon)[0]
		if r.state != c.want || r.line != c.line || r.needs != c.needs {
			t.Errorf("%s: got %q, %q, %v", c.state, r.state, r.line, r.needs)
		}
	}
}

func TestTimesAndInitials(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Minute: "within the hour", time.Hour: "in an hour", 5 * time.Hour: "in 5 hours",
		30 * time.Hour: "in a day", 30 * 24 * time.Hour: "in 30 days",
	} {
		if got := in(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
	for name, want := range map[string]string{"Jane Smith": "JS", "adoe": "A", "": "?", "Émile de la Tour": "ÉT"} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
	if got := left(4*time.Minute + 32*time.Second); got != "4:32" {
		t.Errorf("left: %q", got)
	}
}

func TestTextIsReadableInLightAndDark(t *testing.T) {
	t.Parallel()
	pairs := [][2]fyne.ThemeColorName{
		{theme.ColorNameForeground, theme.ColorNameBackground}, {theme.ColorNameForeground, colorNameCard},
		{theme.ColorNameForeground, theme.ColorNameButton}, {theme.ColorNameForeground, theme.ColorNameInputBackground},
		{theme.ColorNamePlaceHolder, theme.ColorNameBackground}, {theme.ColorNamePlaceHolder, colorNameCard},
		{theme.ColorNameDisabled, theme.ColorNameBackground}, {theme.ColorNameDisabled, colorNameCard},
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForegroundOnError, theme.ColorNameError},
		{theme.ColorNamePrimary, theme.ColorNameBackground}, {theme.ColorNameError, theme.ColorNameBackground},
		{theme.ColorNameWarning, colorNameCard}, {theme.ColorNameSuccess, colorNameCard},
	}
	for variant, name := range map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"} {
		for _, pair := range pairs {
			a, b := newPalette().Color(pair[0], variant), newPalette().Color(pair[1], variant)
			if ratio := contrast(a, b); ratio < 4.5 {
				t.Errorf("%s: %s on %s has %.1f:1", name, pair[0], pair[1], ratio)
			}
		}
	}
	for _, hue := range hues {
		if ratio := contrast(color.White, rgb(hue)); ratio < 4.5 {
			t.Errorf("initials on %06x: %.1f:1", hue, ratio)
		}
	}
}

// contrast is WCAG 2's ratio.
func contrast(a, b color.Color) float64 {
	l, m := luminance(a), luminance(b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

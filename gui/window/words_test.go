package window

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

func TestStatesAreSaidInWords(t *testing.T) {
	t.Parallel()
	inDays, gone, next := noon.Add(29*24*time.Hour), noon.Add(-time.Hour), noon.Add(time.Hour)
	for name, c := range map[string]struct {
		account account.Account
		state   string
		line    string
	}{
		"no end":     {account.Account{}, "Ready", "Stays signed in"},
		"an end":     {account.Account{Expires: &inDays}, "Ready", "Stays signed in"},
		"checked":    {account.Account{Expires: &inDays, Checked: &gone}, "Ready", "Stays signed in · checked at 11:00"},
		"new":        {account.Account{Expires: &inDays, Added: gone, Renewed: gone}, "Ready", "Stays signed in"},
		"renewed":    {account.Account{Expires: &inDays, Added: noon.Add(-720 * time.Hour), Renewed: noon.Add(-70 * time.Hour)}, "Ready", "Stays signed in · renewed 3 days ago"},
		"implicit":   {account.Account{Expires: &inDays, Flow: oauth.FlowImplicit}, "Ready", "Ends in 29 days, can't be renewed"},
		"over":       {account.Account{Expires: &gone}, "Checking", "The sign-in is being renewed"},
		"offline":    {account.Account{Expires: &gone, Trouble: account.Offline, Since: &gone}, "Paused", "No connection to Egnyte since 11:00. It goes on by itself."},
		"throttled":  {account.Account{Trouble: account.Throttled, Since: &gone, Until: &next}, "Paused", "Egnyte is asking us to wait. We will try again at 13:00."},
		"reconnect":  {account.Account{State: account.Reconnect, DisplayName: "Jane Smith"}, "Needs you", "Jane Smith has to sign in again."},
		"and why":    {account.Account{State: account.Reconnect, DisplayName: "Jane Smith", Reason: oauth.RefusedClient}, "Needs you", "Egnyte no longer takes the API key and secret of Jane Smith together."},
		"not so far": {account.Account{State: account.Pending}, "Checking", "Being set up"},
	} {
		if c.account.State == "" {
			c.account.State = account.Ready
		}
		r := rowsOf([]account.Account{c.account}, noon)[0]
		if string(r.Status) != c.state || r.Line != c.line {
			t.Errorf("%s: got %q, %q", name, r.Status, r.Line)
		}
	}
}

// The row is calm; who is asked for help finds the rest in the details.
func TestDetailsSayStateExpiryCheckAndReason(t *testing.T) {
	t.Parallel()
	inDays, gone := noon.Add(29*24*time.Hour), noon.Add(-time.Hour)
	ready := accountOf(jane)
	ready.Expires, ready.Checked, ready.Added, ready.Renewed = &inDays, &gone, noon.Add(-720*time.Hour), noon.Add(-70*time.Hour)
	over := accountOf(jane)
	over.State, over.Reason = account.Reconnect, oauth.RefusedClient
	implicit := accountOf(jane)
	implicit.Flow, implicit.Expires = oauth.FlowImplicit, &inDays
	for name, c := range map[string]struct {
		account account.Account
		says    []string
	}{
		"ready":    {ready, []string{"State: Ready", "Expires: In 29 days; it is renewed before", "Last renewed: On Saturday at 14:00", "Last check: At 11:00"}},
		"over":     {over, []string{"State: Needs you", "Reason: Egnyte no longer takes the API key and secret of Jane Smith together.", "Last check: Not yet"}},
		"implicit": {implicit, []string{"Expires: In 29 days; it can't be renewed"}},
	} {
		var lines []string
		for _, d := range detailsOf(c.account, noon) {
			lines = append(lines, d.name+": "+d.text)
		}
		for _, want := range c.says {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: %q is missing in %q", name, want, lines)
			}
		}
	}
}

func TestEachStateHasAShapeOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]advice.Status{}
	for _, state := range []advice.Status{advice.StatusReady, advice.StatusChecking, advice.StatusNeedsYou, advice.StatusPaused} {
		shape := string(markOf(state).Content())
		if other, taken := seen[shape]; taken {
			t.Errorf("%s looks like %s", state, other)
		}
		seen[shape] = state
	}
}

func TestTimesAndInitials(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Minute: "within the hour", time.Hour: "in an hour", 5 * time.Hour: "in 5 hours",
		30 * time.Hour: "in a day", 30 * 24 * time.Hour: "in 30 days",
	} {
		if got := advice.In(d); got != want {
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

// Whatever is in the list of accounts, a row is short lines that show what they say.
func TestANastyNameStaysInItsRow(t *testing.T) {
	t.Parallel()
	nasty := "\x1b[2J\r\nJane\u202e\u2066" + strings.Repeat("J", 10<<10)
	r := rowsOf([]account.Account{{Name: nasty, Username: nasty, Domain: nasty, DisplayName: nasty, State: account.Ready}}, noon)[0]
	for _, text := range []string{r.Title, r.Who} {
		if len([]rune(text)) > 210 || strings.ContainsAny(text, "\x1b\r\n\u202e\u2066") || !strings.Contains(text, "Jane") {
			t.Errorf("a row says %.60q, %d bytes", text, len(text))
		}
	}
}

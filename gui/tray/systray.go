package tray

import (
	"context"
	"fmt"

	"fyne.io/systray"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/words"
)

const programName = "Accounts for Egnyte"

// runSystray shows the keeper's menu until ctx ends. systray runs once in a
// process, and panics at its end where it could not begin.
func runSystray(ctx context.Context, k *keeper, changes <-chan struct{}) (err error) {
	ended := make(chan struct{})
	ready := func() {
		k.build(systrayMenu{})
		go func() {
			defer close(ended)
			k.loop(changes)
			systray.Quit()
		}()
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = &desktop.MissingError{Thing: desktop.SessionBus,
				Sentence: "The tray icon can't be shown. The windows and egnyte-auth work without it.",
				Err:      fmt.Errorf("systray: %v", cause)}
		}
	}()
	// Before Run, which reads all of this on another goroutine.
	prepare()
	showIcon(false)
	systray.SetTooltip(programName)
	systray.SetOnTapped(func() { go k.startRole("--window", "accounts") })
	systray.Run(ready, nil)
	<-ended
	return nil
}

// systrayMenu and systrayItem are the real menu.
type systrayMenu struct{}

func (systrayMenu) add(title string) item {
	return systrayItem{systray.AddMenuItem(escape(title), "")}
}

func (systrayMenu) separator() { systray.AddSeparator() }

func (systrayMenu) setNeeding(accounts int, trouble string) {
	showIcon(accounts > 0 || trouble != "")
	systray.SetTooltip(tooltip(accounts, trouble))
}

// tooltip says what the icon's dot is for.
func tooltip(accounts int, trouble string) string {
	text := programName
	if accounts > 0 {
		text += ": " + words.Count(accounts, "{n} account needs you", "{n} accounts need you")
	}
	if trouble != "" {
		text += ": " + trouble
	}
	return text
}

type systrayItem struct{ *systray.MenuItem }

func (i systrayItem) add(title string) item    { return systrayItem{i.AddSubMenuItem(escape(title), "")} }
func (i systrayItem) setTitle(title string)    { i.SetTitle(escape(title)) }
func (i systrayItem) show()                    { i.Show() }
func (i systrayItem) hide()                    { i.Hide() }
func (i systrayItem) clicked() <-chan struct{} { return i.ClickedCh }

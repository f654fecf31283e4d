package tray

import (
	"context"
	"fmt"

	"fyne.io/systray"

	"egnyte-accounts/gui/desktop"
)

const programName = "Accounts for Egnyte"

// runSystray shows the keeper's menu until ctx ends. systray runs once in a
// process, and panics at its end where it could not begin.
func runSystray(ctx context.Context, k *keeper, changes <-chan struct{}) (err error) {
	ended, icon := make(chan struct{}), &trayIcon{}
	ready := func() {
		k.build(systrayMenu{icon})
		go func() {
			defer close(ended)
			icon.take(ctx)
			k.menu.setBadge(k.shown)
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
	icon.show(badge{})
	systray.SetTooltip(programName)
	systray.SetOnTapped(func() { go k.startRole("--window", "accounts") })
	systray.Run(ready, nil)
	<-ended
	return nil
}

// systrayMenu and systrayItem are the real menu.
type systrayMenu struct{ icon *trayIcon }

func (systrayMenu) add(title string) item {
	return systrayItem{systray.AddMenuItem(escape(title), "")}
}

func (systrayMenu) separator() { systray.AddSeparator() }

func (m systrayMenu) setBadge(b badge) {
	systray.SetTooltip(b.tooltip)
	m.icon.show(b)
}

type systrayItem struct{ *systray.MenuItem }

func (i systrayItem) add(title string) item    { return systrayItem{i.AddSubMenuItem(escape(title), "")} }
func (i systrayItem) setTitle(title string)    { i.SetTitle(escape(title)) }
func (i systrayItem) show()                    { i.Show() }
func (i systrayItem) hide()                    { i.Hide() }
func (i systrayItem) clicked() <-chan struct{} { return i.ClickedCh }

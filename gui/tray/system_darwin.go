package tray

import (
	"context"

	"fyne.io/systray"

	"egnyte-accounts/assets"
)

func prepare() {}

// trayIcon is the icon.
type trayIcon struct{}

func (*trayIcon) take(context.Context) {}

// show: the menu bar gives a template its colour.
func (*trayIcon) show(b badge) {
	systray.SetTemplateIcon(assets.TrayTemplate.For(b.attention), assets.TrayAny.For(b.attention))
}

func escape(title string) string { return title }

// stayWithHost has nothing to do: the menu bar is always there.
func stayWithHost(context.Context, func()) error { return nil }

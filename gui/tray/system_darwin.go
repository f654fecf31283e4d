package tray

import (
	"context"

	"fyne.io/systray"

	"egnyte-accounts/assets"
)

func prepare() {}

// showIcon: the menu bar gives a template its colour.
func showIcon(attention bool) {
	systray.SetTemplateIcon(assets.TrayTemplate.For(attention), assets.TrayAny.For(attention))
}

func escape(title string) string { return title }

// stayWithHost has nothing to do: the menu bar is always there.
func stayWithHost(context.Context, func()) error { return nil }

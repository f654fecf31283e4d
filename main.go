// Accounts for Egnyte, the desktop app: it chooses its role and hands over.
package main

import (
	"context"
	"os"

	"egnyte-accounts/gui"
	"egnyte-accounts/gui/tray"
	"egnyte-accounts/gui/window"
	"egnyte-accounts/oauth/localcert"
)

func main() {
	if code, done := localcert.ServeSetup(os.Args[1:], os.Stdout); done {
		os.Exit(code)
	}
	command, err := gui.Parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(gui.ExitParse(err))
	}
	gui.Speak(os.Stderr)
	ctx := context.Background()
	switch command.Role {
	case gui.Tray:
		err = tray.Run(ctx, command.Tray)
	case gui.Practice:
		err = gui.ServePractice(ctx, command.Listen)
	case gui.Window:
		err = window.Run(ctx, command.Window)
	case gui.Both: // a double-click
		gui.StartTray(command.Window.Service, os.Stderr)
		err = window.Run(ctx, command.Window)
	}
	os.Exit(gui.Exit(err, os.Stderr))
}

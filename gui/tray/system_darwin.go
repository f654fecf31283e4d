package tray

import "context"

func prepare() {}

func icon(png []byte) []byte { return png }

func escape(title string) string { return title }

// stayWithHost has nothing to do: the menu bar is always there.
func stayWithHost(context.Context, func()) error { return nil }

package gui

import (
	"io"
	"strings"
	"testing"

	"egnyte-accounts/gui/window"
)

func TestRolesOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Command{
		"":                              {Role: Both, Window: window.Options{View: "accounts"}, Listen: "127.0.0.1:0"},
		"--tray":                        {Role: Tray, Listen: "127.0.0.1:0"},
		"--window accounts":             {Role: Window, Window: window.Options{View: "accounts"}, Listen: "127.0.0.1:0"},
		"--practice --listen [::1]:0":   {Role: Practice, Listen: "[::1]:0"},
		"--window signin --reconnect a": {Role: Window, Window: window.Options{View: "signin", Reconnect: "a"}, Listen: "127.0.0.1:0"},
	} {
		if got, err := Parse(strings.Fields(line), io.Discard); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"--window settingz", "--bogus", "accounts"} {
		var said strings.Builder
		if _, err := Parse(strings.Fields(line), &said); err == nil || said.Len() == 0 {
			t.Errorf("%q: got %v, said %q", line, err, said.String())
		}
	}
}

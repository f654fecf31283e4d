package gui

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/gui/window"
)

func TestRolesOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Command{
		"":                              {Role: Both, Window: window.Options{View: "accounts"}, Listen: "127.0.0.1:0"},
		"--tray":                        {Role: Tray, Listen: "127.0.0.1:0"},
		"--window accounts":             {Role: Window, Window: window.Options{View: "accounts"}, Listen: "127.0.0.1:0"},
		"--window settings":             {Role: Window, Window: window.Options{View: "settings"}, Listen: "127.0.0.1:0"},
		"--practice --listen [::1]:0":   {Role: Practice, Listen: "[::1]:0"},
		"--window signout --account a":  {Role: Window, Window: window.Options{View: "signout", Account: "a"}, Listen: "127.0.0.1:0"},
		"--window signin --reconnect a": {Role: Window, Window: window.Options{View: "signin", Reconnect: "a"}, Listen: "127.0.0.1:0"},
	} {
		if got, err := Parse(strings.Fields(line), io.Discard); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"--window settingz", "--bogus", "accounts"} {
		var said strings.Builder
		if _, err := Parse(strings.Fields(line), &said); err == nil || said.Len() == 0 || ExitParse(err) != ExitUsage {
			t.Errorf("%q: got %v, said %q", line, err, said.String())
		}
	}
	for _, line := range []string{"--help", "-h"} {
		var said strings.Builder
		if _, err := Parse(strings.Fields(line), &said); ExitParse(err) != 0 || !strings.Contains(said.String(), "-window") {
			t.Errorf("%q: got %v, said %q", line, err, said.String())
		}
	}
}

// Whoever leaves practice ends the process that served it.
func TestAPracticeServiceEndsWhenItIsLeft(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	ended := make(chan error, 1)
	go func() { ended <- ServePractice(t.Context(), "127.0.0.1:0") }()
	for {
		instance, err := desktop.Claim(t.Context(), desktop.PracticeRole, desktop.Stop)
		if errors.Is(err, desktop.ErrRunning) {
			break // it has the message
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = instance.Close() // it was not up yet
		select {
		case err := <-ended:
			if !errors.Is(err, desktop.ErrRunning) { // it met this test in its role
				t.Fatal(err)
			}
			go func() { ended <- ServePractice(t.Context(), "127.0.0.1:0") }()
		case <-time.After(time.Millisecond):
		}
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
	}
}

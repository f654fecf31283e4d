//go:build !linux

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// roles are what the demo starts, the window last. A tray that the window
// started would be out of reach at the end.
var roles = [][]string{{"--tray"}, {"--window", "accounts"}}

// ownSettings: on macOS nothing moves the settings folder but a home of its
// own, and there the keychain would be missing.
const ownSettings = runtime.GOOS == "windows"

// show: a virtual desktop is made on Linux only.
func show(ctx context.Context, _ options) error { return onThisDesktop(ctx) }

func (g *guest) config() string { return filepath.Join(g.dir, "config") }

// surroundings separates the demo's window and tray from the user's, which find each
// other in these folders.
func (g *guest) surroundings(context.Context) ([]string, error) {
	run := filepath.Join(g.dir, "run")
	if err := errors.Join(os.Mkdir(g.config(), 0o700), os.Mkdir(run, 0o700)); err != nil {
		return nil, err
	}
	env := append(os.Environ(), "XDG_RUNTIME_DIR="+run)
	if ownSettings {
		env = append(env, "APPDATA="+g.config(), "LOCALAPPDATA="+run)
	}
	return env, nil
}

// lacks: keychain and browser are part of these systems.
func (g *guest) lacks(context.Context) (sentences []string) {
	if runtime.GOOS == "darwin" {
		sentences = append(sentences, "If Safari can't find egnyte.localhost, make Firefox or Chrome the default browser for this demo.")
	}
	return sentences
}

// endApp ends what the demo started. The user closes a window that the tray opened.
func (g *guest) endApp() error {
	for _, cmd := range g.programs {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
	}
	return nil
}

func (g *guest) end() error { return nil }

//go:build linux

// Bench measures the built programs against others, in pairs, on a desktop of
// its own, and says which bounds held. It exits with 1 if one did not.
//
// Times drift with the machine and its neighbours; ratios of pairs do not.
//
// Its arguments name what to measure: signin, token, many, window, tray,
// traymany. Without any it measures all. All but signin and window need an
// account, so put signin first. The argument soak-keyring alone measures nothing:
// see soakKeyring.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	held, err := run(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	if err != nil || !held {
		stop()
		os.Exit(1)
	}
}

// bench is what all measurements share.
type bench struct {
	*session.Session
	ctx    context.Context
	egnyte *practice.Server
	dir    string // programs built for this
	env    []string
}

func run(ctx context.Context, parts []string) (held bool, err error) {
	b := &bench{ctx: ctx}
	soak := slices.Equal(parts, []string{"soak-keyring"})
	if b.Session, err = session.Start(ctx, session.Options{Unwatched: true, NoDisplay: soak}); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, b.Session.Close()) }()
	if b.egnyte, err = practice.New(practice.Options{NoLimits: true}); err != nil {
		return false, err
	}
	defer b.egnyte.Close()
	if soak {
		return b.soakKeyring()
	}
	if err := b.install(); err != nil {
		return false, err
	}
	if err := b.prepare("floor", "path", "instant", "hello"); err != nil {
		return false, err
	}
	held = true
	for _, part := range []struct {
		name    string
		measure func() (bool, error)
	}{{"signin", b.signIn}, {"token", b.token}, {"many", b.many}, {"window", b.window}, {"tray", b.tray}, {"traymany", b.trayMany}} {
		if len(parts) > 0 && !slices.Contains(parts, part.name) {
			continue
		}
		ok, err := part.measure()
		if err != nil {
			return false, err
		}
		held = held && ok
	}
	if held {
		fmt.Println("All bounds held.")
	} else {
		fmt.Println("Not all bounds held.")
	}
	return held, nil
}

// install copies our programs as a package does, and has the copies measured. A
// file that the linker has just written lies in the page cache in larger pieces,
// which count as resident memory: 30 MB of a tray that takes 23 MB once installed.
func (b *bench) install() error {
	installed := filepath.Join(b.Dir, "installed")
	if err := os.MkdirAll(installed, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"egnyte-accounts", "egnyte-auth"} {
		built, err := session.Find(name)
		if err != nil {
			return err
		}
		if said, err := exec.CommandContext(b.ctx, "install", "-m755", built, installed).CombinedOutput(); err != nil {
			return fmt.Errorf("install %s: %w: %s", name, err, said)
		}
	}
	return os.Setenv("EGNYTE_ACCOUNTS_BIN", installed)
}

// prepare builds programs of the bench's, and configures ours.
func (b *bench) prepare(names ...string) error {
	b.dir = filepath.Join(b.Dir, "programs")
	for _, name := range names {
		cmd := exec.CommandContext(b.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(b.dir, name), "egnyte-accounts/gui/e2e/bench/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if name == "hello" { // linked as ours is
			cmd.Args = append(cmd.Args[:3], cmd.Args[5:]...)
			cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
		}
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", name, err, said)
		}
	}
	key := b.egnyte.Key()
	b.env = append(b.Env(), "EGNYTE_CLIENT_ID="+key.ID, "EGNYTE_CLIENT_SECRET="+key.Secret)
	settings := filepath.Join(b.ConfigHome(), "egnyte-accounts", "settings.json")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		return err
	}
	return os.WriteFile(settings, fmt.Appendf(nil, `{"service":%q}`, b.egnyte.URL()), 0o600)
}

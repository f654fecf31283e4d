package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// leaving limits what a demo does at its end, after its own context has ended.
const leaving = 30 * time.Second

// guest is the app on the user's own desktop, separate from their installed app: its
// folders are inside one of the demo's, so it neither raises their window nor sees
// their accounts. The keyring is theirs; what the demo stores there is removed at
// the end.
type guest struct {
	dir      string // all its files, gone after the demo
	env      []string
	programs []*exec.Cmd // that the demo itself started
	service  string
}

// onThisDesktop opens the app on the user's own display, with a practice service and
// a configuration that end with the demo.
func onThisDesktop(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "egnyte-accounts-demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	egnyte, err := practice.New(practice.Options{})
	if err != nil {
		return err
	}
	defer egnyte.Close()
	g := &guest{dir: dir, service: egnyte.URL()}
	if g.env, err = g.surroundings(ctx); err != nil {
		return errors.Join(err, g.end())
	}
	defer func() { err = errors.Join(err, g.leave()) }() // after an error, too
	for _, sentence := range g.lacks(ctx) {
		fmt.Println(sentence)
	}
	egnyte.Announce(os.Stdout)
	key := egnyte.Key()
	return g.show(ctx, "EGNYTE_CLIENT_ID="+key.ID, "EGNYTE_CLIENT_SECRET="+key.Secret)
}

// show starts the app and waits until the user ends the demo.
func (g *guest) show(ctx context.Context, key ...string) error {
	var window *exec.Cmd
	for _, role := range roles {
		var err error
		if window, err = g.start(key, "egnyte-accounts", append(role, "--service", g.service)...); err != nil {
			return err
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- window.Wait() }()
	fmt.Println("\nThe window is open; the icon is in the tray, where this desktop has one. Choose Add account. Ctrl-C ends the demo.")
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("the window: %w", err)
		}
		fmt.Println("The window is closed. Ctrl-C ends the demo.")
		<-ctx.Done()
	case <-ctx.Done():
	}
	return nil
}

// start starts a program of the project in the guest's environment.
func (g *guest) start(more []string, name string, args ...string) (*exec.Cmd, error) {
	path, err := session.Find(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Clean(path), args...)
	cmd.Env = append(append([]string{}, g.env...), more...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g.programs = append(g.programs, cmd)
	return cmd, nil
}

// leave ends the app, then takes out of the keyring and the browsers what it
// put there.
func (g *guest) leave() error {
	fmt.Println("\nSigning out the practice accounts.")
	signOut := []string{"signout", "--all", "--anyway"}
	if !ownSettings { // the list holds the user's own accounts, too
		signOut = append(signOut, "--service", g.service)
	}
	errs := []error{g.endApp(), g.terminal(signOut...)}
	for what, command := range map[string][]string{
		"settings.json": {"config", "unset", "client_id"}, // with its secret, if one was saved
		"localhost":     {"cert", "remove"},
	} {
		if _, err := os.Stat(filepath.Join(g.config(), "egnyte-accounts", what)); ownSettings && err == nil {
			errs = append(errs, g.terminal(command...))
		}
	}
	return errors.Join(append(errs, g.end())...)
}

// terminal runs egnyte-auth to its end.
func (g *guest) terminal(args ...string) error {
	cmd, err := g.start(nil, "egnyte-auth", args...)
	if err != nil {
		return err
	}
	stop := time.AfterFunc(leaving, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("egnyte-auth %s: %w", args[0], err)
	}
	return nil
}

//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// onThisDesktop opens the app on the person's own display, with a practice
// service and a configuration that both end with the demo.
func onThisDesktop(ctx context.Context) (err error) {
	egnyte, err := practice.New(practice.Options{})
	if err != nil {
		return err
	}
	defer egnyte.Close()
	config, err := os.MkdirTemp("", "egnyte-accounts-demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(config)
	key := egnyte.Key()
	mark := "XDG_CONFIG_HOME=" + config // whatever the app starts carries it, too
	env := append(os.Environ(), mark, "EGNYTE_CLIENT_ID="+key.ID, "EGNYTE_CLIENT_SECRET="+key.Secret)

	egnyte.Announce(os.Stdout)
	window, err := command(env, "egnyte-accounts", "--service", egnyte.URL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end(mark)) }()
	if err := window.Start(); err != nil {
		return err
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
	fmt.Println("\nSigning out the practice accounts.")
	signOut, err := command(env, "egnyte-auth", "signout", "--all", "--service", egnyte.URL())
	if err != nil {
		return err
	}
	return signOut.Run()
}

func command(env []string, name string, args ...string) (*exec.Cmd, error) {
	path, err := session.Find(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Clean(path), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours to handle
	return cmd, nil
}

// end ends whatever the app started: window, tray.
func end(mark string) error {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		for _, p := range session.Marked(mark) {
			_ = syscall.Kill(p.Pid, signal)
		}
		err := session.Eventually(context.Background(), 3*time.Second, func() error {
			if left := session.Marked(mark); len(left) > 0 {
				return fmt.Errorf("left running: %v", left)
			}
			return nil
		})
		if err == nil || signal == syscall.SIGKILL {
			return err
		}
	}
	return nil
}

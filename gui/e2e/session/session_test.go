//go:build e2e && linux

package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
)

const soon = 10 * time.Second

func start(t *testing.T, options session.Options) *session.Session {
	t.Helper()
	s, err := session.Start(context.Background(), options) // the test's own context ends before its cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.KeyringDied(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Given a keyring daemon that dies by itself, then the session says so, and a
// fresh one is empty and open.
func TestADeadKeyringIsSaidAndReplaced(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	store := func() {
		t.Helper()
		store := exec.Command("secret-tool", "store", "--label=x", "service", "egnyte-accounts", "username", "jane")
		store.Env, store.Stdin = s.Env(), bytes.NewBufferString("hidden word")
		check(t, store.Run())
	}
	store()
	check(t, s.KeyringDied())
	for _, p := range s.Processes() {
		if strings.HasPrefix(p.Args, "gnome-keyring-daemon") {
			check(t, syscall.Kill(p.Pid, syscall.SIGABRT))
		}
	}
	check(t, session.Eventually(t.Context(), soon, func() error {
		if s.KeyringDied() == nil {
			return errors.New("its death was not noticed")
		}
		return nil
	}))
	for range 2 { // in place of a dead one, and of one that lives
		check(t, s.FreshKeyring(t.Context()))
		check(t, s.KeyringDied())
		if items := must[[]session.Item](t)(s.Secrets("egnyte-accounts")); len(items) > 0 {
			t.Errorf("items: %+v", items)
		}
		store()
	}
}

func TestSecretsAreFoundInOutputFilesAndArguments(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	check(t, s.GrepSecrets("hidden word", "loud"))
	sleeper := must[*session.Program](t)(s.Start(session.Spec{Path: "sh", Args: []string{"-c", "echo hidden word; sleep 60; :", "loud"}}))
	check(t, session.Eventually(t.Context(), soon, func() error {
		if sleeper.Stdout() == "" {
			return fmt.Errorf("nothing said")
		}
		return nil
	}))
	check(t, session.Eventually(t.Context(), soon, func() error {
		if s.GrepSecrets("loud") == nil {
			return fmt.Errorf("the argument was not seen")
		}
		return nil
	}))
	if s.GrepSecrets("hidden word") == nil {
		t.Error("the output was not searched")
	}
	if s.GrepSecrets("hidden+word") != nil {
		t.Error("found what is not there")
	}
}

func TestAFileTooLargeToBeSearchedIsTold(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	hole := filepath.Join(s.Dir, "hole")
	check(t, errors.Join(os.WriteFile(hole, nil, 0o600), os.Truncate(hole, 1<<40)))
	if err := s.GrepSecrets("hidden word"); err == nil || !strings.Contains(err.Error(), "/hole") {
		t.Errorf("got %v", err)
	}
	check(t, os.Remove(hole))
}

func TestNothingOutlivesASession(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := session.Start(ctx, session.Options{})
	check(t, err)
	must[*session.Program](t)(s.Start(session.Spec{Path: "sh", Args: []string{"-c", "setsid sleep 61 & exec sleep 62"}}))
	check(t, s.Browser.Open("http://127.0.0.1:9/"))
	check(t, session.Eventually(ctx, soon, func() error {
		if len(s.Processes()) < 8 {
			return fmt.Errorf("only %v", s.Processes())
		}
		return nil
	}))
	cancel()
	check(t, s.Close())
	if left := s.Processes(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

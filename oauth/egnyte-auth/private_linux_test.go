package main

import (
	"bufio"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Given a browser that is signed in as somebody else, when the user signs in with
// --private, then the link opens in a private window.
func TestSignInPrivateOpensAPrivateWindow(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "opened")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if err := os.WriteFile(filepath.Join(dir, "chromium"), []byte("#!/bin/sh\necho \"$1\" >"+pipe+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":0")
	tty := &terminal{flags: &signInFlags{private: true}}
	if err := tty.Open(t.Context(), "https://egnyte.com/"); err != nil {
		t.Fatal(err)
	}
	_ = opened.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := bufio.NewReader(opened).ReadString('\n')
	if line != "--incognito\n" {
		t.Errorf("opened with %q, %v", line, err)
	}
}

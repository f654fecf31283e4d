//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"egnyte-accounts/gui/e2e/session"
)

// soakPairs is how many pairs soakKeyring runs; SOAK_PAIRS says otherwise.
const soakPairs = 30_000

// soakKeyring runs pairs of `egnyte-auth signin` and `egnyte-auth token` against one
// gnome-keyring daemon while two busy loops run. The daemon must live: version 0.1.0
// killed it after 61 to 4,428 pairs.
func (b *bench) soakKeyring() (bool, error) {
	pairs := soakPairs
	if text := os.Getenv("SOAK_PAIRS"); text != "" {
		var err error
		if pairs, err = strconv.Atoi(text); err != nil || pairs < 1 {
			return false, fmt.Errorf("SOAK_PAIRS is %q, not a number of pairs", text)
		}
	}
	if err := b.prepare("instant"); err != nil {
		return false, err
	}
	program, err := session.Find("egnyte-auth")
	if err != nil {
		return false, err
	}
	browser, env, err := b.browse(false)
	if err != nil {
		return false, err
	}
	defer browser.close()
	env = append(env, "DISPLAY=:0") // no browser is opened without one
	for range 2 {
		loop, err := b.Start(session.Spec{Path: "/bin/sh", Args: []string{"-c", "while :; do :; done"}})
		if err != nil {
			return false, err
		}
		defer loop.Stop()
	}
	fmt.Printf("soak-keyring: %d pairs, 2 busy loops, %d processors\n", pairs, runtime.NumCPU())
	begun := time.Now()
	for i := 1; i <= pairs; i++ {
		_, _, err := b.timed(env, program, "signin", b.egnyte.People()[0].Domain)
		browser.release()
		if err == nil {
			_, err = b.says(env, program, "token")
		}
		if err = errors.Join(b.KeyringDied(), err); err != nil {
			return false, fmt.Errorf("pair %d: %w", i, err)
		}
		if i%1000 == 0 || i == pairs {
			took := time.Since(begun)
			fmt.Printf("soak-keyring: %d of %d pairs in %v, %.1f a second; the daemon lives\n", i, pairs, took.Round(time.Second), float64(i)/took.Seconds())
		}
	}
	return true, nil
}

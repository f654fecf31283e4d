//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"egnyte-accounts/gui/e2e/session"
)

const (
	manyPairs  = 60
	startPairs = 5
)

// homeWith is a configuration folder like the session's, with n accounts: the
// one that was signed in, the default, and n-1 made up after it, all checked a
// moment ago. The keyring is the session's, whoever asks.
func (b *bench) homeWith(n int) (env []string, first string, err error) {
	const folder = "egnyte-accounts"
	text, err := os.ReadFile(filepath.Join(b.ConfigHome(), folder, "accounts.json"))
	if err != nil {
		return nil, "", fmt.Errorf("no account was signed in: %w", err)
	}
	var index struct{ Accounts []map[string]any }
	if err := json.Unmarshal(text, &index); err != nil || len(index.Accounts) == 0 {
		return nil, "", errors.Join(errors.New("the list of accounts is none"), err)
	}
	var file bytes.Buffer
	file.WriteString(`{"version":1,"accounts":[`)
	for i := range n {
		account := index.Accounts[0]
		account["checked"] = time.Now().UTC().Format(time.RFC3339)
		if i > 0 {
			user, domain := fmt.Sprintf("person%04d", i), fmt.Sprintf("company%03d.egnyte.com", i/5)
			account["account"], account["domain"], account["username"] = user+"@"+domain, domain, user
			account["user_id"], account["default"] = 1000+i, false
			account["service"] = "https://egnyte.com"
			file.WriteByte(',')
		} else {
			first, _ = account["username"].(string)
		}
		line, err := json.Marshal(account)
		if err != nil {
			return nil, "", err
		}
		file.WriteString("\n" + string(line))
	}
	file.WriteString("\n]}\n")
	config := filepath.Join(b.Dir, fmt.Sprintf("config-%d", n))
	if err := os.MkdirAll(filepath.Join(config, folder), 0o700); err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(filepath.Join(config, folder, "accounts.json"), file.Bytes(), 0o600); err != nil {
		return nil, "", err
	}
	settings := fmt.Appendf(nil, `{"service":%q}`, b.egnyte.URL())
	err = os.WriteFile(filepath.Join(config, folder, "settings.json"), settings, 0o600)
	return append(b.env[:len(b.env):len(b.env)], "XDG_CONFIG_HOME="+config), first, err
}

// many compares a token among 1,000 accounts with one among a single account.
func (b *bench) many() (bool, error) {
	ours, err := session.Find("egnyte-auth")
	if err != nil {
		return false, err
	}
	one, _, err := b.homeWith(1)
	if err != nil {
		return false, err
	}
	thousand, _, err := b.homeWith(1000)
	if err != nil {
		return false, err
	}
	all := true
	domain := b.egnyte.People()[0].Domain
	for _, args := range [][]string{{"token"}, {"token", domain}} {
		r := row{what: "egnyte-auth " + strings.Join(args, " ") + ", of 1,000", other: "of 1 account", bound: 1.1}
		err := b.measure(&r, manyPairs,
			func() (time.Duration, error) { return b.says(thousand, ours, args...) },
			func() (time.Duration, error) { return b.says(one, ours, args...) })
		if err != nil {
			return false, err
		}
		r.print()
		all = all && r.held()
	}
	return all, nil
}

// trayMany compares the tray's start with 1,000 accounts with one with a single
// account. Start is over when the menu has the first account.
func (b *bench) trayMany() (bool, error) {
	path, err := session.Find("egnyte-accounts")
	if err != nil {
		return false, err
	}
	memory := map[int]float64{}
	start := func(n int) func() (time.Duration, error) {
		return func() (time.Duration, error) {
			env, first, err := b.homeWith(n)
			if err != nil {
				return 0, err
			}
			p, err := b.Start(session.Spec{Path: path, Args: []string{"--tray"}, Env: env})
			if err != nil {
				return 0, err
			}
			defer p.Stop()
			if _, err := b.TrayHost.WaitMenu(b.ctx, 20*time.Second, first); err != nil {
				return 0, fmt.Errorf("%w; it said: %s", err, p.Stderr())
			}
			took := time.Since(p.Started)
			c, err := costOf(p.Pid)
			memory[n] = c.rss
			return took, err
		}
	}
	r := row{what: "tray, start with 1,000 accounts", other: "with 1 account", bound: 3}
	if err := b.measure(&r, startPairs, start(1000), start(1)); err != nil {
		return false, err
	}
	r.print()
	fmt.Printf("     %.1f MB RSS with 1,000 accounts, %.1f MB with 1\n", memory[1000], memory[1])
	return r.held(), nil
}

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

const (
	tokenPairs  = 60
	signInPairs = 200
)

// timed runs a program to its end, its output in memory-backed files as a
// script would have it in a pipe.
func (b *bench) timed(env []string, path string, args ...string) (time.Duration, string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir = env, b.Dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	err := cmd.Run()
	took := time.Since(started)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return took, stdout.String(), err
}

// token compares our token command with secret-tool for an equal item.
func (b *bench) token() (bool, error) {
	items, err := b.Secrets("egnyte-accounts")
	if err != nil || len(items) == 0 {
		return false, errors.Join(errors.New("no account to ask for"), err)
	}
	store := exec.CommandContext(b.ctx, "secret-tool", "store", "--label=bench", "service", "bench", "username", "jane")
	store.Env, store.Stdin = b.env, strings.NewReader(items[0].Text)
	if err := store.Run(); err != nil {
		return false, fmt.Errorf("secret-tool store: %w", err)
	}
	ours, err := session.Find("egnyte-auth")
	if err != nil {
		return false, err
	}
	r := row{
		what: "egnyte-auth token, cold", other: "secret-tool lookup", bound: 0.6,
		peers: "measured before: go-keyring alone 0.48, the same with Fyne linked 1.11, python3 -m keyring 14.9",
	}
	err = b.measure(&r, tokenPairs,
		func() (time.Duration, error) { return b.says(b.env, ours, "token") },
		func() (time.Duration, error) {
			return b.says(b.env, "/usr/bin/secret-tool", "lookup", "service", "bench", "username", "jane")
		})
	if err != nil {
		return false, err
	}
	r.print()
	return r.held(), nil
}

// says times a program that has to print something.
func (b *bench) says(env []string, path string, args ...string) (time.Duration, error) {
	took, said, err := b.timed(env, path, args...)
	if err == nil && strings.TrimSpace(said) == "" {
		err = errors.New("it printed nothing")
	}
	return took, err
}

// instantBrowser answers links at once, as a person would who is already
// signed in: it has the practice service decide, and calls the redirect address.
type instantBrowser struct {
	bench    *bench
	listener net.Listener
	spare    bool // opens a second connection to the receiver, and keeps it
	held     []net.Conn
}

func (i *instantBrowser) serve() {
	for {
		conn, err := i.listener.Accept()
		if err != nil {
			return
		}
		i.held = append(i.held, conn)
		link, err := bufio.NewReader(conn).ReadString('\n')
		if err == nil {
			err = i.follow(strings.TrimSpace(link))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: the browser:", err)
		}
	}
}

func (i *instantBrowser) follow(link string) error {
	ctx := i.bench.ctx
	if i.spare {
		if u, err := url.Parse(link); err == nil {
			if back, err := url.Parse(u.Query().Get("redirect_uri")); err == nil {
				if conn, err := net.Dial("tcp", back.Host); err == nil {
					i.held = append(i.held, conn)
				}
			}
		}
	}
	back, err := i.bench.egnyte.Decide(ctx, link, i.bench.egnyte.People()[0], practice.Allow, "")
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, back.URL, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Referer", back.Referer)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: !i.spare}}).Do(request)
	if err != nil {
		return nil // it hung up after the code: fair enough
	}
	return response.Body.Close()
}

func (i *instantBrowser) close() {
	_ = i.listener.Close()
	i.release()
}

func (i *instantBrowser) release() {
	for _, conn := range i.held {
		_ = conn.Close()
	}
	i.held = nil
}

// signIn compares like with like in three kinds of browser: the one path alone
// with plain x/oauth2 and net/http, and the whole program, which leaves an account
// behind, with the same that leaves one too. The program beside the one that
// forgets the token is shown without a bound: what lies between is mostly the
// keyring's own write.
func (b *bench) signIn() (bool, error) {
	all := true
	fmt.Println("     sign-in: x/oauth2, net/http and userinfo; 'kept' has the token in the keyring and a flushed file too, as ours has")
	for _, kind := range []struct {
		name              string
		spare, foreground bool
		peers             string
	}{
		{name: "", peers: "measured before, against a floor without userinfo and keyring: oauth2cli 1.07, git-credential-oauth 1.88"},
		{name: ", spare connection", spare: true, peers: "measured before: oauth2cli 42 (half a second)"},
		{name: ", browser in foreground", foreground: true, peers: "measured before: git-credential-oauth 10 s"},
	} {
		for _, r := range []row{
			{what: onePath + kind.name, other: floorForgets, bound: 1.1},
			{what: "egnyte-auth signin" + kind.name, other: floorKeeps, bound: 1.1},
			{what: "egnyte-auth signin" + kind.name, other: floorForgets, peers: kind.peers},
		} {
			if err := b.signInPairs(&r, kind.spare, kind.foreground); err != nil {
				return false, err
			}
			r.print()
			all = all && r.held()
		}
	}
	return all, nil
}

// What is compared in signIn.
const (
	onePath      = "oauth.SignIn alone"
	floorKeeps   = "x/oauth2, kept"
	floorForgets = "x/oauth2, nothing kept"
)

// browse starts a browser that answers at once; env makes our programs use it.
func (b *bench) browse(spare bool) (browser *instantBrowser, env []string, err error) {
	socket := filepath.Join(b.Dir, "browser.sock")
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, nil, err
	}
	browser = &instantBrowser{bench: b, listener: listener, spare: spare}
	go browser.serve()

	path := filepath.Join(b.Dir, "path") // our opener finds this one as xdg-open
	opener := filepath.Join(path, "xdg-open")
	_ = os.Remove(opener)
	if err := errors.Join(os.MkdirAll(path, 0o700), os.Symlink(filepath.Join(b.dir, "instant"), opener)); err != nil {
		browser.close()
		return nil, nil, err
	}
	return browser, append(b.env[:len(b.env):len(b.env)], "PATH="+path, "BENCH_SOCKET="+socket), nil
}

func (b *bench) signInPairs(r *row, spare, foreground bool) error {
	browser, env, err := b.browse(spare)
	if err != nil {
		return err
	}
	defer browser.close()
	person := b.egnyte.People()[0]
	env = append(env, "FLOOR_BROWSER="+filepath.Join(b.dir, "instant"), "FLOOR_DOMAIN="+b.egnyte.DomainURL(person.Domain), "BENCH_SERVICE="+b.egnyte.URL())
	if foreground {
		env = append(env, "BENCH_FOREGROUND=1")
	}
	floorEnv := env
	if r.other == floorKeeps {
		folder := filepath.Join(b.Dir, "floor")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		floorEnv = append(env[:len(env):len(env)], "FLOOR_KEEP="+folder)
	}
	ours, args := filepath.Join(b.dir, "path"), []string{}
	if !strings.HasPrefix(r.what, onePath) {
		if ours, err = session.Find("egnyte-auth"); err != nil {
			return err
		}
		args = []string{"signin", person.Domain, "--json"}
	}
	return b.measure(r, signInPairs,
		func() (time.Duration, error) {
			defer browser.release()
			took, _, err := b.timed(env, ours, args...)
			return took, err
		},
		func() (time.Duration, error) {
			defer browser.release()
			took, _, err := b.timed(floorEnv, filepath.Join(b.dir, "floor"))
			return took, err
		})
}

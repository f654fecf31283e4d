package doctor

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

func (s *subject) versions(context.Context) finding {
	version := cmp.Or(s.Version, words.Say("unknown version"))
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && s.Version == "" {
		version = info.Main.Version
	}
	return finding{detail: fmt.Sprintf("%s, %s, %s/%s, %s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, system())}
}

// system is the name of a Linux distribution (os-release(5)).
func system() string {
	data, _ := os.ReadFile("/etc/os-release")
	for line := range bytes.Lines(data) {
		if name, found := bytes.CutPrefix(line, []byte("PRETTY_NAME=")); found {
			return strings.Trim(string(bytes.TrimSpace(name)), `"`)
		}
	}
	return runtime.GOOS
}

// keyring writes, reads and deletes an item that no account can have.
func (s *subject) keyring(ctx context.Context) finding {
	user, text := "doctor-"+rand.Text(), oauth.NewSecret(rand.Text())
	err := s.Keyring.Set(ctx, user, text)
	if err == nil {
		var back oauth.Secret
		if back, err = s.Keyring.Get(ctx, user); err == nil && !back.Equal(text) {
			err = errors.New("it gives back something else than it was given")
		}
		err = errors.Join(err, s.Keyring.Delete(context.WithoutCancel(ctx), user))
	}
	if err == nil {
		detail := words.Say("writes, reads and deletes")
		if keyring.Program(ctx) == "keepassxc" {
			detail += ". " + words.Say("If KeePassXC asks each time, turn off 'Confirm when passwords are retrieved by clients' in its Secret Service settings.")
		}
		return finding{detail: detail}
	}
	advice := words.Say("Open your password manager and see that it works.")
	var trouble *keyring.Error
	if errors.As(err, &trouble) {
		switch trouble.Kind {
		case keyring.Absent:
			advice = words.Say("Start a password store (gnome-keyring, KWallet), or name an encrypted file: egnyte-auth --store file:PATH.")
		case keyring.Missing:
			advice = words.Say("It has no keyring yet. Sign in, and choose a password for a new one when you are asked.")
		case keyring.Locked:
			advice = words.Say("Unlock it with your login password, or with its passphrase.")
		case keyring.Silent:
			advice = words.Say("It may be waiting for its password in another window: answer it there.")
		}
	}
	return finding{err.Error(), advice}
}

// folder tries whether the accounts' index could be written and locked.
func (s *subject) folder(context.Context) finding {
	where := s.Accounts
	for where != filepath.Dir(where) { // it is made when it is needed
		if _, err := os.Stat(where); !errors.Is(err, os.ErrNotExist) {
			break
		}
		where = filepath.Dir(where)
	}
	if err := account.Open(where, s.Keyring).CheckFolder(); err != nil {
		return finding{err.Error(), advice.For(err, time.Now()).Do}
	}
	return finding{detail: s.Accounts}
}

// accounts names no user. It says which keys are for which domains, since an account
// keeps to the key that it signed in with.
func (s *subject) accounts(ctx context.Context) finding {
	accounts, err := account.Open(s.Accounts, s.Keyring).List(ctx)
	if err != nil {
		return finding{err.Error(), words.Say("Correct the file that is named, or move it away and sign in again.")}
	}
	again := 0
	var keys []string
	for _, a := range accounts {
		keys = append(keys, fmt.Sprintf("%s (%s)", a.Domain, startOf(a.KeyID)))
		if a.State != account.Ready {
			again++
		}
	}
	if again > 0 {
		return finding{words.Count(len(accounts), "{n} signed in, {again} of them not ready", "{n} signed in, {again} of them not ready", "again", strconv.Itoa(again)),
			words.Say("See which: egnyte-auth list. Sign in to them again.")}
	}
	slices.Sort(keys)
	return finding{detail: strings.Join(append([]string{words.Count(len(accounts), "{n} signed in", "{n} signed in")}, slices.Compact(keys)...), ", ")}
}

func (s *subject) loopback4(ctx context.Context) finding { return loopback(ctx, "127.0.0.1") }

// loopback6: a machine without IPv6 needs none, as nobody else answers there.
func (s *subject) loopback6(ctx context.Context) finding {
	f := loopback(ctx, "::1")
	if f.advice != "" && !hasIPv6() {
		return finding{detail: words.Say("this machine has no IPv6, which is no trouble")}
	}
	return f
}

func hasIPv6() bool {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.Equal(net.IPv6loopback) {
			return true
		}
	}
	return false
}

// loopback sends one byte from this machine to itself, as the browser will.
func loopback(ctx context.Context, ip string) finding {
	err := ping(ctx, ip)
	if err != nil {
		return finding{err.Error(), words.Say("A firewall or a sandbox keeps programs from talking to this machine itself: allow {address}.", "address", ip)}
	}
	return finding{detail: words.Say("{address} answers", "address", ip)}
}

func ping(ctx context.Context, ip string) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_, _ = conn.Write([]byte("!"))
			_ = conn.Close()
		}
	}()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	return nil
}

// redirect binds the address in force and lets it go again.
func (s *subject) redirect(ctx context.Context) finding {
	if s.settingsErr != nil {
		return unreadable()
	}
	address := s.settings.Key.RedirectURI
	receiver, err := redirect.For(s.Dir, s.settings.Relay, true).Listen(ctx, address, rand.Text())
	if unusable := (*localcert.UnusableError)(nil); errors.As(err, &unusable) {
		return finding{words.Say("{address} needs the certificate for localhost", "address", withoutQuery(address)), words.Say("See certificate.")}
	}
	if err != nil {
		return finding{strings.ReplaceAll(err.Error(), address, withoutQuery(address)),
			words.Say("Close the program that has the port, or set the address that is registered with the key; {default} works for many.", "default", oauth.DefaultRedirectURI)}
	}
	_ = receiver.Close()
	if receiver.ByHand() {
		return finding{detail: words.Say("{address} is another machine's: the address that the browser ends at is pasted", "address", withoutQuery(address))}
	}
	return finding{detail: words.Say("{address} can be received", "address", withoutQuery(address))}
}

// browser names the command that would open a link, without opening one.
func (s *subject) browser(context.Context) finding {
	switch runtime.GOOS {
	case "windows", "darwin":
		return finding{detail: words.Say("the system's own")}
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("BROWSER") == "" {
		return finding{words.Say("there is no display, and BROWSER is not set"), words.Say("Use egnyte-auth signin --no-browser, and open the link it prints in a browser anywhere.")}
	}
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser"} {
		if path, err := exec.LookPath(name); err == nil {
			return finding{detail: path}
		}
	}
	return finding{words.Say("neither xdg-open nor x-www-browser is there"),
		words.Say("Install xdg-utils and a browser. Until then, use egnyte-auth signin --no-browser, and open the link it prints in a browser anywhere.")}
}

func (s *subject) display(ctx context.Context) finding {
	return missing(s.Display(ctx), words.Say("there is one, with OpenGL"), words.Say("Only the window needs one; egnyte-auth does the same job."))
}

func (s *subject) tray(ctx context.Context) finding {
	return missing(s.Tray(ctx), words.Say("there is one"), words.Say("Only the tray icon needs one; the accounts window is the way in."))
}

func missing(err error, there, advice string) finding {
	if err == nil {
		return finding{detail: there}
	}
	detail := err.Error()
	if cause := errors.Unwrap(err); cause != nil {
		detail = cause.Error()
	}
	return finding{detail, advice}
}

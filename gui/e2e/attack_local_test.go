//go:build e2e && linux

package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/testbus"
)

const attackedSocket = "E2E_ATTACKED_SOCKET"

// TestAsNobodyTheSocketIsTried is the other user's part: it prints what it met.
func TestAsNobodyTheSocketIsTried(t *testing.T) {
	socket := os.Getenv(attackedSocket)
	if socket == "" {
		t.Skip("plays a part in another test only")
	}
	for _, message := range []string{"signin jsmith", "accounts", "settings", strings.Repeat("x", 4000)} {
		met := "no way in"
		if conn, err := net.DialTimeout("unix", socket, 5*time.Second); err == nil {
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = fmt.Fprintln(conn, message)
			met = "hung up"
			if _, err := bufio.NewReader(conn).ReadByte(); err == nil {
				met = "answered"
			}
			_ = conn.Close()
		}
		fmt.Println("met:", met)
	}
}

// asNobody runs this program's test of that name as a user without rights.
func asNobody(s *scene, test string, env ...string) string {
	s.Helper()
	root, err := os.MkdirTemp("", "nobody") // s.TempDir is closed to others
	s.check(err)
	s.Cleanup(func() { _ = os.RemoveAll(root) })
	program := filepath.Join(root, "test")
	text, err := os.ReadFile(os.Args[0])
	s.check(errors.Join(err, testbus.WriteProgram(program, text, 0o755), os.Chmod(root, 0o755)))
	command := exec.CommandContext(s.Context(), program, "-test.run=^"+test+"$", "-test.v")
	command.Dir, command.Env = root, append(env, "TMPDIR=/tmp", "HOME="+root)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := command.CombinedOutput()
	if err != nil {
		s.Fatalf("%v: %s", err, said)
	}
	return string(said)
}

// Given a window and a tray, when another user connects to their
// sockets, then there is no way in; and where every folder above was opened by
// accident, nothing is heard and nothing raised.
func TestAttackTheSocketsOfAnotherUser(t *testing.T) {
	mustBeRoot(t)
	s := onDesktopWithout(t, session.Options{})
	s.run("egnyte-accounts")
	s.window("No account yet")
	s.check(s.TrayHost.WaitIcon(t.Context(), soon))
	for _, role := range []string{"window", "tray"} {
		socket := s.socket(role)
		said := asNobody(s, "TestAsNobodyTheSocketIsTried", attackedSocket+"="+socket)
		held(t, strings.Count(said, "met: no way in") == 4, "%s, closed: %s", role, said)
		for path := socket; len(path) > len(os.TempDir())+1; path = filepath.Dir(path) {
			s.check(os.Chmod(path, 0o777))
		}
		said = asNobody(s, "TestAsNobodyTheSocketIsTried", attackedSocket+"="+socket)
		held(t, strings.Count(said, "met: hung up") == 4, "%s, open: %s", role, said)
	}
	w, err := s.Display.Find("No account yet")
	held(t, err == nil, "the window shows %q, %v", w.Title, err)
	s.ends(s.run("egnyte-accounts", "--window", "signin"), 0) // the user's own start is heard
	s.window("Sign in")
}

// socket is where later starts of a role knock.
func (s *scene) socket(role string) string {
	s.Helper()
	for _, entry := range s.Env() {
		if dir, found := strings.CutPrefix(entry, "XDG_RUNTIME_DIR="); found {
			path := filepath.Join(dir, "egnyte-accounts", role+".sock")
			_, err := os.Stat(path)
			s.check(err)
			return path
		}
	}
	s.Fatal("no XDG_RUNTIME_DIR")
	return ""
}

// startPattern is the address that opens a browser on this machine.
var startPattern = regexp.MustCompile(`^http://127\.0\.0\.1:[0-9]+/start/[A-Z2-7]{26}$`)

// Whatever a key is called, what opens the browser gets one argument, a web
// address, and no shell gets any.
func TestAttackArgumentsOfTheOpener(t *testing.T) {
	const names = "xdg-open x-www-browser www-browser"
	for _, id := range []string{"--help", "-a", "--new-window=https://evil.example", "$(touch${IFS}owned)", "`touch${IFS}owned`", ";touch${IFS}owned;", "|touch${IFS}owned", "&touch&owned", "'\"><script>", `\";touch\";`, "%0atouch", "%00", "#", "?a=b&c=d"} {
		s := onDesktop(t, func(o *practice.Options) { o.Key = practice.Key{ID: id, Secret: "s3cret-of-a-nasty-key"} })
		got := filepath.Join(t.TempDir(), "got")
		s.env = append(s.env, "PATH="+openers(s, "#!/bin/sh\nprintf '%s\\0' \"$#\" \"$@\" >>'"+got+"'\n"))
		p := s.auth("signin", "acme")
		link := s.link(p)
		s.check(session.Eventually(t.Context(), soon, func() error {
			if text, _ := os.ReadFile(got); strings.Count(string(text), "\x00") < 2 {
				return fmt.Errorf("none of %s was started", names)
			}
			return nil
		}))
		text, err := os.ReadFile(got)
		s.check(err)
		parts := strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
		asked, err := url.Parse(link)
		held(t, len(parts) == 2 && parts[0] == "1" && startPattern.MatchString(parts[1]) && s.ledTo(parts[1]) == link && err == nil && asked.Query().Get("client_id") == id,
			"%q: the opener got %q, %v", id, parts, err)
		p.Stop()
		for _, dir := range []string{s.config, filepath.Join(s.Dir, "home"), "."} {
			_, err := os.Stat(filepath.Join(dir, "owned"))
			held(t, err != nil, "%q: something was carried out", id)
		}
	}
}

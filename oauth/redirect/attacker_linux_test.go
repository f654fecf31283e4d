package redirect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/testbus"
)

const (
	attackVariable = "REDIRECT_TEST_ATTACKS"
	nobody         = 65534 // the uid of the attacker
	browserStart   = 3 * time.Second
)

// Given another user of the machine who reads the arguments of every process and
// knows every port, when 50 sign-ins run whose browser takes 3 s to start, then
// none of them ends as an account of the attacker's, and all end as the user's.
// Each sign-in's real link is an argument of a second process, so the attacker
// also has the right state and a code of their own with the right challenge.
//
// It does not run in parallel with the tests that flood a port.
func TestAnotherUserCompletesNoSignIn(t *testing.T) {
	const signIns = 50
	at := practice.Start(t)
	attacker := startAttacker(t, at, sharedProgram(t))
	var group sync.WaitGroup
	for n := range signIns {
		group.Go(func() {
			grant, err := attackedSignIn(t.Context(), at, attacker)
			if err != nil || grant.User.Username != at.People()[0].Username {
				t.Errorf("sign-in %d ended as %q: %v", n, grant.User.Username, err)
			}
		})
	}
	group.Wait()
	attacker.stop()
	t.Logf("the attacker found %d links and sent %d forged callbacks: %v", attacker.links.Load(), attacker.sent.Load(), attacker.answers)
	if attacker.links.Load() < signIns || attacker.sent.Load() < signIns {
		t.Error("the attacker did not attack every sign-in")
	}
	if attacker.answers["start 302"] > 0 {
		t.Error("the attacker was sent on to Egnyte")
	}
	if attacker.answers["callback 200"] > 0 {
		t.Error("the attacker's callback was accepted")
	}
}

// attackedSignIn is one sign-in of the user's. The browser starts slowly, and
// goes on once the attacker has tried this sign-in.
func attackedSignIn(ctx context.Context, at *practice.Server, attacker *attacker) (oauth.Grant, error) {
	service, err := oauth.ParseService(at.URL())
	if err != nil {
		return oauth.Grant{}, err
	}
	link := make(chan string, 1)
	return oauth.SignIn{
		Service: service,
		Key:     oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret)},
		Timeout: 6 * patience,
		Listen:  Listen,
		Report: func(step oauth.Step) {
			if waiting, ok := step.(oauth.WaitingForBrowser); ok && waiting.BrowserError == nil {
				link <- waiting.URL
			}
		},
		Browser: browserFunc(func(ctx context.Context, address string) error {
			real := <-link
			for _, argument := range []string{address, real} {
				process := exec.Command("sh", "-c", "read end", "browser", argument)
				leash, err := process.StdinPipe()
				if err != nil {
					return err
				}
				if err := process.Start(); err != nil {
					return err
				}
				defer func() { _ = leash.Close(); _ = process.Wait() }()
			}
			started := time.After(browserStart)
			select {
			case <-attacker.attempt(stateIn(real)).done:
			case <-ctx.Done():
				return ctx.Err()
			}
			<-started
			return at.SignInAs(context.WithoutCancel(ctx), address, at.People()[0], practice.Allow, "acme")
		}),
	}.Run(ctx)
}

type browserFunc func(ctx context.Context, address string) error

func (b browserFunc) Open(ctx context.Context, address string) error { return b(ctx, address) }

func stateIn(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get("state")
}

// sharedProgram is a copy of the test program that every user can run.
func sharedProgram(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	dir, err := os.MkdirTemp("", "redirect")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	code, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "attacker")
	if err := errors.Join(testbus.WriteProgram(path, code, 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

// attacker is the side of the attack that has an account at Egnyte: it signs in
// with each link that its process finds.
type attacker struct {
	links, sent atomic.Int64
	answers     map[string]int // read it after stop
	stop        func()

	mu    sync.Mutex
	tried map[string]*attempt // by state
}

// attempt is closed once the sign-in with that state was tried.
func (a *attacker) attempt(state string) *attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tried[state] == nil {
		done := make(chan struct{})
		a.tried[state] = &attempt{done, sync.OnceFunc(func() { close(done) })}
	}
	return a.tried[state]
}

type attempt struct {
	done <-chan struct{}
	end  func()
}

func startAttacker(t *testing.T, at *practice.Server, program string) *attacker {
	t.Helper()
	process := exec.Command(program)
	process.Dir = "/"
	process.Env = []string{attackVariable + "=1"}
	process.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	process.Stderr = os.Stderr
	orders, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	a := &attacker{answers: map[string]int{}, tried: map[string]*attempt{}}
	var reading, deciding sync.WaitGroup
	a.stop = sync.OnceFunc(func() {
		deciding.Wait()
		_ = orders.Close()
		reading.Wait()
		_ = process.Wait()
	})
	t.Cleanup(a.stop)
	bala := at.People()[1]
	service := strings.TrimPrefix(at.URL(), "http://") // other links are of other tests on this machine
	reading.Go(func() {
		for lines := bufio.NewScanner(output); lines.Scan(); {
			kind, rest, _ := strings.Cut(lines.Text(), " ")
			switch kind {
			case "link":
				if !strings.Contains(rest, service+"/") {
					continue
				}
				a.links.Add(1)
				deciding.Go(func() {
					// The server's context is long over when the user's sign-in is.
					callback, err := at.Decide(context.Background(), rest, bala, practice.Allow, "acme")
					if err != nil {
						t.Errorf("the attacker could not sign in: %v", err)
						return
					}
					_, _ = fmt.Fprintln(orders, callback.URL)
				})
			case "tried":
				a.sent.Add(1)
				a.attempt(rest).end()
			case "answer":
				a.answers[rest]++
			}
		}
	})
	return a
}

// runAttacker is the process of the other user. It prints the links that it
// finds and what it was answered, and reads the callbacks to forge.
func runAttacker() {
	var mu sync.Mutex
	say := func(words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(words...)
	}
	go func() {
		known := map[string]bool{}
		for {
			for _, address := range argumentsOfOthers() {
				if !known[address] {
					known[address] = true
					go look(address, say)
				}
			}
			time.Sleep(100 * time.Millisecond) // a browser takes longer, and so does a busy machine
		}
	}()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		go forge(lines.Text(), say)
	}
}

// argumentsOfOthers are all web addresses among the arguments of all processes.
func argumentsOfOthers() (found []string) {
	processes, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, process := range processes {
		text, _ := os.ReadFile(process)
		for argument := range strings.SplitSeq(string(text), "\x00") {
			if strings.HasPrefix(argument, "http://") {
				found = append(found, argument)
			}
		}
	}
	return found
}

// look asks for a start address from both families, or reports a real link.
func look(address string, say func(...any)) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
	case u.Query().Has("redirect_uri"):
		say("link", address)
	case strings.HasPrefix(u.Path, "/start/"):
		for _, host := range hostsOf(u) {
			status, location := send(host, u.Host, u.RequestURI(), stay)
			say("answer start", status)
			if location != "" {
				say("link", location)
			}
		}
	}
}

// forge sends a callback from both families, in ways that might hide whose it
// is: closing right after sending each time, and a second way that differs from
// sign-in to sign-in.
func forge(callback string, say func(...any)) {
	u, err := url.Parse(callback)
	if err != nil || u.Query().Get("state") == "" {
		return
	}
	state := u.Query().Get("state")
	for n, host := range hostsOf(u) {
		others := []ending{stay, reset, halfClose}
		for _, end := range []ending{leave, others[(n+int(state[0]))%len(others)]} {
			status, _ := send(host, u.Host, u.RequestURI(), end)
			if status > 0 {
				say("answer callback", status)
			}
		}
	}
	say("tried", state)
}

func hostsOf(u *url.URL) []string {
	return []string{u.Host, net.JoinHostPort("::ffff:127.0.0.1", u.Port())}
}

// ending is what a client does right after it has sent its request.
type ending int

const (
	stay      ending = iota // reads the answer
	leave                   // closes
	reset                   // closes with a reset
	halfClose               // ends its side, and reads the answer
)

// send sends a request from a socket of the address's family, which net.Dial
// would not do for an IPv4-mapped address. Status is 0 where none was read.
func send(at, host, target string, end ending) (status int, location string) {
	conn, err := dialMapped(at)
	if err != nil {
		return 0, ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, plainRequest("GET", target, host))
	switch end {
	case leave:
		return 0, ""
	case reset:
		_ = conn.(*net.TCPConn).SetLinger(0)
		return 0, ""
	case halfClose:
		_ = conn.(*net.TCPConn).CloseWrite()
	}
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, ""
	}
	defer reply.Body.Close()
	_, _ = io.Copy(io.Discard, reply.Body)
	return reply.StatusCode, reply.Header.Get("Location")
}

// dialMapped connects with an IPv6 socket to an address in brackets, and with an
// IPv4 one to any other.
func dialMapped(at string) (net.Conn, error) {
	if !strings.HasPrefix(at, "[") {
		return net.DialTimeout("tcp4", at, patience)
	}
	to, err := netip.ParseAddrPort(at)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), at)
	defer file.Close()
	if err := syscall.Connect(fd, &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}); err != nil {
		return nil, err
	}
	return net.FileConn(file)
}

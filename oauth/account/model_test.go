//go:build unix

package account

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// issuer is Egnyte as far as the model needs it: a pair `r.LINE.N` is good for
// one refresh, which brings `r.LINE.N+1`. A line begins with a sign-in.
type issuer struct {
	mu       sync.Mutex
	users    map[string]string // of each refresh token: the child that used it
	excused  map[string]bool   // tokens whose user died before it could keep the next pair
	wrong    []string
	requests int
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	used := r.FormValue("refresh_token")
	i.requests++
	if by, again := i.users[used]; again {
		if !i.excused[used] {
			i.wrong = append(i.wrong, fmt.Sprintf("%s was refreshed twice: by child %s, then by child %s", used, by, r.Header.Get("X-Child")))
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant"}`)
		return
	}
	i.users[used] = r.Header.Get("X-Child")
	line, n := lineOf(used)
	fmt.Fprintf(w, `{"access_token":"a.%s.%d","refresh_token":"r.%s.%d","token_type":"bearer","expires_in":2592000}`, line, n+1, line, n+1)
}

func lineOf(refresh string) (line string, n int) {
	part := strings.Split(refresh, ".")
	if len(part) != 3 {
		return "", -1
	}
	n, _ = strconv.Atoi(part[2])
	return part[1], n
}

// child is a process of the model.
type modelChild struct {
	command *exec.Cmd
	in      io.WriteCloser
	events  chan string // of its output, closed when it is dead
	state   string      // running, stopped, waits, done, dead
	point   string
	deed    string
}

func startModelChild(t *testing.T) *modelChild {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childChange+"="+childModelled)
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	c := &modelChild{command: command, in: in, events: make(chan string, 16)}
	go func() {
		defer close(c.events)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.events <- lines.Text()
		}
	}()
	t.Cleanup(c.end)
	return c
}

func (c *modelChild) end() {
	_ = c.command.Process.Kill()
	_ = c.in.Close()
	for range c.events {
	}
	_ = c.command.Wait()
	c.state = "dead"
}

func (c *modelChild) say(line string) {
	c.state = "running"
	_, _ = io.WriteString(c.in, line+"\n")
}

// hear takes one event, if there is one within the time.
func (c *modelChild) hear(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case text, alive := <-c.events:
		kind, rest, _ := strings.Cut(text, " ")
		switch {
		case !alive:
			c.state = "dead"
		case kind == "point":
			c.state, c.point = "stopped", rest
		case kind == "waits":
			c.state = "waits"
		case kind == "done":
			c.state, c.point = "done", rest
		}
		return true
	case <-timer.C:
		return false
	}
}

// model is one interleaving: three processes, a deed each.
type model struct {
	*testing.T
	issuer   *issuer
	service  string
	folder   string
	children []*modelChild
	path     []string // what happened, for a failure
	crashes  int
	nothing  bool   // a sign-in died while the keyring held nothing
	last     string // the pair that the keyring held last
}

const modelPatience = 30 * time.Second

// run lets the children go on in an order that random says, and kills some.
func (m *model) run(random *rand.Rand) {
	deeds := []string{"renew", "renew", "rejected", "sign in", "reconnect", "remove", "list", "default"}
	for n, c := range m.children {
		c.deed = deeds[random.IntN(len(deeds))]
		m.path = append(m.path, fmt.Sprintf("%d: %s", n, c.deed))
		c.say(order{strconv.Itoa(n), m.folder, m.service, c.deed, strconv.Itoa(n + 1)}.String())
	}
	for {
		m.settleDown()
		m.check()
		var stopped []int
		left := 0
		for n, c := range m.children {
			if c.state == "stopped" {
				stopped = append(stopped, n)
			}
			if c.state == "stopped" || c.state == "waits" {
				left++
			}
		}
		switch {
		case left == 0:
			return
		case len(stopped) == 0:
			m.awaitLock()
			continue
		}
		n := stopped[random.IntN(len(stopped))]
		c := m.children[n]
		if m.crashes < 2 && random.IntN(60) == 0 {
			m.path = append(m.path, fmt.Sprintf("%d dies at %s", n, c.point))
			m.crash(n)
			continue
		}
		m.path = append(m.path, fmt.Sprintf("%d past %s", n, c.point))
		c.say("go")
	}
}

// settleDown waits until nobody runs.
func (m *model) settleDown() {
	for n, c := range m.children {
		for c.state == "running" {
			if !c.hear(modelPatience) {
				m.Fatalf("child %d hangs after %v", n, m.path)
			}
		}
		if c.state == "waits" { // it may have its lock by now
			c.hear(0)
		}
	}
}

// awaitLock: who waits gets the lock of somebody who ended.
func (m *model) awaitLock() {
	for deadline := time.Now().Add(modelPatience); time.Now().Before(deadline); {
		for _, c := range m.children {
			if c.state == "waits" && c.hear(time.Millisecond) {
				return
			}
		}
	}
	m.Fatalf("all wait for each other after %v", m.path)
}

func (m *model) crash(n int) {
	m.crashes++
	m.children[n].end()
	if deed := m.children[n].deed; m.held() == "" && (deed == "sign in" || deed == "reconnect") {
		m.nothing = true
	}
	m.issuer.mu.Lock()
	defer m.issuer.mu.Unlock()
	for used, by := range m.issuer.users {
		if by == strconv.Itoa(n) && m.held() == used {
			m.issuer.excused[used] = true // the gap that no client can close
		}
	}
}

// held is the refresh token in the keyring.
func (m *model) held() string {
	secrets := modelKeyring(m.folder)
	for _, user := range secrets.Users() {
		secret, err := secrets.Get(m.Context(), user)
		if err != nil {
			continue
		}
		if i, err := unpack(secret); err == nil {
			return i.RefreshToken
		}
	}
	return ""
}

// check is what holds at every moment.
func (m *model) check() {
	var list struct{ Accounts []struct{ Account string } }
	if data, err := os.ReadFile(m.folder + "/config/" + indexName); err == nil {
		if err := json.Unmarshal(data, &list); err != nil {
			m.Fatalf("the list is broken after %v", m.path)
		}
	}
	users := modelKeyring(m.folder).Users()
	for _, user := range users {
		if !slices.ContainsFunc(list.Accounts, func(a struct{ Account string }) bool { return a.Account == user }) {
			m.Fatalf("a secret of %s without an entry after %v", user, m.path)
		}
	}
	now := m.held()
	line, n := lineOf(now)
	lastLine, lastN := lineOf(m.last)
	switch {
	case now == "" || now == m.last:
	case m.last != "" && line == lastLine && n < lastN:
		m.Fatalf("%s was overwritten by %s after %v", m.last, now, m.path)
	case m.last != "" && line != lastLine && n != 0:
		m.Fatalf("%s of a sign-in was overwritten by %s of an older one after %v", m.last, now, m.path)
	}
	m.last = now
	m.issuer.mu.Lock()
	defer m.issuer.mu.Unlock()
	for _, wrong := range m.issuer.wrong {
		m.Fatalf("%s, after %v", wrong, m.path)
	}
}

// checkEnd is what holds once all are done or dead, and somebody looks.
func (m *model) checkEnd() {
	store := modelStore(m.folder)
	accounts, err := store.List(m.Context())
	if err != nil {
		m.Fatalf("%v after %v", err, m.path)
	}
	m.check()
	removes := slices.ContainsFunc(m.children, func(c *modelChild) bool { return c.deed == "remove" })
	if len(accounts) == 0 && !removes {
		m.Fatalf("the account is gone after %v", m.path)
	}
	for _, a := range accounts {
		if a.State == Pending {
			m.Fatalf("%s is pending after %v", a.Name, m.path)
		}
		if a.State == Reconnect {
			m.mustBeExcused()
			continue
		}
		_, err := store.Token(m.Context(), a, TokenOptions{MinLeft: 30 * 24 * time.Hour}) // of 30 days: whenever it is half over
		if err == nil {
			_, err = store.Token(m.Context(), a, TokenOptions{Rejected: tokenOf(m.T, store, a)})
		}
		switch {
		case errors.Is(err, ErrReconnect):
			m.mustBeExcused()
		case err != nil:
			m.Fatalf("%v after %v", err, m.path)
		}
	}
	m.check()
}

// mustBeExcused: an account may have to sign in again only where a process died
// between Egnyte's answer for the pair that the keyring holds and the keyring, or
// in a sign-in before the keyring had anything of it.
func (m *model) mustBeExcused() {
	now := m.held()
	m.issuer.mu.Lock()
	defer m.issuer.mu.Unlock()
	if now == "" && m.nothing || m.issuer.excused[now] {
		return
	}
	m.Fatalf("the account has to sign in again for no reason (the keyring has %q, %d died) after %v", now, m.crashes, m.path)
}

// Given three processes that renew, sign in, reconnect, remove and list one
// account at the same time, in any order of their steps, and die at any of them:
// no secret is ever without an entry, no pair is refreshed twice, but after a
// process died between Egnyte's answer and the keyring, no pair is overwritten
// by an older one, and no account is left pending or lost.
func TestAnyInterleavingOfThreeProcessesKeepsTheRules(t *testing.T) {
	base := "/dev/shm" // a disk that flushes at once
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		base = ""
	}
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("ACCOUNT_TEST_SEED"), 10, 64); err == nil {
		seed = given
	}
	children := make([]*modelChild, 3)
	tried, crashes, requests := 0, 0, 0
	for round := range roundsOf(200, 20_000) {
		folder, err := os.MkdirTemp(base, "model")
		if err != nil {
			t.Fatal(err)
		}
		i := &issuer{users: map[string]string{}, excused: map[string]bool{}}
		server := httptest.NewServer(i)
		port := server.Listener.Addr().String()[strings.LastIndex(server.Listener.Addr().String(), ":"):]
		m := &model{T: t, issuer: i, service: "http://egnyte.localhost" + port, folder: folder, children: children}
		for n := range children {
			if children[n] == nil || children[n].state == "dead" {
				children[n] = startModelChild(t)
			}
		}
		mustAdd(t, modelStore(folder), modelGrant(m.service, "0"))
		m.path = []string{fmt.Sprintf("seed %d, round %d", seed, round)}
		m.run(rand.New(rand.NewPCG(seed, uint64(round))))
		m.checkEnd()
		tried, crashes, requests = tried+1, crashes+m.crashes, requests+i.requests
		server.CloseClientConnections()
		server.Close()
		_ = os.RemoveAll(folder)
	}
	t.Logf("%d interleavings with %d crashes and %d token requests, seed %d", tried, crashes, requests, seed)
}

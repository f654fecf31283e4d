//go:build soak && linux

package refresher

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// The soak: a refresher in a process of its own, as the tray has it, keeps many
// accounts through months of a clock that runs fast, while people change their
// passwords, Egnyte has bad hours, and a second process takes tokens as the
// terminal does. SOAK says for how long; SOAK_KEYRING=system takes the keyring
// of the session instead of files.
const (
	soakSpeed    = 1000
	soakAccounts = 200
	soakFolder   = "REFRESHER_SOAK_FOLDER" // in the refresher's process
	soakStart    = "REFRESHER_SOAK_START"
	soakReports  = 60
	mayGrowKB    = 256 // an hour, beyond what samples that go up and down leave unsure
)

// fastClock runs soakSpeed times as fast as the real one, from a common start.
type fastClock struct{ start time.Time }

func (c fastClock) Now() time.Time        { return c.start.Add(c.Uptime()).Round(0) }
func (c fastClock) Uptime() time.Duration { return time.Since(c.start) * soakSpeed }

func (fastClock) Timer(d time.Duration) (<-chan time.Time, func() bool) {
	timer := time.NewTimer(d / soakSpeed)
	return timer.C, timer.Stop
}

func soakStore(folder string, clock fastClock) *account.Store {
	var secrets keyring.Keyring = &keyringtest.Keyring{Dir: filepath.Join(folder, "keyring")}
	if os.Getenv("SOAK_KEYRING") == "system" {
		secrets = keyring.System()
	}
	store := account.Open(filepath.Join(folder, "config"), secrets)
	store.Now = clock.Now
	return store
}

// TestSoakRefresher is the refresher's process: it runs until its input ends, and
// says how many goroutines it has whenever it is asked.
func TestSoakRefresher(t *testing.T) {
	if os.Getenv(soakFolder) == "" {
		t.Skip("plays a part in TestSoak only")
	}
	start, err := time.Parse(time.RFC3339Nano, os.Getenv(soakStart))
	if err != nil {
		t.Fatal(err)
	}
	clock := fastClock{start}
	store := soakStore(os.Getenv(soakFolder), clock)
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := store.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wake := make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Refresher{Store: store, Wake: wake, Changed: changes, clock: clock}.Run(ctx)
	}()
	asked := bufio.NewScanner(os.Stdin)
	for asked.Scan() {
		switch asked.Text() {
		case "wake":
			select {
			case wake <- struct{}{}:
			default:
			}
		case "report":
			debug.FreeOSMemory() // what is left is in use
			fmt.Fprintln(os.Stderr, "goroutines", runtime.NumGoroutine())
		}
	}
	cancel()
	<-ended
}

// soak is TestSoak at work.
type soak struct {
	*testing.T
	egnyte *practice.Server
	store  *account.Store
	clock  fastClock

	mu      sync.Mutex
	changed map[string]int // password changes that nobody has signed in after, by account
	lost    []string
	counts  map[string]int
	people  map[string]practice.Person
	names   []string
}

func TestSoak(t *testing.T) {
	span, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		t.Skip("SOAK says for how long: make soak SOAK=2h")
	}
	folder := t.TempDir()
	clock := fastClock{time.Now()}
	// Without limits: Egnyte's hour is 3.6 s here, and people sign in at real speed.
	at := practice.Start(t, func(o *practice.Options) { o.Now = clock.Now })
	at.ExpiresIn("86400")
	s := &soak{T: t, egnyte: at, store: soakStore(folder, clock), clock: clock,
		changed: map[string]int{}, counts: map[string]int{}, people: map[string]practice.Person{}}
	s.settleIn()
	refresher := s.startRefresher(folder)
	until := time.Now().Add(span)
	ctx, cancel := context.WithDeadline(t.Context(), until)
	defer cancel()
	var work sync.WaitGroup
	work.Go(func() { s.every(ctx, 50*time.Millisecond, s.takeToken) })
	work.Go(func() { s.every(ctx, time.Second, s.signInWhoHasTo) })
	work.Go(func() { s.every(ctx, 1500*time.Millisecond, s.changePassword) })
	work.Go(func() { s.every(ctx, 5*time.Second, s.badHour) })
	work.Go(func() { s.every(ctx, 3*time.Second, func() { refresher.say("wake") }) })
	samples := refresher.watch(ctx, span)
	work.Wait()
	s.endWell()
	s.report(span, samples)
}

func (s *soak) every(ctx context.Context, pause time.Duration, do func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

func (s *soak) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
}

func (s *soak) lose(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = append(s.lost, fmt.Sprintf(format, args...))
	s.Errorf(format, args...)
}

// settleIn signs everybody in.
func (s *soak) settleIn() {
	for n := range soakAccounts {
		p := practice.Person{Domain: "acme", Username: fmt.Sprintf("person%03d", n), Password: "first", First: "Person", Last: strconv.Itoa(n), ID: int64(1000 + n)}
		s.egnyte.AddPerson(p)
		grant, err := s.signIn(p)
		for tries := 0; err != nil && tries < 20; tries++ { // a code lives 60 ms here, which a busy machine may take
			grant, err = s.signIn(p)
		}
		if err != nil {
			s.Fatal(err)
		}
		a, err := s.store.Save(s.Context(), "", grant)
		if err != nil {
			s.Fatal(err)
		}
		s.people[a.Name] = p
		s.names = append(s.names, a.Name)
	}
}

func (s *soak) signIn(p practice.Person) (oauth.Grant, error) {
	grant, err := egnytetest.SignInAs(s.Context(), s.egnyte, p)
	now := s.clock.Now()
	if !grant.Token.Expiry.IsZero() {
		grant.Token.Expiry = now.Add(grant.Token.Expiry.Sub(grant.Token.Issued))
	}
	grant.Token.Issued = now
	return grant, err
}

func (s *soak) takeToken() {
	name := s.names[rand.N(len(s.names))]
	a, err := s.store.Find(s.Context(), name, nil)
	if err != nil {
		s.lose("%s is not found: %v", name, err)
		return
	}
	client := oauth.NewHTTPClient(nil)
	defer client.CloseIdleConnections()
	token, err := s.store.Token(s.Context(), a, account.TokenOptions{MinLeft: 5 * time.Minute})
	if err == nil {
		domain, _ := a.OAuthDomain()
		_, err = oauth.UserInfo(s.Context(), client, domain, token.Access)
	}
	switch {
	case err == nil:
		s.count("tokens taken that worked")
	case errors.Is(err, account.ErrReconnect):
		s.count("tokens refused to a person who has to sign in")
	default:
		s.count("tokens not to be had in a bad hour")
	}
}

func (s *soak) changePassword() {
	name := s.names[rand.N(len(s.names))]
	p := s.people[name]
	s.mu.Lock()
	s.changed[name]++
	s.counts["password changes"]++
	s.mu.Unlock()
	s.egnyte.ChangePassword(p.Domain, p.Username, fmt.Sprint("password ", rand.Int()))
}

// signInWhoHasTo is the people: who is asked to sign in again does. Who is asked
// without having changed a password has lost an account.
func (s *soak) signInWhoHasTo() {
	accounts, err := s.store.List(s.Context())
	if err != nil || len(accounts) != soakAccounts {
		s.lose("the list has %d accounts: %v", len(accounts), err)
		return
	}
	for _, a := range accounts {
		if a.State != account.Reconnect {
			continue
		}
		s.mu.Lock()
		changes := s.changed[a.Name]
		s.mu.Unlock()
		if changes == 0 {
			s.lose("%s says reconnect because of %q, and its password was not changed", a.Name, a.Reason)
		}
		for _, p := range s.egnyte.People() {
			if p.Username == a.Username {
				s.signInAgain(a, p, changes)
			}
		}
	}
}

func (s *soak) signInAgain(a account.Account, p practice.Person, changes int) {
	grant, err := s.signIn(p)
	if err != nil {
		s.count("sign-ins that failed in a bad hour")
		return
	}
	if _, err := s.store.Save(s.Context(), a.Name, grant); err != nil {
		s.lose("%s: a new sign-in was not kept: %v", a.Name, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed[a.Name] -= changes
	s.counts["sign-ins after a password change"]++
}

// badHour is a trouble of one endpoint for up to an hour of the fast clock.
func (s *soak) badHour() {
	troubles := []practice.Fault{practice.Fault500, practice.Fault503, practice.Fault429, practice.FaultTokenLimit,
		practice.FaultOverQPS(time.Second), {Hang: 200 * time.Millisecond}, practice.Fault503.HTML()}
	endpoint := []string{"token", "userinfo"}[rand.N(2)]
	s.egnyte.Fault(endpoint, troubles[rand.N(len(troubles))])
	s.count("bad hours")
	select {
	case <-time.After(time.Duration(rand.N(3600)) * time.Millisecond):
	case <-s.Context().Done():
	}
	s.egnyte.ClearFault(endpoint)
}

// endWell ends all troubles; then every account has to work again.
func (s *soak) endWell() {
	for _, endpoint := range []string{"token", "userinfo"} {
		s.egnyte.ClearFault(endpoint)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		s.signInWhoHasTo()
		works := 0
		for _, name := range s.names {
			a, err := s.store.Find(s.Context(), name, nil)
			if err != nil || a.State != account.Ready {
				continue
			}
			token, err := s.store.Token(s.Context(), a, account.TokenOptions{MinLeft: time.Minute})
			domain, _ := a.OAuthDomain()
			if err == nil {
				_, err = oauth.UserInfo(s.Context(), oauth.NewHTTPClient(nil), domain, token.Access)
			}
			if refused := (*oauth.Refusal)(nil); errors.As(err, &refused) && refused.Kind == oauth.RefusedUnauthorized {
				_, err = s.store.Token(s.Context(), a, account.TokenOptions{Rejected: token.Access})
			}
			if err == nil {
				works++
			}
		}
		if works == soakAccounts {
			return
		}
		if time.Now().After(deadline) {
			s.lose("%d of %d accounts work at the end", works, soakAccounts)
			return
		}
	}
}

// refresherProcess is the process that is measured.
type refresherProcess struct {
	*soak
	command *exec.Cmd
	in      io.WriteCloser
	mu      sync.Mutex
	lines   *bufio.Scanner
}

func (s *soak) startRefresher(folder string) *refresherProcess {
	s.Helper()
	command := exec.CommandContext(s.Context(), os.Args[0], "-test.run=^TestSoakRefresher$", "-test.timeout=0")
	command.Env = append(os.Environ(), soakFolder+"="+folder, soakStart+"="+s.clock.start.Format(time.RFC3339Nano))
	in, err := command.StdinPipe()
	if err != nil {
		s.Fatal(err)
	}
	out, err := command.StderrPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := command.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = in.Close(); _ = command.Wait() })
	return &refresherProcess{soak: s, command: command, in: in, lines: bufio.NewScanner(out)}
}

func (k *refresherProcess) say(word string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, err := fmt.Fprintln(k.in, word); err != nil {
		k.lose("the refresher is gone: %v", err)
	}
}

type sample struct {
	at                         time.Duration
	rssKB, goroutines, handles int
}

// watch measures until ctx ends.
func (k *refresherProcess) watch(ctx context.Context, span time.Duration) (samples []sample) {
	begin := time.Now()
	k.every(ctx, span/soakReports, func() {
		m := sample{at: time.Since(begin)}
		k.say("report")
		if !k.lines.Scan() {
			return
		}
		m.goroutines, _ = strconv.Atoi(strings.TrimPrefix(k.lines.Text(), "goroutines "))
		proc := fmt.Sprintf("/proc/%d/", k.command.Process.Pid)
		if statm, err := os.ReadFile(proc + "statm"); err == nil {
			pages, _ := strconv.Atoi(strings.Fields(string(statm))[1])
			m.rssKB = pages * os.Getpagesize() / 1024
		}
		if open, err := os.ReadDir(proc + "fd"); err == nil {
			m.handles = len(open)
		}
		samples = append(samples, m)
	})
	return samples
}

// report ends with one line of figures. What grows is judged after a quarter of
// the time: caches and connections are there by then.
func (s *soak) report(span time.Duration, all []sample) {
	for _, m := range all {
		s.Logf("%6.0f s: %d kB, %d goroutines, %d descriptors", m.at.Seconds(), m.rssKB, m.goroutines, m.handles)
	}
	settled := all[len(all)/4:]
	if len(settled) < 8 {
		s.Fatalf("%d samples: too few to judge", len(settled))
	}
	half := len(settled) / 2
	most := func(of []sample, get func(sample) int) (n int) {
		for _, m := range of {
			n = max(n, get(m))
		}
		return n
	}
	goroutines := func(m sample) int { return m.goroutines }
	handles := func(m sample) int { return m.handles }
	slope, unsure := slopeOf(settled)                         // kB an hour
	if slope-2*unsure > mayGrowKB && span >= 20*time.Minute { // it takes minutes to settle
		s.Errorf("the refresher grows by %.0f kB an hour, give or take %.0f", slope, unsure)
	}
	for what, get := range map[string]func(sample) int{"goroutines": goroutines, "descriptors": handles} {
		if first, second := most(settled[:half], get), most(settled[half:], get); second > first+4 {
			s.Errorf("%s grow: %d, then %d", what, first, second)
		}
	}
	for what, n := range s.counts {
		s.Logf("%7d %s", n, what)
	}
	last := settled[len(settled)-1]
	s.Logf("soak: %.1f days of life in %s: %d accounts, %d token requests, %d password changes, %d bad hours; %d lost; %d kB resident, %+.0f kB an hour (give or take %.0f), %d goroutines at most, %d descriptors at most",
		(span*soakSpeed).Hours()/24, span, soakAccounts, s.egnyte.Requests("token"), s.counts["password changes"], s.counts["bad hours"],
		len(s.lost), last.rssKB, slope, unsure, most(settled, goroutines), most(settled, handles))
}

// slopeOf is the least-squares slope of the resident memory, in kB an hour, and its
// standard error.
func slopeOf(samples []sample) (slope, unsure float64) {
	var n, x, y, xx, xy float64
	for _, m := range samples {
		h, kb := m.at.Hours(), float64(m.rssKB)
		n, x, y, xx, xy = n+1, x+h, y+kb, xx+h*h, xy+h*kb
	}
	slope = (n*xy - x*y) / (n*xx - x*x)
	start := (y - slope*x) / n
	var off float64
	for _, m := range samples {
		d := float64(m.rssKB) - start - slope*m.at.Hours()
		off += d * d
	}
	return slope, math.Sqrt(off / (n - 2) / (xx - x*x/n))
}

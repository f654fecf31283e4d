//go:build e2e && linux

// Package bench compares the built programs with others, on a virtual desktop. Each
// pair runs both in turn; the median of the ratios is compared with a bound, so
// that what slows the machine slows both. `make bench` runs all of it.
package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// pairs runs ours and theirs in turn n times, after a pair that doesn't count, and
// fails where the median ratio is above the bound.
func pairs(b *testing.B, n int, bound float64, ours, theirs func() time.Duration) {
	b.Helper()
	var a, c, ratios []float64
	for i := range n + 1 {
		var x, y time.Duration
		if i%2 == 0 {
			x, y = ours(), theirs()
		} else {
			y, x = theirs(), ours()
		}
		if i > 0 {
			a, c, ratios = append(a, x.Seconds()*1000), append(c, y.Seconds()*1000), append(ratios, x.Seconds()/y.Seconds())
		}
	}
	b.ReportMetric(0, "ns/op") // of all pairs together: says nothing
	b.ReportMetric(median(a), "ms-ours")
	b.ReportMetric(median(c), "ms-theirs")
	b.ReportMetric(median(ratios), "ratio")
	if median(ratios) > bound {
		b.Errorf("ratio %.2f, more than %.2f: %.1f ms, and theirs %.1f ms", median(ratios), bound, median(a), median(c))
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// desktop is a session with a practice service, the programs to compare, and a
// browser that answers at once.
type desktop struct {
	*session.Session
	egnyte   *practice.Server
	programs string   // the folder of all programs
	env      []string // theirs
	spare    atomic.Bool
	hold     *os.File // a line ends a browser that stays in the foreground
	open     []net.Conn
}

// Benchmark runs all pairs. Names choose some: -bench '^Benchmark$/token'
func Benchmark(b *testing.B) {
	d := newDesktop(b)
	run(b, exec.Command("go", "build", "-trimpath", "-o", d.programs, "./hello"))
	signIn := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", d.programs, "./signin")
	signIn.Env = append(os.Environ(), "CGO_ENABLED=0") // linked as egnyte-auth is
	run(b, signIn)
	b.Run("signin", d.signIn)
	b.Run("token", d.token)
	b.Run("window", d.window)
	b.Run("tray", d.tray)
}

// newDesktop installs our programs as a package does and measures the copies: a
// file that the linker has just written is in the page cache in larger pieces, which
// count as resident memory (30 MB instead of 23 MB for the tray).
func newDesktop(b *testing.B) *desktop {
	b.Helper()
	s, err := session.Start(context.Background(), session.Options{Unwatched: true})
	check(b, err)
	b.Cleanup(func() { check(b, s.Close()) })
	d := &desktop{Session: s, programs: filepath.Join(s.Dir, "programs")}
	d.egnyte, err = practice.New(practice.Options{NoLimits: true})
	check(b, err)
	b.Cleanup(func() { _ = d.egnyte.Close() })
	check(b, os.Mkdir(d.programs, 0o755))
	for _, name := range []string{"egnyte-accounts", "egnyte-auth"} {
		built, err := session.Find(name)
		check(b, err)
		run(b, exec.Command("install", "-m755", built, d.programs))
	}
	key, person, settings := d.egnyte.Key(), d.egnyte.People()[0], fmt.Sprintf(`{"service":%q}`, d.egnyte.URL())
	d.env = append(s.Env(), "EGNYTE_CLIENT_ID="+key.ID, "EGNYTE_CLIENT_SECRET="+key.Secret, "SERVICE="+d.egnyte.URL(),
		"DOMAIN="+d.egnyte.DomainURL(person.Domain), "FOLDER="+s.Dir)
	check(b, os.MkdirAll(filepath.Join(s.ConfigHome(), "egnyte-accounts"), 0o700))
	check(b, os.WriteFile(filepath.Join(s.ConfigHome(), "egnyte-accounts", "settings.json"), []byte(settings), 0o600))
	d.startBrowser(b)
	run(b, d.command(nil, "egnyte-auth", "signin", person.Domain))
	d.release()
	return d
}

// startBrowser puts an xdg-open into PATH that hands its link to follow.
func (d *desktop) startBrowser(b *testing.B) {
	b.Helper()
	path := filepath.Join(d.Dir, "path")
	check(b, os.Mkdir(path, 0o700))
	fifo := func(name string) *os.File {
		check(b, syscall.Mkfifo(filepath.Join(path, name), 0o600))
		file, err := os.OpenFile(filepath.Join(path, name), os.O_RDWR, 0)
		check(b, err)
		b.Cleanup(func() { _ = file.Close() })
		return file
	}
	links := fifo("links")
	d.hold = fifo("hold")
	script := fmt.Sprintf("#!/bin/sh\necho \"$1\" >'%s/links'\n[ -z \"$FOREGROUND\" ] || read -r _ <'%s/hold'\n", path, path)
	check(b, os.WriteFile(filepath.Join(path, "xdg-open"), []byte(script), 0o700))
	d.env = append(d.env, "PATH="+path)
	go func() {
		for lines := bufio.NewScanner(links); lines.Scan(); {
			if err := d.follow(lines.Text()); err != nil {
				b.Error("the browser:", err)
			}
		}
	}()
}

// follow answers a link as the browser of a user does who is signed in already.
func (d *desktop) follow(link string) error {
	ctx := context.Background()
	if d.spare.Load() {
		u, err := url.Parse(link) // ours leads to Egnyte by way of the receiver
		if err != nil {
			return err
		}
		receiver := u.Host
		if back, err := url.Parse(u.Query().Get("redirect_uri")); err == nil && back.Host != "" {
			receiver = back.Host
		}
		conn, err := net.Dial("tcp", receiver)
		if err != nil {
			return err
		}
		d.open = append(d.open, conn)
	}
	back, err := d.egnyte.Decide(ctx, link, d.egnyte.People()[0], practice.Allow, "")
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, back.URL, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Referer", back.Referer)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: !d.spare.Load()}}).Do(request)
	if err != nil {
		return nil // a program may hang up after the code
	}
	return response.Body.Close()
}

// release ends what a browser left open.
func (d *desktop) release() {
	for _, conn := range d.open {
		_ = conn.Close()
	}
	d.open = nil
}

// command is one of the programs on this desktop.
func (d *desktop) command(env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(d.programs, name), args...)
	cmd.Env, cmd.Dir = append(slices.Clone(d.env), env...), d.Dir
	return cmd
}

// run runs a program and returns how long it took.
func run(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	started := time.Now()
	err := cmd.Run()
	took := time.Since(started)
	if err != nil {
		b.Fatalf("%s: %v: %s", cmd.Args, err, stderr.String())
	}
	return took
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// signIn compares like with like: the path alone with a sign-in that stores nothing,
// and the program with one that stores the same.
func (d *desktop) signIn(b *testing.B) {
	domain := d.egnyte.People()[0].Domain
	compare := func(name string, bound float64, spare bool, env []string, ours, theirs []string) {
		b.Run(name, func(b *testing.B) {
			d.spare.Store(spare)
			one := func(args []string) func() time.Duration {
				return func() time.Duration {
					took := run(b, d.command(env, args[0], args[1:]...))
					d.release()
					if env != nil {
						_, err := d.hold.WriteString("\n")
						check(b, err)
					}
					return took
				}
			}
			pairs(b, 100, bound, one(ours), one(theirs))
		})
	}
	ours, plain := []string{"signin", "ours"}, []string{"signin", "plain"}
	compare("path", 1.15, false, nil, ours, plain)
	compare("path, spare connection", 1.15, true, nil, ours, plain)
	compare("path, browser in the foreground", 1.15, false, []string{"FOREGROUND=1"}, ours, plain)
	compare("program", 1.2, false, nil, []string{"egnyte-auth", "signin", domain, "--json"}, []string{"signin", "stored"})
}

// BenchmarkSoakKeyring runs SOAK_PAIRS pairs of `egnyte-auth signin` and `token` against
// one gnome-keyring daemon while two busy loops run. The daemon must survive: version
// 0.1.0 killed it after 61 to 4,428 pairs.
func BenchmarkSoakKeyring(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("SOAK_PAIRS"))
	if err != nil {
		b.Skip("SOAK_PAIRS is not set: see make soak-keyring")
	}
	d := newDesktop(b)
	for range 2 {
		loop, err := d.Start(session.Spec{Path: "/bin/sh", Args: []string{"-c", "while :; do :; done"}})
		check(b, err)
		defer loop.Stop()
	}
	started, domain := time.Now(), d.egnyte.People()[0].Domain
	for i := range n {
		run(b, d.command(nil, "egnyte-auth", "signin", domain))
		d.release()
		run(b, d.command(nil, "egnyte-auth", "token"))
		check(b, d.KeyringDied())
		if done := i + 1; done%1000 == 0 || done == n {
			took := time.Since(started)
			fmt.Printf("soak-keyring: %d of %d pairs in %v, %.1f a second\n", done, n, took.Round(time.Second), float64(done)/took.Seconds())
		}
	}
}

// token compares with secret-tool, for an equal item.
func (d *desktop) token(b *testing.B) {
	items, err := d.Secrets("egnyte-accounts")
	check(b, err)
	if len(items) == 0 {
		b.Fatal("the keyring holds no account")
	}
	tool, err := exec.LookPath("secret-tool")
	check(b, err)
	store := exec.Command(tool, "store", "--label=bench", "service", "bench", "username", "jane")
	store.Env, store.Stdin = d.env, strings.NewReader(items[0].Text)
	run(b, store)
	pairs(b, 60, 0.6,
		func() time.Duration { return run(b, d.command(nil, "egnyte-auth", "token")) },
		func() time.Duration {
			lookup := exec.Command(tool, "lookup", "service", "bench", "username", "jane")
			lookup.Env = d.env
			return run(b, lookup)
		})
}

// window compares the time from the start to a window that shows something.
func (d *desktop) window(b *testing.B) {
	pairs(b, 15, 1.4,
		func() time.Duration { return d.painted(b, "egnyte-accounts", "--window", "accounts") },
		func() time.Duration { return d.painted(b, "hello") })
}

func (d *desktop) painted(b *testing.B, name string, args ...string) time.Duration {
	b.Helper()
	p, err := d.Start(session.Spec{Path: filepath.Join(d.programs, name), Args: args, Env: d.env})
	check(b, err)
	defer p.Stop()
	for time.Since(p.Started) < 15*time.Second {
		if w, err := d.Display.Find(""); err == nil && d.Display.Painted(w) {
			took := time.Since(p.Started)
			p.Stop()
			check(b, d.Display.WaitGone(context.Background(), "", 5*time.Second))
			return took
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatalf("no painted window: %s", p.Stderr())
	return 0
}

// tray measures the tray while nothing happens, with its icon shown.
func (d *desktop) tray(b *testing.B) {
	const idle = 20 * time.Second
	for _, with := range []struct {
		accounts          int
		resident, private float64 // MB at most
	}{{1, 28, 8}, {100, 32, 32}} {
		b.Run(fmt.Sprint(with.accounts, " accounts"), func(b *testing.B) {
			p, err := d.Start(session.Spec{Path: filepath.Join(d.programs, "egnyte-accounts"), Args: []string{"--tray"}, Env: d.withAccounts(b, with.accounts)})
			check(b, err)
			defer p.Stop()
			_, err = d.TrayHost.WaitMenu(context.Background(), 10*time.Second, d.egnyte.People()[0].Username)
			check(b, err)
			time.Sleep(2 * time.Second) // until the start is over
			before := costOf(b, p.Pid)
			time.Sleep(idle)
			after := costOf(b, p.Pid)
			cpu, wakes := (after.cpu - before.cpu).Seconds(), after.switches-before.switches
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(after.resident, "MB-resident")
			b.ReportMetric(after.private, "MB-anonymous")
			b.ReportMetric(cpu, "s-CPU")
			b.ReportMetric(float64(wakes), "wakes")
			if after.resident > with.resident || after.private > with.private || cpu > 0.02 || wakes > 20 {
				b.Errorf("%.1f MB resident, %.1f MB anonymous, %.2f s CPU, %d wakes of its threads in %s", after.resident, after.private, cpu, wakes, idle)
			}
		})
	}
}

// withAccounts is the environment with a list of n accounts, checked a moment ago:
// the one that signed in, and copies of it under other names.
func (d *desktop) withAccounts(b *testing.B, n int) []string {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(d.ConfigHome(), "egnyte-accounts", "accounts.json"))
	check(b, err)
	var index struct {
		Version  int              `json:"version"`
		Accounts []map[string]any `json:"accounts"`
	}
	check(b, json.Unmarshal(text, &index))
	first := index.Accounts[0]
	first["checked"] = time.Now().UTC().Format(time.RFC3339)
	index.Accounts = []map[string]any{first}
	for i := 1; i < n; i++ {
		account := maps.Clone(first)
		user, domain := fmt.Sprintf("person%04d", i), fmt.Sprintf("company%03d.egnyte.com", i/5)
		account["account"], account["domain"], account["username"], account["service"] = user+"@"+domain, domain, user, "https://egnyte.com"
		account["user_id"], account["default"] = 1000+i, false
		index.Accounts = append(index.Accounts, account)
	}
	text, err = json.Marshal(index)
	check(b, err)
	folder := filepath.Join(d.Dir, fmt.Sprint("accounts-", n))
	check(b, os.MkdirAll(filepath.Join(folder, "egnyte-accounts"), 0o700))
	check(b, os.WriteFile(filepath.Join(folder, "egnyte-accounts", "accounts.json"), text, 0o600))
	settings := fmt.Appendf(nil, `{"service":%q}`, d.egnyte.URL())
	check(b, os.WriteFile(filepath.Join(folder, "egnyte-accounts", "settings.json"), settings, 0o600))
	return append(slices.Clone(d.env), "XDG_CONFIG_HOME="+folder)
}

// cost is what a process uses: memory in MB, and since its start the CPU time and
// the voluntary context switches of all its threads.
type cost struct {
	resident, private float64
	cpu               time.Duration
	switches          int
}

func costOf(b *testing.B, pid int) cost {
	b.Helper()
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	field := func(path, name string) int {
		text, err := os.ReadFile(path)
		check(b, err)
		_, rest, _ := strings.Cut(string(text), "\n"+name+":")
		n, err := strconv.Atoi(strings.Fields(rest)[0])
		check(b, err)
		return n
	}
	status := filepath.Join(proc, "status")
	c := cost{resident: float64(field(status, "VmRSS")) / 1024, private: float64(field(status, "RssAnon")) / 1024}
	threads, err := filepath.Glob(filepath.Join(proc, "task", "*", "status"))
	check(b, err)
	for _, thread := range threads {
		c.switches += field(thread, "voluntary_ctxt_switches")
	}
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	check(b, err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	for _, ticks := range strings.Fields(rest)[11:13] { // utime and stime, of 100 ticks a second (proc(5))
		n, err := strconv.Atoi(ticks)
		check(b, err)
		c.cpu += time.Duration(n) * 10 * time.Millisecond
	}
	return c
}

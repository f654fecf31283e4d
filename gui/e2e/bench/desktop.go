//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"egnyte-accounts/gui/e2e/session"
)

const (
	windowPairs = 15
	idle        = 20 * time.Second
)

// window compares the time from start to a painted window: listed by the
// window manager, and showing more than one colour.
func (b *bench) window() (bool, error) {
	ours, err := session.Find("egnyte-accounts")
	if err != nil {
		return false, err
	}
	r := row{
		what: "egnyte-accounts --window accounts, painted", other: "Fyne hello world", bound: 1.4,
		peers: "measured before: supersonic 2.6",
	}
	err = b.measure(&r, windowPairs,
		func() (time.Duration, error) { return b.painted(ours, "--window", "accounts") },
		func() (time.Duration, error) { return b.painted(filepath.Join(b.dir, "hello")) })
	if err != nil {
		return false, err
	}
	r.print()
	return r.held(), nil
}

// painted is of the program's one window: what it is called depends on how soon
// it has read whether there are accounts.
func (b *bench) painted(path string, args ...string) (time.Duration, error) {
	p, err := b.Start(session.Spec{Path: path, Args: args, Env: b.env})
	if err != nil {
		return 0, err
	}
	defer p.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		if w, err := b.Display.Find(""); err == nil && b.Display.Painted(w) {
			took := time.Since(p.Started)
			p.Stop()
			return took, b.Display.WaitGone(b.ctx, "", 5*time.Second)
		}
		select {
		case <-b.ctx.Done():
			return 0, b.ctx.Err()
		case <-p.Done():
			return 0, fmt.Errorf("it ended: %s", p.Stderr())
		case <-tick.C:
		}
	}
	return 0, fmt.Errorf("no painted window; it said: %s", p.Stderr())
}

// cost is what a resident process takes from the machine.
type cost struct {
	rss      float64 // MB
	cpu      time.Duration
	switches int // voluntary context switches, of all threads
}

// tray measures the tray left alone, its icon shown and its keeper at work, with
// few accounts and with many.
func (b *bench) tray() (bool, error) {
	all := true
	for _, with := range []struct {
		accounts int
		megabyte float64 // of resident memory, at most
	}{{1, 28}, {100, 32}} {
		held, err := b.idleTray(with.accounts, with.megabyte)
		if err != nil {
			return false, err
		}
		all = all && held
	}
	fmt.Println("     measured before: systray alone 5.3 MB, Fyne's own tray 125 MB, 0.24 s and 8,981 switches")
	return all, nil
}

func (b *bench) idleTray(accounts int, megabyte float64) (bool, error) {
	env, first, err := b.homeWith(accounts)
	if err != nil {
		return false, err
	}
	path, err := session.Find("egnyte-accounts")
	if err != nil {
		return false, err
	}
	p, err := b.Start(session.Spec{Path: path, Args: []string{"--tray"}, Env: env})
	if err != nil {
		return false, err
	}
	defer p.Stop()
	if _, err := b.TrayHost.WaitMenu(b.ctx, 10*time.Second, first); err != nil {
		return false, err
	}
	if err := b.pause(2 * time.Second); err != nil { // until the start is over
		return false, err
	}
	before, err := costOf(p.Pid)
	if err != nil {
		return false, err
	}
	if err := b.pause(idle); err != nil {
		return false, err
	}
	after, err := costOf(p.Pid)
	if err != nil {
		return false, err
	}
	cpu, switches := after.cpu-before.cpu, after.switches-before.switches
	held := after.rss <= megabyte && cpu <= 20*time.Millisecond && switches <= 20
	fmt.Printf("%-4s tray with %d accounts, %s idle: %.1f MB RSS (<= %.0f), %.2f s CPU (<= 0.02), %d voluntary switches (<= 20)\n",
		verdict(held), accounts, idle, after.rss, megabyte, cpu.Seconds(), switches)
	return held, nil
}

// pause is the one thing here that only time can bring about.
func (b *bench) pause(d time.Duration) error {
	select {
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func costOf(pid int) (cost, error) {
	var c cost
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	threads, err := filepath.Glob(filepath.Join(proc, "task", "*", "status"))
	if err != nil {
		return c, err
	}
	for _, status := range threads {
		c.switches += statusField(status, "voluntary_ctxt_switches")
	}
	c.rss = float64(statusField(filepath.Join(proc, "status"), "VmRSS")) / 1024
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return c, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from field 3 on; utime and stime are 14 and 15 (proc(5))
	if len(fields) < 13 {
		return c, fmt.Errorf("%s/stat is cut short", proc)
	}
	for _, field := range fields[11:13] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			return c, err
		}
		c.cpu += time.Duration(ticks) * time.Second / clockTicks
	}
	return c, nil
}

// clockTicks a second: USER_HZ, which is 100 on every Linux of today.
const clockTicks = 100

func statusField(path, name string) int {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if key, value, _ := strings.Cut(lines.Text(), ":"); key == name {
			n, _ := strconv.Atoi(strings.Fields(value)[0])
			return n
		}
	}
	return 0
}

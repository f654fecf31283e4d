package tray

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/testbus"
)

// cost is what a tray took until its menu was there.
type cost struct {
	icon, menu time.Duration // since the start of the process
	cpu        time.Duration
	kilobytes  int
	rows       int
}

func costOf(t *testing.T, accounts int) cost {
	t.Helper()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	everybody := make([]account.Account, accounts)
	for i := range everybody {
		everybody[i] = person(fmt.Sprintf("person%04d", i), "acme.egnyte.com", account.Ready)
	}
	begun := time.Now()
	tray := startTray(t, bus.Address, everybody...)
	it := receive(t, host.Items)
	c := cost{icon: time.Since(begun)}
	s := look(t, host.Conn, it)
	last := fmt.Sprintf("● person%04d — acme/Sign out", accounts-1)
	if accounts > mostRows {
		last = fmt.Sprintf("%d more…", accounts-mostRows)
	}
	s.find(t, last)
	c.menu = time.Since(begun)
	ids, err := s.ids()
	if err != nil {
		t.Fatal(err)
	}
	c.rows = len(ids)
	pid := tray.command.Process.Pid
	c.cpu, c.kilobytes = cpuOf(t, pid), residentOf(t, pid)
	return c
}

// cpuOf is the processor time that a process took (proc_pid_stat(5), 14 and 15).
func cpuOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var user, system int
	if _, err := fmt.Sscan(string(fields[11])+" "+string(fields[12]), &user, &system); err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}

func residentOf(t *testing.T, pid int) (kilobytes int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes
}

// best is the least of a few runs: what else the machine does only adds.
func best(t *testing.T, accounts int) cost {
	t.Helper()
	least := costOf(t, accounts)
	for range 4 {
		c := costOf(t, accounts)
		least.icon, least.menu, least.cpu = min(least.icon, c.icon), min(least.menu, c.menu), min(least.cpu, c.cpu)
		least.kilobytes = min(least.kilobytes, c.kilobytes)
	}
	return least
}

// Given a thousand accounts, the tray starts nearly as quickly as with one, and
// its menu stays one that a person can read.
func TestAThousandAccountsStayInBounds(t *testing.T) {
	one, many := best(t, 1), best(t, 1000)
	t.Logf("1 account: %+v", one)
	t.Logf("1,000 accounts: %+v", many)
	const perRow, fixed = 4, 5 // entries
	if many.rows != perRow*mostRows+fixed+1 {
		t.Errorf("the menu has %d entries", many.rows)
	}
	most := 3*one.icon + 50*time.Millisecond // a busy machine adds some; building the menu first would take longer
	if raceEnabled {
		most += 50 * time.Millisecond // its own cost grows with what is read meanwhile
	}
	if many.icon > most {
		t.Errorf("the icon comes after %s, with one account after %s", many.icon, one.icon)
	}
	// The second in which a menu has to follow.
	if !raceEnabled && many.menu > time.Second {
		t.Errorf("the menu comes after %s", many.menu)
	}
	if most := 32 << 10; !raceEnabled && many.kilobytes > most {
		t.Errorf("%d kB, want at most %d", many.kilobytes, most)
	}
	if many.kilobytes-one.kilobytes > 1000*one.kilobytes/100 { // far below linear
		t.Errorf("%d kB, with one account %d kB", many.kilobytes, one.kilobytes)
	}
}

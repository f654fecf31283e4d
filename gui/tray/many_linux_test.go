package tray

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/testbus"
)

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

// Given 100 or 1,000 accounts that take long to read, the icon is there before they
// are; the menu that follows is short enough to read, and the tray stays small.
func TestTheIconDoesNotWaitForTheAccounts(t *testing.T) {
	const perRow, fixed = 4, 6 // entries; the separators are one, and one row says how many more
	for _, many := range []int{100, 1000} {
		bus := testbus.Start(t)
		host := bus.StartTrayHost(t, true)
		tray := launchTray(t, bus.Address) // its accounts can't be read yet
		icon := receive(t, host.Items)

		everybody := make([]account.Account, many)
		for i := range everybody {
			everybody[i] = person(fmt.Sprintf("person%04d", i), "acme.egnyte.com", account.Ready)
		}
		tray.index(t, everybody...)
		menu := look(t, host.Conn, icon)
		want := perRow*mostRows + fixed
		menu.find(t, fmt.Sprintf("%d more…", many-mostRows))
		if ids, err := menu.ids(); err != nil || len(ids) != want {
			t.Errorf("the menu of %d accounts has %d entries, want %d (%v)", many, len(ids), want, err)
		}
		kilobytes, most := residentOf(t, tray.command.Process.Pid), 32<<10
		if raceEnabled {
			most *= 6 // the race detector's shadow memory
		}
		if kilobytes > most {
			t.Errorf("%d accounts take %d kB, want at most %d", many, kilobytes, most)
		}
		t.Logf("%d accounts take %d kB", many, kilobytes)
	}
}

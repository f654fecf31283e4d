package settings

import (
	"encoding/binary"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"

	"egnyte-accounts/oauth"
)

// Given settings and a policy, when a setting is saved, then each file is read once,
// and what is in force then is returned.
func TestASaveReadsEachFileOnce(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{"region":"eu","domain":"acme"}`)
	write(t, policyPath(), `{"client_id":"fleet"}`)
	opened := opens(t, settingsPath(dir), policyPath())

	outcome := mustApply(t, dir, secrets{}, set("region", "us"))

	if got := opened(); !reflect.DeepEqual(got, []int{1, 1}) {
		t.Errorf("settings and policy were opened %v times", got)
	}
	if e := outcome.InForce; e.Region != oauth.RegionUS || e.Domain.Label() != "acme" || e.Key.ID != "fleet" || e.Stopped != nil {
		t.Errorf("in force: %+v", e)
	}
}

// opens counts how often each file is opened until it is asked.
func opens(t *testing.T, paths ...string) func() []int {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Skip("no inotify instance is left:", err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	which := map[uint32]int{}
	for i, path := range paths {
		watch, err := unix.InotifyAddWatch(fd, path, unix.IN_OPEN)
		if err != nil {
			t.Fatal(err)
		}
		which[uint32(watch)] = i
	}
	return func() []int {
		counts, events := make([]int, len(paths)), make([]byte, 4096)
		n, _ := unix.Read(fd, events)
		for at := 0; at+unix.SizeofInotifyEvent <= n; {
			event := events[at:]
			if binary.NativeEndian.Uint32(event[4:])&unix.IN_OPEN != 0 {
				counts[which[binary.NativeEndian.Uint32(event)]]++
			}
			at += unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(event[12:]))
		}
		return counts
	}
}

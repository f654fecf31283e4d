//go:build e2e && linux

package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What a disk in trouble looks like, to programs inside a mount namespace of
// their own (mount_namespaces(7)); the keyring and Egnyte are outside and well.
const (
	settingsFolder = `"$XDG_CONFIG_HOME/egnyte-accounts"`
	readOnlyHome   = `mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME" && `
	smallDisk      = `cp -a ` + settingsFolder + `/. "$COPY" && mount -t tmpfs -o size=64k,mode=700 none ` + settingsFolder +
		` && cp -a "$COPY/." ` + settingsFolder + ` && cd / && `
	// No room for a byte, and no room for a file.
	fullDisk = smallDisk + `{ cat /dev/zero >` + settingsFolder + `/fill; } 2>/dev/null; `
	noInodes = smallDisk + `rm -rf ` + settingsFolder + `/locks ` + settingsFolder + `/*.lock && mount -o remount,nr_inodes=1 none ` + settingsFolder + ` 2>/dev/null ||
		mount -o remount,nr_inodes=$(find ` + settingsFolder + ` | wc -l) none ` + settingsFolder + `; `
)

// troubled runs a script of one program with the disk in trouble.
func (in inside) troubled(t *testing.T, trouble, script string) (stdout, stderr string, code int) {
	t.Helper()
	if said, err := exec.CommandContext(t.Context(), "unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("no mount namespaces here (root has them): %v %s", err, said)
	}
	environment := append(in.key(), "COPY="+t.TempDir(), "SCRIPT="+trouble+script)
	return in.shell(t, `exec unshare --mount bash -c "$SCRIPT"`, environment...)
}

// Given a home that can't be written to, then all that only reads works, and what
// has to write says so and changes nothing, here or at Egnyte.
func TestInsideAReadOnlyHomeIsReadFrom(t *testing.T) {
	in := insideSession(t, "3600")
	in.reads(t, readOnlyHome)
	old := in.live(t)
	in.age(t, 58*time.Minute)
	// The account's lock is there already, and the keyring is on no such disk.
	stdout, stderr, code := in.troubled(t, readOnlyHome, "$EGNYTE_AUTH token")
	if now := in.live(t); stdout != now+"\n" || stderr != "" || code != 0 || now == old {
		t.Errorf("a token that is due: exit code %d, stderr %q", code, stderr)
	}
	in.writesNothing(t, readOnlyHome)
}

// Given a disk without room for another file, so that no lock can be taken, then
// a token that could be renewed is handed out as it is while it lives.
func TestInsideADiskWithoutRoomForAFileIsReadFrom(t *testing.T) {
	in := insideSession(t, "3600")
	in.reads(t, noInodes)
	token, before := in.live(t), in.egnyte.Requests("token")
	in.age(t, 58*time.Minute)
	if stdout, stderr, code := in.troubled(t, noInodes, "$EGNYTE_AUTH token"); stdout != token+"\n" || stderr != "" || code != 0 {
		t.Errorf("a token that is due: exit code %d, stderr %q", code, stderr)
	}
	in.age(t, 10*time.Minute)
	if stdout, stderr, code := in.troubled(t, noInodes, "$EGNYTE_AUTH token"); stdout != "" || !strings.Contains(stderr, "disk has room") || code != 1 {
		t.Errorf("a token that is over: exit code %d, stderr %q", code, stderr)
	}
	if n := in.egnyte.Requests("token") - before; n != 0 {
		t.Errorf("%d token requests without a lock", n)
	}
	in.writesNothing(t, noInodes)
	in.says(t, "$EGNYTE_AUTH token") // as soon as the disk is well
}

// reads checks what writes nothing.
func (in inside) reads(t *testing.T, trouble string) {
	t.Helper()
	token, list := in.live(t), in.says(t, "$EGNYTE_AUTH list --json")
	for script, want := range map[string]string{
		"token": token + "\n", "header": "Authorization: Bearer " + token + "\n", "default": in.name + "\n",
		"exec -- printenv EGNYTE_TOKEN": token + "\n", "list --json": list, "whoami": "", "status": "", "curlrc": "",
	} {
		stdout, stderr, code := in.troubled(t, trouble, "$EGNYTE_AUTH "+script)
		if code != 0 || stderr != "" || stdout == "" || want != "" && stdout != want {
			t.Errorf("%s: exit code %d, %d bytes, stderr %q", script, code, len(stdout), stderr)
		}
	}
}

// writesNothing checks what would have to write.
func (in inside) writesNothing(t *testing.T, trouble string) {
	t.Helper()
	second := in.signIn(t, 1)
	list, live := in.says(t, "$EGNYTE_AUTH list --json"), in.allLive()
	for _, script := range []string{
		"default " + second, "signout", "signout " + second, "signin --no-browser --service " + in.egnyte.URL(), "import --apply",
	} {
		stdout, stderr, code := in.troubled(t, trouble, "timeout 20 $EGNYTE_AUTH "+script)
		if code != 1 || stdout != "" || !strings.Contains(stderr, "disk has room") {
			t.Errorf("%s: exit code %d, %q, stderr %q", script, code, stdout, stderr)
		}
		if strings.Contains(stderr, "Open this link") {
			t.Errorf("%s: a person is sent to a browser in vain", script)
		}
	}
	if got := in.says(t, "$EGNYTE_AUTH list --json"); got != list || in.allLive() != live {
		t.Errorf("the list was %s and is %s", list, got)
	}
}

// allLive is the number of tokens that Egnyte takes.
func (in inside) allLive() int {
	n := 0
	for _, p := range in.egnyte.People() {
		n += len(in.egnyte.Tokens(p.Domain, p.Username))
	}
	return n
}

// Given a disk without room for a byte, then a renewed token is kept, as the
// keyring has room; what can't be written says so, and the list stays whole.
func TestInsideAFullDiskLosesNothing(t *testing.T) {
	in := insideSession(t, "3600")
	list := in.says(t, "$EGNYTE_AUTH list --json")
	old := in.live(t)
	in.age(t, 58*time.Minute)
	stdout, stderr, code := in.troubled(t, fullDisk, "$EGNYTE_AUTH token && $EGNYTE_AUTH list --json")
	if now := in.live(t); code != 0 || stderr != "" || now == old || stdout != now+"\n"+list {
		t.Errorf("a token that is due: exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if got := in.says(t, "$EGNYTE_AUTH token"); got != in.live(t)+"\n" {
		t.Error("afterwards another token is printed than the one that lives")
	}
	in.writesNothing(t, fullDisk)
}

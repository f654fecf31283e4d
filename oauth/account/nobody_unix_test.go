//go:build unix

package account

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobodysFolder is set in a process that runs as a user without any rights.
const nobodysFolder = "ACCOUNT_TEST_NOBODYS_FOLDER"

const nobody = 65534

// asNobody runs one test of this program as another user, who finds a folder of
// a third one, open to everybody.
func asNobody(t *testing.T, test string) {
	t.Helper()
	root, err := os.MkdirTemp("", "nobody") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	dir, program := filepath.Join(root, "folder"), filepath.Join(root, "test")
	data, err := os.ReadFile(os.Args[0])
	if err == nil {
		syscall.ForkLock.RLock() // a process forked meanwhile would hold it open for writing
		err = os.WriteFile(program, data, 0o755)
		syscall.ForkLock.RUnlock()
	}
	if err == nil {
		err = os.Mkdir(dir, 0o777)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(root, 0o755)
	_ = os.Chmod(dir, 0o777)
	_ = os.Chown(dir, nobody-1, nobody-1)
	command := exec.CommandContext(t.Context(), program, "-test.run=^"+test+"$", "-test.v")
	command.Dir = root
	command.Env = []string{nobodysFolder + "=" + dir, "TMPDIR=" + dir, "HOME=" + dir}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "--- PASS: "+test) {
		t.Errorf("%v\n%s", err, said)
	}
}

// nobodysPart is the folder that asNobody prepared.
func nobodysPart(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(nobodysFolder)
	if dir == "" {
		t.Skip("plays a part in another test only")
	}
	return dir
}

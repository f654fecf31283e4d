package localcert

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"
)

// The test program also plays the resident process, which asks for a setup and
// goes on, and the child that does it.
const (
	roleVariable = "LOCALCERT_TEST_ROLE"
	seed         = 20261124 // so that this test knows the child's key
)

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 3 && os.Args[1] == setupArgument:
		os.Args = []string{os.Args[0], "-test.run=^TestPlayTheChild$", "-test.count=1", "--", os.Args[2]}
	case os.Getenv(roleVariable) != "":
		os.Exit(playResident(os.Getenv(roleVariable), os.Args[1]))
	}
	os.Exit(m.Run())
}

func TestPlayTheChild(t *testing.T) {
	last := len(os.Args) - 1
	if os.Args[last-1] != "--" {
		t.Skip("a role for the tests below")
	}
	cryptotest.SetGlobalRandom(t, seed)
	code, done := ServeSetup([]string{setupArgument, os.Args[last]}, os.Stdout)
	if !done {
		code = 3
	}
	os.Exit(code)
}

// kept is the control's: a process that does hold the key.
var kept *ecdsa.PrivateKey

// playResident sets up in a child, or holds the key itself, and waits for the
// end of its input.
func playResident(role, dir string) int {
	if role == "holds the key" {
		text, err := io.ReadAll(io.LimitReader(os.Stdin, 64))
		number, decodeErr := hex.DecodeString(string(text))
		if err = errors.Join(err, decodeErr); err != nil {
			fmt.Println(err)
			return 1
		}
		kept, _ = ecdsa.ParseRawPrivateKey(elliptic.P256(), number)
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	executable, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	report, err := SetupInChild(context.Background(), executable, dir)
	if err != nil || !report.Everywhere() {
		fmt.Println(err, report)
		return 1
	}
	if _, err := Source(dir)(context.Background()); err != nil { // as it would serve with it
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// start runs the resident role until it is ready.
func start(t *testing.T, role, dir, input string) (pid int) {
	t.Helper()
	command := exec.Command(os.Args[0], dir)
	command.Env = append(os.Environ(), roleVariable+"="+role)
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	_, _ = io.WriteString(stdin, input)
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("it says %q", line)
	}
	return command.Process.Pid
}

// forms are the ways in which a key could lie about: its number in both byte
// orders, in text, and as PEM holds it at any offset.
func forms(number []byte) [][]byte {
	backwards := make([]byte, len(number))
	for i, b := range number {
		backwards[len(number)-1-i] = b
	}
	all := [][]byte{number, backwards, []byte(hex.EncodeToString(number))}
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), number...))
		all = append(all, []byte(text[4:len(text)-4])) // what doesn't depend on the neighbours
	}
	return all
}

// inMemory reports whether a process holds any of the forms in what it can write.
func inMemory(t *testing.T, pid int, wanted [][]byte) bool {
	t.Helper()
	process := filepath.Join("/proc", strconv.Itoa(pid))
	maps, err := os.ReadFile(process + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	memory, err := os.Open(process + "/mem")
	if err != nil {
		t.Skipf("this system does not let a process read its child's memory: %v", err)
	}
	defer memory.Close()
	all := 0
	defer func() {
		if all < 1<<20 {
			t.Fatalf("only %d bytes of its memory could be read", all)
		}
	}()
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var access string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &access); err != nil || !strings.HasPrefix(access, "rw") {
			continue
		}
		// What is mapped and not there can't be read, page by page then.
		for at := from; at < to; at += 1 << 20 {
			part := make([]byte, min(to-at, 1<<20+4096))
			n, _ := memory.ReadAt(part, at)
			all += n
			for _, form := range wanted {
				if bytes.Contains(part[:n], form) {
					return true
				}
			}
		}
	}
	return false
}

func TestTheAuthoritysKeyIsNeitherOnDiskNorInTheProcessThatGoesOn(t *testing.T) {
	home := withCertutil(t)
	dir := filepath.Join(home, "program", "localhost")
	resident := start(t, "sets up", dir, "")

	// The very key that the child made
	cryptotest.SetGlobalRandom(t, seed)
	_, key, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	number, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey.Equal(c.authority.PublicKey) {
		t.Fatal("this test does not know the child's key")
	}

	wanted := forms(number)
	if !inMemory(t, start(t, "holds the key", dir, hex.EncodeToString(number)), wanted) {
		t.Error("a process that holds the key is not found out")
	}
	if inMemory(t, resident, wanted) {
		t.Error("the key is in the memory of the process that goes on")
	}
	leaf, err := x509.MarshalPKCS8PrivateKey(c.pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	if onDisk(t, home, [][]byte{block(typeKey, leaf)}) == "" {
		t.Error("a key that is on disk is not found out")
	}
	if path := onDisk(t, home, wanted); path != "" {
		t.Errorf("the key is in %s", path)
	}
}

// onDisk finds the file under root that holds one of the texts.
func onDisk(t *testing.T, root string, wanted [][]byte) (found string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		data = bytes.ReplaceAll(data, []byte("\n"), nil)
		for _, text := range wanted {
			if bytes.Contains(data, bytes.ReplaceAll(text, []byte("\n"), nil)) {
				found = path
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withCertutil is a home of its own, whose browsers' stores can be changed.
func withCertutil(t *testing.T) (home string) {
	t.Helper()
	if _, err := exec.LookPath("certutil"); err != nil {
		t.Skip("certutil is not installed: apt install libnss3-tools")
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "")
	return home
}

func TestAChildTellsWhatBecameOfEachPlace(t *testing.T) {
	t.Parallel()
	report := Report{
		{Name: "good", Path: "/a", Outcome: Trusted},
		{Name: "locked", Outcome: Failed, Err: errors.New("a password is needed")},
		{Name: "bare", Outcome: Failed, Err: fmt.Errorf("adding: %w", &ToolMissingError{"certutil", "libnss3-tools"})},
	}
	back := replyOf(report, nil).report()
	var missing *ToolMissingError
	if len(back) != 3 || back[0] != report[0] || back[1].Err.Error() != "a password is needed" || !errors.As(back[2].Err, &missing) || missing.Package != "libnss3-tools" {
		t.Errorf("got %+v", back)
	}
}

func TestAProgramThatIsNoChildSaysSo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {setupArgument}, {"--tray"}, {"x", setupArgument}} {
		if _, done := ServeSetup(args, io.Discard); done {
			t.Errorf("%q was taken for the child's role", args)
		}
	}
	if _, err := SetupInChild(t.Context(), "/bin/true", t.TempDir()); err == nil {
		t.Error("a child that says nothing counts as done")
	}
	if _, err := SetupInChild(t.Context(), "/no/such/program", t.TempDir()); err == nil {
		t.Error("a child that can't be started counts as done")
	}
}

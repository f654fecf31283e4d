package desktop

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth/testbus"
)

const (
	abuseSocket = "DESKTOP_TEST_ABUSE" // the socket that another user tries
	nobody      = 65534
)

// TestAsNobodyTheSocketIsTried is the other user's part: it exits by what it met.
func TestAsNobodyTheSocketIsTried(t *testing.T) {
	socket := os.Getenv(abuseSocket)
	if socket == "" {
		t.Skip("plays a part in another test only")
	}
	conn, err := net.DialTimeout("unix", socket, 5*time.Second)
	if err != nil {
		fmt.Println("met: no way in")
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Write([]byte("signin evil\n"))
	if answer, err := readLine(conn); err == nil {
		fmt.Println("met: answered", answer)
		return
	}
	fmt.Println("met: hung up")
}

// Another user of the machine can't reach the socket; and where the folder was
// opened by accident, is hung up on (SO_PEERCRED) and raises nothing.
func TestAnotherUserRaisesNothing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can try as another user")
	}
	root, err := os.MkdirTemp("", "abuse") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	program := filepath.Join(root, "test")
	data, err := os.ReadFile(os.Args[0])
	if err = errors.Join(err, testbus.WriteProgram(program, data, 0o755), os.Chmod(root, 0o755)); err != nil {
		t.Fatal(err)
	}
	inFolder(t, root)
	first := claim(t, "window")
	place, err := placeOf("window")
	if err != nil {
		t.Fatal(err)
	}
	try := func() string {
		command := exec.CommandContext(t.Context(), program, "-test.run=^TestAsNobodyTheSocketIsTried$", "-test.v")
		command.Dir, command.Env = root, []string{abuseSocket + "=" + place.socket, "TMPDIR=/tmp"}
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		said, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		_, met, _ := strings.Cut(string(said), "met: ")
		met, _, _ = strings.Cut(met, "\n")
		return met
	}
	if met := try(); met != "no way in" {
		t.Errorf("with the folder closed: %s", met)
	}
	if err := errors.Join(os.Chmod(filepath.Dir(place.socket), 0o777), os.Chmod(place.socket, 0o777)); err != nil {
		t.Fatal(err)
	}
	if met := try(); met != "hung up" {
		t.Errorf("with the folder open: %s", met)
	}
	select {
	case got := <-first.Raised():
		t.Errorf("another user's %q was delivered", got)
	default:
	}
	// And the person's own starts still work.
	go func() { <-first.Raised() }()
	if _, err := Claim(limited(t), "window", "again"); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v, want ErrRunning", err)
	}
}

// A folder that another user made first, under the name that ours would have,
// holds no role of ours: neither is their socket dialled nor ours put there.
func TestAFolderThatAnotherUserMadeFirstIsNotUsed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	folder := filepath.Join(t.TempDir(), "squatted")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.Chown(folder, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	if err := makePrivate(folder); !errors.Is(err, errOtherUser) {
		t.Errorf("got %v", err)
	}
}

// Many peers that say nothing hold up nobody, and leave nothing behind.
func TestAThousandSilentPeersHoldUpNobody(t *testing.T) {
	inFolder(t, t.TempDir())
	first := claim(t, "window")
	place, err := placeOf("window")
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		conn, err := net.Dial("unix", place.socket)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	go func() {
		for range first.Raised() {
		}
	}()
	if _, err := Claim(limited(t), "window", "hello"); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v, want ErrRunning", err)
	}
}

// FuzzRaise: whatever comes through the socket, a message is one line of at most
// 4,096 bytes or nothing, and the next start is heard.
func FuzzRaise(f *testing.F) {
	for _, seed := range []string{"", "\n", "signin jsmith@acme.egnyte.com\n", "two\nlines\n", strings.Repeat("x", maxMessage+2), "\x00\xff\n", "ok\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		ours, theirs := net.Pipe()
		go func() {
			_ = theirs.SetDeadline(time.Now().Add(time.Second))
			_, _ = theirs.Write(sent)
			_ = theirs.Close()
		}()
		line, err := readLine(ours)
		_ = ours.Close()
		before, _, ended := strings.Cut(string(sent), "\n")
		if (err == nil) != (ended && len(before) <= maxMessage) || err == nil && line != before {
			t.Errorf("%q was read as %q, %v", sent, line, err)
		}
	})
}

package desktop

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Start runs this program again in another role, detached from this process:
// own session, no standard streams, no inherited descriptors. It returns when
// the program has been started, not when it has ended.
func Start(args ...string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	command := exec.Command(program, args...)
	command.Dir = root()
	command.Env = cleaned(os.Environ())
	detach(command)
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting this program again: %w", err)
	}
	go func() { _ = command.Wait() }() // its exit code is its own affair
	return nil
}

// ownStart lists variables that speak of how THIS process was started. A child
// that inherits them answers a launcher or service manager in our name.
var ownStart = []string{
	"DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN",
	"GIO_LAUNCHED_DESKTOP_FILE", "GIO_LAUNCHED_DESKTOP_FILE_PID", "BAMF_DESKTOP_FILE_HINT",
	"INVOCATION_ID", "JOURNAL_STREAM", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
	"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
}

func cleaned(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(ownStart, name)
	})
}

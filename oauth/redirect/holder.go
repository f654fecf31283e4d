package redirect

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Holder is the program that has a port, as far as the system tells. The zero
// Holder: it doesn't.
type Holder struct {
	Name  string // the program's, without its folder
	PID   int
	Ours  bool // another sign-in of ours, in this process or another
	Alien bool // another user's; the system names no program then
}

// String goes before 'has the port'.
func (h Holder) String() string {
	switch {
	case h.Ours:
		return fmt.Sprintf("another sign-in (%s, process %d)", h.Name, h.PID)
	case h.Name != "":
		return fmt.Sprintf("%s (process %d)", h.Name, h.PID)
	case h.Alien:
		return "a program of another user"
	}
	return "another program"
}

// programs are ours by name.
var programs = []string{"egnyte-accounts", "egnyte-auth"}

// holderOf judges a process by its name and arguments.
func holderOf(pid int, name string, args []string) Holder {
	name = strings.TrimSuffix(filepath.Base(name), ".exe")
	own, _ := os.Executable()
	ours := pid == os.Getpid() || slices.Contains(programs, name) || own != "" && name == strings.TrimSuffix(filepath.Base(own), ".exe")
	// A practice service has a port too, and is no sign-in.
	if slices.ContainsFunc(args, func(arg string) bool { return strings.TrimLeft(arg, "-") == "practice" }) {
		ours = false
	}
	return Holder{Name: name, PID: pid, Ours: ours}
}

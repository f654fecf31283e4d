package localcert

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

// stores are the databases of this person's browsers.
func stores() []store {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	var all []store
	for _, place := range nssPlaces(home, os.Getenv("XDG_DATA_HOME")) {
		all = append(all, nssStore{place, findCertutil})
	}
	return all
}

func findCertutil() (string, error) {
	path, err := exec.LookPath("certutil")
	if err != nil {
		release, _ := os.ReadFile("/etc/os-release") // unknown systems are served too
		return "", &ToolMissingError{"certutil", certutilPackage(release)}
	}
	return path, nil
}

// certutilPackage names what installs certutil, by os-release(5).
func certutilPackage(release []byte) string {
	var names []string
	for lines := bufio.NewScanner(bytes.NewReader(release)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if key == "ID" || key == "ID_LIKE" {
			names = append(names, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	for _, known := range []struct{ system, name string }{
		{"debian", "libnss3-tools"}, {"ubuntu", "libnss3-tools"}, {"fedora", "nss-tools"}, {"rhel", "nss-tools"},
		{"suse", "mozilla-nss-tools"}, {"opensuse", "mozilla-nss-tools"}, {"arch", "nss"}, {"alpine", "nss-tools"},
	} {
		if slices.Contains(names, known.system) {
			return known.name
		}
	}
	return "libnss3-tools (Debian, Ubuntu) or nss-tools (Fedora)"
}

// apart keeps a program away from our terminal: it must fail, not ask there.
func apart(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

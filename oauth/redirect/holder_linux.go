package redirect

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// findHolder asks proc(5) who listens on the port at one of the addresses, or
// at all of them.
func findHolder(ctx context.Context, ips []string, port int) Holder {
	s, found, _ := findSocket(tables, func(s socket) bool { return s.listensAt(ips, port) })
	if !found {
		return Holder{}
	}
	if holder, found := processWith(ctx, s.inode); found {
		return holder
	}
	return Holder{Alien: s.uid != os.Getuid()}
}

func (s socket) listensAt(ips []string, port int) bool {
	ip := s.local.Addr()
	return s.state == stateListen && int(s.local.Port()) == port && (ip.IsUnspecified() || slices.Contains(ips, ip.String()))
}

// processWith finds the process that has a socket, among those whose files this
// person may see.
func processWith(ctx context.Context, inode string) (Holder, bool) {
	want := "socket:[" + inode + "]"
	processes, _ := filepath.Glob("/proc/[0-9]*") // the pattern is sound
	for _, process := range processes {
		if ctx.Err() != nil {
			break
		}
		descriptors, err := os.ReadDir(process + "/fd")
		if err != nil {
			continue
		}
		for _, descriptor := range descriptors {
			if target, _ := os.Readlink(process + "/fd/" + descriptor.Name()); target == want {
				return describe(process), true
			}
		}
	}
	return Holder{}, false
}

func describe(process string) Holder {
	pid, _ := strconv.Atoi(filepath.Base(process))
	name, err := os.Readlink(process + "/exe")
	if err != nil {
		comm, _ := os.ReadFile(process + "/comm")
		name = strings.TrimSpace(string(comm))
	}
	command, _ := os.ReadFile(process + "/cmdline")
	return holderOf(pid, strings.TrimSuffix(name, " (deleted)"), strings.Split(string(command), "\x00"))
}

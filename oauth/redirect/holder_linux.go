package redirect

import (
	"context"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// findHolder asks proc(5) who listens on the port at one of the addresses, or
// at all of them.
func findHolder(ctx context.Context, ips []string, port int) Holder {
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/net/" + table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			socket, ok := listening(line, ips, port)
			if !ok {
				continue
			}
			if holder, found := processWith(ctx, socket.inode); found {
				return holder
			}
			return Holder{Alien: socket.uid != os.Getuid()}
		}
	}
	return Holder{}
}

type socket struct {
	uid   int
	inode string
}

const stateListen = "0A" // TCP_LISTEN in the kernel's tcp_states.h

// listening reads a row: its number, the local address, the other one, the state, two
// queues, a timer, a count, the user, a timeout, the inode.
func listening(row string, ips []string, port int) (socket, bool) {
	fields := strings.Fields(row)
	if len(fields) < 10 || fields[3] != stateListen {
		return socket{}, false
	}
	hexIP, hexPort, _ := strings.Cut(fields[1], ":")
	if n, err := strconv.ParseUint(hexPort, 16, 16); err != nil || int(n) != port {
		return socket{}, false
	}
	ip, ok := addressIn(hexIP)
	if !ok {
		return socket{}, false
	}
	for _, wanted := range ips {
		if ip.IsUnspecified() || ip.String() == wanted {
			uid, err := strconv.Atoi(fields[7])
			return socket{uid, fields[9]}, err == nil
		}
	}
	return socket{}, false
}

// addressIn reads the kernel's words of 32 bits, each in the machine's own order.
func addressIn(hex string) (netip.Addr, bool) {
	var raw []byte
	for len(hex) >= 8 {
		word, err := strconv.ParseUint(hex[:8], 16, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
		hex = hex[8:]
	}
	ip, ok := netip.AddrFromSlice(raw)
	return ip.Unmap(), ok
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

package redirect

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// tables are the kernel's TCP sockets of this network namespace (proc(5)). An
// IPv6 socket that talks to an IPv4 address is in the second.
var tables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// states of a socket, from the kernel's tcp_states.h.
const (
	stateEstablished = "01"
	stateListen      = "0A"
)

// systemPeer looks for the client's socket. It has to be established and to have
// an inode: once its process has closed it, the kernel says that it is root's.
func systemPeer(client, server netip.AddrPort) (bool, error) { return peerIn(tables, client, server) }

func peerIn(tables []string, client, server netip.AddrPort) (bool, error) {
	s, found, err := findSocket(tables, func(s socket) bool {
		return s.local == unmapped(client) && s.remote == unmapped(server) && s.state == stateEstablished && s.inode != "0"
	})
	return found && (s.uid == os.Getuid() || s.uid == 0), err
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// socket is a row of a table.
type socket struct {
	local, remote netip.AddrPort // IPv4-mapped addresses are unmapped
	state         string
	uid           int
	inode         string
}

// findSocket returns the first socket that fits. A kernel without IPv6 has no
// second table.
func findSocket(tables []string, fits func(socket) bool) (socket, bool, error) {
	for n, table := range tables {
		s, found, err := findIn(table, fits)
		if n > 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || found {
			return s, found, err
		}
	}
	return socket{}, false, nil
}

func findIn(table string, fits func(socket) bool) (socket, bool, error) {
	file, err := os.Open(table)
	if err != nil {
		return socket{}, false, fmt.Errorf("looking for a connection: %w", err)
	}
	defer file.Close()
	rows := bufio.NewScanner(file)
	for rows.Scan() {
		if s, ok := parseSocket(rows.Text()); ok && fits(s) {
			return s, true, nil
		}
	}
	return socket{}, false, rows.Err()
}

// parseSocket reads a row: its number, the local address, the remote one, the
// state, two queues, a timer, a count, the user, a timeout, the inode.
func parseSocket(row string) (socket, bool) {
	fields := strings.Fields(row)
	if len(fields) < 10 {
		return socket{}, false
	}
	local, ok1 := parseEnd(fields[1])
	remote, ok2 := parseEnd(fields[2])
	uid, err := strconv.Atoi(fields[7])
	return socket{local, remote, fields[3], uid, fields[9]}, ok1 && ok2 && err == nil
}

// parseEnd reads an address in the kernel's words of 32 bits, each in the
// machine's own order, and a port.
func parseEnd(text string) (netip.AddrPort, bool) {
	hex, hexPort, _ := strings.Cut(text, ":")
	port, err := strconv.ParseUint(hexPort, 16, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	var raw []byte
	for len(hex) >= 8 {
		word, err := strconv.ParseUint(hex[:8], 16, 32)
		if err != nil {
			return netip.AddrPort{}, false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
		hex = hex[8:]
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), ok
}

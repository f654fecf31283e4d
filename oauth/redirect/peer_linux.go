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

	"golang.org/x/sys/unix"
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
//
// The kernel is asked for that one socket. Only if it can't say, the tables are read:
// that takes 10 ms where the kernel's table has room for many sockets.
func systemPeer(client, server netip.AddrPort) (bool, error) {
	if s, err := askKernel(unmapped(client), unmapped(server)); err == nil {
		return s.isPeer(), nil
	}
	return peerIn(tables, client, server)
}

func peerIn(tables []string, client, server netip.AddrPort) (bool, error) {
	s, found, err := findSocket(tables, func(s socket) bool {
		return s.local == unmapped(client) && s.remote == unmapped(server) && s.state == stateEstablished && s.inode != "0"
	})
	return found && s.isPeer(), err
}

// isPeer reports a socket that is open and belongs to this user or to root.
func (s socket) isPeer() bool {
	return s.state == stateEstablished && s.inode != "0" && (s.uid == os.Getuid() || s.uid == 0)
}

// askKernel finds a socket by both of its ends (sock_diag(7), inet_diag_req_v2). If
// there is no connection with these ends, the kernel answers with an error or with
// the socket that listens there.
func askKernel(local, remote netip.AddrPort) (socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return socket{}, err
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return socket{}, err
	}
	const header, request, byFamily = unix.SizeofNlMsghdr, 56, 20 // SOCK_DIAG_BY_FAMILY
	family, native := byte(unix.AF_INET), binary.NativeEndian
	if local.Addr().Is6() {
		family = unix.AF_INET6
	}
	ask := make([]byte, header+request)
	native.PutUint32(ask[0:], uint32(len(ask)))
	native.PutUint16(ask[4:], byFamily)
	native.PutUint16(ask[6:], unix.NLM_F_REQUEST)
	body := ask[header:]
	body[0], body[1] = family, unix.IPPROTO_TCP
	native.PutUint32(body[4:], ^uint32(0)) // any state
	binary.BigEndian.PutUint16(body[8:], local.Port())
	binary.BigEndian.PutUint16(body[10:], remote.Port())
	copy(body[12:28], local.Addr().AsSlice())
	copy(body[28:44], remote.Addr().AsSlice())
	native.PutUint64(body[48:], ^uint64(0)) // no cookie
	if err := unix.Sendto(fd, ask, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return socket{}, err
	}
	reply := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, reply, 0)
	if err != nil {
		return socket{}, err
	}
	if n < header+72 || native.Uint16(reply[4:]) != byFamily {
		return socket{}, errors.New("the kernel does not say whose connection it is")
	}
	found := reply[header:]
	return socket{
		local: local, remote: remote, state: fmt.Sprintf("%02X", found[1]),
		uid: int(native.Uint32(found[64:])), inode: strconv.FormatUint(uint64(native.Uint32(found[68:])), 10),
	}, nil
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

package redirect

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// connected is a client's connection and what the other end's Accept returned.
func connected(t *testing.T, listen, dial string) (client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		t.Skipf("it can't listen at %s: %v", listen, err)
	}
	defer listener.Close()
	client, err = dialMapped(net.JoinHostPort(dial, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)))
	if err != nil {
		t.Skipf("it can't connect to %s: %v", dial, err)
	}
	server, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	return client, server
}

func ends(server net.Conn) (client, own netip.AddrPort) {
	return server.RemoteAddr().(*net.TCPAddr).AddrPort(), server.LocalAddr().(*net.TCPAddr).AddrPort()
}

// Given a connection of this user's, in either family or mapped, then it is this
// user's while it is open, and nobody's as soon as the client has closed it.
func TestAConnectionIsItsUsersWhileItIsOpen(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"127.0.0.1:0", "127.0.0.1"}, {"127.0.0.1:0", "::ffff:127.0.0.1"}, {"[::1]:0", "::1"}} {
		for name, end := range map[string]func(*net.TCPConn){
			"closed":      func(conn *net.TCPConn) { _ = conn.Close() },
			"reset":       func(conn *net.TCPConn) { _ = conn.SetLinger(0); _ = conn.Close() },
			"half closed": func(conn *net.TCPConn) { _ = conn.CloseWrite() },
		} {
			client, server := connected(t, c[0], c[1])
			at, own := ends(server)
			if mine, err := systemPeer(at, own); err != nil || !mine {
				t.Errorf("%s: the user's own connection: %v, %v", c[1], mine, err)
			}
			if mine, err := systemPeer(own, at); err != nil || !mine {
				t.Errorf("%s: our own end: %v, %v", c[1], mine, err)
			}
			inTables, tableErr := peerIn(tables, at, own)
			if asked, err := askKernel(unmapped(at), unmapped(own)); tableErr != nil || !inTables || err == nil && !asked.isPeer() {
				t.Errorf("%s: the tables say %v, %v, the kernel %+v, %v", c[1], inTables, tableErr, asked, err)
			} else if err != nil {
				t.Logf("%s: this kernel can't be asked for one socket: %v", c[1], err)
			}
			end(client.(*net.TCPConn))
			if mine, err := systemPeer(at, own); err != nil || mine {
				t.Errorf("%s, %s: still the user's: %v, %v", c[1], name, mine, err)
			}
		}
	}
}

// Rows as the kernel of a little-endian machine writes them: of the user, of
// root, of others, and of sockets that are not connected.
func TestWhichRowsAreTheUsers(t *testing.T) {
	t.Parallel()
	client, server := netip.MustParseAddrPort("127.0.0.1:40000"), netip.MustParseAddrPort("127.0.0.1:8080")
	uid := strconv.Itoa(os.Getuid())
	const v4 = "0100007F:9C40 0100007F:1F90"
	const mapped = "0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:1F90"
	row := func(ends, state, uid, inode string) string {
		return "   1: " + ends + " " + state + " 00000000:00000000 00:00000000 00000000  " + uid + "        0 " + inode + " 1 0000000000000000 20 4 30 10 -1\n"
	}
	for name, c := range map[string]struct {
		tcp, tcp6 string
		mine      bool
	}{
		"the user's":           {row(v4, "01", uid, "42"), "", true},
		"root's":               {row(v4, "01", "0", "42"), "", true},
		"the user's, mapped":   {"", row(mapped, "01", uid, "42"), true},
		"another's":            {row(v4, "01", "65533", "42"), "", false},
		"another's, mapped":    {"", row(mapped, "01", "65533", "42"), false},
		"closed":               {row(v4, "01", "0", "0"), "", false},
		"waiting for its end":  {row(v4, "05", "0", "42"), "", false},
		"our own end":          {row("0100007F:1F90 0100007F:9C40", "01", uid, "42"), "", false},
		"to another port":      {row("0100007F:9C40 0100007F:1F91", "01", uid, "42"), "", false},
		"from another port":    {row("0100007F:9C41 0100007F:1F90", "01", uid, "42"), "", false},
		"from another address": {row("0200007F:9C40 0100007F:1F90", "01", uid, "42"), "", false},
		"none":                 {"", "", false},
		"nonsense":             {"1: 0100007F:9C40 0100007F:1F90 01\n", "x", false},
		"closed, and open":     {row(v4, "06", "0", "0") + row(v4, "01", uid, "42"), "", true},
	} {
		dir := t.TempDir()
		files := []string{filepath.Join(dir, "tcp"), filepath.Join(dir, "tcp6")}
		for n, text := range []string{c.tcp, c.tcp6} {
			if err := os.WriteFile(files[n], []byte("  sl  local_address rem_address   st\n"+text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if mine, err := peerIn(files, client, server); err != nil || mine != c.mine {
			t.Errorf("%s: %v, %v", name, mine, err)
		}
		if c.tcp6 == "" {
			_ = os.Remove(files[1])
			if mine, err := peerIn(files, client, server); err != nil || mine != c.mine {
				t.Errorf("%s, without IPv6: %v, %v", name, mine, err)
			}
		}
	}
	if _, err := peerIn([]string{filepath.Join(t.TempDir(), "tcp")}, client, server); err == nil || !strings.Contains(err.Error(), "looking for a connection") {
		t.Errorf("without a table: %v", err)
	}
}

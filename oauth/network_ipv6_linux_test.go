package oauth_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

const ipv6Child = "OAUTH_TEST_IPV6"

// TestIPv6Child is a machine that has no IPv4, not even for itself: Egnyte at its
// real name, a name server that gives it an IPv6 address alone, and a renewal.
func TestIPv6Child(t *testing.T) {
	if os.Getenv(ipv6Child) == "" {
		t.Skip("plays a part in another test only")
	}
	if listener, err := net.Listen("tcp4", "127.0.0.1:0"); err == nil {
		_ = listener.Close()
		t.Fatal("there is IPv4 here: this test proves nothing")
	}
	serveIPv6Names(t)
	a := newAuthority(t)
	key, der := a.sign(&x509.Certificate{DNSNames: []string{"acme.egnyte.com"}, NotAfter: time.Now().Add(time.Hour)})
	egnyte := httptest.NewUnstartedServer(http.HandlerFunc(asEgnyte))
	_ = egnyte.Listener.Close()
	var err error
	if egnyte.Listener, err = net.Listen("tcp6", "[::1]:443"); err != nil {
		t.Fatal(err)
	}
	egnyte.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	egnyte.StartTLS()
	t.Cleanup(egnyte.Close)
	acme, err := oauth.Service{}.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	client := oauth.NewHTTPClient(func() ([]byte, error) {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), nil
	})
	if _, err := oauth.Refresh(t.Context(), client, acme, oauth.Key{ID: "key", Secret: oauth.NewSecret("s")}, oauth.NewSecret("r"), nil); err != nil {
		t.Fatal(err)
	}
	user, err := oauth.UserInfo(t.Context(), client, acme, oauth.NewSecret("t"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("signed in as", user.Username)
}

// serveIPv6Names answers every name with ::1, and has no IPv4 address of any.
func serveIPv6Names(t *testing.T) {
	t.Helper()
	packets, err := net.ListenPacket("udp6", "[::1]:53")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = packets.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := packets.ReadFrom(buffer)
			if err != nil {
				return
			}
			question, is := questionOf(buffer[:n])
			if question == nil {
				continue
			}
			// The id; a response to a recursive query; one question, and an answer for AAAA.
			reply := append([]byte{buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
			if is == typeAAAA {
				reply[7] = 1
				reply = append(reply, 0xc0, 12, 0, typeAAAA, 0, 1, 0, 0, 0, 0, 0, 16) // for the name at byte 12
				reply = append(reply, net.IPv6loopback...)
			}
			_, _ = packets.WriteTo(reply, from)
		}
	}()
}

const typeAAAA = 28

// questionOf is the question of a DNS query (RFC 1035, 4.1.2), and its type.
func questionOf(query []byte) (question []byte, is byte) {
	for at := 12; at+5 <= len(query); at += 1 + int(query[at]) {
		if query[at] == 0 {
			return query[12 : at+5], query[at+2]
		}
	}
	return nil, 0
}

// Egnyte at its real name is reached by IPv6 alone.
func TestEgnyteIsReachedWithoutIPv4(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a machine without IPv4")
	}
	servers := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(servers, []byte("nameserver ::1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const machine = `ip link set lo up && ip address del 127.0.0.1/8 dev lo && mount --bind "$0" /etc/resolv.conf && ip -6 address show dev lo | grep -q ::1`
	run := func(script string) (string, error) {
		command := exec.CommandContext(t.Context(), "unshare", "--net", "--mount", "sh", "-c", script, servers, os.Args[0], "-test.run=^TestIPv6Child$", "-test.v")
		command.Env = append(os.Environ(), ipv6Child+"=1", "HTTPS_PROXY=", "https_proxy=")
		said, err := command.CombinedOutput()
		return string(said), err
	}
	if said, err := run(machine); err != nil {
		t.Skipf("no machine without IPv4 can be made here: %v: %s", err, said)
	}
	if said, err := run(machine + ` && exec "$@"`); err != nil || !strings.Contains(said, "signed in as jsmith") {
		t.Errorf("%v: %s", err, said)
	}
}

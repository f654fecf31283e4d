package redirect

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"egnyte-accounts/assets"
)

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err == nil {
		_ = l.Close()
	}
	return err == nil
}

// The address for the requests is the registered one, byte for byte, with the
// port filled in; and a browser that goes there arrives.
func TestTheRedirectAddressIsTheRegisteredOneWithItsPort(t *testing.T) {
	t.Parallel()
	for registered, want := range map[string]string{
		"http://127.0.0.1/callback":       "http://127.0.0.1:{port}/callback",
		"http://127.0.0.1":                "http://127.0.0.1:{port}",
		"http://127.0.0.1/":               "http://127.0.0.1:{port}/",
		"http://127.0.0.1?app=1":          "http://127.0.0.1:{port}?app=1",
		"http://127.0.0.1:/callback":      "http://127.0.0.1:{port}/callback",
		"http://localhost/a%2fb/?app=1&b": "http://localhost:{port}/a%2fb/?app=1&b",
		"HTTP://LocalHost/Call%62ack":     "HTTP://LocalHost:{port}/Call%62ack",
		"http://[::1]/callback":           "http://[::1]:{port}/callback",
	} {
		t.Run(registered, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(registered, "::1") && !hasIPv6() {
				t.Skip("this machine has no IPv6")
			}
			r := listenAt(t, registered)
			port := strconv.Itoa(r.(*receiver).address.port)
			if got := r.RedirectURI(); got != strings.ReplaceAll(want, "{port}", port) {
				t.Errorf("got %s, want %s", got, want)
			}
			target := r.RedirectURI() + "?"
			if strings.Contains(registered, "?") {
				target = r.RedirectURI() + "&"
			}
			reply, err := (&http.Client{Transport: &http.Transport{}}).Get(target + "code=right&state=" + testState)
			if err != nil {
				t.Fatal(err)
			}
			_ = reply.Body.Close()
			if callback := receive(t, r); callback.Code.Reveal() != "right" {
				t.Errorf("got %+v", callback)
			}
		})
	}
}

func TestAnAddressThatCannotBeReceivedIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"", "callback", "/callback", "http://", "http:///callback", "://", " http://127.0.0.1/",
		"https://localhost:8443/callback", "https://jane@acme.example/callback",
		"http://acme.example/callback", "http://0.0.0.0/callback", "http://[::]/callback", "http://127.0.0.2/callback",
		"http://127.1/callback", "http://localhost./callback", "http://x.localhost/callback", "http://[::1%25lo]/callback",
		"http://localhost@evil.example/", "http://evil@localhost/", "http://127.0.0.1.evil.example/",
		"http://127.0.0.1/callback#", "http://127.0.0.1/callback#x", "http://127.0.0.1#x",
		"http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:x/", "http://127.0.0.1:99999999999999999999/",
		"http://127.0.0.1/a/../b", "http://127.0.0.1/%2e/b",
		"http://127.0.0.1/?state=x", "http://127.0.0.1/?c%6fde=x", "http://127.0.0.1/?domain=acme",
		"egnyte-accounts:/callback", "ftp://127.0.0.1/",
	} {
		r, err := Listen(t.Context(), uri, testState)
		if err == nil {
			_ = r.Close()
		}
		var unsupported *UnsupportedRedirectError
		if !errors.As(err, &unsupported) || unsupported.URI != uri || unsupported.Reason == "" {
			t.Errorf("%q: got %v, want a reason", uri, err)
		}
	}
}

func TestAPageElsewhereNeedsAPerson(t *testing.T) {
	t.Parallel()
	const uri = "https://acme.example/callback"
	_, err := Listen(t.Context(), uri, testState)
	var elsewhere *ElsewhereError
	if !errors.As(err, &elsewhere) || elsewhere.URI != uri {
		t.Errorf("got %v", err)
	}
}

func TestAPortIsTakenInEitherFamily(t *testing.T) {
	t.Parallel()
	for host, taken := range map[string][]string{
		"127.0.0.1": {"127.0.0.1:0"}, "[::1]": {"[::1]:0"}, "localhost": {"127.0.0.1:0", "[::1]:0"},
	} {
		for _, address := range taken {
			t.Run(host+" "+address, func(t *testing.T) {
				t.Parallel()
				if strings.Contains(address, "::1") && !hasIPv6() {
					t.Skip("this machine has no IPv6")
				}
				other, err := net.Listen("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				defer other.Close()
				port := other.Addr().(*net.TCPAddr).Port
				_, err = Listen(t.Context(), "http://"+net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port))+"/callback", testState)
				var portTaken *PortTakenError
				if !errors.As(err, &portTaken) || portTaken.Port != port {
					t.Errorf("got %v, want a PortTakenError for %d", err, port)
				}
				// Nothing stays bound where the whole could not be had.
				for _, ip := range []string{"127.0.0.1", "::1"} {
					if strings.Contains(address, ip) || ip == "::1" && !hasIPv6() {
						continue
					}
					half, err := net.Listen("tcp", hostPort(ip, port))
					if err != nil {
						t.Errorf("%s stayed bound: %v", ip, err)
						continue
					}
					_ = half.Close()
				}
			})
		}
	}
}

func TestARegisteredPortIsTheOneThatIsBound(t *testing.T) {
	t.Parallel()
	first := listenAt(t, "http://127.0.0.1/callback")
	uri := first.RedirectURI()
	_ = first.Close()
	second := listenAt(t, uri)
	if second.RedirectURI() != uri {
		t.Errorf("got %s, want %s", second.RedirectURI(), uri)
	}
	endsWell(t, second)
}

func TestLocalhostAnswersInBothFamilies(t *testing.T) {
	t.Parallel()
	if !hasIPv6() {
		t.Skip("this machine has no IPv6")
	}
	r := listenAt(t, "http://localhost/callback")
	for _, ip := range []string{"127.0.0.1", "::1"} {
		conn, err := net.Dial("tcp", hostPort(ip, r.(*receiver).address.port))
		if err != nil {
			t.Fatalf("%s is not bound: %v", ip, err)
		}
		reply, body := exchange(t, conn, plainRequest("GET", "/", hostOf(t, r)))
		if reply.StatusCode != http.StatusNotFound || body != assets.Stray.HTML() {
			t.Errorf("%s: somebody else answered", ip)
		}
		_ = conn.Close()
	}
}

// 192.0.2.1 (RFC 5737) stands for a family that the machine has not got.
func TestAFamilyThatIsAbsentIsNotMissed(t *testing.T) {
	t.Parallel()
	listeners, port, err := bind(t.Context(), address{ips: []string{"127.0.0.1", "192.0.2.1"}})
	if err != nil || len(listeners) != 1 || port == 0 {
		t.Fatalf("got %d listeners, port %d: %v", len(listeners), port, err)
	}
	closeAll(listeners)
	if _, _, err := bind(t.Context(), address{ips: []string{"192.0.2.1"}}); err == nil {
		t.Error("with no family at all there is nothing to listen on")
	}
}

func TestPort80MayGoUnnamed(t *testing.T) {
	t.Parallel()
	a, err := parseAddress("http://localhost:80/callback")
	if err != nil {
		t.Fatal(err)
	}
	if !a.matchesHost("localhost") || !a.matchesHost("localhost:80") || a.matchesHost("localhost:81") {
		t.Error("a browser leaves out the port of plain http")
	}
}

package redirect

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// address is a redirect address as registered, in the parts that count.
type address struct {
	uri    string   // byte for byte, with the port once it is known
	scheme string   // as spelled, with its "://"
	host   string   // as spelled
	rest   string   // path and query, as spelled
	path   string   // as browsers send it
	port   int      // 0: any free one
	ips    []string // to bind
	secure bool     // https
}

// loopback says which addresses a host means. For localhost that is both
// families: a browser picks one, and the other must not be somebody else's.
var loopback = map[string][]string{
	"127.0.0.1": {"127.0.0.1"},
	"::1":       {"::1"},
	"localhost": {"127.0.0.1", "::1"},
}

func parseAddress(uri string) (address, error) {
	unsupported := func(reason string) (address, error) {
		return address{}, &UnsupportedRedirectError{uri, reason}
	}
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return unsupported("it is not a web address")
	}
	ips, here := loopback[strings.ToLower(u.Hostname())]
	switch {
	case u.User != nil:
		return unsupported("it holds a user name")
	case strings.Contains(uri, "#"):
		return unsupported("it holds a fragment, which RFC 6749 rules out")
	case u.Scheme != "http" && u.Scheme != "https":
		return unsupported("it is neither http nor https")
	case !here:
		return unsupported("only 127.0.0.1, [::1] and localhost are this machine")
	case hasDotSegment(u.Path):
		return unsupported("browsers rewrite a path with '.' or '..' in it")
	case clashes(u.RawQuery):
		return unsupported("its query holds a parameter that belongs to Egnyte's answer")
	}
	port := 0
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return unsupported("its port is not a number from 1 to 65535")
		}
	}
	start := strings.Index(uri, "://") + len("://")
	end := start + len(u.Host)
	a := address{
		uri: uri, scheme: uri[:start], host: strings.TrimSuffix(strings.TrimSuffix(u.Host, u.Port()), ":"),
		rest: uri[end:], path: u.EscapedPath(), port: port, ips: ips, secure: u.Scheme == "https",
	}
	if a.secure && a.port == 0 {
		a.port = httpsPort // any free port goes with http alone (RFC 8252, 7.3)
	}
	if a.path == "" {
		a.path = "/"
	}
	return a, nil
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// clashes reports a registered query that would make every callback ambiguous.
func clashes(query string) bool {
	given, err := readParameters(query)
	return err != nil || len(given) > 0
}

// at fills the port in where none is registered.
func (a address) at(port int) address {
	if a.port == 0 {
		a.port = port
		a.uri = a.scheme + a.host + ":" + strconv.Itoa(port) + a.rest
	}
	return a
}

// matchesHost reports whether a Host header is the address's own. Anything
// else comes by another name, as DNS rebinding does.
func (a address) matchesHost(header string) bool {
	host, header := strings.ToLower(a.host), strings.ToLower(header)
	return header == host+":"+strconv.Itoa(a.port) || a.port == a.defaultPort() && header == host
}

const (
	httpPort  = 80
	httpsPort = 443
)

func (a address) defaultPort() int {
	if a.secure {
		return httpsPort
	}
	return httpPort
}

// origin is the address's origin as browsers write it (RFC 6454, 6.2).
func (a address) origin() string {
	scheme, host := "http://", strings.ToLower(a.host)
	if a.secure {
		scheme = "https://"
	}
	if a.port == a.defaultPort() {
		return scheme + host
	}
	return scheme + host + ":" + strconv.Itoa(a.port)
}

func hostPort(ip string, port int) string { return net.JoinHostPort(ip, strconv.Itoa(port)) }

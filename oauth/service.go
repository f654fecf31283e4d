package oauth

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// The clouds that Egnyte runs. DefaultService is the commercial one.
const (
	DefaultService = "https://egnyte.com"
	GovService     = "https://egnytegov.com"
	QAService      = "https://qa-egnyte.com" // for developers' keys
)

// Clouds are all of them, the default first.
func Clouds() []string { return []string{DefaultService, GovService, QAService} }

// Service is one Egnyte cloud: the URL from which every host and endpoint
// follows. Known ones are https://egnyte.com, https://egnytegov.com,
// https://qa-egnyte.com and, for practice, http://egnyte.localhost:PORT.
// The zero Service is DefaultService.
type Service struct{ scheme, host string }

// ParseService reads a service URL; an empty one means DefaultService. Plain
// http is accepted for names under .localhost only.
func ParseService(raw string) (Service, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return Service{}, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return Service{}, fmt.Errorf("the service %q is not a URL like %s", raw, DefaultService)
	}
	host := strings.ToLower(u.Host)
	name := strings.ToLower(u.Hostname())
	switch {
	case u.User != nil, u.RawQuery != "", u.Fragment != "", u.Path != "" && u.Path != "/":
		return Service{}, fmt.Errorf("the service %q must be a scheme and a host, nothing more", raw)
	case u.Scheme == "http" && !isLocalhost(name):
		return Service{}, fmt.Errorf("the service %q must use https", raw)
	case u.Scheme != "http" && u.Scheme != "https":
		return Service{}, fmt.Errorf("the service %q must use https", raw)
	}
	if err := checkHostName(name); err != nil {
		return Service{}, fmt.Errorf("the service %q: %w", raw, err)
	}
	if port := u.Port(); port != "" || strings.HasSuffix(host, ":") {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return Service{}, fmt.Errorf("the service %q has no valid port", raw)
		}
	}
	return Service{u.Scheme, host}, nil
}

func checkHostName(name string) error {
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return errors.New("a host name with at least two parts is needed")
	}
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return err
		}
	}
	return nil
}

// isLocalhost reports names that always mean this machine (RFC 6761, 6.3).
func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// Host is the suffix of every domain's host, with the port where there is one.
func (s Service) Host() string {
	if s.host == "" {
		return "egnyte.com"
	}
	return s.host
}

func (s Service) schemeOrDefault() string {
	if s.scheme == "" {
		return "https"
	}
	return s.scheme
}

// String is the service's URL.
func (s Service) String() string { return s.schemeOrDefault() + "://" + s.Host() }

// Equal reports whether both are the same cloud.
func (s Service) Equal(other Service) bool { return s.String() == other.String() }

// HasEnhancedAuth reports whether the Enhanced Auth Service exists there:
// Egnyte runs it for egnyte.com alone; the practice service has its own.
func (s Service) HasEnhancedAuth() bool {
	return s.Host() == "egnyte.com" || isLocalhost(hostName(s.Host()))
}

func hostName(hostport string) string {
	name, _, _ := strings.Cut(hostport, ":")
	return name
}

func (s Service) port() string {
	if _, port, found := strings.Cut(s.Host(), ":"); found {
		return port
	}
	if s.schemeOrDefault() == "http" {
		return "80"
	}
	return "443"
}

package oauth

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Domain is a customer's own Egnyte, at {label}.{service host}. Only
// ParseDomain and its siblings make one, so a Domain's host is always exactly
// one label under its service.
type Domain struct {
	service Service
	label   string
}

// DomainError says why something can't be an Egnyte domain, in words for the
// person who typed it.
type DomainError struct{ Typed, Reason string }

func (e *DomainError) Error() string {
	return fmt.Sprintf("%q can't be an Egnyte domain: %s", e.Typed, e.Reason)
}

// enhancedAuthLabels are hosts of the service that are nobody's domain.
var enhancedAuthLabels = map[Region]string{
	RegionUS:     "us-partner-integrations",
	RegionEurope: "partner-integrations",
}

// ParseDomain reads what a person types or pastes: the name alone, the host,
// or any address of their Egnyte.
func (s Service) ParseDomain(typed string) (Domain, error) {
	host := strings.ToLower(strings.TrimSpace(typed))
	if host == "" {
		return Domain{}, &DomainError{typed, "it is empty"}
	}
	if scheme, rest, found := strings.Cut(host, "://"); found {
		if scheme != "https" && scheme != s.schemeOrDefault() {
			return Domain{}, &DomainError{typed, "an address of Egnyte starts with https://"}
		}
		host = rest
	}
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	if strings.ContainsAny(host, "@\\") {
		return Domain{}, &DomainError{typed, "it holds a character that no host name has"}
	}
	return s.domainFromHost(typed, strings.TrimSuffix(host, "."))
}

// domainFromCallback reads the domain that a callback names: untrusted input,
// as a label, a host or a URL of it. What a person may paste, a callback may
// not: an address here has no query, fragment or user information.
func (s Service) domainFromCallback(value string) (Domain, error) {
	host := value
	if strings.Contains(value, "://") {
		u, err := url.Parse(value)
		if err != nil || u.Scheme != s.schemeOrDefault() || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return Domain{}, &DomainError{value, "it is not an address of this service"}
		}
		host = u.Host
	}
	return s.domainFromHost(value, strings.ToLower(host))
}

func (s Service) domainFromHost(typed, host string) (Domain, error) {
	label := host
	if under, found := strings.CutSuffix(host, "."+s.Host()); found {
		label = under
	} else if under, found := strings.CutSuffix(host, "."+hostName(s.Host())); found {
		label = under
	} else if strings.ContainsAny(host, ".:") {
		return Domain{}, &DomainError{typed, fmt.Sprintf("it is not under %s", s.Host())}
	}
	if err := checkLabel(label); err != nil {
		return Domain{}, &DomainError{typed, err.Error()}
	}
	if label == "www" || slices.Contains([]string{enhancedAuthLabels[RegionUS], enhancedAuthLabels[RegionEurope]}, label) {
		return Domain{}, &DomainError{typed, "that name belongs to Egnyte itself"}
	}
	return Domain{s, label}, nil
}

// checkLabel holds the rule for one part of a host name (RFC 1123, 2.1).
func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("the name is missing")
	case len(label) > 63:
		return errors.New("a name has at most 63 characters")
	case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
		return errors.New("a name has no hyphen at its ends")
	}
	for _, r := range label {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Errorf("a name has letters, digits and hyphens only, not %q", r)
		}
	}
	return nil
}

// IsZero reports whether the domain is not known (yet).
func (d Domain) IsZero() bool { return d.label == "" }

// Label is the customer's name, the `acme` of acme.egnyte.com.
func (d Domain) Label() string { return d.label }

// Host is the domain's host, with the port where the service has one.
func (d Domain) Host() string { return d.label + "." + d.service.Host() }

// Service is the cloud that the domain lives in.
func (d Domain) Service() Service { return d.service }

// URL is the address of the domain's own web pages, without a trailing slash.
func (d Domain) URL() string { return d.service.schemeOrDefault() + "://" + d.Host() }

// String is the domain's host.
func (d Domain) String() string { return d.Host() }

func (d Domain) authorizeURL() string { return d.URL() + "/puboauth/authorize" }
func (d Domain) tokenURL() string     { return d.URL() + "/puboauth/token" }
func (d Domain) revokeURL() string    { return d.URL() + "/pubapi/v1/tokens/revoke" }
func (d Domain) userInfoURL() string  { return d.URL() + "/pubapi/v1/userinfo" }

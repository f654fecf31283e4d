package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of a search for the domain behind a custom name.
const (
	maxAliases    = 8
	maxRedirects  = 5
	aliasLimit    = 3 * time.Second
	redirectLimit = 8 * time.Second
)

// Names finds the domain behind a custom name: a customer's own host name in
// front of their Egnyte, as files.acme.com for acme.egnyte.com. The API answers
// on the domain alone. The zero Names asks the system.
type Names struct {
	DNS  Aliases      // nil: the name servers of the system, alias by alias
	HTTP *http.Client // nil: NewHTTPClient(nil). Its redirects are not followed by itself
}

// Aliases looks up CNAME records, as *net.Resolver does; one that gives each name
// of a chain in its turn finds a domain in the middle of it.
type Aliases interface {
	LookupCNAME(ctx context.Context, host string) (string, error)
}

// CustomNameError: a host name that leads to no domain of the service.
type CustomNameError struct {
	Name    string
	Service Service
	Err     error // what its web address said; nil where that just went nowhere
}

func (e *CustomNameError) Error() string {
	text := fmt.Sprintf("%s leads to no domain of %s", e.Name, e.Service.Host())
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *CustomNameError) Unwrap() error { return e.Err }

// CustomName reads what a person typed as a custom name. It is false for what
// ParseDomain knows or has to refuse: a name without a dot, a host of Egnyte's,
// an address in numbers, anything that is no host name.
func (s Service) CustomName(typed string) (host string, ok bool) {
	host = strings.ToLower(strings.TrimSpace(typed))
	if scheme, rest, found := strings.Cut(host, "://"); found {
		if scheme != "https" {
			return "", false
		}
		host = rest
	}
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > 253 || checkHostName(host) != nil || isLocalhost(host) {
		return "", false
	}
	if top := host[strings.LastIndex(host, ".")+1:]; strings.Trim(top, "0123456789") == "" {
		return "", false // an address in numbers, or half of one
	}
	for _, cloud := range append(Clouds(), "//"+hostName(s.Host())) { // whose hosts are nobody's custom name
		_, known, _ := strings.Cut(cloud, "//")
		if host == known || strings.HasSuffix(host, "."+known) {
			return "", false
		}
	}
	return host, true
}

// Resolve finds the domain of service that a host name stands for: by its
// aliases in the DNS, then by where its web address redirects to. Both are
// untrusted: show the result to the person before anybody signs in there.
// The first domain of the service in a chain of aliases is the one: behind it
// come the hosts that serve it. Nothing secret is sent, no cookie is kept, and it
// takes 11 s at the most. Errors are *DomainError for what can't be a custom name,
// and *CustomNameError.
func (n Names) Resolve(ctx context.Context, service Service, typed string) (Domain, error) {
	host, ok := service.CustomName(typed)
	if !ok {
		return Domain{}, &DomainError{typed, "it is no host name of a company's own"}
	}
	if domain, found := n.byAlias(ctx, service, host); found {
		return domain, nil
	}
	domain, err := n.byRedirect(ctx, service, host)
	if err != nil || domain.IsZero() {
		return Domain{}, &CustomNameError{host, service, err}
	}
	return domain, nil
}

func (n Names) byAlias(ctx context.Context, service Service, host string) (Domain, bool) {
	ctx, cancel := context.WithTimeout(ctx, aliasLimit)
	defer cancel()
	dns := n.DNS
	if dns == nil {
		dns = &hops{}
	}
	for range maxAliases {
		alias, err := dns.LookupCNAME(ctx, host)
		alias = strings.ToLower(strings.TrimSuffix(alias, "."))
		if err != nil || alias == host {
			return Domain{}, false
		}
		if domain, ok := service.domainAt(alias); ok {
			return domain, true
		}
		host = alias
	}
	return Domain{}, false
}

// byRedirect asks the host's own web address where it leads. No domain and no
// error: it leads nowhere else.
func (n Names) byRedirect(ctx context.Context, service Service, host string) (Domain, error) {
	ctx, cancel := context.WithTimeout(ctx, redirectLimit)
	defer cancel()
	if n.HTTP == nil {
		n.HTTP = NewHTTPClient(nil)
		defer n.HTTP.CloseIdleConnections()
	}
	at := &url.URL{Scheme: "https", Host: host, Path: "/"}
	for range maxRedirects {
		next, err := n.step(ctx, at)
		if err != nil || next == nil {
			return Domain{}, err
		}
		if next.Scheme == service.schemeOrDefault() {
			if domain, ok := service.domainAt(next.Host); ok {
				return domain, nil
			}
		}
		if next.Scheme != "https" || next.User != nil {
			return Domain{}, errors.New("it redirects to an address that is not safe to follow")
		}
		at = next
	}
	return Domain{}, errors.New("it redirects too often")
}

// step makes one request and returns where its answer redirects to, or nil.
// The answer's body is not read.
func (n Names) step(ctx context.Context, at *url.URL) (*url.URL, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, errors.New("it redirects to an address that can't be read")
	}
	asker := http.Client{ // no jar, and no following by itself, whatever the client does
		Transport:     n.HTTP.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	reply, err := asker.Do(request)
	if err != nil {
		return nil, unreachable(at.Host, err)
	}
	_ = reply.Body.Close()
	if reply.StatusCode < 300 || reply.StatusCode > 399 || reply.Header.Get("Location") == "" {
		return nil, nil
	}
	next, err := reply.Location()
	if err != nil || next.Host == "" {
		return nil, errors.New("it redirects to an address that can't be read")
	}
	return next, nil
}

// domainAt is a domain by its whole host, and never by a label alone.
func (s Service) domainAt(host string) (Domain, bool) {
	host = strings.ToLower(host)
	if !strings.Contains(s.Host(), ":") {
		host = strings.TrimSuffix(host, ":443")
	}
	if !strings.HasSuffix(host, "."+s.Host()) {
		return Domain{}, false
	}
	domain, err := s.domainFromHost(host, host)
	return domain, err == nil
}

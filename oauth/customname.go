package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// namesLimit is how long the search for the domain behind a custom name may take.
const namesLimit = 8 * time.Second

// Names finds the domain behind a custom name: a customer's own host name in front of
// their Egnyte, as files.acme.com for acme.egnyte.com. The API answers on the domain
// alone.
type Names struct {
	HTTP *http.Client // nil: NewHTTPClient(nil)
}

// CustomNameError: a host name that leads to no domain of the service.
type CustomNameError struct {
	Name    string
	Service Service
	Err     error // why; may be nil
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
	if port := ":" + s.port(); isLocalhost(hostName(host)) && s.isPractice() {
		host = strings.TrimSuffix(host, port)
	}
	if len(host) > 253 || checkHostName(host) != nil || isLocalhost(host) && !s.isPractice() {
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

// isPractice reports a service of this machine.
func (s Service) isPractice() bool { return isLocalhost(hostName(s.Host())) }

// Resolve asks a custom name for the domain that it stands for, as Egnyte documents for
// integrators ('Resolving branded domains'), and then that domain whether it is one. The
// answer of the first is untrusted: show the result to the user before anybody signs in
// there. Nothing secret is sent, no redirect is followed, and it takes 8 s at most.
// Errors are *DomainError for what can't be a custom name, and *CustomNameError.
func (n Names) Resolve(ctx context.Context, service Service, typed string) (Domain, error) {
	host, ok := service.CustomName(typed)
	if !ok {
		return Domain{}, &DomainError{typed, "it is no host name of a company's own"}
	}
	ctx, cancel := context.WithTimeout(ctx, namesLimit)
	defer cancel()
	if n.HTTP == nil {
		n.HTTP = NewHTTPClient(nil)
		defer n.HTTP.CloseIdleConnections()
	}
	base := "https://" + host
	if isLocalhost(host) {
		base = service.schemeOrDefault() + "://" + host + ":" + service.port()
	}
	domain, err := n.askEnvironment(withPublicHost(ctx, host), service, base)
	if err == nil {
		var confirmed Domain
		if confirmed, err = n.askEnvironment(ctx, service, domain.URL()); err == nil && confirmed != domain {
			err = fmt.Errorf("it names %s, which does not confirm it", domain)
		}
	}
	if err != nil {
		return Domain{}, &CustomNameError{host, service, err}
	}
	return domain, nil
}

// askEnvironment asks a host for its env-pub. A redirect to a domain of the service is an
// answer as well.
func (n Names) askEnvironment(ctx context.Context, service Service, base string) (Domain, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/rest/public/1.0/env-pub", nil)
	if err != nil {
		return Domain{}, errors.New("it can't be asked")
	}
	asker := http.Client{ // no jar, and no redirect followed, whatever the client does
		Transport:     n.HTTP.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	reply, err := asker.Do(request)
	if err != nil {
		return Domain{}, unreachable(request.URL.Host, err)
	}
	defer reply.Body.Close()
	if reply.StatusCode >= 300 && reply.StatusCode < 400 {
		if next, err := reply.Location(); err == nil && next.Scheme == service.schemeOrDefault() && next.User == nil {
			if domain, ok := service.domainAt(next.Host); ok {
				return domain, nil
			}
		}
		return Domain{}, errors.New("it redirects to another host")
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil {
		return Domain{}, unreachable(request.URL.Host, err)
	}
	workgroup, _ := readFields(reply, body)["workgroup"].(map[string]any)
	name := text(workgroup, "name")
	if !isSuccess(reply) || name == "" {
		return Domain{}, fmt.Errorf("it is not in front of an Egnyte (HTTP %d)", reply.StatusCode)
	}
	if strings.Contains(name, ".") {
		return Domain{}, errors.New("it names something that is no domain")
	}
	return service.domainFromHost(name, strings.ToLower(name))
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

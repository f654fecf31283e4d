package oauth

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"
)

// regionLimit is how long the choice of a region may hold up a sign-in.
const regionLimit = 700 * time.Millisecond

func (s Service) enhancedAuthURL(region Region) string {
	return fmt.Sprintf("%s://%s.%s/services/oauth/code", s.schemeOrDefault(), enhancedAuthLabels[region], s.Host())
}

// connect is what net.Dialer's DialContext is.
type connect func(ctx context.Context, network, address string) (net.Conn, error)

// nearestRegion is the one whose address answers a connect first, the US where
// neither does in time. Nothing is sent.
func (s Service) nearestRegion(ctx context.Context, try connect) Region {
	if isLocalhost(hostName(s.Host())) {
		return RegionUS // both are this machine
	}
	ctx, cancel := context.WithTimeout(ctx, regionLimit)
	defer cancel()
	tried := make(chan Region, len(enhancedAuthLabels)) // empty: no answer
	for region, label := range enhancedAuthLabels {
		go func() {
			conn, err := try(ctx, "tcp", net.JoinHostPort(label+"."+hostName(s.Host()), s.port()))
			if err != nil {
				region = ""
			} else {
				conn.Close()
			}
			tried <- region
		}()
	}
	for range enhancedAuthLabels {
		select {
		case region := <-tried:
			if region != "" {
				return region
			}
		case <-ctx.Done():
			return RegionUS
		}
	}
	return RegionUS
}

// domainOf learns which domain the code is for: from the callback, from its
// Referer, from the person. Whatever names it is untrusted: a code and a
// secret only ever go to one label directly under the service.
func (s SignIn) domainOf(ctx context.Context, callback Callback) (Domain, error) {
	if s.Flow != FlowEnhanced {
		return s.Domain, nil
	}
	if len(callback.Domain) > 0 {
		return s.domainNamed(callback.Domain)
	}
	if domain, ok := s.domainFromReferer(callback.Referer); ok {
		return domain, nil
	}
	return s.askDomain(ctx)
}

// domainNamed takes the callback's own word. One that can't be a domain, or
// two that disagree, is an attack or a fault: refused, nothing is sent.
func (s SignIn) domainNamed(values []string) (Domain, error) {
	var named Domain
	for _, value := range values {
		domain, err := s.Service.domainFromCallback(value)
		if err != nil {
			return Domain{}, &ForeignDomainError{Service: s.Service}
		}
		if !named.IsZero() && named != domain {
			return Domain{}, &ForeignDomainError{Service: s.Service}
		}
		named = domain
	}
	return named, nil
}

// domainFromReferer: browsers send at most the origin across sites, and the
// last hop may have been Enhanced Auth itself. What can't be used counts as none.
func (s SignIn) domainFromReferer(referer string) (Domain, bool) {
	u, err := url.Parse(referer)
	if err != nil || u.Host == "" {
		return Domain{}, false
	}
	u.Path, u.RawQuery, u.Fragment, u.RawPath = "", "", "", ""
	domain, err := s.Service.domainFromCallback(u.String())
	return domain, err == nil
}

func (s SignIn) askDomain(ctx context.Context) (Domain, error) {
	answers := make(chan Domain, 1)
	s.Report(AskDomain{Answer: func(typed string) error {
		domain, err := s.Service.ParseDomain(typed)
		if err != nil {
			return err
		}
		select {
		case answers <- domain:
		default: // answered already
		}
		return nil
	}})
	select {
	case domain := <-answers:
		return domain, nil
	case <-ctx.Done():
		return Domain{}, fmt.Errorf("waiting for the domain: %w", context.Cause(ctx))
	}
}

// ForeignDomainError: the callback named a host that is not a domain of the
// service. It keeps nothing of what it was given.
type ForeignDomainError struct{ Service Service }

func (e *ForeignDomainError) Error() string {
	return fmt.Sprintf("the sign-in named a host that is no domain of %s", e.Service.Host())
}

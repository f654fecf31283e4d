package oauth

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// at is how long each of the two addresses takes to answer; never: it doesn't,
// refused: it says no at once.
type at map[string]time.Duration

const (
	never   = time.Hour
	refused = -1
)

func (a at) connect(ctx context.Context, _, address string) (net.Conn, error) {
	wait, known := a[address]
	switch {
	case !known:
		return nil, errors.New("another address was tried: " + address)
	case wait == refused:
		return nil, errors.New("refused")
	}
	select {
	case <-time.After(wait):
		here, there := net.Pipe()
		there.Close()
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestTheRegionThatAnswersFirstIsTaken(t *testing.T) {
	t.Parallel()
	const us, europe = "us-partner-integrations.egnyte.com:443", "partner-integrations.egnyte.com:443"
	for _, c := range []struct {
		answers at
		want    Region
		within  time.Duration
	}{
		{at{us: 20 * time.Millisecond, europe: 90 * time.Millisecond}, RegionUS, 20 * time.Millisecond},
		{at{us: 90 * time.Millisecond, europe: 20 * time.Millisecond}, RegionEurope, 20 * time.Millisecond},
		{at{us: never, europe: 650 * time.Millisecond}, RegionEurope, 650 * time.Millisecond},
		{at{us: refused, europe: 20 * time.Millisecond}, RegionEurope, 20 * time.Millisecond},
		{at{us: never, europe: never}, RegionUS, 700 * time.Millisecond},
		{at{us: never, europe: 800 * time.Millisecond}, RegionUS, 700 * time.Millisecond},
		{at{us: refused, europe: never}, RegionUS, 700 * time.Millisecond},
		{at{us: refused, europe: refused}, RegionUS, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			if got := (Service{}).nearestRegion(t.Context(), c.answers.connect); got != c.want {
				t.Errorf("%v: got %s, want %s", c.answers, got, c.want)
			}
			if took := time.Since(began); took != c.within {
				t.Errorf("%v: it took %v, want %v", c.answers, took, c.within)
			}
		})
	}
}

func TestAPersonWhoGivesUpIsNotHeldUpByTheRegion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		began := time.Now()
		nobody := at{"us-partner-integrations.egnyte.com:443": never, "partner-integrations.egnyte.com:443": never}
		_ = (Service{}).nearestRegion(ctx, nobody.connect)
		if took := time.Since(began); took != 10*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

// Every endpoint of a cloud follows from its host, and only Egnyte's commercial
// cloud has Enhanced Auth.
func TestEveryCloudHasItsOwnEndpoints(t *testing.T) {
	t.Parallel()
	for raw, c := range map[string]struct {
		host     string
		enhanced bool
	}{
		"https://egnyte.com": {"acme.egnyte.com", true}, "https://egnytegov.com": {"acme.egnytegov.com", false},
		"https://qa-egnyte.com": {"acme.qa-egnyte.com", false},
	} {
		service, err := ParseService(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{"acme", " ACME ", c.host, "https://" + c.host + "/app/index.do#x"} {
			d, err := service.ParseDomain(typed)
			if err != nil {
				t.Fatal(err)
			}
			for got, path := range map[string]string{
				d.authorizeURL(): "/puboauth/authorize", d.tokenURL(): "/puboauth/token", d.revokeURL(): "/pubapi/v1/tokens/revoke", d.userInfoURL(): "/pubapi/v1/userinfo",
			} {
				if got != "https://"+c.host+path {
					t.Errorf("%s, %q: %s", raw, typed, got)
				}
			}
		}
		if service.HasEnhancedAuth() != c.enhanced {
			t.Errorf("%s has Enhanced Auth: %v", raw, !c.enhanced)
		}
		for other := range map[string]bool{"acme.egnyte.com": true, "acme.egnytegov.com": true, "acme.qa-egnyte.com": true} {
			if _, err := service.ParseDomain(other); (err == nil) != (other == c.host) {
				t.Errorf("%s takes %s: %v", raw, other, err)
			}
		}
	}
	for region, want := range map[Region]string{
		RegionUS: "https://us-partner-integrations.egnyte.com/services/oauth/code", RegionEurope: "https://partner-integrations.egnyte.com/services/oauth/code",
	} {
		if got := (Service{}).enhancedAuthURL(region); got != want {
			t.Errorf("%s: %s", region, got)
		}
	}
}

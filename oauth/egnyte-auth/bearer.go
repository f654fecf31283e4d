package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// The variables by which Egnyte's own command-line client and its Go SDK take a
// token; the domain is a whole address, https://acme.egnyte.com.
const (
	tokenVariable  = "EGNYTE_TOKEN"
	domainVariable = "EGNYTE_DOMAIN"
)

// bearer is a token for another program, and where it is good.
type bearer struct {
	account string // "" where the token came from the environment
	domain  string // host
	baseURL string // without a trailing slash
	access  oauth.Secret
	kind    string
	expires *time.Time // nil: does not expire, or not known
}

// bearerFlags is what the commands that hand out a token share.
type bearerFlags struct {
	minValid time.Duration
	signIn   bool
}

func (f *bearerFlags) add(c *cobra.Command) {
	c.Flags().DurationVar(&f.minValid, "min-valid", 5*time.Minute, "renew the token where less than this `DURATION` of its life is left; by itself never in the first half of that life")
	c.Flags().BoolVar(&f.signIn, "signin", false, "open a browser where the account has to sign in")
}

const lifeOfToken = `A token is renewed by itself where less than 5 minutes are left, and never in the
first half of its life. A --min-valid that is given counts at any time; where whole
lives are shorter than that, a token is renewed when half of its life is over.
`

const tokenFromEnvironment = `Without ACCOUNT, EGNYTE_ACCOUNT names the account. If neither is given and
EGNYTE_TOKEN is set, that token is handed on as it is: for containers and build
machines without a keyring.`

// bearer is the token that args ask for.
func (p *program) bearer(c *cobra.Command, args []string, f bearerFlags) (bearer, error) {
	if f.minValid < 0 {
		return bearer{}, &usageError{"--min-valid can't be negative"}
	}
	args = named(args)
	if access := strings.TrimSpace(os.Getenv(tokenVariable)); access != "" && len(args) == 0 && p.service == "" && p.store == "" {
		return bearerOfEnvironment(access, strings.TrimSpace(os.Getenv(domainVariable))), nil
	}
	store, a, err := p.find(c, args)
	var token oauth.Token
	if err == nil {
		want := account.TokenOptions{MinLeft: f.minValid}
		if c.Flags().Changed("min-valid") {
			want.AtLeast = want.MinLeft
		}
		token, err = store.Token(c.Context(), a, want)
	}
	if f.signIn && (errors.Is(err, account.ErrReconnect) || errors.Is(err, account.ErrNoAccount)) {
		if a, err = p.signInFor(c, a, args); err == nil {
			token, err = store.Token(c.Context(), a, account.TokenOptions{})
		}
	}
	if err != nil {
		return bearer{}, err
	}
	domain, err := a.OAuthDomain()
	if err != nil {
		return bearer{}, err
	}
	b := bearer{account: a.Name, domain: a.Domain, baseURL: domain.URL(), access: token.Access, kind: token.Type}
	if !token.Expiry.IsZero() {
		expires := token.Expiry.UTC().Truncate(time.Second)
		b.expires = &expires
	}
	return b, nil
}

func bearerOfEnvironment(access, domain string) bearer {
	b := bearer{access: oauth.NewSecret(access), kind: "bearer"}
	if domain == "" {
		return b
	}
	b.baseURL = strings.TrimRight(domain, "/")
	scheme, host, found := strings.Cut(b.baseURL, "://")
	switch {
	case found:
		b.domain = host
	case !strings.Contains(scheme, "."): // the name alone, as the Go SDK takes it
		b.domain = scheme + "." + oauth.Service{}.Host()
	default:
		b.domain = scheme
	}
	if !found {
		b.baseURL = "https://" + b.domain
	}
	return b
}

// authorization is the header's value (RFC 6750, 2.1).
func (b bearer) authorization() (string, error) {
	access := b.access.Reveal()
	for _, c := range []byte(access) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return "", fmt.Errorf("the token of %s holds a character that no header can", orEnvironment(b.account))
		}
	}
	return "Bearer " + access, nil
}

func orEnvironment(name string) string {
	if name == "" {
		return tokenVariable
	}
	return name
}

package oauth

import "fmt"

// Key is an Egnyte API key as the developer portal registers it.
type Key struct {
	ID          string // client_id
	Secret      Secret // client_secret; keys from before January 2015 have none
	RedirectURI string // as registered; loopback addresses may leave the port out
}

// DefaultRedirectURI is a loopback address on any free port (RFC 8252, 7.3).
const DefaultRedirectURI = "http://127.0.0.1/callback"

// Flow is a way to a token.
type Flow string

// The flows that Egnyte documents.
const (
	FlowEnhanced Flow = "enhanced" // code flow that asks for the domain in the browser
	FlowCode     Flow = "code"     // code flow at a known domain
	FlowImplicit Flow = "implicit" // token in the address; no refresh; only where the code flow is impossible
	FlowPassword Flow = "password" // resource owner password: internal-application keys only
)

// ParseFlow reads a flow's name; empty means that the domain decides: none
// given is FlowEnhanced, one given is FlowCode.
func ParseFlow(name string) (Flow, error) {
	switch f := Flow(name); f {
	case "", FlowEnhanced, FlowCode, FlowImplicit, FlowPassword:
		return f, nil
	}
	return "", fmt.Errorf("%q is not a way to sign in: use enhanced, code, implicit or password", name)
}

// Region is the Enhanced Auth address that a sign-in starts at.
type Region string

// Egnyte runs two; either works for every domain (egnyte.md: 'two addresses
// only so that people start near').
const (
	RegionAuto   Region = "auto"
	RegionUS     Region = "us"
	RegionEurope Region = "eu"
)

// ParseRegion reads a region's name; empty means RegionAuto.
func ParseRegion(name string) (Region, error) {
	switch r := Region(name); r {
	case "":
		return RegionAuto, nil
	case RegionAuto, RegionUS, RegionEurope:
		return r, nil
	}
	return "", fmt.Errorf("%q is not a region: use auto, us or eu", name)
}

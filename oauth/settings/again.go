package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"egnyte-accounts/oauth"
)

// Existing is what an account that is signed in once more remembers.
type Existing struct {
	Service string
	Domain  string    // host
	Key     oauth.Key // the one it was signed in with; the secret where it is known
	Flow    oauth.Flow
	Scopes  []string
}

// LoadAgain resolves what is in force for signing an account in again, at its own
// domain, with the key's secret. The key in force is used if it is the account's own,
// so that a corrected address or secret counts, or if the policy locks it; otherwise
// the account's key is. An account goes on under a policy that can't be relied on: it
// then asks for the scopes that it has, in case others were locked.
func LoadAgain(ctx context.Context, dir string, secrets Secrets, e Existing) (Effective, error) {
	asked := Values{"service": e.Service}
	known, fault, err := loadExisting(dir, asked)
	if err != nil {
		return Effective{}, err
	}
	if of, err := oauth.ParseService(e.Service); known.Locked["service"] && (err != nil || !of.Equal(known.Service)) {
		return Effective{}, &LockedError{"service", policyPath(), Flag, "service", e.Service}
	}
	switch {
	case known.Key.ID == e.Key.ID, known.Locked["client_id"], e.Key.ID == "":
	case !e.Key.Secret.IsZero():
		known.Key = e.Key
	default:
		asked["client_id"], asked["redirect_uri"] = e.Key.ID, e.Key.RedirectURI
		if known, _, err = loadExisting(dir, asked); err != nil {
			return Effective{}, err
		}
	}
	if known.Key.Secret.IsZero() {
		if known, err = known.WithSecret(ctx, secrets); err != nil {
			return Effective{}, fmt.Errorf("fetching the key's secret: %w", err)
		}
	}
	known.Flow = known.FlowAgain(e.Key.ID, e.Flow)
	if fault != nil && len(e.Scopes) > 0 {
		known.Scopes = e.Scopes
	}
	known.Domain, err = known.Service.ParseDomain(e.Domain)
	return known, err
}

// loadExisting is Load for accounts that exist already. Whatever is wrong with the
// policy, they go on with what can be relied on of it; fault says what is wrong.
func loadExisting(dir string, asked Values) (e Effective, fault, err error) {
	e, wrong, err := read(dir).past(asked)
	if err == nil && errors.As(wrong, new(*PolicyError)) {
		return e, wrong, nil
	}
	return e, nil, cmp.Or(err, wrong)
}

// FlowAgain is how an account is signed in again that was signed in with a key
// and by a flow: never by asking for its domain, which is known. A key is
// registered for one kind of flow, so what is in force for that very key counts
// for more than what the account remembers.
func (e Effective) FlowAgain(keyID string, flow oauth.Flow) oauth.Flow {
	if e.Flow != "" && (keyID == e.Key.ID || keyID == "") {
		flow = e.Flow
	}
	if flow == oauth.FlowImplicit || flow == oauth.FlowPassword {
		return flow
	}
	return oauth.FlowCode
}

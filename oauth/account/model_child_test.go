//go:build unix

package account

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// childModelled makes a child of this test binary carry out one deed after
// another, and stop at each point of it until it is told to go on.
const childModelled = "modelled"

// modelAhead is the clock of all: the first tokens are due.
const modelAhead = 700 * time.Hour

// order is what a child is asked to do.
type order struct{ child, folder, service, deed, line string }

func (o order) String() string {
	return strings.Join([]string{o.child, o.folder, o.service, o.deed, o.line}, "\t")
}

// serveModel is the child's side: a line in, `point …`, `waits` and `done …` out.
func serveModel(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	var stops sync.Mutex // two goroutines of a change pass points
	point := func(step string) {
		switch {
		case step == stepWaits:
			fmt.Fprintln(out, "waits")
		case changes(step):
			stops.Lock()
			defer stops.Unlock()
			fmt.Fprintln(out, "point "+step)
			lines.Scan()
		}
	}
	for {
		stops.Lock()
		more := lines.Scan()
		stops.Unlock()
		if !more {
			return lines.Err()
		}
		part := strings.Split(lines.Text(), "\t")
		o := order{part[0], part[1], part[2], part[3], part[4]}
		err := o.carryOut(point)
		fmt.Fprintf(out, "done %q\n", fmt.Sprint(err))
	}
}

func modelKeyring(folder string) *keyringtest.Keyring {
	return &keyringtest.Keyring{Dir: folder + "/keyring"}
}

func modelStore(folder string) *Store {
	store := Open(folder+"/config", modelKeyring(folder))
	store.Now = func() time.Time { return time.Now().Add(modelAhead) }
	return store
}

// modelGrant is a sign-in of jsmith that begins a line of pairs.
func modelGrant(service, line string) oauth.Grant {
	grant := grantAt("acme", service, "jsmith", 1, "")
	grant.Token.Access, grant.Token.Refresh = oauth.NewSecret("a."+line+".0"), oauth.NewSecret("r."+line+".0")
	return grant
}

func (o order) carryOut(point func(string)) error {
	secrets := modelKeyring(o.folder)
	store := modelStore(o.folder)
	store.keyring = secrets
	store.HTTP = &http.Client{Transport: named{o.child, store.HTTP.Transport}}
	watchSteps(store, secrets, point)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := modelGrant(o.service, "0").User.Username + "@" + modelGrant(o.service, "0").Domain.Host()
	var err error
	switch o.deed {
	case "renew":
		var a Account
		if a, err = store.Find(ctx, name, nil); err == nil {
			_, err = store.Token(ctx, a, TokenOptions{MinLeft: 30 * time.Hour})
		}
	case "rejected":
		var a Account
		var token oauth.Token
		if a, err = store.Find(ctx, name, nil); err == nil {
			if token, err = store.Token(ctx, a, TokenOptions{NoRenewal: true}); err == nil {
				_, err = store.Token(ctx, a, TokenOptions{Rejected: token.Access})
			}
		}
	case "sign in":
		_, err = store.Save(ctx, "", modelGrant(o.service, o.line))
	case "reconnect":
		_, err = store.Save(ctx, name, modelGrant(o.service, o.line))
	case "remove":
		err = store.Remove(ctx, name)
	case "list":
		_, err = store.List(ctx)
	case "default":
		err = store.SetDefault(ctx, name)
	}
	return err
}

// named says in each request which child it is of.
type named struct {
	child string
	next  http.RoundTripper
}

func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Child", n.child)
	return n.next.RoundTrip(r)
}

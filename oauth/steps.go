package oauth

import (
	"fmt"
	"strings"
	"time"
)

// Step is where a sign-in stands. The window, the tray and the terminal each
// render the same steps.
type Step interface{ step() }

// Preparing: nothing has left this machine yet.
type Preparing struct{}

// WaitingForBrowser: the person is at Egnyte. URL is the authorize address,
// for 'Open again' and 'Copy link'. BrowserError is set in a second
// WaitingForBrowser if no browser could be started: the link still works.
type WaitingForBrowser struct {
	URL          string
	Until        time.Time // zero: no limit
	BrowserError error
}

// AskDomain: the browser came back without naming the domain. Answer takes
// what the person types; it returns a *DomainError while that can't be a
// domain, and the sign-in goes on waiting. The code dies within a minute or two.
type AskDomain struct{ Answer func(typed string) error }

// Exchanging: the code is being exchanged for a token at Domain.
type Exchanging struct{ Domain Domain }

// Verifying: the token is being tried by asking whose it is.
type Verifying struct{ Domain Domain }

// Done: signed in. What is left is keeping the grant.
type Done struct{ Grant Grant }

func (Preparing) step()         {}
func (WaitingForBrowser) step() {}
func (AskDomain) step()         {}
func (Exchanging) step()        {}
func (Verifying) step()         {}
func (Done) step()              {}

// StepName is the step alone, for a log: nothing of what it carries.
func StepName(step Step) string {
	name := fmt.Sprintf("%T", step)
	return name[strings.LastIndex(name, ".")+1:]
}

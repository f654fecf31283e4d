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

// WaitingForBrowser: the user is at Egnyte. URL is the authorize address, to
// show or to copy. Start is what to open on this machine instead, as 'Open
// again' does: see Receiver.Start. BrowserError is set in a second
// WaitingForBrowser if no browser could be started: the link still works. Unknown
// is what Egnyte answered to the same link before, if it is a page with an error
// that this app doesn't know. Receiver takes what a user pastes; if it is ByHand, they
// have to.
type WaitingForBrowser struct {
	URL          string
	Start        string
	Until        time.Time // zero: no limit
	BrowserError error
	Unknown      *Refusal
	Receiver     Receiver
}

// AskDomain: the browser came back without naming the domain. Answer takes
// what the person types; it returns a *DomainError while that can't be a
// domain, and the sign-in goes on waiting. The code dies within a minute or two.
type AskDomain struct{ Answer func(typed string) error }

// ConfirmUser: the start address was opened more than once, and not certainly by
// this user alone. Answer takes the answer to 'Signed in as User. Is that you?';
// the sign-in waits for it, and counts only the first.
type ConfirmUser struct {
	User   User
	Domain Domain
	Answer func(yes bool)
}

// Exchanging: the code is being exchanged for a token at Domain.
type Exchanging struct{ Domain Domain }

// Verifying: the token is being tried by asking whose it is.
type Verifying struct{ Domain Domain }

// Done: signed in. What is left is keeping the grant.
type Done struct{ Grant Grant }

func (Preparing) step()         {}
func (WaitingForBrowser) step() {}
func (AskDomain) step()         {}
func (ConfirmUser) step()       {}
func (Exchanging) step()        {}
func (Verifying) step()         {}
func (Done) step()              {}

// StepName is the step alone, for a log: nothing of what it carries.
func StepName(step Step) string {
	name := fmt.Sprintf("%T", step)
	return name[strings.LastIndex(name, ".")+1:]
}

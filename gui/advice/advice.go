// Package advice turns an error into what a person reads: what happened, what
// to do, and the one button that helps. It is pure; window, tray and terminal
// all speak through it.
package advice

import "time"

// Action is what the one button does. The roles carry it out.
type Action string

// The actions.
const (
	None          Action = ""
	TryAgain      Action = "try-again"
	OpenSettings  Action = "open-settings" // for now: the view that asks for key, secret and redirect address
	CopyRedirect  Action = "copy-redirect"
	Reconnect     Action = "reconnect"
	AddInstead    Action = "add-instead" // add the other person who came back
	TypeDomain    Action = "type-domain"
	StartPractice Action = "start-practice"
)

// Advice is one error in plain words.
type Advice struct {
	What    string // what happened, one sentence
	Do      string // what to do, one sentence; may be empty
	Action  Action
	Button  string // the button's words; empty with None
	Details string // for support: the technical cause, without any secret
}

// For returns the advice for err. Now is the reader's clock, for times of day.
func For(err error, now time.Time) Advice { panic("not implemented") }

// ExitCode is the terminal's exit code for err: 0 done, 1 other, 2 usage,
// 3 needs sign-in or no such account, 4 passing trouble, 5 refused, 130 interrupted.
func ExitCode(err error) int { panic("not implemented") }

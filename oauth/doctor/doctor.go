// Package doctor looks at everything that signing in stands on, and says what
// is wrong and what to do. What it reports holds no secret, no name of a person
// and no path of a home folder, so it can be pasted into a ticket.
package doctor

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redact"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// Check is one thing looked at. Advice is empty where OK is true.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Advice string `json:"advice"`
	// Optional marks what signing in and handing out tokens works without.
	Optional bool `json:"-"`
}

// Options say what is looked at. The zero Options look at this person's own.
type Options struct {
	Dir      string          // settings folder; "" = settings.Dir
	Accounts string          // folder of the accounts' index; "" = Dir
	Keyring  keyring.Keyring // nil: the system's
	Flags    settings.Values // what the command line said
	HTTP     *http.Client    // nil: settings.HTTPClient of Dir
	Version  string          // of the release; "": what the Go toolchain knows

	// Checks of the desktop, for the window only; nil leaves one out.
	Display, Tray func(context.Context) error
}

// limit bounds one check. The keyring's may have to ask a person.
const limit = 30 * time.Second

// subject is what the checks look at.
type subject struct {
	Options
	settings    settings.Effective
	settingsErr error
}

// Run makes all checks, side by side, and returns them in a fixed order. It
// changes nothing but a keyring item of its own, which it deletes. When ctx
// ends, the checks that are left say so.
func Run(ctx context.Context, o Options) []Check {
	s := &subject{Options: o}
	if s.Dir == "" {
		s.Dir, _ = settings.Dir()
	}
	if s.Accounts == "" {
		s.Accounts = s.Dir
	}
	if s.Keyring == nil {
		s.Keyring = keyring.System()
	}
	if s.HTTP == nil {
		s.HTTP = settings.HTTPClient(s.Dir)
	}
	s.settings, s.settingsErr = settings.Load(s.Dir, o.Flags)

	all := []check{
		{"versions", false, (*subject).versions},
		{"keyring", false, (*subject).keyring},
		{"folder", false, (*subject).folder},
		{"accounts", true, (*subject).accounts},
		{"settings", false, (*subject).inForce},
		{"key", false, (*subject).key},
		{"key secret", true, (*subject).secret},
		{"key preflight", false, (*subject).preflight},
		{"loopback IPv4", false, (*subject).loopback4},
		{"loopback IPv6", true, (*subject).loopback6},
		{"redirect", false, (*subject).redirect},
		{"certificate", false, (*subject).certificate},
		{"browser", true, (*subject).browser},
		{"proxy", true, (*subject).proxy},
		{"service", false, (*subject).service},
		{"clock", false, (*subject).clock},
	}
	if o.Display != nil {
		all = append(all, check{"display", true, (*subject).display})
	}
	if o.Tray != nil {
		all = append(all, check{"tray", true, (*subject).tray})
	}
	checks, shorten := make([]Check, len(all)), redactor(s.Dir, s.Accounts).Replace
	var group sync.WaitGroup
	for i, c := range all {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			f := c.look(s, ctx)
			checks[i] = Check{c.name, f.advice == "", redact.Home(shorten(f.detail)), redact.Home(shorten(f.advice)), c.optional}
		})
	}
	group.Wait()
	return checks
}

// check is one entry of the list that Run works through.
type check struct {
	name     string
	optional bool
	look     func(*subject, context.Context) finding
}

// finding is what a check found; without advice all is well.
type finding struct{ detail, advice string }

// unreadable is for a check that stands on settings that are wrong.
func unreadable() finding {
	return finding{words.Say("the settings can't be read"), words.Say("See settings.")}
}

// Healthy reports whether signing in and handing out tokens can work.
func Healthy(checks []Check) bool {
	for _, c := range checks {
		if !c.OK && !c.Optional {
			return false
		}
	}
	return true
}

// Text is the checks as people read and paste them: a line each, then what to do.
func Text(checks []Check) string {
	var b, todo strings.Builder
	for _, c := range checks {
		mark := "✓"
		if !c.OK {
			mark = "✗"
			todo.WriteString("  " + c.Name + ": " + c.Advice + "\n")
		}
		b.WriteString(mark + " " + c.Name + ": " + c.Detail + "\n")
	}
	if todo.Len() == 0 {
		return b.String() + "\n" + words.Say("All is well.") + "\n"
	}
	return b.String() + "\n" + words.Say("What to do:") + "\n" + todo.String()
}

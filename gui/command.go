// Package gui reads the desktop app's command line. The roles themselves are
// the packages below it.
package gui

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/gui/tray"
	"egnyte-accounts/gui/window"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/words/language"
)

// Role is what one process of the app does.
type Role int

// The roles. Both is a double-click: the accounts window, and the tray started.
const (
	Both Role = iota
	Tray
	Window
	Practice
)

// ExitUsage is the exit code for a command line that can't be carried out.
const ExitUsage = 2

// Command is the command line, read.
type Command struct {
	Role   Role
	Tray   tray.Options
	Window window.Options
	Listen string // for Practice
}

// ExitParse is the exit code where Parse gave an error: 0 for --help, which is
// no wrong use.
func ExitParse(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	return ExitUsage
}

// Parse reads args; what is wrong with them is told on w.
func Parse(args []string, w io.Writer) (Command, error) {
	var c Command
	flags := flag.NewFlagSet("egnyte-accounts", flag.ContinueOnError)
	flags.SetOutput(w)
	trayRole := flags.Bool("tray", false, "show the tray icon only")
	practiceRole := flags.Bool("practice", false, "run a practice Egnyte only")
	service := flags.String("service", "", "the Egnyte cloud as a `URL`")
	flags.StringVar(&c.Window.View, "window", "", "show one `VIEW`: accounts, signin, signout or settings")
	flags.StringVar(&c.Window.Reconnect, "reconnect", "", "the `ACCOUNT` to sign in again, with --window signin")
	flags.StringVar(&c.Window.Account, "account", "", "the `ACCOUNT` to sign out, with --window signout")
	flags.StringVar(&c.Window.Problem, "problem", "", "the `CODE` of a problem to explain, with --reconnect")
	flags.StringVar(&c.Listen, "listen", "127.0.0.1:0", "loopback `ADDRESS`, with --practice")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	c.Window.Service, c.Tray.Service = *service, *service
	switch {
	case *trayRole:
		c.Role = Tray
	case *practiceRole:
		c.Role = Practice
	case c.Window.View != "":
		c.Role = Window
	default:
		c.Window.View = "accounts"
	}
	if flags.NArg() > 0 || !slices.Contains([]string{"", "accounts", "signin", "signout", "settings"}, c.Window.View) {
		fmt.Fprintf(w, "egnyte-accounts: can't do %q\n", strings.Join(args, " "))
		flags.Usage()
		return c, errors.New("unknown argument")
	}
	return c, nil
}

// Speak has all that follows said in the system's language. Where that can't be
// found out it says so on w, and goes on in English.
func Speak(w io.Writer) {
	if err := language.UseSystem(); err != nil {
		fmt.Fprintln(w, "egnyte-accounts:", err)
	}
}

// StartTray sees to it that the tray runs. The window does without it: what went
// wrong is said on w alone.
func StartTray(service string, w io.Writer) {
	if err := desktop.Start("--tray", "--service", service); err != nil {
		fmt.Fprintln(w, err)
	}
}

// ServePractice is the practice role: one practice Egnyte with the key that the
// window's practice button saves.
func ServePractice(ctx context.Context, listen string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	instance, err := desktop.Claim(ctx, desktop.PracticeRole, "")
	if err != nil {
		return err
	}
	defer instance.Close()
	go func() {
		for message := range instance.Raised() {
			if message == desktop.Stop {
				stop()
			}
		}
	}()
	key := practice.Key{ID: window.PracticeKeyID, Secret: window.PracticeSecret}
	return practice.Serve(ctx, practice.Options{Listen: listen, Key: key}, io.Discard)
}

// Exit says on w why a role ended and returns the exit code. A role that ran
// already has been raised: that is success.
func Exit(err error, w io.Writer) int {
	if err == nil || errors.Is(err, desktop.ErrRunning) {
		return 0
	}
	if missing := (*desktop.MissingError)(nil); errors.As(err, &missing) {
		fmt.Fprintln(w, "egnyte-accounts: "+missing.Sentence)
		return advice.ExitCode(err)
	}
	a := advice.For(err, time.Now())
	fmt.Fprintln(w, "egnyte-accounts: "+a.Sentences())
	return advice.ExitCode(err)
}

// egnyte-auth is the terminal's way to the same accounts: for scripts, servers
// and machines without a display. Results go to stdout, progress to stderr.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"egnyte-accounts/oauth/localcert"
)

func main() {
	if code, done := localcert.ServeSetup(os.Args[1:], os.Stdout); done {
		os.Exit(code)
	}
	err := newRoot().ExecuteContext(interruptible())
	complain(os.Stderr, err)
	os.Exit(exitCode(err))
}

// interruptible is a context that Ctrl-C ends, or who asks the program to. Asking
// the system for its signals takes as long as much of what a token takes, so nobody
// waits for that.
func interruptible() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		<-signals
		cancel()
	}()
	return ctx
}

// complain prints the sentence of an error, which may hold a server's words.
func complain(w io.Writer, err error) {
	if text := sentence(err); text != "" {
		fmt.Fprintln(w, plainLines(text))
	}
}

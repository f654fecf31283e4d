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

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/localcert"
)

func main() {
	if code, done := localcert.ServeSetup(os.Args[1:], os.Stdout); done {
		os.Exit(code)
	}
	os.Exit(execute(newRoot()))
}

// execute runs the command line and returns the exit code.
func execute(root *cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root.ExecuteContext(ctx)
	stop()
	complain(os.Stderr, root, err)
	return exitCode(err)
}

// complain prints the sentence of an error of c, which may hold a server's words.
func complain(w io.Writer, c *cobra.Command, err error) {
	if text := sentence(c, err); text != "" {
		fmt.Fprintln(w, plainLines(text))
	}
}

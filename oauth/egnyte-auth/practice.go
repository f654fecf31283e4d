package main

import (
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/practice"
)

func newPractice(*program) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "practice",
		Short: "Run a practice Egnyte on this machine, to try things without a key",
		Long: "Run a practice Egnyte on this machine until Ctrl-C. It prints its address, a key\n" +
			"and its secret, and the names and passwords of the people who live there.",
		Example: "  egnyte-auth practice\n  egnyte-auth practice --listen 127.0.0.1:8765",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkListen(listen); err != nil {
				return err
			}
			server, err := practice.New(practice.Options{Listen: listen})
			if err != nil {
				return err
			}
			defer server.Close()
			server.Announce(c.OutOrStdout())
			if err := printFirstSteps(c.OutOrStdout(), server); err != nil {
				return err
			}
			<-c.Context().Done()
			return nil
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `ADDR`ess; port 0 takes any free one")
	return c
}

// printFirstSteps prints the lines that make another terminal use the practice Egnyte.
func printFirstSteps(w io.Writer, server *practice.Server) error {
	key := server.Key()
	_, err := fmt.Fprintf(w, "\nTo use it in another terminal:\n\n"+
		"  export EGNYTE_CLIENT_ID=%s EGNYTE_CLIENT_SECRET=%s EGNYTE_REDIRECT_URI=%s\n"+
		"  egnyte-auth --service %s signin acme\n"+
		"  egnyte-auth --service %s whoami\n", shellWord(key.ID), shellWord(key.Secret), shellWord(key.RedirectURI), server.URL(), server.URL())
	return err
}

// checkListen: the practice Egnyte, whose passwords everybody knows, is for this
// machine alone.
func checkListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	number, portErr := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || portErr != nil:
		return &usageError{fmt.Sprintf("--listen %q is no address with a port, such as 127.0.0.1:8765", address)}
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return &usageError{fmt.Sprintf("--listen %q is not of this machine alone: give a loopback address, such as 127.0.0.1:%d", address, number)}
	}
	return nil
}

package practice

import (
	"context"
	"io"
)

// Serve runs a practice Egnyte for people until ctx ends, announced on w. That
// end is how it is meant to end: no error.
func Serve(ctx context.Context, o Options, w io.Writer) error {
	server, err := New(o)
	if err != nil {
		return err
	}
	defer server.Close()
	server.Announce(w)
	<-ctx.Done()
	return nil
}

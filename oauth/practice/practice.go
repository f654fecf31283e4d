// Package practice is a stand-in Egnyte, to try the app without a key and to
// test it, as net/http/httptest is to net/http.
package practice

import (
	"context"
	"io"
)

// Options is for New.
type Options struct{ Listen string }

// Serve runs a practice Egnyte until ctx ends, announced on w.
func Serve(ctx context.Context, o Options, w io.Writer) error { panic("not implemented") }

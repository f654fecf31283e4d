//go:build linux || darwin

package localcert

import (
	"context"
	"errors"
	"strings"
)

// withComplaint gives the line in which a program names the fault, in place of
// its exit status.
func withComplaint(ctx context.Context, err error, complaints []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	lines := strings.Split(strings.TrimSpace(string(complaints)), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return errors.New(strings.TrimPrefix(last, "certutil: "))
	}
	return err
}

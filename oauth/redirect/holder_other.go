//go:build !linux

package redirect

import "context"

// findHolder: these systems tell only by programs and interfaces that were not tried yet.
func findHolder(context.Context, []string, int) Holder { return Holder{} }

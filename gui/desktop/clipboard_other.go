//go:build !linux

package desktop

import (
	"context"
	"errors"
)

// Clipboard is errors.ErrUnsupported here.
func (s Screen) Clipboard(context.Context) (string, error) { return "", errors.ErrUnsupported }

package session

import (
	"context"
	"fmt"
	"time"
)

const (
	grain = 20 * time.Millisecond // how often a condition is looked at
	limit = 15 * time.Second      // how long the desktop's own conditions may take
)

// Eventually asks check until it returns nil, for as long as within; then its
// last error says what was missing.
func Eventually(ctx context.Context, within time.Duration, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(grain)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %s: %w", within, err)
		case <-tick.C:
		}
	}
}

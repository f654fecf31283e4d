package window

import (
	"context"
	"time"
)

// Old names, until the branches that use them are merged.
type (
	screen = window
	world  = deps
)

func off[T any](s *screen, limit time.Duration, work func(context.Context) (T, error), then func(T, error)) {
	inBackground(s, limit, work, then)
}

func try(s *screen, limit time.Duration, work func(context.Context) error, then func(error)) {
	tryInBackground(s, limit, work, then)
}

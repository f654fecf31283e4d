package tray

import (
	"context"
	"testing"
)

// Given two who follow the folder, when accounts or settings change, then the
// process takes the settings up first, and both hear of it.
func TestAChangeIsTakenUpAndHandedToAll(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	changes, menu, keeper := make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 1)
	reread, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		share(ctx, changes, func() { reread <- struct{}{} }, menu, keeper)
		close(ended)
	}()

	changes <- struct{}{}

	<-menu
	<-keeper
	select {
	case <-reread:
	default:
		t.Error("the settings were not taken up before")
	}
	cancel()
	<-ended
}

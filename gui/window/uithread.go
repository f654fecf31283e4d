package window

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// uiThread takes functions that are to run on the UI's thread, until it ends: a
// Fyne whose loop is ending panics at one, and one whose loop is over runs it here
// and now.
type uiThread struct {
	mu   sync.RWMutex
	over bool
}

// post never blocks: Fyne's queue has no bound.
func (u *uiThread) post(f func()) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if !u.over {
		fyne.Do(f)
	}
}

// clipboard reads Fyne's clipboard, which only the UI thread may do. GLFW waits
// there for the clipboard's owner without a limit.
func (u *uiThread) clipboard(ctx context.Context, a fyne.App) (string, error) {
	text := make(chan string, 1)
	u.post(func() { text <- a.Clipboard().Content() })
	select {
	case t := <-text:
		return t, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// end waits for whoever is posting; nobody does afterwards. It comes before Fyne's
// loop is told to end.
func (u *uiThread) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
}

// keepNoPreferences has Fyne 2.8 write none when it ends. It does so by way of its
// loop while that closes, which now and then is a panic ("send on closed channel" in
// runOnMainWithWait) or waits for ever. Nothing of ours is in them.
func keepNoPreferences(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

package window

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// uiThread runs functions on the UI thread until it ends. Fyne itself panics while its
// loop ends, and later runs them on the caller's goroutine.
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

// end waits for calls of post under way; later ones do nothing. Call it before Fyne's
// loop is told to end.
func (u *uiThread) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
}

// keepNoPreferences stops Fyne 2.8 from writing its preferences when it ends. It would
// use its loop while that closes, which may panic ("send on closed channel" in
// runOnMainWithWait) or hang. We don't use them.
func keepNoPreferences(a fyne.App) {
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}
